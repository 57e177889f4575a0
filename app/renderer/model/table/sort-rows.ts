// The order of rows by one column. Order is a list of row numbers, so that the rows of the report stay as they came.

import type { WindowTable } from '../../../../shared/window/methods';
import type { Cell } from './columns';

export interface Sorting {
  /** Index of the column. */
  readonly column: number;
  readonly direction: 'ascending' | 'descending';
}

const collator = new Intl.Collator('en', { numeric: true });

const isMissing = (cell: Cell) => cell === null || Number.isNaN(cell);

function compareCells(left: Cell, right: Cell): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return collator.compare(String(left), String(right));
}

/** Row numbers in the order of `sorting`; equal rows keep theirs, and rows without a value are last both ways. */
export function sortRows(
  rows: WindowTable['rows'],
  order: readonly number[],
  sorting: Sorting | undefined,
): readonly number[] {
  if (!sorting) return order;
  const { column, direction } = sorting;
  const sign = direction === 'ascending' ? 1 : -1;
  return [...order].sort((left, right) => {
    const a = rows[left][column];
    const b = rows[right][column];
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
    return sign * compareCells(a, b);
  });
}

/** What a click on a header makes of the sorting: numbers begin with the largest, texts with A; then the other way; then none. */
export function nextSorting(sorting: Sorting | undefined, column: number, isText: boolean): Sorting | undefined {
  const first = isText ? 'ascending' : 'descending';
  if (sorting?.column !== column) return { column, direction: first };
  if (sorting.direction !== first) return undefined;
  return { column, direction: isText ? 'descending' : 'ascending' };
}
