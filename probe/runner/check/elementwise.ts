import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** ReLU, with the special values in front. */
export function reluChecks(): Check[] {
  const input = randomFloats(seededRandom(4), 100_003, 1);
  input.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e-40, -1e-40]);
  const count = input.length;
  return [
    {
      label: 'relu',
      kernel: 'elementwise',
      variant: 'scalar',
      options: { operation: 'relu', count },
      inputs: { input },
      output: ['output', count],
    },
  ];
}
