// All rows of one session as the timeline holds them. Rows go in by packets; what is asked about them is in the files beside.

import { enums, enumWord } from '../../../../shared/model/enums';
import type { WindowPacket } from '../../../../shared/window/columns';
import type { CounterRow } from './counter-track';
import { Entities } from './entities';
import { NameTable } from './names';
import type { View } from './pixel-query';
import { appendSlices } from './slice-rows';
import { Tracks } from './tracks';

/** How a kind of memory is called on its counter. */
function memoryWord(kind: number, isPool: number): string {
  if (isPool === 1) return 'Pool';
  const word = enumWord('memoryKind', kind);
  return word === 'deviceStatic'
    ? 'Static device'
    : word === 'managedStatic'
      ? 'Static managed'
      : word[0].toUpperCase() + word.slice(1);
}

export class TimelineModel {
  readonly names = new NameTable();
  readonly entities = new Entities();
  readonly tracks = new Tracks(this.entities, this.names);
  private fromNs = Number.POSITIVE_INFINITY;
  private toNs = Number.NEGATIVE_INFINITY;

  /** From the earliest start to the latest end of all rows; undefined while there are none. */
  get extent(): View | undefined {
    return this.fromNs <= this.toNs ? { fromNs: this.fromNs, toNs: this.toNs } : undefined;
  }

  /** Bytes that the columns of slices take. */
  get sliceByteCount(): number {
    let bytes = 0;
    for (const { shape, track } of this.tracks.entries.values()) if (shape === 'slices') bytes += track.byteCount;
    return bytes;
  }

  /** Takes rows of any table, in any order. */
  append(packet: WindowPacket): void {
    switch (packet.table) {
      case 'session':
        return;
      case 'string': {
        const { id, text } = packet.columns;
        for (let row = 0; row < packet.rowCount; row++) this.names.setText(packet.source, id[row], text[row]);
        return;
      }
      case 'process':
      case 'thread':
      case 'device':
      case 'context':
      case 'stream':
        this.entities.append(packet);
        return;
      case 'memory':
        this.appendMemory(packet);
        return;
      case 'health':
        this.appendHealth(packet);
        return;
      default: {
        const extent = appendSlices(packet, this.tracks, this.names);
        if (extent) this.widen(extent.fromNs, extent.toNs);
      }
    }
  }

  private appendMemory({ source, rowCount, columns }: Extract<WindowPacket, { table: 'memory' }>): void {
    const { timeNs, bytes, operation, kind, isPool } = columns;
    this.appendCounters(source, timeNs, rowCount, (row) => {
      const amount = operation[row] === enums.memoryOperation.allocate ? bytes[row] : -bytes[row];
      return { key: memoryWord(kind[row], isPool[row]), amount };
    });
  }

  private appendHealth({ source, rowCount, columns }: Extract<WindowPacket, { table: 'health' }>): void {
    const { timeNs, value, metric } = columns;
    this.appendCounters(source, timeNs, rowCount, (row) => ({ key: metric[row], amount: value[row] }));
  }

  private appendCounters(
    source: number,
    timeNs: Float64Array,
    rowCount: number,
    read: (row: number) => { readonly key: string | number; readonly amount: number },
  ): void {
    const byKey = new Map<string | number, CounterRow[]>();
    for (let row = 0; row < rowCount; row++) {
      const { key, amount } = read(row);
      // A sensor that could not be read has no value; it must not become a peak.
      if (!Number.isFinite(amount)) continue;
      const rows = byKey.get(key) ?? [];
      byKey.set(key, rows);
      rows.push({ timeNs: timeNs[row], amount });
      this.widen(timeNs[row], timeNs[row]);
    }
    for (const [key, rows] of byKey) {
      const subject =
        typeof key === 'string'
          ? ({ kind: 'memory', memory: key } as const)
          : ({ kind: 'health', metric: key } as const);
      this.tracks.counter(source, subject).track.append(rows);
    }
  }

  private widen(fromNs: number, toNs: number): void {
    if (fromNs < this.fromNs) this.fromNs = fromNs;
    if (toNs > this.toNs) this.toNs = toNs;
  }
}
