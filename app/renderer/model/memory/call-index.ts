// Which call made an allocation, by source and correlation. Of ten million calls only those that a memory row names are kept. A call's
// row comes before or after the memory row that names it, so the latest calls are held for a while, as the packets they came in.

import type { WindowColumnsOf } from '../../../../shared/window/columns';
import { GrowingColumns } from './growing-columns';

export interface Call {
  /** String of the source. */
  readonly name: number;
  /** System thread id. */
  readonly thread: number;
  readonly startNs: number;
  readonly durationNs: number;
}

type ApiColumns = WindowColumnsOf<'api'>;

interface HeldPacket {
  readonly rowCount: number;
  readonly columns: ApiColumns;
  readonly lowest: number;
  readonly highest: number;
}

/** Calls of one source that are held for memory rows still to come. A call and its memory row leave CUPTI in one buffer of 100,000. */
const HELD_ROWS_MAX = 250_000;
const CALL_TYPES = { startNs: 'f64', durationNs: 'f64', name: 'u32', thread: 'u32' } as const;

class CallsOfSource {
  private readonly rows = new GrowingColumns(CALL_TYPES);
  private readonly rowOf = new Map<number, number>();
  private readonly wanted = new Set<number>();
  private held: HeldPacket[] = [];
  private heldRows = 0;

  want(correlations: Uint32Array, rowCount: number): void {
    const fresh = new Set<number>();
    for (let row = 0; row < rowCount; row++) {
      const each = correlations[row];
      if (each !== 0 && !this.rowOf.has(each) && !this.wanted.has(each)) fresh.add(each);
    }
    if (fresh.size === 0) return;
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (const each of fresh) {
      lowest = Math.min(lowest, each);
      highest = Math.max(highest, each);
      this.wanted.add(each);
    }
    for (const packet of this.held) {
      if (packet.lowest <= highest && packet.highest >= lowest) this.take(packet.columns, packet.rowCount);
    }
  }

  append(columns: ApiColumns, rowCount: number): void {
    this.take(columns, rowCount);
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (let row = 0; row < rowCount; row++) {
      lowest = Math.min(lowest, columns.correlation[row]);
      highest = Math.max(highest, columns.correlation[row]);
    }
    this.held.push({ rowCount, columns, lowest, highest });
    this.heldRows += rowCount;
    let first = 0;
    while (this.heldRows > HELD_ROWS_MAX && first < this.held.length - 1) this.heldRows -= this.held[first++].rowCount;
    if (first > 0) this.held = this.held.slice(first);
  }

  find(correlation: number): Call | undefined {
    const row = this.rowOf.get(correlation);
    if (row === undefined) return undefined;
    const { name, thread, startNs, durationNs } = this.rows.columns;
    return { name: name[row], thread: thread[row], startNs: startNs[row], durationNs: durationNs[row] };
  }

  private take(columns: ApiColumns, rowCount: number): void {
    if (this.wanted.size === 0) return;
    for (let row = 0; row < rowCount; row++) {
      if (!this.wanted.delete(columns.correlation[row])) continue;
      const at = this.rows.add(1);
      this.rowOf.set(columns.correlation[row], at);
      const kept = this.rows.columns;
      kept.startNs[at] = columns.startNs[row];
      kept.durationNs[at] = columns.durationNs[row];
      kept.name[at] = columns.name[row];
      kept.thread[at] = columns.thread[row];
    }
  }
}

export class CallIndex {
  private readonly bySource = new Map<number, CallsOfSource>();

  /** Memory rows of `source` name these correlations; 0 is none. */
  want(source: number, correlations: Uint32Array, rowCount: number): void {
    this.of(source).want(correlations, rowCount);
  }

  append(source: number, rowCount: number, columns: ApiColumns): void {
    this.of(source).append(columns, rowCount);
  }

  /** The call, or undefined when its row was not traced or has not come. */
  find(source: number, correlation: number): Call | undefined {
    return this.bySource.get(source)?.find(correlation);
  }

  private of(source: number): CallsOfSource {
    let calls = this.bySource.get(source);
    if (!calls) {
      calls = new CallsOfSource();
      this.bySource.set(source, calls);
    }
    return calls;
  }
}
