// What a column of a report means, by its name as nsys writes it, and how its numbers are shown. Rows never change; only the texts do.

import { formatNs } from '../../../../shared/units/format';
import { NS_PER_MS, NS_PER_SEC, NS_PER_US } from '../../../../shared/units/units';
import type { WindowTable } from '../../../../shared/window/methods';

export type Cell = WindowTable['rows'][number][number];
export type TableColumn = WindowTable['columns'][number];

export const TIME_UNITS = ['auto', 'ns', 'µs', 'ms', 's'] as const;
/** auto: each cell in the unit that suits it. */
export type TimeUnit = (typeof TIME_UNITS)[number];

/** `id` is a number that names something: never with thousands separators. */
export type ColumnKind = 'text' | 'time' | 'percent' | 'id' | 'number';

const NS_PER_UNIT: Readonly<Record<Exclude<TimeUnit, 'auto'>, number>> = {
  ns: 1,
  µs: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_SEC,
};
const ID_NAMES = new Set(['PID', 'TID', 'DevId', 'CorrId', 'Device', 'Ctx', 'Strm', 'Address', 'Request', 'Source']);
const SIGNIFICANT_DIGITS = 4;
const MISSING = '-';

export function columnKind({ name, isText }: TableColumn): ColumnKind {
  if (isText) return 'text';
  if (name.endsWith('(ns)')) return 'time';
  if (name.endsWith('(%)')) return 'percent';
  return ID_NAMES.has(name) ? 'id' : 'number';
}

/** "Avg (ns)" → "Avg (µs)" in µs, "Avg" when each cell says its own unit. */
export function headerOf(column: TableColumn, timeUnit: TimeUnit): string {
  if (columnKind(column) !== 'time') return column.name;
  const bare = column.name.replace(/ \(ns\)$/, '');
  return timeUnit === 'auto' ? bare : `${bare} (${timeUnit})`;
}

/** The value of a time column in the chosen unit; auto stays in ns. Rounded to 15 digits, so that no binary noise is shown. */
export function timeIn(ns: number, timeUnit: TimeUnit): number {
  return timeUnit === 'auto' || timeUnit === 'ns' ? ns : Number((ns / NS_PER_UNIT[timeUnit]).toPrecision(15));
}

/** Whole numbers whole, fractions with four significant digits, thousands separated. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return formatFraction(value);
}

function formatFraction(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(SIGNIFICANT_DIGITS));
  const wholeDigits = Math.max(0, Math.floor(Math.log10(Math.abs(rounded))) + 1);
  if (wholeDigits >= SIGNIFICANT_DIGITS) return Math.round(value).toLocaleString('en-US');
  return wholeDigits === 0 ? value.toPrecision(SIGNIFICANT_DIGITS) : value.toFixed(SIGNIFICANT_DIGITS - wholeDigits);
}

/** The text of one cell as people read it; "-" when there is no value. */
export function formatCell(cell: Cell, kind: ColumnKind, timeUnit: TimeUnit): string {
  if (cell === null) return MISSING;
  if (typeof cell !== 'number') return String(cell);
  switch (kind) {
    case 'time':
      if (timeUnit === 'auto') return formatNs(cell);
      // A time that happens to be whole lines up with the others of its column.
      return timeUnit === 'ns' ? formatNumber(cell) : formatFraction(timeIn(cell, timeUnit));
    case 'percent':
      return cell.toFixed(2);
    case 'id':
      return String(cell);
    default:
      return formatNumber(cell);
  }
}

/** What tells a row from the others when the report is asked again: its texts and ids, and its place among equal ones. */
export function rowKeys({ columns, rows }: WindowTable): string[] {
  const named = columns.flatMap((column, index) => (['text', 'id'].includes(columnKind(column)) ? [index] : []));
  const seenCount = new Map<string, number>();
  return rows.map((row) => {
    const name = named.map((index) => String(row[index])).join('\u0000');
    const count = seenCount.get(name) ?? 0;
    seenCount.set(name, count + 1);
    return `${name}\u0000${count}`;
  });
}
