// A result for people (aligned, thousands separated), for spreadsheets, or for programs.

import type { Cell, ResultTable } from '../session/store';

export type TableFormat = 'table' | 'csv' | 'json';

const WIDTH_MAX = 100;

function plain(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number' && !Number.isInteger(cell)) return String(Number(cell.toFixed(6)));
  return String(cell);
}

/** Decimals of a column, by its name as nsys writes it: sizes to the kilobyte, means and shares to a tenth, rates to a hundredth, counts whole. */
function decimalsOf(name: string): number {
  if (name.includes('(MB')) return 3;
  if (/\/s$|Request/.test(name)) return 2;
  return /%|Avg|Med|StdDev|°C/.test(name) ? 1 : 0;
}

function shown(cell: Cell, decimals: number): string {
  if (typeof cell === 'bigint') return cell.toLocaleString('en-US');
  if (typeof cell === 'number') {
    const most = Number.isInteger(cell) || decimals > 0 ? decimals : 6;
    return cell.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: most });
  }
  const text = plain(cell);
  return text.length > WIDTH_MAX ? `${text.slice(0, WIDTH_MAX - 1)}…` : text;
}

function asText({ columns, rows }: ResultTable): string {
  const cells = rows.map((row) => row.map((cell, column) => shown(cell, decimalsOf(columns[column].name))));
  const widths = columns.map(({ name }, column) => Math.max(name.length, ...cells.map((row) => row[column].length)));
  const isNumber = columns.map((_, column) =>
    rows.some((row) => typeof row[column] === 'number' || typeof row[column] === 'bigint'),
  );
  const lay = (words: readonly string[]) =>
    ` ${words.map((word, column) => (isNumber[column] ? word.padStart(widths[column]) : word.padEnd(widths[column]))).join('  ')}`.trimEnd();
  const rule = ` ${widths.map((width) => '-'.repeat(width)).join('  ')}`;
  return `${[lay(columns.map(({ name }) => name)), rule, ...cells.map(lay)].join('\n')}\n`;
}

function csvWord(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function asCsv({ columns, rows }: ResultTable): string {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map(plain))];
  return lines.map((line) => `${line.map(csvWord).join(',')}\n`).join('');
}

function asJson({ columns, rows }: ResultTable): string {
  const number = (cell: Cell) => (typeof cell === 'bigint' ? Number(cell) : cell);
  const objects = rows.map((row) => Object.fromEntries(columns.map(({ name }, column) => [name, number(row[column])])));
  return `${JSON.stringify(objects, undefined, 2)}\n`;
}

/** The text of a result, with a newline at its end. */
export function formatTable(table: ResultTable, format: TableFormat): string {
  if (format === 'csv') return asCsv(table);
  if (format === 'json') return asJson(table);
  return asText(table);
}
