// A result of the store as the window gets it: plain numbers and texts.

import type { WindowTable } from '../../../shared/window/methods';
import type { Cell, ResultTable } from '../session/store';

function plain(value: Cell | object): number | string | boolean | null {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return value !== null && typeof value === 'object' ? String(value) : value;
}

/** Integers beyond 2^53 become text. */
export function windowTableOf({ columns, rows }: ResultTable): WindowTable {
  return { columns: columns.map((each) => ({ ...each })), rows: rows.map((row) => row.map(plain)) };
}
