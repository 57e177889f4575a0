// Losses, gaps, warnings and NVTX marks of a view. They are drawn across all tracks, whether their own track is shown or not; those
// that would stand on each other become one with a count.

import type { SliceTable } from './names';
import { queryLane, type View } from './pixel-query';
import type { TimelineModel } from './timeline-model';

export interface DrawnMark {
  readonly fromNs: number;
  /** Equal to fromNs for a moment. */
  readonly toNs: number;
  readonly table: SliceTable;
  /** Of the first, when there are several. */
  readonly text: string;
  readonly count: number;
}

/** One mark for each so many device px. */
const MARK_PX = 6;

/** Marks that lie in the view, by time; of each track at most one for MARK_PX. */
export function drawMarks(model: TimelineModel, view: View, widthPx: number): DrawnMark[] {
  const marks: DrawnMark[] = [];
  const { names } = model.names;
  for (const entry of model.tracks.inOrder()) {
    if (entry.subject.kind !== 'mark' || entry.shape !== 'slices') continue;
    for (const lane of entry.track.lanes) {
      const add = (first: number, end: number) => {
        const { table, text } = names[lane.name[first]];
        marks.push({ fromNs: lane.startNs[first], toNs: lane.endNs[end - 1], table, text, count: end - first });
      };
      queryLane(lane, view, Math.max(1, Math.floor(widthPx / MARK_PX)), {
        slice: (row) => add(row, row + 1),
        column: (_column, _share, first, end) => add(first, end),
      });
    }
  }
  return marks.sort((left, right) => left.fromNs - right.fromNs);
}
