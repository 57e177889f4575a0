import { useEffect, useState } from 'react';
import { formatCount } from '../../../shared/units/format';
import type { WindowTable } from '../../../shared/window/methods';
import type { TimeUnit } from '../model/table/columns';
import { csvOf, tsvOf } from '../model/table/delimited-text';
import type { MenuItem } from './context-menu';
import { copyText } from './copy-text';

const SAID_MS = 3000;

interface Copied {
  readonly table: WindowTable;
  readonly timeUnit: TimeUnit;
  /** All rows as they are shown. */
  readonly order: readonly number[];
  readonly selectedRows: readonly number[];
  /** The command line that gives the same. */
  readonly command: string | undefined;
}

const rowsOf = (count: number) => (count === 1 ? '1 row' : `${formatCount(count)} rows`);

/** Copying from a table, and a sentence about it that goes away. */
export function useTableCopy({ table, timeUnit, order, selectedRows, command }: Copied) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async (text: string, what: string) => {
    const isCopied = await copyText(text);
    setSaid(isCopied ? `Copied ${what}.` : 'The clipboard cannot be used. Save as CSV instead.');
  };
  const copyRows = (rows: readonly number[]) => copy(tsvOf({ table, order: rows, timeUnit }), rowsOf(rows.length));
  const copySelected = async () => {
    if (selectedRows.length > 0) await copyRows(selectedRows);
  };
  const menuItems = (row: number, column: number): MenuItem[] => {
    const cell = table.rows[row]?.[column];
    const rows = selectedRows.includes(row) ? selectedRows : [row];
    const items: MenuItem[] = [
      { title: 'Copy cell', run: () => void copy(cell === null ? '' : String(cell), 'the cell') },
      {
        title: rows.length === 1 ? 'Copy row' : `Copy ${rowsOf(rows.length)}`,
        detail: 'Ctrl+C',
        run: () => void copyRows(rows),
      },
      {
        title: 'Copy as CSV',
        run: () => void copy(csvOf({ table, order: rows, timeUnit }), `${rowsOf(rows.length)} as CSV`),
      },
    ];
    if (command === undefined) return items;
    return [...items, { title: 'Copy command', detail: command, run: () => void copy(command, 'the command') }];
  };
  return {
    said,
    copyAll: () => copyRows(order),
    copySelected,
    menuItems,
    csv: () => csvOf({ table, order, timeUnit }),
  };
}
