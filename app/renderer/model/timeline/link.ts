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

/** Work that these calls started: so much that a batch of many kernels is whole. */
const WORK_COUNT_MAX = 5000;

/** The kernels, copies and fills of many calls, in no order. */
export function workOfCalls(
  model: TimelineModel,
  calls: readonly Pick<SliceRow, 'source' | 'correlation'>[],
): SliceRow[] {
  const bySource = new Map<number, Set<number>>();
  for (const { source, correlation } of calls) {
    bySource.set(source, (bySource.get(source) ?? new Set()).add(correlation));
  }
  const found: SliceRow[] = [];
  for (const entry of model.tracks.inOrder()) {
    const wanted = bySource.get(entry.source);
    if (!wanted || entry.shape !== 'slices' || entry.subject.kind !== 'stream') continue;
    for (const [lane, { correlation, count }] of entry.track.lanes.entries()) {
      for (let row = 0; row < count; row += 1) {
        if (!wanted.has(correlation[row])) continue;
        if (found.length === WORK_COUNT_MAX) return found;
        found.push(readRow(model, { entry, lane, row }));
      }
    }
  }
  return found;
}

function inOrder(rows: SliceRow[]): SliceRow[] {
  return rows.sort((left, right) => left.startNs - right.startNs);
}
