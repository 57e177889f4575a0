// From rows of a table to slices of tracks: which track each row belongs to, what it is called, and what it carries along.

import { copyWords, enums, enumWord } from '../../../../shared/model/enums';
import type { WindowPacket } from '../../../../shared/window/columns';
import { tableOfKind } from '../../../../shared/wire/tables';
import { encodeDetail } from './lane';
import type { NameTable } from './names';
import { createBatch } from './slice-track';
import type { SliceTrackEntry, TrackSubject, Tracks } from './tracks';

export type SlicePacket = Extract<
  WindowPacket,
  { table: 'kernel' | 'memcpy' | 'memset' | 'api' | 'range' | 'sync' | 'overhead' | 'loss' | 'gap' | 'diagnostic' }
>;

/** How the rows of one packet become slices. */
interface SliceReading {
  readonly startNs: Float64Array;
  /** Undefined where rows are moments. */
  readonly durationNs?: Float64Array;
  readonly correlation?: Uint32Array;
  /** Rows with the same two numbers are of the same track. */
  readonly trackKey: (row: number) => readonly [number, number] | undefined;
  readonly subject: (row: number) => TrackSubject;
  readonly name: (row: number) => number;
  readonly amount?: ArrayLike<number>;
}

const SYNC_WORDS: Readonly<Record<string, string>> = {
  event: 'Event synchronize',
  streamWaitEvent: 'Stream wait event',
  stream: 'Stream synchronize',
  context: 'Context synchronize',
};

const ONE_TRACK: readonly [number, number] = [0, 0];
const oneTrack = () => ONE_TRACK;

/** On the slice stands nsys's short form, `Memcpy HtoD`. */
function nameOfCopy(names: NameTable, direction: number): number {
  const text = `Memcpy ${copyWords(direction)}`;
  return names.ofText('memcpy', text, direction, text.replace(/(\w)\w*-to-(\w)\w*/, '$1to$2'));
}

/** The same answer for each number, made once. */
function remembered(make: (key: number) => number): (key: number) => number {
  const known = new Map<number, number>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}

function streamTrack(columns: { device: Uint32Array; context: Uint32Array; stream: Uint32Array }) {
  const { device, context, stream } = columns;
  return {
    trackKey: (row: number) => [context[row], stream[row]] as const,
    subject: (row: number) =>
      ({ kind: 'stream', device: device[row], context: context[row], stream: stream[row] }) as const,
  };
}

function threadTrack(kind: 'api' | 'overhead', thread: Uint32Array) {
  return {
    trackKey: (row: number) => [0, thread[row]] as const,
    subject: (row: number) => ({ kind, thread: thread[row] }) as const,
  };
}

function readRanges({ source, columns }: Extract<SlicePacket, { table: 'range' }>, names: NameTable): SliceReading {
  const { kind, domain, thread, name, color } = columns;
  const { mark, startEnd } = enums.rangeKind;
  // Domains and threads are u32 and never the largest one.
  const [markKey, openKey] = [[0xffffffff, 0] as const, [0xffffffff, 1] as const];
  return {
    ...columns,
    trackKey: (row) => (kind[row] === mark ? markKey : kind[row] === startEnd ? openKey : [domain[row], thread[row]]),
    subject: (row) => {
      if (kind[row] === mark) return { kind: 'mark', of: 'range' };
      return kind[row] === startEnd
        ? { kind: 'openRange' }
        : { kind: 'range', domain: domain[row], thread: thread[row] };
    },
    name: (row) => names.ofColoredRange(source, name[row], color[row]),
  };
}

function readMarks(
  packet: Extract<SlicePacket, { table: 'loss' | 'gap' | 'diagnostic' }>,
  names: NameTable,
): SliceReading {
  const of = packet.table;
  const place = { trackKey: oneTrack, subject: () => ({ kind: 'mark', of }) as const };
  switch (packet.table) {
    case 'loss': {
      const { startNs, endNs, stage, reason, count } = packet.columns;
      const durationNs = startNs.map((start, row) => Math.max(0, endNs[row] - start));
      const name = (row: number) => names.ofText('loss', `${stage[row]}: ${reason[row]}`);
      return { ...place, startNs, durationNs, name, amount: count };
    }
    case 'gap': {
      const { timeNs, rowCount, table } = packet.columns;
      const name = (row: number) => names.ofText('gap', `missed ${tableOfKind(table[row])?.name ?? 'unknown'} rows`);
      return { ...place, startNs: timeNs, name, amount: rowCount };
    }
    case 'diagnostic': {
      const { timeNs, severity, sentence, remedy } = packet.columns;
      const name = (row: number) => names.ofText('diagnostic', `${sentence[row]} ${remedy[row]}`.trim(), severity[row]);
      // What is only told, and is no warning, does not stand on the timeline.
      const trackKey = (row: number) => (severity[row] >= enums.severity.warning ? ONE_TRACK : undefined);
      return { ...place, trackKey, startNs: timeNs, name };
    }
  }
}

function readPacket(packet: SlicePacket, names: NameTable): SliceReading {
  const { source } = packet;
  switch (packet.table) {
    case 'kernel': {
      const { columns } = packet;
      const nameOf = remembered((id) => names.ofString(source, 'kernel', id));
      return { ...columns, ...streamTrack(columns), name: (row) => nameOf(columns.name[row]) };
    }
    case 'memcpy': {
      const { columns } = packet;
      const nameOf = remembered((direction) => nameOfCopy(names, direction));
      return {
        ...columns,
        ...streamTrack(columns),
        name: (row) => nameOf(columns.direction[row]),
        amount: columns.bytes,
      };
    }
    case 'memset': {
      const name = names.ofText('memset', 'Memset');
      return { ...packet.columns, ...streamTrack(packet.columns), name: () => name, amount: packet.columns.bytes };
    }
    case 'api': {
      const { columns } = packet;
      const nameOf = remembered((id) => names.ofString(source, 'api', id));
      const name = (row: number) => nameOf(columns.name[row]);
      return { ...columns, ...threadTrack('api', columns.thread), name, amount: columns.returnValue };
    }
    case 'overhead': {
      const { columns } = packet;
      const nameOf = remembered((id) => names.ofString(source, 'overhead', id));
      return { ...columns, ...threadTrack('overhead', columns.thread), name: (row) => nameOf(columns.name[row]) };
    }
    case 'sync': {
      const { columns } = packet;
      const wordOf = (kind: number) => SYNC_WORDS[enumWord('syncKind', kind)] ?? 'Synchronize';
      const nameOf = remembered((kind) => names.ofText('sync', wordOf(kind), kind));
      return {
        ...columns,
        trackKey: (row) => [0, columns.context[row]],
        subject: (row) => ({ kind: 'sync', context: columns.context[row] }),
        name: (row) => nameOf(columns.kind[row]),
      };
    }
    case 'range':
      return readRanges(packet, names);
    default:
      return readMarks(packet, names);
  }
}

/** Rows of the packet by track. A row without a track is left out. */
function groupRows(
  { rowCount, source }: SlicePacket,
  { trackKey, subject }: SliceReading,
  tracks: Tracks,
): Map<SliceTrackEntry, number[]> {
  const groups = new Map<SliceTrackEntry, number[]>();
  const byKey = new Map<number, Map<number, number[]>>();
  let lastKey: readonly [number, number] | undefined;
  let rows: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    const key = trackKey(row);
    if (key === undefined) continue;
    if (lastKey === undefined || key[0] !== lastKey[0] || key[1] !== lastKey[1]) {
      lastKey = key;
      const bySecond = byKey.get(key[0]) ?? new Map<number, number[]>();
      byKey.set(key[0], bySecond);
      const known = bySecond.get(key[1]);
      rows = known ?? [];
      if (!known) {
        bySecond.set(key[1], rows);
        groups.set(tracks.slices(source, subject(row)), rows);
      }
    }
    rows.push(row);
  }
  return groups;
}

/** Puts the rows of a packet into their tracks. Gives the earliest start and latest end, or undefined when there was no row. */
export function appendSlices(
  packet: SlicePacket,
  tracks: Tracks,
  names: NameTable,
): { fromNs: number; toNs: number } | undefined {
  const reading = readPacket(packet, names);
  const { startNs, durationNs, correlation, name, amount } = reading;
  let fromNs = Number.POSITIVE_INFINITY;
  let toNs = Number.NEGATIVE_INFINITY;
  for (const [entry, rows] of groupRows(packet, reading, tracks)) {
    const batch = createBatch(rows.length);
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at];
      const duration = durationNs === undefined ? 0 : durationNs[row];
      const endNs = startNs[row] + Math.max(0, duration);
      batch.startNs[at] = startNs[row];
      batch.endNs[at] = endNs;
      batch.name[at] = name(row);
      batch.correlation[at] = correlation === undefined ? 0 : correlation[row];
      batch.detail[at] = encodeDetail(amount === undefined ? 0 : amount[row], duration >= 0);
      names.names[batch.name[at]].rowCount += 1;
      if (startNs[row] < fromNs) fromNs = startNs[row];
      if (endNs > toNs) toNs = endNs;
    }
    entry.track.append(batch);
  }
  return fromNs <= toNs ? { fromNs, toNs } : undefined;
}
