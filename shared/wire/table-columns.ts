// The words in which tables are described: columns by type and meaning, and what many tables have.

import type { Column, ColumnMeaning, ColumnSet, ColumnType, Lane, Table, TableRole } from '../model/column';

const column =
  <T extends ColumnType>(type: T) =>
  (meaning: ColumnMeaning, doc: string): Column<T> => ({ type, meaning, doc });
export const u8 = column('u8');
export const u16 = column('u16');
export const u32 = column('u32');
export const i32 = column('i32');
export const f64 = column('f64');
export const text = (doc: string) => column('text')('text', doc);

export function table<C extends ColumnSet>(
  kind: number,
  name: string,
  lane: Lane,
  role: TableRole,
  doc: string,
  columns: C,
): Table<C> {
  return { kind, name, lane, role, doc, columns };
}

export const at = (doc: string) => f64('timeNs', doc);
export const took = (doc: string) => f64('durationNs', doc);
export const stringId = (doc: string) => u32('string', doc);
export const correlation = u32(
  'correlation',
  'joins the API call with the work it started, inside one source; 0 is none',
);
export const deviceId = u32('id', 'index of the device');
export const contextId = u32('id', 'CUDA context');
export const streamId = u32('id', 'CUDA stream, unique within its context');
export const graphNodeId = f64('id', 'node of the CUDA graph that launched it; 0 outside a graph');
