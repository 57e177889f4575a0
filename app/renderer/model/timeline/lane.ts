// One depth of a track: rows sorted by time, none overlapping another, so starts and ends both ascend and one prefix sum gives
// the busy time of any interval. 43 bytes a row, with a small index: at a far zoom a view touches the index alone, since each
// cache line of the columns themselves costs more than everything else of a pixel.
//
//   startNs ┐ ┐  ┐        busyBeforeNs[i]: busy time of rows 0 … i−1
//           ██ ████ ██
//   endNs     ┘    ┘  ┘

import { grownCapacity, grownFloats, grownWords, lowerBound } from './growing';

/** Rows of one block of the index: a far zoom touches an eighth of the rows, and that stays in the processor's cache. */
export const BLOCK_ROWS = 8;
const BYTES_A_BLOCK = 20;
const BYTES_A_ROW = 40;

export class Lane {
  count = 0;
  startNs = new Float64Array(0);
  endNs = new Float64Array(0);
  busyBeforeNs = new Float64Array(0);
  /** See encodeDetail. */
  detail = new Float64Array(0);
  /** Index into NameTable.names. */
  name = new Uint32Array(0);
  correlation = new Uint32Array(0);
  /** The index: start of each block's first row, busy time before it, and the name of its longest row. */
  blockStartNs = new Float64Array(0);
  blockBusyBeforeNs = new Float64Array(0);
  blockName = new Uint32Array(0);
  /** Of the last block. */
  private longestNs = 0;

  /** Where the last row ends; the next one must not begin before. */
  get lastEndNs(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : this.endNs[this.count - 1];
  }

  get byteCount(): number {
    return this.startNs.length * BYTES_A_ROW + this.blockStartNs.length * BYTES_A_BLOCK;
  }

  push(startNs: number, endNs: number, name: number, correlation: number, detail: number): void {
    const row = this.count;
    if (row === this.startNs.length) this.grow(row + 1);
    this.startNs[row] = startNs;
    this.endNs[row] = endNs;
    this.busyBeforeNs[row] = this.busyBefore(row);
    this.name[row] = name;
    this.correlation[row] = correlation;
    this.detail[row] = detail;
    this.count = row + 1;
    this.index(row);
  }

  /** Keeps the first `count` rows. */
  truncate(count: number): void {
    this.count = count;
    for (let row = count - (count % BLOCK_ROWS); row < count; row++) this.index(row);
  }

  /** Busy time of rows 0 … row−1; `row` may be `count`. */
  busyBefore(row: number): number {
    if (row < this.count) return this.busyBeforeNs[row];
    return row === 0 ? 0 : this.busyBeforeNs[row - 1] + (this.endNs[row - 1] - this.startNs[row - 1]);
  }

  /** The first row that begins at `ns` or later; `count` when there is none. */
  firstStartingAt(ns: number): number {
    return lowerBound(this.startNs, ns, 0, this.count);
  }

  /** The first row of which something lies at `ns` or later: one that ends after it, or an empty one at it. */
  firstReaching(ns: number): number {
    let row = lowerBound(this.endNs, ns, 0, this.count);
    while (row < this.count && this.endNs[row] === ns && this.startNs[row] < ns) row += 1;
    return row;
  }

  /** Busy time before `ns`, exact. */
  busyUntil(ns: number): number {
    const row = this.firstStartingAt(ns) - 1;
    if (row < 0) return 0;
    return this.busyBeforeNs[row] + (Math.min(this.endNs[row], ns) - this.startNs[row]);
  }

  private index(row: number): void {
    const block = Math.floor(row / BLOCK_ROWS);
    const durationNs = this.endNs[row] - this.startNs[row];
    if (row % BLOCK_ROWS === 0) {
      this.blockStartNs[block] = this.startNs[row];
      this.blockBusyBeforeNs[block] = this.busyBeforeNs[row];
    } else if (durationNs <= this.longestNs) return;
    this.blockName[block] = this.name[row];
    this.longestNs = durationNs;
  }

  private grow(needed: number): void {
    const capacity = grownCapacity(this.startNs.length, needed);
    this.startNs = grownFloats(this.startNs, capacity);
    this.endNs = grownFloats(this.endNs, capacity);
    this.busyBeforeNs = grownFloats(this.busyBeforeNs, capacity);
    this.detail = grownFloats(this.detail, capacity);
    this.name = grownWords(this.name, capacity);
    this.correlation = grownWords(this.correlation, capacity);
    const blockCapacity = Math.ceil(capacity / BLOCK_ROWS);
    this.blockStartNs = grownFloats(this.blockStartNs, blockCapacity);
    this.blockBusyBeforeNs = grownFloats(this.blockBusyBeforeNs, blockCapacity);
    this.blockName = grownWords(this.blockName, blockCapacity);
  }
}

/**
 * What else a row carries, in one number: bytes of copies and fills, the value an API call returned, the count of a loss. A row
 * that could not be timed is kept with length 0 and a negative detail.
 */
export function encodeDetail(amount: number, isTimed: boolean): number {
  return isTimed ? amount : -1 - amount;
}

export function decodeDetail(detail: number): { readonly amount: number; readonly isTimed: boolean } {
  return detail < 0 ? { amount: -1 - detail, isTimed: false } : { amount: detail, isTimed: true };
}
