// The probe's own rows: source 0. They go through the ring like everybody's.

import type { RowOf, Table } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { type SessionNs, sessionFromMonotonic } from '../../shared/units/units';
import { decodeChecked, isPacketOf, rowsOf } from '../../shared/wire/decode';
import { encodeRows } from '../../shared/wire/encode';
import { parseHeader } from '../../shared/wire/header';
import { tables } from '../../shared/wire/tables';
import type { Spool } from '../spool/spool';
import { LOSS_MS } from './limits';

const OWN_SOURCE = 0;

export interface Notice {
  readonly severity: keyof typeof enums.severity;
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
}

interface Loss {
  startNs: SessionNs;
  count: number;
  bytes: number;
  readonly stage: string;
  readonly reason: string;
}

export class OwnRows {
  private readonly stringIds = new Map<string, number>();
  private readonly losses = new Map<string, Loss>();
  private lossTimer: NodeJS.Timeout | undefined;

  constructor(private readonly spool: Spool) {
    for (const { bytes, sourceId } of spool.state.between(0, spool.nextSequence)) {
      if (sourceId === OWN_SOURCE) this.takeStrings(bytes);
    }
  }

  // A probe that continues a session goes on with the string numbers of the one before.
  private takeStrings(bytes: Uint8Array): void {
    const header = parseHeader(bytes);
    if (!header.ok || header.value.kind !== tables.string.kind) return;
    const packet = decodeChecked(bytes, header.value);
    if (!packet.ok || !isPacketOf(packet.value, 'string')) return;
    for (const { id, text } of rowsOf(packet.value)) this.stringIds.set(text, id);
  }

  nowNs(): SessionNs {
    return sessionFromMonotonic(process.hrtime.bigint(), this.spool.epochNs);
  }

  /** Returns false when they were not recorded; that is counted already. */
  append<T extends Table>(table: T, rows: readonly RowOf<T>[]): boolean {
    return rows.length === 0 || this.appendPacket(table, encodeRows(table, rows), rows.length);
  }

  appendPacket(table: Table, packet: Uint8Array, rowCount: number): boolean {
    return this.spool.append(packet, table.kind, rowCount, OWN_SOURCE) !== undefined;
  }

  tell({ severity, code, sentence, remedy }: Notice): void {
    this.append(tables.diagnostic, [
      { timeNs: this.nowNs(), severity: enums.severity[severity], code, sentence, remedy },
    ]);
  }

  /** The number of a text in source 0's string table; sends the text when it is new. */
  stringId(text: string): number {
    const known = this.stringIds.get(text);
    if (known !== undefined) return known;
    const id = this.stringIds.size + 1;
    this.stringIds.set(text, id);
    this.append(tables.string, [{ id, text }]);
    return id;
  }

  /** Counts what was lost. The row follows within LOSS_MS. */
  countLoss(stage: 'intake' | 'spool', reason: string, count: number, bytes: number): void {
    const key = `${stage} ${reason}`;
    const loss = this.losses.get(key) ?? { startNs: this.nowNs(), count: 0, bytes: 0, stage, reason };
    loss.count += count;
    loss.bytes += bytes;
    this.losses.set(key, loss);
    this.lossTimer ??= setTimeout(() => this.flushLosses(), LOSS_MS);
  }

  /** Writes the rows of all losses counted so far. Where they cannot be recorded now, they are kept for the next time. */
  flushLosses(): void {
    clearTimeout(this.lossTimer);
    this.lossTimer = undefined;
    const endNs = this.nowNs();
    const rows = [...this.losses.values()].map((loss) => ({ ...loss, endNs }));
    if (this.append(tables.loss, rows)) this.losses.clear();
  }
}
