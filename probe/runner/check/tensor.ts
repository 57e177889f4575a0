import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

const SPECIAL = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1e-40, -1e-40, 3e38, -3e38];

const strided = (
  label: string,
  options: Check['options'],
  counts: { input: number; second?: number; output: number },
): Check => {
  const random = seededRandom(8);
  const input = randomFloats(random, counts.input, 10);
  // A lone NaN could not be told from an element that nobody wrote.
  if (input.length > SPECIAL.length) input.set(SPECIAL);
  const { second } = counts;
  const inputs: Check['inputs'] =
    second === undefined ? { input } : { input, second: randomFloats(random, second, 10) };
  return {
    label: `tensor_${options.operation} ${label}`,
    kernel: 'tensor',
    options,
    inputs,
    output: ['output', counts.output],
  };
};

/** Transposed, cut out, put into, repeated; sums and products laid over each other; counts that no block divides. */
function stridedChecks(): Check[] {
  const turned = { dims: [7, 5, 61], inputStrides: [1, 427, 7], outputStrides: [305, 61, 1] };
  const repeated = { dims: [6, 9, 2, 7, 2], inputStrides: [63, 7, 0, 1, 0], outputStrides: [252, 28, 14, 2, 1] };
  const whole = { dims: [1009], inputStrides: [1], outputStrides: [1] };
  const row = { dims: [33, 301], inputStrides: [301, 1], outputStrides: [301, 1], secondStrides: [0, 1] };
  const column = {
    dims: [5, 4, 123],
    inputStrides: [0, 123, 1],
    secondStrides: [4, 1, 0],
    outputStrides: [492, 123, 1],
  };
  const pairs = ['add', 'sub', 'mul', 'div'].flatMap((operation) => [
    strided('a row over rows', { operation, ...row }, { input: 33 * 301, second: 301, output: 33 * 301 }),
    strided('both laid over', { operation, ...column }, { input: 492, second: 20, output: 5 * 492 }),
  ]);
  return [
    strided('one', { operation: 'copy', dims: [1], inputStrides: [0], outputStrides: [0] }, { input: 1, output: 1 }),
    strided('transposed', { operation: 'copy', ...turned }, { input: 2135, output: 2135 }),
    strided('repeated', { operation: 'copy', ...repeated }, { input: 6 * 63, output: 6 * 252 }),
    // Every row of a wider input; what the output's wider rows hold beside it would stay poisoned, so it is as wide as they are.
    strided(
      'cut out',
      { operation: 'copy', dims: [9, 31], inputStrides: [50, 1], outputStrides: [31, 1] },
      { input: 450, output: 279 },
    ),
    strided('along', { operation: 'sigmoid', ...whole }, { input: 1009, output: 1009 }),
    strided('transposed', { operation: 'sigmoid', ...turned }, { input: 2135, output: 2135 }),
    ...pairs,
  ];
}

interface Pool {
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  readonly window: number;
  readonly stride: number;
  readonly padding: number;
}

const POOLS: readonly Pool[] = [
  { planes: 5, height: 20, width: 17, window: 5, stride: 1, padding: 2 },
  { planes: 3, height: 13, width: 14, window: 2, stride: 2, padding: 0 },
  { planes: 2, height: 9, width: 8, window: 3, stride: 2, padding: 1 },
  { planes: 1, height: 1, width: 1, window: 1, stride: 1, padding: 0 },
];

function poolCheck(pool: Pool): Check {
  const { planes, height, width, window, stride, padding } = pool;
  const side = (length: number) => Math.floor((length + 2 * padding - window) / stride) + 1;
  const input = randomFloats(seededRandom(9), planes * height * width, 10);
  if (input.length > 100) input.set(SPECIAL, 37);
  if (planes > 1) input.fill(Number.NEGATIVE_INFINITY, height * width, height * width + 3 * width);
  const label = `max_pool ${height}x${width} window ${window} stride ${stride} padding ${padding}`;
  const options = { operation: 'max_pool', ...pool };
  return {
    label,
    kernel: 'tensor',
    options,
    inputs: { input },
    output: ['output', planes * side(height) * side(width)],
  };
}

/** Every operation between the layers of a network. */
export function tensorChecks(): Check[] {
  return [...stridedChecks(), ...POOLS.map(poolCheck)];
}
