// What a table shows and what it gives to other programs.

import { expect, test } from 'vitest';
import {
  columnKind,
  formatCell,
  formatNumber,
  headerOf,
  rowKeys,
  timeIn,
} from '../../../../app/renderer/model/table/columns';
import { csvField, csvOf, tsvOf } from '../../../../app/renderer/model/table/delimited-text';

const number = (name: string) => ({ name, isText: false });
const text = (name: string) => ({ name, isText: true });

test.each([
  [number('Total Time (ns)'), 'time'],
  [number('Time (%)'), 'percent'],
  [number('PID'), 'id'],
  [number('Instances'), 'number'],
  [number('Total (MB)'), 'number'],
  [text('Name'), 'text'],
] as const)('%o is a column of %s', (column, kind) => {
  expect(columnKind(column)).toBe(kind);
});

test('a header says the unit of its numbers, and none when each number says its own', () => {
  expect(headerOf(number('Avg (ns)'), 'ns')).toBe('Avg (ns)');
  expect(headerOf(number('Avg (ns)'), 'µs')).toBe('Avg (µs)');
  expect(headerOf(number('Avg (ns)'), 'auto')).toBe('Avg');
  expect(headerOf(number('Avg (MB)'), 'µs')).toBe('Avg (MB)');
});

test.each([
  [0, '0'],
  [1234567, '1,234,567'],
  [-1234567, '-1,234,567'],
  [4588.3195, '4,588'],
  [999.96, '1,000'],
  [123.456, '123.5'],
  [9.99996, '10.00'],
  [0.38357, '0.3836'],
  [0.001024, '0.001024'],
  [-0.5, '-0.5000'],
  [Number.NaN, '-'],
])('%d is shown as %s', (value, shown) => {
  expect(formatNumber(value)).toBe(shown);
});

test('a cell is shown by the kind of its column', () => {
  expect(formatCell(4_221_254, 'time', 'auto')).toBe('4.221 ms');
  expect(formatCell(4_221_254, 'time', 'ns')).toBe('4,221,254');
  expect(formatCell(4_221_254, 'time', 'µs')).toBe('4,221');
  expect(formatCell(16_000, 'time', 'µs')).toBe('16.00');
  expect(formatCell(17.161, 'percent', 'auto')).toBe('17.16');
  expect(formatCell(123456, 'id', 'auto')).toBe('123456');
  expect(formatCell(null, 'time', 'auto')).toBe('-');
  expect(formatCell('  16    4    2', 'text', 'auto')).toBe('  16    4    2');
});

test('a time in another unit has no binary noise', () => {
  expect(timeIn(4_588.3, 'µs')).toBe(4.5883);
  expect(timeIn(0.1 + 0.2, 'µs')).toBe(0.0003);
});

const TABLE = {
  columns: [number('Time (%)'), number('Avg (ns)'), text('Name')],
  rows: [
    [60, 1500, 'plain'],
    [40, 2500.5, 'a, "quoted"\nname'],
    [0, null, 'tab\there'],
  ],
};

test('CSV quotes as RFC 4180 says, keeps the order asked for, and has whole numbers', () => {
  expect(csvOf({ table: TABLE, order: [1, 0], timeUnit: 'auto' })).toBe(
    'Time (%),Avg (ns),Name\r\n40,2500.5,"a, ""quoted""\nname"\r\n60,1500,plain\r\n',
  );
  expect(csvField('a\rb')).toBe('"a\rb"');
  expect(csvField(' space ')).toBe(' space ');
});

test('times are copied in the chosen unit, with the header that says so', () => {
  expect(csvOf({ table: TABLE, order: [0], timeUnit: 'µs' })).toBe('Time (%),Avg (µs),Name\r\n60,1.5,plain\r\n');
});

test('tab-separated text never has a tab or a line end inside a cell, and nothing for no value', () => {
  expect(tsvOf({ table: TABLE, order: [2, 1], timeUnit: 'ns' })).toBe(
    'Time (%)\tAvg (ns)\tName\n0\t\ttab here\n40\t2500.5\ta, "quoted" name\n',
  );
});

test('rows are known by their texts and ids, and equal ones by their place among them', () => {
  const table = {
    columns: [number('PID'), number('Count'), text('Name')],
    rows: [
      [1, 10, 'a'],
      [2, 10, 'a'],
      [1, 99, 'a'],
    ],
  };
  const [first, second, third] = rowKeys(table);
  expect(new Set([first, second, third]).size).toBe(3);
  const later = {
    ...table,
    rows: [
      [2, 11, 'a'],
      [1, 12, 'a'],
    ],
  };
  expect(rowKeys(later)).toEqual([second, first]);
});
