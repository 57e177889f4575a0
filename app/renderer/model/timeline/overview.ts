// How busy the devices are over a whole range, for the strip above the timeline.

import { queryLane, type View } from './pixel-query';
import type { TimelineModel } from './timeline-model';

export interface OverviewParams {
  readonly view: View;
  readonly columnCount: number;
}

/**
 * Busy streams in each column: 1 where one stream is busy all the time, 2 where two are. Float32, columnCount entries.
 */
export function deriveOverview(model: TimelineModel, { view, columnCount }: OverviewParams): Float32Array<ArrayBuffer> {
  const busy = new Float32Array(columnCount);
  const sink = {
    slice: (_row: number, beginPx: number, endPx: number) => {
      const [from, to] = [Math.max(0, beginPx), Math.min(columnCount, endPx)];
      for (let column = Math.floor(from); column < to; column++) {
        busy[column] += Math.min(to, column + 1) - Math.max(from, column);
      }
    },
    column: (column: number, share: number) => {
      busy[column] += share;
    },
  };
  for (const entry of model.tracks.entries.values()) {
    if (entry.shape !== 'slices' || entry.subject.kind !== 'stream') continue;
    for (const lane of entry.track.lanes) queryLane(lane, view, columnCount, sink);
  }
  return busy;
}
