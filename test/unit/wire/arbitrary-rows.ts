// Any row that any table can hold, for property tests.

import fc from 'fast-check';
import type { ColumnType, Table } from '../../../shared/model/column';
import type { AnyRow } from './golden-rows';

const ROW_COUNT_MAX = 40;

const CELLS: Readonly<Record<ColumnType, fc.Arbitrary<number | string>>> = {
  u8: fc.integer({ min: 0, max: 2 ** 8 - 1 }),
  u16: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
  u32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  i32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  f64: fc.double(),
  text: fc.string({ unit: 'binary', maxLength: 200 }), // any character of Unicode, half pairs excepted
};

/** From no rows to a few dozen. */
export function arbitraryRows(table: Table): fc.Arbitrary<AnyRow[]> {
  const cells = Object.entries(table.columns).map(([name, { type }]) => [name, CELLS[type]]);
  return fc.array(fc.record<AnyRow>(Object.fromEntries(cells)), { maxLength: ROW_COUNT_MAX });
}
