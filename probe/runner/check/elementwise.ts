import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

const OPERATIONS = ['relu', 'silu', 'add', 'add_relu', 'bias_silu'] as const;

/** Every operation in both variants, with the special values in front and a count that no vector divides. */
export function elementwiseChecks(): Check[] {
  const random = seededRandom(4);
  const input = randomFloats(random, 100_003, 10);
  input.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e-40, -1e-40, 3e38, -3e38]);
  const addend = randomFloats(random, input.length, 10);
  const columns = 301;
  const bias = randomFloats(random, columns, 1);
  const count = input.length;
  return OPERATIONS.flatMap((operation) =>
    ['scalar', 'vector'].map((variant) => ({
      label: variant === 'scalar' ? operation : `${operation}_vector`,
      kernel: 'elementwise',
      variant,
      options: { operation, count, columns },
      inputs: { input, addend, bias },
      output: ['output', count] as const,
    })),
  );
}
