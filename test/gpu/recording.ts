// A recorded file as the GPU tests look at it: rows as plain objects, names resolved and demangled, nothing from DuckDB, so that the
// kit runs without it.

import { type HkaSummary, readHka } from '../../app/host/session/hka-reader';
import type { RowOf } from '../../shared/model/column';
import { rowsOf } from '../../shared/wire/decode';
import type { TableName, Tables } from '../../shared/wire/tables';

export type Row<N extends TableName> = RowOf<Tables[N]> & { readonly source: number };

export interface Recording {
  readonly summary: HkaSummary;
  rows<N extends TableName>(name: N): Row<N>[];
  text(source: number, id: number): string;
}

/** Reads the whole file into memory. `demangle` makes C++ names readable. */
export async function openRecording(path: string, demangle: (name: string) => string): Promise<Recording> {
  const rows = new Map<string, Row<TableName>[]>();
  const strings = new Map<string, string>();
  const summary = await readHka(path, {
    onPacket: (packet) => {
      const source = packet.header.sourceId;
      const known = rows.get(packet.table.name) ?? [];
      for (const row of rowsOf(packet)) known.push({ ...row, source } as unknown as Row<TableName>);
      rows.set(packet.table.name, known);
    },
  });
  for (const row of (rows.get('string') ?? []) as Row<'string'>[])
    strings.set(`${row.source}.${row.id}`, demangle(row.text));
  return {
    summary,
    rows: <N extends TableName>(name: N) => (rows.get(name) ?? []) as unknown as Row<N>[],
    text: (source, id) => (id === 0 ? '' : (strings.get(`${source}.${id}`) ?? `?${id}`)),
  };
}

/** How often each key occurs. */
export function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
