// How many packets and rows of each table there were, and which was the last: what a gap row is made of. Every segment begins
// with the totals of all that came before it in its lane, so that they outlive the probe.

import type { Column, Table } from '../../shared/model/column';
import { decodeBody } from '../../shared/wire/decode';
import { columnsFromRows, encodePacket } from '../../shared/wire/encode';
import type { PacketHeader } from '../../shared/wire/header';
import { HEADER_BYTES } from '../../shared/wire/limits';

/** Kind of the packet in front of a segment. It never leaves the spool, and intake refuses it. */
export const TOTALS_KIND = 0xfffe;

const column = <T extends 'u16' | 'f64'>(type: T, doc: string): Column<T> => ({ type, meaning: 'count', doc });

const totalsTable = {
  kind: TOTALS_KIND,
  name: 'totals',
  lane: 'vital',
  role: 'event',
  doc: 'What came before a segment.',
  columns: {
    table: column('u16', 'kind number'),
    packetCount: column('f64', 'packets'),
    rowCount: column('f64', 'rows'),
    lastSequence: column('f64', 'of the last of these packets'),
  },
} as const satisfies Table;

export interface TableTotals {
  packetCount: number;
  rowCount: number;
  lastSequence: number;
}

export class Totals {
  private readonly byKind = new Map<number, TableTotals>();

  add(kind: number, rowCount: number, sequence: number): void {
    const totals = this.byKind.get(kind);
    if (!totals) {
      this.byKind.set(kind, { packetCount: 1, rowCount, lastSequence: sequence });
      return;
    }
    totals.packetCount++;
    totals.rowCount += rowCount;
    totals.lastSequence = sequence;
  }

  /** The last sequence of any table; 0 when there was no packet. */
  get lastSequence(): number {
    return Math.max(0, ...[...this.byKind.values()].map((each) => each.lastSequence));
  }

  get packetCount(): number {
    return [...this.byKind.values()].reduce((sum, each) => sum + each.packetCount, 0);
  }

  entries(): IterableIterator<[number, TableTotals]> {
    return this.byKind.entries();
  }

  clone(): Totals {
    const copy = new Totals();
    for (const [kind, totals] of this.byKind) copy.byKind.set(kind, { ...totals });
    return copy;
  }

  encode(): Uint8Array {
    const rows = [...this.byKind].map(([table, totals]) => ({ table, ...totals }));
    return encodePacket(totalsTable, columnsFromRows(totalsTable, rows), rows.length);
  }

  /** Reads the body of a totals packet whose checksum was checked; undefined when it is not one. */
  static decode(packet: Uint8Array, header: PacketHeader): Totals | undefined {
    const columns = decodeBody(totalsTable, new Uint8Array(packet.subarray(HEADER_BYTES)), header.rowCount);
    if (!columns.ok) return undefined;
    const { table, packetCount, rowCount, lastSequence } = columns.value;
    const totals = new Totals();
    for (let row = 0; row < header.rowCount; row++) {
      totals.byKind.set(table[row], {
        packetCount: packetCount[row],
        rowCount: rowCount[row],
        lastSequence: lastSequence[row],
      });
    }
    return totals;
  }
}
