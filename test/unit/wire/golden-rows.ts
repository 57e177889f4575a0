// The rows behind test/fixtures/wire: for every column of every table the values at which encoders go wrong. The rows are a
// function of the tables, so a new table cannot be forgotten. Released golden files pin the values: only append here.

import type { ColumnType, Table } from '../../../shared/model/column';
import { STRING_BYTES_MAX } from '../../../shared/wire/limits';
import { TABLE_NAMES, tables } from '../../../shared/wire/tables';

/** A row of any table, told apart by nothing but its cells. */
export type AnyRow = Readonly<Record<string, number | string>>;

const EDGES: Readonly<Record<ColumnType, readonly (number | string)[]>> = {
  u8: [0, 1, 127, 128, 255],
  u16: [0, 1, 0x0102, 32_768, 65_535],
  u32: [0, 1, 0x01020304, 2 ** 31, 2 ** 32 - 1],
  i32: [0, -1, 0x01020304, -(2 ** 31), 2 ** 31 - 1],
  // -1 is "could not be measured"; 2^53 - 1 ns is the end of the 104 days that SessionNs can count.
  f64: [0, -1, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1_234_567_890.25, Number.NaN],
  text: ['', 'a', '_Z9addKernelPfi', 'µs · 漢字 · 🚀', '\ufeffmark first', 'line\nbreak\u0000zero'],
};

// Odd, so that every width below 8 bytes leaves padding behind it; past the longest list, so that each value is used.
const ROW_COUNT = 9;
const WIDE_CHARACTER = '漢'; // three bytes, and the limit is no multiple of three

/** The string row that is over the limit, and what a reader gets of it. */
export const longText = {
  given: WIDE_CHARACTER.repeat(STRING_BYTES_MAX),
  kept: `${WIDE_CHARACTER.repeat(Math.floor((STRING_BYTES_MAX - 3) / 3))}…`,
} as const;

/** Row `row` takes in column `index` the edge value number `row + index` of the column's type, round and round. */
export function edgeRows(table: Table): AnyRow[] {
  return Array.from({ length: ROW_COUNT }, (_, row) => {
    const cells = Object.entries(table.columns).map(([name, { type }], index) => {
      return [name, EDGES[type][(row + index) % EDGES[type].length]];
    });
    return Object.fromEntries(cells);
  });
}

export interface Golden {
  readonly fileName: string;
  readonly table: Table;
  readonly sourceId: number;
  readonly rows: readonly AnyRow[];
}

/** What each golden file holds. The source differs from table to table and reaches the largest. */
export const goldens: readonly Golden[] = TABLE_NAMES.map((name) => {
  const table: Table = tables[name];
  const rows = edgeRows(table);
  if (name === 'string') rows.push({ id: 2 ** 32 - 1, text: longText.given });
  return { fileName: `v1-${name}.bin`, table, sourceId: name === 'end' ? 2 ** 32 - 1 : table.kind, rows };
});

/** The rows as a reader gets them: the same, but for the text over the limit. */
export function rowsAsRead(golden: Golden): AnyRow[] {
  return golden.rows.map((row) => {
    const cells = Object.entries(row).map(([name, value]) => [name, value === longText.given ? longText.kept : value]);
    return Object.fromEntries(cells);
  });
}
