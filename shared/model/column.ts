// How one table is described, and what its rows look like in memory: a typed array a column, never an object a row.

export type NumberType = 'u8' | 'u16' | 'u32' | 'i32' | 'f64';
export type ColumnType = NumberType | 'text';

/**
 * What a column's number means, for programs that show or convert it. `string` is a row of the source's string table (0 is
 * the empty string); `correlation` joins an API call with the work it started, inside one source; an enumeration is named
 * by its key in `enums`.
 */
export type ColumnMeaning =
  | 'timeNs'
  | 'durationNs'
  | 'bytes'
  | 'address'
  | 'count'
  | 'id'
  | 'string'
  | 'correlation'
  | 'text'
  | 'number'
  | `enum:${string}`;

export interface Column<T extends ColumnType = ColumnType> {
  readonly type: T;
  readonly meaning: ColumnMeaning;
  readonly doc: string;
}

/** `state` tables describe who and what; they are kept for every new viewer. The others happen at a moment. */
export type TableRole = 'state' | 'event';

/** The two lanes of a viewer: a flood of `bulk` never delays `vital`. */
export type Lane = 'vital' | 'bulk';

export type ColumnSet = Readonly<Record<string, Column>>;

export interface Table<C extends ColumnSet = ColumnSet> {
  /** The number in the packet header. Never reused. */
  readonly kind: number;
  readonly name: string;
  readonly lane: Lane;
  readonly role: TableRole;
  readonly doc: string;
  readonly columns: C;
}

/** Text of all rows in one run of UTF-8: row i is bytes[byteEnd[i - 1] .. byteEnd[i]]. */
export interface TextColumn {
  readonly byteEnd: Uint32Array;
  readonly bytes: Uint8Array;
}

export interface ArrayOf {
  u8: Uint8Array;
  u16: Uint16Array;
  u32: Uint32Array;
  i32: Int32Array;
  f64: Float64Array;
  text: TextColumn;
}

/** The rows of one table. Rows below rowCount are valid. */
export type ColumnsOf<T extends Table> = {
  readonly [Name in keyof T['columns']]: ArrayOf[T['columns'][Name]['type']];
};

/** One row as an object: for low-rate tables and for people. */
export type RowOf<T extends Table> = {
  -readonly [Name in keyof T['columns']]: T['columns'][Name]['type'] extends 'text' ? string : number;
};

export const WIDTH: Readonly<Record<NumberType, number>> = { u8: 1, u16: 2, u32: 4, i32: 4, f64: 8 };

export const ARRAY_TYPE = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f64: Float64Array,
} as const;

/** The next multiple of 8 at or above `bytes`: every column begins on one, so that every column is a view without a copy. */
export function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

// A text may begin with U+FEFF, which a decoder swallows unless it is told not to.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of one row. */
export function textAt(column: TextColumn, row: number): string {
  return decoder.decode(column.bytes.subarray(row === 0 ? 0 : column.byteEnd[row - 1], column.byteEnd[row]));
}

/** All rows' text at once. */
export function textRows(column: TextColumn): string[] {
  return Array.from(column.byteEnd, (_, row) => textAt(column, row));
}
