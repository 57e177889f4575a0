// Sorting, filtering and selecting rows.

import { expect, test } from 'vitest';
import { filterRows, parseFilter } from '../../../../app/renderer/model/table/filter-rows';
import { moveSelection, selectedPlaces } from '../../../../app/renderer/model/table/row-selection';
import { nextSorting, sortRows } from '../../../../app/renderer/model/table/sort-rows';

const TABLE = {
  columns: [
    { name: 'Count', isText: false },
    { name: 'Name', isText: true },
  ],
  rows: [
    [3, 'gemm_128'],
    [null, 'relu'],
    [20, 'gemm_64'],
    [3, 'Softmax'],
  ],
};
const all = [0, 1, 2, 3];
const namesOf = (order: readonly number[]) => order.map((row) => TABLE.rows[row][1]);

test('numbers sort as numbers, equal ones keep their order, missing ones are last both ways', () => {
  expect(sortRows(TABLE.rows, all, { column: 0, direction: 'descending' })).toEqual([2, 0, 3, 1]);
  expect(sortRows(TABLE.rows, all, { column: 0, direction: 'ascending' })).toEqual([0, 3, 2, 1]);
  expect(sortRows(TABLE.rows, all, undefined)).toEqual(all);
});

test('texts sort with the numbers in them as numbers', () => {
  expect(namesOf(sortRows(TABLE.rows, all, { column: 1, direction: 'ascending' }))).toEqual([
    'gemm_64',
    'gemm_128',
    'relu',
    'Softmax',
  ]);
});

test('sorting leaves out what the filter left out, and the rows as they were', () => {
  const before = JSON.stringify(TABLE.rows);
  expect(sortRows(TABLE.rows, [0, 2], { column: 0, direction: 'descending' })).toEqual([2, 0]);
  expect(JSON.stringify(TABLE.rows)).toBe(before);
});

test('a header goes through three sortings: numbers from the largest, texts from A, then none', () => {
  const first = nextSorting(undefined, 0, false);
  expect(first).toEqual({ column: 0, direction: 'descending' });
  const second = nextSorting(first, 0, false);
  expect(second).toEqual({ column: 0, direction: 'ascending' });
  expect(nextSorting(second, 0, false)).toBeUndefined();
  expect(nextSorting(second, 1, true)).toEqual({ column: 1, direction: 'ascending' });
});

test.each([
  ['', ['gemm_128', 'relu', 'gemm_64', 'Softmax']],
  ['GEMM', ['gemm_128', 'gemm_64']],
  ['soft', ['Softmax']],
  ['/soft/', []],
  ['/soft/i', ['Softmax']],
  ['/^gemm_\\d{2}$/', ['gemm_64']],
  ['3', []],
  ['/', []],
])('the filter %s finds %j', (text, names) => {
  expect(namesOf(filterRows(TABLE, parseFilter(text)))).toEqual(names);
});

test('an expression that is none says so and hides no row', () => {
  const filter = parseFilter('/gemm(/');
  expect(filter.sentence).toMatch(/^This is no regular expression: .+\. Mend it/);
  expect(filterRows(TABLE, filter)).toEqual(all);
});

test('a table without texts is searched in its numbers', () => {
  const table = { columns: [{ name: 'PID', isText: false }], rows: [[790], [12]] };
  expect(filterRows(table, parseFilter('79'))).toEqual([0]);
});

const press = (key: string, shiftKey = false) => ({ key, shiftKey });

test('arrows move by one, pages by what is in view, and none beyond the ends', () => {
  expect(moveSelection(undefined, press('ArrowDown'), 5, 3)).toEqual({ anchor: 0, focus: 0 });
  expect(moveSelection(undefined, press('ArrowUp'), 5, 3)).toEqual({ anchor: 4, focus: 4 });
  expect(moveSelection({ anchor: 1, focus: 1 }, press('PageDown'), 5, 3)).toEqual({ anchor: 4, focus: 4 });
  expect(moveSelection({ anchor: 4, focus: 4 }, press('ArrowDown'), 5, 3)).toEqual({ anchor: 4, focus: 4 });
  expect(moveSelection({ anchor: 4, focus: 4 }, press('Home'), 5, 3)).toEqual({ anchor: 0, focus: 0 });
  expect(moveSelection({ anchor: 0, focus: 0 }, press('x'), 5, 3)).toBeUndefined();
  expect(moveSelection(undefined, press('ArrowDown'), 0, 3)).toBeUndefined();
});

test('Shift keeps where the selection began', () => {
  const selection = moveSelection({ anchor: 3, focus: 3 }, press('ArrowUp', true), 5, 3);
  expect(selection).toEqual({ anchor: 3, focus: 2 });
  expect(selectedPlaces(selection, 5)).toEqual([2, 3]);
  expect(selectedPlaces({ anchor: 1, focus: 9 }, 4)).toEqual([1, 2, 3]);
  expect(selectedPlaces(undefined, 4)).toEqual([]);
});
