// What to draw in each pixel column of a view. Rows two pixels wide or more are drawn by themselves and exactly; the others are
// summed by column. The cost grows with the columns and not with the rows: a column's last row is found by a search near where it
// is expected, and summed by two prefix sums. Positions are taken from the view's begin in float64, so nothing wobbles.

import type { CounterTrack } from './counter-track';
import { lowerBound, lowerBoundNear } from './growing';
import { BLOCK_ROWS, type Lane } from './lane';

/** SessionNs, [fromNs, toNs). */
export interface View {
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * `exact`: the share of each column is exact. `index`: where columns hold many rows, a column's border inside a block of eight rows is
 * interpolated, which is off by at most BLOCK_PX_MAX / 4 of a column and several times as quick, for while the view moves.
 */
export type Precision = 'exact' | 'index';

export const WIDE_PX = 2;
/** Longer blocks are not interpolated. */
export const BLOCK_PX_MAX = 0.4;
/** The index is asked when the column before had so many rows. */
const INDEX_FROM_ROWS = 2 * BLOCK_ROWS;

export interface LaneSink {
  /** A row drawn by itself, in px from the view's begin; it may reach beyond the view. */
  slice(row: number, beginPx: number, endPx: number): void;
  /**
   * Rows [first, end) too narrow for that, which lie in this column and fill `share` (0..1) of it; `name` is that of one of them. Columns
   * come in ascending order.
   */
  column(columnPx: number, share: number, first: number, end: number, name: number): void;
}

/** Tells the sink everything of the lane that lies in the view. */
export function queryLane(
  lane: Lane,
  view: View,
  widthPx: number,
  sink: LaneSink,
  precision: Precision = 'exact',
): void {
  const { startNs, endNs, name, blockStartNs, blockBusyBeforeNs, blockName } = lane;
  const { fromNs, toNs } = view;
  const nsPerPx = (toNs - fromNs) / widthPx;
  const wideNs = WIDE_PX * nsPerPx;
  const blockNsMax = BLOCK_PX_MAX * nsPerPx;
  const rowEnd = lane.firstStartingAt(toNs);
  const blockEnd = Math.floor(rowEnd / BLOCK_ROWS);
  let row = lane.firstReaching(fromNs);
  let column = -1;
  // Busy time up to where the last column ended, and whether a row reaches from there into the next column.
  let busyNs = lane.busyBefore(row);
  let isSpilling = row < rowEnd && startNs[row] < fromNs && endNs[row] - startNs[row] < wideNs;
  if (isSpilling) {
    busyNs += fromNs - startNs[row];
    row += 1;
  }
  let step = 1;
  while (row < rowEnd || isSpilling) {
    if (!isSpilling) {
      if (endNs[row] - startNs[row] >= wideNs) {
        sink.slice(row, (startNs[row] - fromNs) / nsPerPx, (endNs[row] - fromNs) / nsPerPx);
        row += 1;
        busyNs = lane.busyBefore(row);
        continue;
      }
      column = Math.max(column, Math.floor((startNs[row] - fromNs) / nsPerPx) - 1);
    }
    column = Math.min(column + 1, widthPx - 1);
    const isLast = column === widthPx - 1;
    const columnEndNs = isLast ? toNs : fromNs + (column + 1) * nsPerPx;
    const first = isSpilling ? row - 1 : row;
    if (precision === 'index' && step >= INDEX_FROM_ROWS && !isLast) {
      const guess = Math.floor((row + step) / BLOCK_ROWS) + 1;
      // The block that begins before the column's end, and the first row of the one after it.
      const after = lowerBoundNear(blockStartNs, columnEndNs, Math.floor(first / BLOCK_ROWS) + 1, blockEnd, guess);
      const next = after * BLOCK_ROWS;
      const beginNs = blockStartNs[after - 1];
      const blockNs = blockStartNs[after] - beginNs;
      if (after < blockEnd && next > row && blockNs <= blockNsMax) {
        const busyBeforeNs = blockBusyBeforeNs[after - 1];
        const ratio = (columnEndNs - beginNs) / blockNs;
        const reachedNs = busyBeforeNs + ratio * (blockBusyBeforeNs[after] - busyBeforeNs);
        const named = blockName[middleBlock(first, next)];
        sink.column(column, shareOf(reachedNs - busyNs, nsPerPx), first, next, named);
        step = next - row;
        row = next;
        busyNs = reachedNs;
        isSpilling = true;
        continue;
      }
    }
    let next = lowerBoundNear(startNs, columnEndNs, row, rowEnd, row + step);
    // Rounding may have put the row a hair beyond the column it was counted to.
    if (next === row && !isSpilling) next = row + 1;
    step = next - row;
    if (next > row && endNs[next - 1] - startNs[next - 1] >= wideNs) next -= 1;
    const overhangNs = next > 0 ? Math.max(0, endNs[next - 1] - columnEndNs) : 0;
    const reachedNs = lane.busyBefore(next) - overhangNs;
    const share = shareOf(reachedNs - busyNs, nsPerPx);
    if (share > 0 || next > row) {
      // Where the index could have answered, the colour is the one that it would have given.
      const named = step >= INDEX_FROM_ROWS ? blockName[middleBlock(first, next)] : name[(first + next) >>> 1];
      sink.column(column, share, first, next, named);
    }
    row = next;
    busyNs = reachedNs;
    isSpilling = overhangNs > 0 && !isLast;
  }
}

function middleBlock(first: number, next: number): number {
  return Math.floor((first + next) / (2 * BLOCK_ROWS));
}

function shareOf(busyNs: number, nsPerPx: number): number {
  return Math.max(0, Math.min(1, busyNs / nsPerPx));
}

/** A column of a counter: its extremes while it lasts, and the value at its end. */
export type CounterSink = (columnPx: number, min: number, max: number, last: number) => void;

/** Tells the sink every column of the view from the counter's first row on, in ascending order. */
export function queryCounter(track: CounterTrack, { fromNs, toNs }: View, widthPx: number, sink: CounterSink): void {
  const nsPerPx = (toNs - fromNs) / widthPx;
  let row = lowerBound(track.timeNs, fromNs, 0, track.count);
  let step = 1;
  for (let column = 0; column < widthPx; column++) {
    const columnEndNs = column === widthPx - 1 ? toNs : fromNs + (column + 1) * nsPerPx;
    const next = lowerBoundNear(track.timeNs, columnEndNs, row, track.count, row + step);
    step = next - row;
    if (next === 0) continue;
    const before = row === 0 ? track.value[0] : track.value[row - 1];
    const last = track.value[next - 1];
    if (next === row) sink(column, before, before, before);
    else {
      track.tree.range(row, next);
      sink(column, Math.min(track.tree.min, before), Math.max(track.tree.max, before), last);
    }
    row = next;
  }
}
