// A track of slices. Each goes to the first lane that is free when it begins, in order of start, longer first: for nested calls
// that is the depth of the stack.
//
//   AAAAAAAA..DD      lane 0: AAAAAAAA..DD
//   ..BBBB......  ──▶ lane 1: ..BBBB......
//   ...CC.......      lane 2: ...CC.......
//
// Rows come nearly in order, and a range comes after what it encloses. When a batch begins before the last start, the rows from
// there on are taken out, merged with it and placed anew. Placing depends only on rows that begin earlier, so the result is the
// same as if all rows had come in order.

import { Lane } from './lane';

/** Rows to be placed; all columns have rowCount entries. */
export interface SliceBatch {
  readonly rowCount: number;
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  readonly name: Uint32Array;
  readonly correlation: Uint32Array;
  readonly detail: Float64Array;
}

export function createBatch(rowCount: number): SliceBatch {
  return {
    rowCount,
    startNs: new Float64Array(rowCount),
    endNs: new Float64Array(rowCount),
    name: new Uint32Array(rowCount),
    correlation: new Uint32Array(rowCount),
    detail: new Float64Array(rowCount),
  };
}

const isInOrder = ({ startNs, endNs }: SliceBatch, left: number, right: number) =>
  startNs[left] < startNs[right] || (startNs[left] === startNs[right] && endNs[left] >= endNs[right]);

function isSorted(batch: SliceBatch): boolean {
  for (let row = 1; row < batch.rowCount; row++) if (!isInOrder(batch, row - 1, row)) return false;
  return true;
}

/** Rows by start, longer first; equal ones keep their order. A plain array, because its sort is linear where runs are sorted already. */
function orderOf({ rowCount, startNs, endNs }: SliceBatch): number[] {
  const order = Array.from({ length: rowCount }, (_, row) => row);
  return order.sort((left, right) => startNs[left] - startNs[right] || endNs[right] - endNs[left]);
}

function earliestOf({ rowCount, startNs }: SliceBatch): number {
  let earliestNs = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rowCount; row++) earliestNs = Math.min(earliestNs, startNs[row]);
  return earliestNs;
}

export class SliceTrack {
  readonly lanes: Lane[] = [];
  rowCount = 0;
  private lastStartNs = Number.NEGATIVE_INFINITY;

  get byteCount(): number {
    return this.lanes.reduce((sum, { byteCount }) => sum + byteCount, 0);
  }

  /** Takes rows in any order. */
  append(batch: SliceBatch): void {
    if (batch.rowCount === 0) return;
    const firstNs = earliestOf(batch);
    this.rowCount += batch.rowCount;
    const all = firstNs > this.lastStartNs ? batch : this.takeTail(firstNs, batch);
    if (isSorted(all)) for (let row = 0; row < all.rowCount; row++) this.place(all, row);
    else for (const row of orderOf(all)) this.place(all, row);
  }

  private place({ startNs, endNs, name, correlation, detail }: SliceBatch, row: number): void {
    const start = startNs[row];
    let lane = 0;
    while (lane < this.lanes.length && this.lanes[lane].lastEndNs > start) lane += 1;
    if (lane === this.lanes.length) this.lanes.push(new Lane());
    this.lanes[lane].push(start, endNs[row], name[row], correlation[row], detail[row]);
    this.lastStartNs = start;
  }

  // Lane after lane, then the batch: equal rows were placed in lanes of ascending number, so a stable sort keeps their order.
  private takeTail(fromNs: number, batch: SliceBatch): SliceBatch {
    const firsts = this.lanes.map((lane) => lane.firstStartingAt(fromNs));
    const tailCount = this.lanes.reduce((sum, lane, index) => sum + lane.count - firsts[index], 0);
    const all = createBatch(tailCount + batch.rowCount);
    let at = 0;
    const take = (from: Lane | SliceBatch, first: number, end: number) => {
      all.startNs.set(from.startNs.subarray(first, end), at);
      all.endNs.set(from.endNs.subarray(first, end), at);
      all.name.set(from.name.subarray(first, end), at);
      all.correlation.set(from.correlation.subarray(first, end), at);
      all.detail.set(from.detail.subarray(first, end), at);
      at += end - first;
    };
    for (const [index, lane] of this.lanes.entries()) {
      take(lane, firsts[index], lane.count);
      lane.truncate(firsts[index]);
    }
    take(batch, 0, batch.rowCount);
    return all;
  }
}
