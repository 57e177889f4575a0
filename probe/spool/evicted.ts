// What left the ring: enough of it to tell a late viewer exactly what it missed, for the last packets; the rest in sums.

import type { Lane } from '../../shared/model/column';
import { tableOfKind } from '../../shared/wire/tables';
import type { Segment } from './segment';

const EXACT_PACKETS_MAX = 1_000_000;

/** Packets and rows of one table in a hole. */
export interface MissedTable {
  readonly kind: number;
  packetCount: number;
  rowCount: number;
  isExact: boolean;
}

interface Span {
  readonly firstSequence: number;
  readonly nextSequence: number;
  readonly kinds: Uint16Array;
  readonly rowCounts: Uint32Array;
}

export class Evicted {
  private spans: Span[] = [];
  private spanPackets = 0;
  private readonly older = new Map<number, MissedTable>();
  private olderNext = 0;

  add(segment: Segment): void {
    const { index, firstSequence, nextSequence } = segment;
    const kinds = index.kinds.slice(0, index.count);
    const rowCounts = index.rowCounts.slice(0, index.count);
    this.spans.push({ firstSequence, nextSequence, kinds, rowCounts });
    this.spanPackets += index.count;
    while (this.spanPackets > EXACT_PACKETS_MAX && this.spans.length > 1) this.forget(this.spans.shift() as Span);
  }

  private forget(span: Span): void {
    this.spanPackets -= span.kinds.length;
    this.olderNext = span.nextSequence;
    for (const [i, kind] of span.kinds.entries()) count(this.older, kind, span.rowCounts[i], false);
  }

  /** What a viewer of `lane` missed in [from, to). */
  missed(lane: Lane, from: number, to: number): MissedTable[] {
    const tables = new Map<number, MissedTable>();
    if (from < this.olderNext) for (const [kind, each] of this.older) tables.set(kind, { ...each });
    for (const span of this.spans) {
      const first = Math.max(0, from - span.firstSequence);
      const last = Math.min(span.kinds.length, to - span.firstSequence);
      for (let i = first; i < last; i++) count(tables, span.kinds[i], span.rowCounts[i], true);
    }
    return [...tables.values()].filter(({ kind }) => laneOfKind(kind) === lane);
  }
}

function count(tables: Map<number, MissedTable>, kind: number, rowCount: number, isExact: boolean): void {
  const table = tables.get(kind) ?? { kind, packetCount: 0, rowCount: 0, isExact };
  table.packetCount++;
  table.rowCount += rowCount;
  table.isExact &&= isExact;
  tables.set(kind, table);
}

/** The lane of a table kind. Kinds of a later version travel in the bulk lane. */
export function laneOfKind(kind: number): Lane {
  return tableOfKind(kind)?.lane ?? 'bulk';
}
