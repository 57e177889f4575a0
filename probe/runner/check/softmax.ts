import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** A row that fits a warp, one that fits a block, one that fits neither, and rows that begin at no multiple of 16 bytes. */
const COLUMNS = [301, 1, 128, 1000, 2048, 5003, 40_001] as const;
const ROWS = 33;

function softmaxCheck(columns: number, variant: string): Check {
  const rows = columns > 1000 ? 5 : ROWS;
  const count = rows * columns;
  const input = randomFloats(seededRandom(3), count, 20);
  // The first rows: nothing but minus infinity, a NaN, an infinity, minus infinity among numbers, equal and very small numbers.
  input.fill(Number.NEGATIVE_INFINITY, 0, columns);
  input[columns + (columns >> 1)] = Number.NaN;
  input[2 * columns + (columns >> 1)] = Number.POSITIVE_INFINITY;
  input[3 * columns] = Number.NEGATIVE_INFINITY;
  input.fill(-3e38, 4 * columns, 5 * columns);
  const label = `${variant === 'passes' ? 'softmax_rows' : 'softmax online'}${columns === COLUMNS[0] ? '' : ` ${columns}`}`;
  const call = { label, kernel: 'softmax', variant, options: { rows, columns } };
  return { ...call, inputs: { input }, output: ['output', count] };
}

/** Softmax of rows that do not divide the block, in both variants. */
export function softmaxChecks(): Check[] {
  return ['passes', 'online'].flatMap((variant) => COLUMNS.map((columns) => softmaxCheck(columns, variant)));
}
