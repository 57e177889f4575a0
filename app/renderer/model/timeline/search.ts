// Finding slices by name, forwards and backwards in time. Names are matched once each; then lanes are walked from the moment on
// until the nearest row with a matching name. Rows of the same start come in the order of tracks and lanes.

import type { Lane } from './lane';
import { parseNameQuery } from './name-match';
import { type RowPlace, readRow, type SliceRow } from './rows';
import type { TimelineModel } from './timeline-model';

export interface SearchParams {
  /** Text, or a regular expression between slashes; see parseNameQuery. */
  readonly query: string;
  readonly direction: 'next' | 'previous';
  readonly fromNs: number;
  /** The row the search goes on from, which is not found again. */
  readonly after?: Pick<SliceRow, 'trackId' | 'lane'>;
}

export type SearchAnswer =
  | { readonly kind: 'found'; readonly row: SliceRow; readonly matchCount: number; readonly isWrapped: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly sentence: string };

interface Cursor {
  readonly ns: number;
  /** Rows of that start in lanes up to this one are behind; -1 when none is. Counted over all lanes from top to bottom. */
  readonly laneOrdinal: number;
}

interface OrderedLane extends Omit<RowPlace, 'row'> {
  readonly columns: Lane;
  readonly ordinal: number;
}

function orderedLanes(model: TimelineModel): OrderedLane[] {
  const lanes: OrderedLane[] = [];
  for (const entry of model.tracks.inOrder()) {
    if (entry.shape !== 'slices') continue;
    for (const [lane, columns] of entry.track.lanes.entries())
      lanes.push({ entry, lane, columns, ordinal: lanes.length });
  }
  return lanes;
}

function nextPlace(lanes: readonly OrderedLane[], isWanted: Uint8Array, cursor: Cursor): RowPlace | undefined {
  let bestNs = Number.POSITIVE_INFINITY;
  let best: RowPlace | undefined;
  for (const { entry, lane, columns, ordinal } of lanes) {
    const { startNs, name, count } = columns;
    let row = columns.firstStartingAt(cursor.ns);
    while (ordinal <= cursor.laneOrdinal && row < count && startNs[row] === cursor.ns) row += 1;
    while (row < count && startNs[row] < bestNs && isWanted[name[row]] === 0) row += 1;
    if (row === count || startNs[row] >= bestNs) continue;
    bestNs = startNs[row];
    best = { entry, lane, row };
  }
  return best;
}

function previousPlace(lanes: readonly OrderedLane[], isWanted: Uint8Array, cursor: Cursor): RowPlace | undefined {
  let bestNs = Number.NEGATIVE_INFINITY;
  let best: RowPlace | undefined;
  for (const { entry, lane, columns, ordinal } of lanes) {
    const { startNs, name } = columns;
    let row = columns.firstStartingAt(cursor.ns) - 1;
    if (ordinal < cursor.laneOrdinal) while (row + 1 < columns.count && startNs[row + 1] === cursor.ns) row += 1;
    while (row >= 0 && startNs[row] >= bestNs && isWanted[name[row]] === 0) row -= 1;
    if (row < 0 || startNs[row] < bestNs) continue;
    bestNs = startNs[row];
    best = { entry, lane, row };
  }
  return best;
}

/** The next or previous slice whose name matches; past the last one it goes on at the other end. */
export function searchRows(model: TimelineModel, { query, direction, fromNs, after }: SearchParams): SearchAnswer {
  const matcher = parseNameQuery(query);
  if (!matcher.ok) return { kind: 'error', sentence: matcher.error };
  if (query === '') return { kind: 'none' };
  const { names } = model.names;
  const isWanted = Uint8Array.from(names, ({ text }) => (matcher.value(text) ? 1 : 0));
  const matchCount = names.reduce((sum, { rowCount }, index) => sum + rowCount * isWanted[index], 0);
  if (matchCount === 0) return { kind: 'none' };
  const lanes = orderedLanes(model);
  const isNext = direction === 'next';
  const at = lanes.find(({ entry, lane }) => entry.id === after?.trackId && lane === after.lane)?.ordinal;
  const find = isNext ? nextPlace : previousPlace;
  const cursor = { ns: fromNs, laneOrdinal: at ?? -1 };
  const beginning = { ns: isNext ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, laneOrdinal: -1 };
  const place = find(lanes, isWanted, cursor);
  const found = place ?? find(lanes, isWanted, beginning);
  if (!found) return { kind: 'none' };
  return { kind: 'found', row: readRow(model, found), matchCount, isWrapped: place === undefined };
}
