// One slice as a person reads it, and how to find it again: lanes change while rows come, so a row is known by its track, start
// and end.

import { enumWord } from '../../../../shared/model/enums';
import { decodeDetail, type Lane } from './lane';
import type { SliceTable } from './names';
import type { TimelineModel } from './timeline-model';
import type { SliceTrackEntry } from './tracks';

export interface SliceRow {
  readonly trackId: string;
  readonly lane: number;
  readonly table: SliceTable;
  readonly source: number;
  readonly name: string;
  readonly startNs: number;
  /** -1 when it could not be timed. */
  readonly durationNs: number;
  /** 0 when it has none. */
  readonly correlation: number;
  /** What else is known: bytes, direction, returnValue, count, device, context, stream, thread. */
  readonly args: Readonly<Record<string, number | string>>;
}

export type RowKey = Pick<SliceRow, 'trackId' | 'lane' | 'startNs' | 'durationNs'>;

export interface RowPlace {
  readonly entry: SliceTrackEntry;
  readonly lane: number;
  readonly row: number;
}

const AMOUNT_NAMES: Readonly<Partial<Record<SliceTable, string>>> = {
  memcpy: 'bytes',
  memset: 'bytes',
  api: 'returnValue',
  loss: 'count',
  gap: 'count',
};

/** The row at a place, in words. */
export function readRow(model: TimelineModel, { entry, lane, row }: RowPlace): SliceRow {
  const columns = entry.track.lanes[lane];
  const name = model.names.names[columns.name[row]];
  const { amount, isTimed } = decodeDetail(columns.detail[row]);
  const args: Record<string, number | string> = {};
  const amountName = AMOUNT_NAMES[name.table];
  if (amountName) args[amountName] = amount;
  if (name.table === 'memcpy') args.direction = enumWord('copyDirection', name.variant);
  for (const [key, value] of Object.entries(entry.subject)) if (typeof value === 'number') args[key] = value;
  return {
    trackId: entry.id,
    lane,
    table: name.table,
    source: entry.source,
    name: name.text,
    startNs: columns.startNs[row],
    durationNs: isTimed ? columns.endNs[row] - columns.startNs[row] : -1,
    correlation: columns.correlation[row],
    args,
  };
}

function rowInLane(lane: Lane, startNs: number, endNs: number): number | undefined {
  for (let row = lane.firstStartingAt(startNs); row < lane.count && lane.startNs[row] === startNs; row++) {
    if (lane.endNs[row] === endNs) return row;
  }
  return undefined;
}

/** Where a row is now; undefined when there is none like it. */
export function placeOf(model: TimelineModel, key: RowKey): RowPlace | undefined {
  const entry = model.tracks.entries.get(key.trackId);
  if (entry?.shape !== 'slices') return undefined;
  const endNs = key.startNs + Math.max(0, key.durationNs);
  const { lanes } = entry.track;
  const order = [key.lane, ...lanes.keys()];
  for (const lane of order) {
    const row = lanes[lane] && rowInLane(lanes[lane], key.startNs, endNs);
    if (row !== undefined) return { entry, lane, row };
  }
  return undefined;
}

/** A row by what the tables know of it; undefined when the timeline has none like it. */
export function locateRow(
  model: TimelineModel,
  wanted: Pick<SliceRow, 'table' | 'source' | 'startNs' | 'durationNs' | 'correlation'>,
): SliceRow | undefined {
  const endNs = wanted.startNs + Math.max(0, wanted.durationNs);
  for (const entry of model.tracks.inOrder()) {
    if (entry.shape !== 'slices' || entry.source !== wanted.source) continue;
    for (const [lane, columns] of entry.track.lanes.entries()) {
      const row = rowInLane(columns, wanted.startNs, endNs);
      if (row === undefined) continue;
      const found = readRow(model, { entry, lane, row });
      if (found.table === wanted.table && found.correlation === wanted.correlation) return found;
    }
  }
  return undefined;
}
