// From an API call to the work it launched, and back: rows of one source with the same correlation. The correlation columns are
// scanned, which takes a few milliseconds at ten million rows; an index would cost memory for each of them.

import { readRow, type SliceRow } from './rows';
import type { TimelineModel } from './timeline-model';

/** A graph launch starts thousands of kernels; so many are enough to draw. */
const LINK_COUNT_MAX = 500;

/** The other ends, in order of start: work for an API call, calls for work. */
export function linkedRows(
  model: TimelineModel,
  { source, correlation, table }: Pick<SliceRow, 'source' | 'correlation' | 'table'>,
): SliceRow[] {
  if (correlation === 0) return [];
  const wantsCalls = table !== 'api';
  const found: SliceRow[] = [];
  for (const entry of model.tracks.inOrder()) {
    const { kind } = entry.subject;
    if (entry.shape !== 'slices' || entry.source !== source) continue;
    if (wantsCalls ? kind !== 'api' : kind !== 'stream' && kind !== 'sync') continue;
    for (const [lane, columns] of entry.track.lanes.entries()) {
      const rows = columns.correlation.subarray(0, columns.count);
      for (let row = rows.indexOf(correlation); row >= 0; row = rows.indexOf(correlation, row + 1)) {
        if (found.length === LINK_COUNT_MAX) return inOrder(found);
        found.push(readRow(model, { entry, lane, row }));
      }
    }
  }
  return inOrder(found);
}

function inOrder(rows: SliceRow[]): SliceRow[] {
  return rows.sort((left, right) => left.startNs - right.startNs);
}
