// What a session file holds, gathered while it is read.

import type { RowOf } from '../../../shared/model/column';
import { isPacketOf, type Packet, rowsOf } from '../../../shared/wire/decode';
import type { PacketError, PacketHeader } from '../../../shared/wire/header';
import { type TableName, type Tables, tableOfKind } from '../../../shared/wire/tables';

export interface TableCount {
  packets: number;
  rows: number;
}

export interface HkaSummary {
  readonly fileBytes: number;
  readonly packetCount: number;
  readonly rowCount: number;
  readonly tables: Partial<Record<TableName, TableCount>>;
  readonly sourceIds: number[];
  /** First and last moment of any event, SessionNs; undefined when there is none. */
  readonly firstNs: number | undefined;
  readonly lastNs: number | undefined;
  readonly session: RowOf<Tables['session']> | undefined;
  readonly processes: (RowOf<Tables['process']> & { source: number })[];
  readonly devices: RowOf<Tables['device']>[];
  readonly losses: RowOf<Tables['loss']>[];
  readonly gaps: RowOf<Tables['gap']>[];
  readonly diagnostics: RowOf<Tables['diagnostic']>[];
  /** false when the recording was not ended properly. */
  readonly isClosed: boolean;
  /** Bytes at the end, or behind damage, that could not be read. */
  readonly truncatedBytes: number;
  /** Why reading ended early; empty when it did not. */
  readonly ending: string;
  readonly damagedPackets: number;
  readonly unknownPackets: number;
  /** Sequence numbers between the first and the last that are in no packet and in no gap row. */
  readonly missingPackets: number;
}

/** Which sequence numbers were seen, in memory that grows with the holes only. Two lanes arrive in turn, so order is not given. */
class SequenceSet {
  private ranges: { from: number; to: number }[] = []; // sorted, [from, to)

  add(from: number, to: number): void {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ranges[middle].to < from) low = middle + 1;
      else high = middle;
    }
    let end = low;
    const merged = { from, to };
    while (end < this.ranges.length && this.ranges[end].from <= merged.to) {
      merged.from = Math.min(merged.from, this.ranges[end].from);
      merged.to = Math.max(merged.to, this.ranges[end].to);
      end++;
    }
    this.ranges.splice(low, end - low, merged);
  }

  holesFrom(first: number): number {
    let missing = 0;
    let next = first;
    for (const { from, to } of this.ranges) {
      if (to <= first) continue;
      missing += Math.max(0, from - next);
      next = Math.max(next, to);
    }
    return missing;
  }
}

export class SummaryBuilder {
  packetCount = 0;
  private rowCount = 0;
  private readonly tables: Partial<Record<TableName, TableCount>> = {};
  private readonly sources = new Set<number>();
  private firstNs = Number.POSITIVE_INFINITY;
  private lastNs = Number.NEGATIVE_INFINITY;
  private session: RowOf<Tables['session']> | undefined;
  private readonly processes: (RowOf<Tables['process']> & { source: number })[] = [];
  private readonly devices: RowOf<Tables['device']>[] = [];
  private readonly losses: RowOf<Tables['loss']>[] = [];
  private readonly gaps: RowOf<Tables['gap']>[] = [];
  private readonly diagnostics: RowOf<Tables['diagnostic']>[] = [];
  private isClosed = false;
  private damagedPackets = 0;
  private unknownPackets = 0;
  private readonly seen = new SequenceSet();
  // State packets from before the recording are replayed first; holes count from the first packet that is not state.
  private firstEvent = Number.POSITIVE_INFINITY;

  add(packet: Packet): void {
    const { header, table, rowCount } = packet;
    const name = table.name as TableName;
    this.packetCount++;
    this.rowCount += rowCount;
    const count = this.tables[name] ?? { packets: 0, rows: 0 };
    count.packets++;
    count.rows += rowCount;
    this.tables[name] = count;
    this.sources.add(header.sourceId);
    if (table.role === 'event') this.addTimes(packet);
    this.addSmall(packet);
    if (name === 'end') return;
    if (header.sequence > 0) this.seen.add(header.sequence, header.sequence + 1);
    if (table.role === 'event' && name !== 'gap') this.firstEvent = Math.min(this.firstEvent, header.sequence);
  }

  addDamaged(header: PacketHeader): void {
    this.damagedPackets++;
    this.seen.add(header.sequence, header.sequence + 1);
  }

  addUnreadable(header: PacketHeader, error: PacketError): void {
    if (error.kind === 'unknownKind' && !tableOfKind(header.kind)) this.unknownPackets++;
    else this.damagedPackets++;
    this.seen.add(header.sequence, header.sequence + 1);
  }

  private addTimes(packet: Packet): void {
    const columns = packet.columns as Record<string, Float64Array | undefined>;
    const starts = columns.startNs ?? columns.timeNs;
    if (!starts) return;
    for (let row = 0; row < packet.rowCount; row++) {
      this.firstNs = Math.min(this.firstNs, starts[row]);
      this.lastNs = Math.max(this.lastNs, starts[row] + Math.max(0, columns.durationNs?.[row] ?? 0));
    }
  }

  private addSmall(packet: Packet): void {
    if (isPacketOf(packet, 'session')) this.session = rowsOf(packet)[0];
    else if (isPacketOf(packet, 'process')) {
      this.processes.push(...rowsOf(packet).map((row) => ({ ...row, source: packet.header.sourceId })));
    } else if (isPacketOf(packet, 'device')) this.devices.push(...rowsOf(packet));
    else if (isPacketOf(packet, 'loss')) this.losses.push(...rowsOf(packet));
    else if (isPacketOf(packet, 'diagnostic')) this.diagnostics.push(...rowsOf(packet));
    else if (isPacketOf(packet, 'end')) this.isClosed = true;
    else if (isPacketOf(packet, 'gap')) {
      for (const gap of rowsOf(packet)) {
        this.gaps.push(gap);
        this.seen.add(gap.firstSequence, gap.lastSequence + 1);
      }
    }
  }

  finish(ending: { fileBytes: number; truncatedBytes: number; ending: string }): HkaSummary {
    const hasTimes = Number.isFinite(this.firstNs);
    return {
      ...ending,
      packetCount: this.packetCount,
      rowCount: this.rowCount,
      tables: this.tables,
      sourceIds: [...this.sources].sort((a, b) => a - b),
      firstNs: hasTimes ? this.firstNs : undefined,
      lastNs: hasTimes ? this.lastNs : undefined,
      session: this.session,
      processes: this.processes,
      devices: this.devices,
      losses: this.losses,
      gaps: this.gaps,
      diagnostics: this.diagnostics,
      isClosed: this.isClosed,
      damagedPackets: this.damagedPackets,
      unknownPackets: this.unknownPackets,
      missingPackets: Number.isFinite(this.firstEvent) ? this.seen.holesFrom(this.firstEvent) : 0,
    };
  }
}
