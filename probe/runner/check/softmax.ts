import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** Softmax of rows that do not divide the block. */
export function softmaxChecks(): Check[] {
  const shape = { rows: 33, columns: 301 };
  const count = shape.rows * shape.columns;
  const input = randomFloats(seededRandom(3), count, 20);
  return [{ label: 'softmax_rows', kernel: 'softmax', options: shape, inputs: { input }, output: ['output', count] }];
}
