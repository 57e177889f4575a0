// What lies under the pointer, and what lies beside it on the same lane.

import type { Lane } from './lane';
import { placeOf, type RowKey, readRow, type SliceRow } from './rows';
import type { TimelineModel } from './timeline-model';

export interface HitParams {
  readonly trackId: string;
  readonly lane: number;
  readonly ns: number;
  /** A slice no farther than this is hit too, because it may be narrower than a pixel. */
  readonly toleranceNs: number;
}

/** The value of a counter at a moment. */
export interface CounterHit {
  readonly trackId: string;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
}

export type Hit =
  | { readonly kind: 'slice'; readonly row: SliceRow }
  | { readonly kind: 'counter'; readonly counter: CounterHit };

/** The row that holds the moment, or the nearest within the tolerance. */
function nearestRow(lane: Lane, ns: number, toleranceNs: number): number | undefined {
  const after = lane.firstStartingAt(ns);
  if (after > 0 && lane.endNs[after - 1] > ns) return after - 1;
  const afterNs = after < lane.count ? lane.startNs[after] - ns : Number.POSITIVE_INFINITY;
  const beforeNs = after > 0 ? ns - lane.endNs[after - 1] : Number.POSITIVE_INFINITY;
  if (Math.min(afterNs, beforeNs) > toleranceNs) return undefined;
  return afterNs <= beforeNs ? after : after - 1;
}

/** What is at a moment of a lane of a track; undefined when nothing is. */
export function hitTest(model: TimelineModel, { trackId, lane, ns, toleranceNs }: HitParams): Hit | undefined {
  const entry = model.tracks.entries.get(trackId);
  if (!entry) return undefined;
  if (entry.shape === 'counter') {
    const value = entry.track.valueAt(ns);
    if (value === undefined) return undefined;
    const unit = model.tracks.unitOf(entry);
    return { kind: 'counter', counter: { trackId, label: model.tracks.labelOf(entry), unit, value } };
  }
  const columns = entry.track.lanes[lane];
  const row = columns && nearestRow(columns, ns, toleranceNs);
  return row === undefined ? undefined : { kind: 'slice', row: readRow(model, { entry, lane, row }) };
}

/** The slice before or after a row on its lane; undefined at the ends. */
export function neighbourOf(model: TimelineModel, key: RowKey, step: -1 | 1): SliceRow | undefined {
  const place = placeOf(model, key);
  if (!place) return undefined;
  const row = place.row + step;
  if (row < 0 || row >= place.entry.track.lanes[place.lane].count) return undefined;
  return readRow(model, { ...place, row });
}
