// Rows for the tests of the memory map: written as objects, handed over as the columns that the window gets.

import { enums } from '../../../../shared/model/enums';
import type { WindowPacket } from '../../../../shared/window/columns';

export interface Operation {
  readonly timeNs: number;
  readonly address: number;
  readonly operation: 'allocate' | 'free';
  readonly bytes?: number;
  readonly source?: number;
  readonly device?: number;
  readonly kind?: keyof typeof enums.memoryKind;
  readonly pool?: number;
  readonly poolUsedBytes?: number;
  readonly correlation?: number;
  readonly library?: number;
}

type PacketOf<N extends WindowPacket['table']> = Extract<WindowPacket, { table: N }>;

/** One packet of the memory table; all operations are of `source`. */
export function memoryPacket(operations: readonly Operation[], source = 1): PacketOf<'memory'> {
  const f64 = (of: (each: Operation) => number) => Float64Array.from(operations, of);
  const u32 = (of: (each: Operation) => number) => Uint32Array.from(operations, of);
  const u8 = (of: (each: Operation) => number) => Uint8Array.from(operations, of);
  return {
    table: 'memory',
    source,
    rowCount: operations.length,
    columns: {
      timeNs: f64(({ timeNs }) => timeNs),
      address: f64(({ address }) => address),
      bytes: f64(({ bytes }) => bytes ?? 0),
      poolAddress: f64(({ pool }) => pool ?? 0),
      poolUsedBytes: f64(({ poolUsedBytes }) => poolUsedBytes ?? 0),
      device: u32(({ device }) => device ?? 0),
      context: u32(() => 1),
      correlation: u32(({ correlation }) => correlation ?? 0),
      library: u32(({ library }) => library ?? 0),
      operation: u8(({ operation }) => enums.memoryOperation[operation]),
      kind: u8(({ kind }) => enums.memoryKind[kind ?? 'device']),
      isPool: u8(({ pool }) => (pool === undefined ? 0 : 1)),
    },
  };
}

/** A call; correlation joins it with the operations. */
export function apiPacket(
  calls: readonly { startNs: number; name: number; thread: number; correlation: number }[],
  source = 1,
): PacketOf<'api'> {
  return {
    table: 'api',
    source,
    rowCount: calls.length,
    columns: {
      startNs: Float64Array.from(calls, ({ startNs }) => startNs),
      durationNs: new Float64Array(calls.length).fill(1),
      name: Uint32Array.from(calls, ({ name }) => name),
      thread: Uint32Array.from(calls, ({ thread }) => thread),
      correlation: Uint32Array.from(calls, ({ correlation }) => correlation),
      returnValue: new Uint32Array(calls.length),
    },
  };
}

export function rangePacket(
  ranges: readonly { startNs: number; durationNs: number; name: number; thread: number }[],
  source = 1,
): PacketOf<'range'> {
  return {
    table: 'range',
    source,
    rowCount: ranges.length,
    columns: {
      startNs: Float64Array.from(ranges, ({ startNs }) => startNs),
      durationNs: Float64Array.from(ranges, ({ durationNs }) => durationNs),
      name: Uint32Array.from(ranges, ({ name }) => name),
      domain: new Uint32Array(ranges.length),
      thread: Uint32Array.from(ranges, ({ thread }) => thread),
      color: new Uint32Array(ranges.length),
      kind: new Uint8Array(ranges.length).fill(enums.rangeKind.pushPop),
    },
  };
}

export function stringPacket(texts: Readonly<Record<number, string>>, source = 1): PacketOf<'string'> {
  const ids = Object.keys(texts).map(Number);
  return {
    table: 'string',
    source,
    rowCount: ids.length,
    columns: { id: Uint32Array.from(ids), text: ids.map((id) => texts[id]) },
  };
}

export function healthPacket(
  readings: readonly { timeNs: number; metric: number; value: number }[],
): PacketOf<'health'> {
  return {
    table: 'health',
    source: 0,
    rowCount: readings.length,
    columns: {
      timeNs: Float64Array.from(readings, ({ timeNs }) => timeNs),
      value: Float64Array.from(readings, ({ value }) => value),
      metric: Uint32Array.from(readings, ({ metric }) => metric),
    },
  };
}

export function devicePacket(memoryBytes: number, name: string): PacketOf<'device'> {
  return {
    table: 'device',
    source: 1,
    rowCount: 1,
    columns: {
      timeNs: Float64Array.of(0),
      device: Uint32Array.of(0),
      kind: Uint8Array.of(enums.deviceKind.cuda),
      computeMajor: Uint16Array.of(8),
      computeMinor: Uint16Array.of(7),
      smCount: Uint32Array.of(8),
      memoryBytes: Float64Array.of(memoryBytes),
      name: [name],
    },
  };
}

export function processPacket(
  source: number,
  event: 'started' | 'exited',
  timeNs: number,
  pid: number,
): PacketOf<'process'> {
  return {
    table: 'process',
    source,
    rowCount: 1,
    columns: {
      timeNs: Float64Array.of(timeNs),
      event: Uint8Array.of(enums.processEvent[event]),
      pid: Uint32Array.of(pid),
      parentPid: Uint32Array.of(1),
      exitCode: Int32Array.of(0),
      executable: ['infer'],
      arguments: ['infer'],
    },
  };
}

/**
 * Operations from a drawing: one column a nanosecond, letters for the life of a block. The row's name is its address in units of 16
 * bytes; a block is as many bytes as given. `AAA.` is allocated at its first column and freed at the dot after it.
 */
export function operationsFromDrawing(drawing: string, bytes = 16): Operation[] {
  const operations: Operation[] = [];
  for (const line of drawing.trim().split('\n')) {
    const [place, life] = line.trim().split(': ');
    const address = Number(place) * 16;
    for (let at = 0; at < life.length; at++) {
      const before = at === 0 ? '.' : life[at - 1];
      if (life[at] === before) continue;
      if (before !== '.') operations.push({ timeNs: at, address, bytes, operation: 'free' });
      if (life[at] !== '.') operations.push({ timeNs: at, address, bytes, operation: 'allocate' });
    }
  }
  return operations.sort((left, right) => left.timeNs - right.timeNs);
}
