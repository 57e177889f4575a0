// A result of SQL as objects by column name. What is read is checked by type where it is used: a row of a later version may lack a column.

import type { WindowTable } from '../../../../shared/window/methods';

type Cell = WindowTable['rows'][number][number];

export interface Reading {
  /** NaN when the column is missing or no number. */
  number(name: string): number;
  /** '' when the column is missing or no text. */
  text(name: string): string;
}

/** One reading a row. No rows for a table that was not asked yet. */
export function readingsOf(table: WindowTable | undefined): Reading[] {
  if (!table) return [];
  const places = new Map(table.columns.map(({ name }, index) => [name, index]));
  return table.rows.map((row) => {
    const cell = (name: string): Cell | undefined => row[places.get(name) ?? -1];
    return {
      number: (name) => {
        const value = cell(name);
        return typeof value === 'number'
          ? value
          : typeof value === 'string' && value !== ''
            ? Number(value)
            : Number.NaN;
      },
      text: (name) => {
        const value = cell(name);
        return value === null || value === undefined ? '' : String(value);
      },
    };
  });
}

/** A text as SQL writes it. */
export const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;
