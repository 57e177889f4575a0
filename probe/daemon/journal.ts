// The one door into the spool: packets of collectors and the probe's own rows get their sequence here. While the disk is full
// collectors' packets are counted instead of kept, and only the probe's own rows go on, in memory.

import type { RowOf, Table } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { type SessionNs, sessionFromMonotonic } from '../../shared/units/units';
import { encodeRows } from '../../shared/wire/encode';
import { type PacketHeader, parseHeader } from '../../shared/wire/header';
import { tables } from '../../shared/wire/tables';
import type { Spool } from '../spool/spool';

export type Severity = keyof typeof enums.severity;

const RETRY_MS = 1000;

interface Refused {
  sinceNs: SessionNs;
  rowCount: number;
  bytes: number;
}

export class Journal {
  private isFlushPending = false;
  private refused: Refused | undefined;
  private retry: NodeJS.Timeout | undefined;
  private readonly strings = new Map<string, number>();

  constructor(readonly spool: Spool) {}

  nowNs(): SessionNs {
    return sessionFromMonotonic(process.hrtime.bigint(), this.spool.identity.epochNs);
  }

  /** A checked packet of a collector. */
  append(packet: Uint8Array, header: PacketHeader, sourceId: number): void {
    if (this.spool.state === 'diskFull') {
      this.refused ??= { sinceNs: this.nowNs(), rowCount: 0, bytes: 0 };
      this.refused.rowCount += header.rowCount;
      this.refused.bytes += packet.length;
      return;
    }
    this.spool.append(packet, header, sourceId);
    this.flushSoon();
  }

  /** Rows of the probe itself. */
  rows<T extends Table>(table: T, rows: readonly RowOf<T>[]): void {
    if (rows.length === 0) return;
    const packet = encodeRows(table, rows);
    const header = parseHeader(packet);
    if (!header.ok) throw new Error(`the probe wrote a bad ${table.name} packet: ${header.error.kind}`);
    this.spool.append(packet, header.value, 0);
    this.flushSoon();
  }

  diagnostic(severity: Severity, code: string, sentence: string, remedy = ''): void {
    this.rows(tables.diagnostic, [
      { timeNs: this.nowNs(), severity: enums.severity[severity], code, sentence, remedy },
    ]);
  }

  loss(
    stage: string,
    reason: string,
    { count, bytes, startNs }: { count: number; bytes: number; startNs?: number },
  ): void {
    const endNs = this.nowNs();
    this.rows(tables.loss, [{ startNs: startNs ?? endNs, endNs, count, bytes, stage, reason }]);
  }

  /** The number of a string of the probe's own string table. */
  stringId(text: string): number {
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    const id = this.strings.size + 1;
    this.strings.set(text, id);
    this.rows(tables.string, [{ id, text }]);
    return id;
  }

  // Many packets of one turn of the event loop are written at once.
  private flushSoon(): void {
    if (this.isFlushPending) return;
    this.isFlushPending = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.isFlushPending = false;
    const before = this.spool.state;
    this.spool.flush();
    const now = this.spool.state;
    if (before === 'recording' && now === 'diskFull') this.onFull();
  }

  private onFull(): void {
    // These rows cannot be written now; they wait in memory and are the first that the disk takes.
    this.diagnostic(
      'error',
      'diskFull',
      `The disk of the spool takes no more (${this.spool.lastError}); recording has stopped.`,
      'Free some space; recording then goes on by itself.',
    );
    this.refused ??= { sinceNs: this.nowNs(), rowCount: 0, bytes: 0 };
    this.retry ??= setInterval(() => this.tryAgain(), RETRY_MS);
  }

  private tryAgain(): void {
    this.spool.flush();
    if (this.spool.state === 'diskFull') return;
    clearInterval(this.retry);
    this.retry = undefined;
    if (this.refused) {
      const { rowCount, bytes, sinceNs } = this.refused;
      this.refused = undefined;
      this.loss('spool', 'the disk was full', { count: rowCount, bytes, startNs: sinceNs });
    }
    this.diagnostic('info', 'diskFreed', 'The disk of the spool takes packets again; recording goes on.');
  }

  close(): void {
    clearInterval(this.retry);
    this.spool.close();
  }
}
