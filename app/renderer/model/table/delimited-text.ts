// Rows as text for other programs: CSV as RFC 4180 has it, and tab-separated text for the clipboard. Numbers are plain and whole: no
// separators, no rounding, so that a spreadsheet reckons with what was measured.

import type { WindowTable } from '../../../../shared/window/methods';
import { type Cell, columnKind, headerOf, type TimeUnit, timeIn } from './columns';

interface Part {
  readonly table: WindowTable;
  /** Numbers of the rows, in the order in which they are written. */
  readonly order: readonly number[];
  /** Times are written in it; in ns when it is auto. */
  readonly timeUnit: TimeUnit;
}

/** Quotes a field when it has a comma, a quote or a line end in it. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const tsvField = (text: string) => text.replace(/[\t\r\n]+/g, ' ');

function plain(cell: Cell): string {
  return cell === null ? '' : String(cell);
}

function fieldsOf({ table: { columns, rows }, order, timeUnit }: Part): string[][] {
  const kinds = columns.map(columnKind);
  const unit = timeUnit === 'auto' ? 'ns' : timeUnit;
  const header = columns.map((column) => headerOf(column, unit));
  const cellText = (cell: Cell, column: number) =>
    plain(kinds[column] === 'time' && typeof cell === 'number' ? timeIn(cell, unit) : cell);
  return [header, ...order.map((row) => rows[row].map(cellText))];
}

/** CSV with a header line; every line ends in CR LF. */
export function csvOf(part: Part): string {
  return fieldsOf(part)
    .map((fields) => `${fields.map(csvField).join(',')}\r\n`)
    .join('');
}

/** Tab-separated text with a header line; tabs and line ends inside a cell become a space. */
export function tsvOf(part: Part): string {
  return fieldsOf(part)
    .map((fields) => `${fields.map(tsvField).join('\t')}\n`)
    .join('');
}
