// What to draw in each pixel column of a view. Rows two pixels wide or more are drawn by themselves and exactly; the others are
// summed by column, with an exact busy share. The cost grows with the columns and not with the rows: a column is found by a
// search in growing steps and summed by two prefix sums. Positions are taken from the view's begin in float64, so nothing wobbles.

import type { CounterTrack } from './counter-track';
import { lowerBound, lowerBoundNear } from './growing';
import type { Lane } from './lane';

/** SessionNs, [fromNs, toNs). */
export interface View {
  readonly fromNs: number;
  readonly toNs: number;
}

export const WIDE_PX = 2;

export interface LaneSink {
  /** A row drawn by itself, in px from the view's begin; it may reach beyond the view. */
  slice(row: number, beginPx: number, endPx: number): void;
  /** Rows [first, end) too narrow for that, which lie in this column and fill `share` (0..1) of it. Columns come in ascending order. */
  column(columnPx: number, share: number, first: number, end: number): void;
}

/** Tells the sink everything of the lane that lies in the view. */
export function queryLane(lane: Lane, { fromNs, toNs }: View, widthPx: number, sink: LaneSink): void {
  const { startNs, endNs, busyBeforeNs } = lane;
  const nsPerPx = (toNs - fromNs) / widthPx;
  const wideNs = WIDE_PX * nsPerPx;
  const rowEnd = lane.firstStartingAt(toNs);
  let row = lane.firstReaching(fromNs);
  let column = -1;
  // A narrow row that began in an earlier column (or before the view) and reaches into the next one; it is always row − 1.
  let isSpilling = row < rowEnd && startNs[row] < fromNs && endNs[row] - startNs[row] < wideNs;
  if (isSpilling) row += 1;
  let step = 1;
  while (row < rowEnd || isSpilling) {
    if (!isSpilling && endNs[row] - startNs[row] >= wideNs) {
      sink.slice(row, (startNs[row] - fromNs) / nsPerPx, (endNs[row] - fromNs) / nsPerPx);
      row += 1;
      continue;
    }
    column = isSpilling ? column + 1 : Math.max(column + 1, Math.floor((startNs[row] - fromNs) / nsPerPx));
    if (column >= widthPx) column = widthPx - 1;
    const columnNs = fromNs + column * nsPerPx;
    const columnEndNs = column === widthPx - 1 ? toNs : columnNs + nsPerPx;
    let next = lowerBoundNear(startNs, columnEndNs, row, rowEnd, step);
    // Rounding may have put the row a hair beyond the column it was counted to.
    if (next === row && !isSpilling) next = row + 1;
    step = next - row + 1;
    if (next > row && endNs[next - 1] - startNs[next - 1] >= wideNs) next -= 1;
    let busyNs = isSpilling ? Math.min(endNs[row - 1], columnEndNs) - columnNs : 0;
    if (next > row) {
      const last = next - 1;
      busyNs += busyBeforeNs[last] - busyBeforeNs[row] + Math.min(endNs[last], columnEndNs) - startNs[last];
    }
    if (busyNs > 0 || next > row)
      sink.column(column, Math.max(0, Math.min(1, busyNs / nsPerPx)), isSpilling ? row - 1 : row, next);
    row = next;
    isSpilling =
      row > 0 && endNs[row - 1] > columnEndNs && column < widthPx - 1 && endNs[row - 1] - startNs[row - 1] < wideNs;
  }
}

/** A column of a counter: its extremes while it lasts, and the value at its end. */
export type CounterSink = (columnPx: number, min: number, max: number, last: number) => void;

/** Tells the sink every column of the view from the counter's first row on, in ascending order. */
export function queryCounter(track: CounterTrack, { fromNs, toNs }: View, widthPx: number, sink: CounterSink): void {
  const nsPerPx = (toNs - fromNs) / widthPx;
  let row = lowerBound(track.timeNs, fromNs, 0, track.count);
  for (let column = 0; column < widthPx; column++) {
    const columnEndNs = column === widthPx - 1 ? toNs : fromNs + (column + 1) * nsPerPx;
    const next = lowerBoundNear(track.timeNs, columnEndNs, row, track.count);
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
