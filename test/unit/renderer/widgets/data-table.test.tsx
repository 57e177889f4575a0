// @vitest-environment happy-dom
// The table by what a person does to it.

import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TimeUnit } from '../../../../app/renderer/model/table/columns';
import { DataTable, type DataTableProps } from '../../../../app/renderer/widgets/data-table';
import { giveElementsSize } from '../element-size';

const TABLE = {
  columns: [
    { name: 'Time (%)', isText: false },
    { name: 'Total Time (ns)', isText: false },
    { name: 'Name', isText: true },
  ],
  rows: [
    [60, 6_000_000, 'gemm_128'],
    [30, 3_000_000, 'relu'],
    [10, 1_000_000, 'gemm_64'],
  ],
};
const copied: string[] = [];

beforeEach(() => {
  giveElementsSize(800, 400);
  copied.length = 0;
  vi.stubGlobal('navigator', {
    ...navigator,
    clipboard: {
      writeText: async (text: string) => {
        copied.push(text);
      },
    },
  });
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function Held(props: Partial<DataTableProps>) {
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  return <DataTable label="Kernels" table={TABLE} timeUnit={timeUnit} onTimeUnit={setTimeUnit} {...props} />;
}

const rows = () => screen.getAllByTestId('table-row');
const names = () => rows().map((row) => within(row).getAllByRole('gridcell')[2].textContent);
const header = (name: string) => within(screen.getByTestId(`column-${name}`)).getByRole('button');
const sortOf = (name: string) => screen.getByTestId(`column-${name}`).getAttribute('aria-sort');
const grid = () => screen.getByRole('grid', { name: 'Kernels' });
const press = (key: string, more: object = {}) => fireEvent.keyDown(grid(), { key, ...more });

test('a header sorts, then turns around, then gives the first order back', () => {
  render(<Held />);
  expect(names()).toEqual(['gemm_128', 'relu', 'gemm_64']);
  fireEvent.click(header('Name'));
  expect([names(), sortOf('Name')]).toEqual([['gemm_64', 'gemm_128', 'relu'], 'ascending']);
  fireEvent.click(header('Name'));
  expect([names(), sortOf('Name')]).toEqual([['relu', 'gemm_128', 'gemm_64'], 'descending']);
  fireEvent.click(header('Name'));
  expect([names(), sortOf('Name')]).toEqual([['gemm_128', 'relu', 'gemm_64'], 'none']);
});

test('the filter hides rows and says how many are left; an expression that is none says why', () => {
  render(<Held />);
  fireEvent.change(screen.getByTestId('table-filter'), { target: { value: 'gemm' } });
  expect(names()).toEqual(['gemm_128', 'gemm_64']);
  expect(screen.getByTestId('row-count').textContent).toBe('2 of 3 rows');
  fireEvent.change(screen.getByTestId('table-filter'), { target: { value: '/(/' } });
  expect(screen.getByRole('alert').textContent).toMatch(/^This is no regular expression/);
  expect(screen.getByTestId('row-count').textContent).toBe('3 rows');
  fireEvent.keyDown(screen.getByTestId('table-filter'), { key: 'Escape' });
  expect(screen.queryByRole('alert')).toBeNull();
});

test('a unit of time changes header and cells', () => {
  render(<Held />);
  const totals = () => rows().map((row) => within(row).getAllByRole('gridcell')[1].textContent);
  expect([header('Total Time (ns)').textContent, totals()[0]]).toEqual(['Total Time', '6.000 ms']);
  fireEvent.change(screen.getByTestId('table-time-unit'), { target: { value: 'µs' } });
  expect(header('Total Time (ns)').textContent).toBe('Total Time (µs)');
  expect(totals()).toEqual(['6,000', '3,000', '1,000']);
});

test('arrow keys select, Enter activates, Space clicks, and the grid names its active row', () => {
  const calls: string[] = [];
  render(
    <Held
      onSelect={(cells) => calls.push(`select ${cells[2]}`)}
      onClickRow={(cells) => calls.push(`click ${cells[2]}`)}
      onActivate={(cells) => calls.push(`activate ${cells[2]}`)}
    />,
  );
  press('ArrowDown');
  press('ArrowDown');
  press('Enter');
  press(' ');
  expect(calls).toEqual(['select gemm_128', 'select relu', 'activate relu', 'click relu']);
  expect(document.getElementById(grid().getAttribute('aria-activedescendant') ?? '')).toBe(rows()[1]);
  expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual(['false', 'true', 'false']);
});

test('one click selects and clicks; the second of a double click only activates', () => {
  const calls: string[] = [];
  render(
    <Held
      onClickRow={(cells) => calls.push(`click ${cells[2]}`)}
      onActivate={(cells) => calls.push(`activate ${cells[2]}`)}
    />,
  );
  fireEvent.click(rows()[2], { detail: 1 });
  fireEvent.click(rows()[2], { detail: 2 });
  fireEvent.doubleClick(rows()[2]);
  expect(calls).toEqual(['click gemm_64', 'activate gemm_64']);
});

test('Ctrl+C copies the selected rows, in the order shown', async () => {
  render(<Held />);
  fireEvent.click(header('Name'));
  fireEvent.click(rows()[0], { detail: 1 });
  fireEvent.click(rows()[1], { detail: 1, shiftKey: true });
  press('c', { ctrlKey: true });
  expect(copied).toEqual(['Time (%)\tTotal Time (ns)\tName\n10\t1000000\tgemm_64\n60\t6000000\tgemm_128\n']);
  expect(await screen.findByText('Copied 2 rows.')).toBeTruthy();
});

test('a selected row stays selected when the report is asked again and has another order', () => {
  const { rerender } = render(<Held />);
  fireEvent.click(rows()[1], { detail: 1 });
  const later = { ...TABLE, rows: [[70, 9_000_000, 'relu'], TABLE.rows[0], TABLE.rows[2]] };
  rerender(<Held table={later} />);
  expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual(['true', 'false', 'false']);
});

test('CSV is of all rows as shown', () => {
  const saved: string[] = [];
  render(<Held onSaveCsv={(csv) => saved.push(csv)} />);
  fireEvent.change(screen.getByTestId('table-filter'), { target: { value: 'relu' } });
  fireEvent.click(screen.getByTestId('table-csv'));
  expect(saved).toEqual(['Time (%),Total Time (ns),Name\r\n30,3000000,relu\r\n']);
});

test('the menu of a cell copies the cell, the row and the command', () => {
  render(<Held command="hookanalyzer stats FILE --report cuda_gpu_kern_sum" />);
  for (const title of ['Copy cell', 'Copy row', 'Copy as CSV', 'Copy command']) {
    fireEvent.contextMenu(within(rows()[1]).getAllByRole('gridcell')[2]);
    fireEvent.click(screen.getByRole('menuitem', { name: new RegExp(`^${title}`) }));
  }
  expect(copied).toEqual([
    'relu',
    'Time (%)\tTotal Time (ns)\tName\n30\t3000000\trelu\n',
    'Time (%),Total Time (ns),Name\r\n30,3000000,relu\r\n',
    'hookanalyzer stats FILE --report cuda_gpu_kern_sum',
  ]);
});

test('the edge of a header and Alt with an arrow change the width of a column', () => {
  render(<Held />);
  const widths = () => grid().style.getPropertyValue('--columns').split(' ');
  const before = Number.parseInt(widths()[1], 10);
  fireEvent.keyDown(header('Total Time (ns)'), { key: 'ArrowRight', altKey: true });
  expect(Number.parseInt(widths()[1], 10)).toBe(before + 16);
  fireEvent.doubleClick(screen.getByRole('separator', { name: 'Width of Total Time (ns)' }));
  expect(Number.parseInt(widths()[1], 10)).toBe(before);
});

test('of ten thousand rows only those in view are drawn, and the grid still counts all', () => {
  const many = { ...TABLE, rows: Array.from({ length: 10_000 }, (_, index) => [0, index, `kernel ${index}`]) };
  render(<Held table={many} />);
  expect(rows().length).toBeLessThan(60);
  expect(grid().getAttribute('aria-rowcount')).toBe('10001');
});
