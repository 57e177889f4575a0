import type { ComputeDevice } from '../addon';
import { seededRandom } from '../random';
import type { Check } from './check-bench';
import { HALF_NAN, randomHalves } from './halves';

/** The words of kernels/gemm/gemm_half.h; a test holds them against the addon. */
export const GEMM_HALF_MMA_VARIANTS = [
  'mma_64x64x64_32x32_4',
  'mma_64x128x64_32x64_3',
  'mma_128x128x32_64x64_4',
  'mma_128x128x64_64x64_3',
  'mma_256x128x64_64x64_3',
] as const;
export const GEMM_HALF_WGMMA_VARIANTS = [
  'wgmma_128x64_6_1',
  'wgmma_128x128_6_2',
  'wgmma_128x256_4_1',
  'wgmma_128x256_4_2',
] as const;

/** Tensor cores cut off what falls behind the 24 bits of a sum, so 300 steps of numbers near 1 lose more than rounding would. */
const ERROR_MAX = 1e-4;

const HALF_INFINITY = 0x7c00;
const HALF_MINUS_ZERO = 0x8000;
const HALF_LEAST = 0x0001; // 2^-24, the least denormal
const HALF_LARGEST = 0x7bff; // 65504

/** Bits of halves of which each is exactly its float: whole numbers up to 2048. */
export function halfBitsOfWhole(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return 0;
  const exponent = Math.floor(Math.log2(magnitude));
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((magnitude / 2 ** exponent - 1) * 1024);
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

function floatCheck(variant: string, shape: Shape, label: string, a: Uint16Array, b: Uint16Array): Check {
  return {
    label: `gemm_half ${variant} ${label}`,
    kernel: 'gemm_half',
    variant,
    options: { ...shape, isFloatOutput: true },
    inputs: { a, b },
    output: ['c', shape.rows * shape.columns],
    errorMax: ERROR_MAX,
  };
}

/** Sums of whole numbers are exact in every order, so pairs of halves can be compared as the bits of one float32. */
function halfCheck(variant: string, shape: Shape): Check {
  const random = seededRandom(shape.depth);
  const whole = (count: number) =>
    Uint16Array.from({ length: count }, () => halfBitsOfWhole(Math.floor(random() * 7) - 3));
  return {
    label: `gemm_half ${variant} half output`,
    kernel: 'gemm_half',
    variant,
    options: { ...shape },
    inputs: { a: whole(shape.rows * shape.depth), b: whole(shape.depth * shape.columns) },
    output: ['c', (shape.rows * shape.columns) / 2],
    errorMax: 0,
  };
}

function specialCheck(variant: string, shape: Shape): Check {
  const random = seededRandom(7);
  const a = randomHalves(random, shape.rows * shape.depth);
  const b = randomHalves(random, shape.depth * shape.columns);
  [HALF_INFINITY, HALF_NAN, HALF_LARGEST, HALF_LEAST].forEach((special, row) => {
    a[row * shape.depth + row] = special;
  });
  a.fill(0, 4 * shape.depth, 5 * shape.depth);
  a.fill(HALF_MINUS_ZERO, 5 * shape.depth, 6 * shape.depth);
  a.fill(HALF_LEAST, 6 * shape.depth, 7 * shape.depth);
  b.fill(0, 0, 8); // infinity times zero
  b[2 * shape.columns] = HALF_LARGEST;
  return floatCheck(variant, shape, 'special values', a, b);
}

/** Every variant that the device has, on sides that divide no tile. */
export function gemmHalfChecks(device: ComputeDevice): Check[] {
  const random = seededRandom(16);
  const odd = { rows: 67, columns: 131, depth: 259 };
  const oddInputs = [randomHalves(random, 67 * 259), randomHalves(random, 259 * 131)] as const;
  const aligned = { rows: 131, columns: 264, depth: 72 };
  const alignedInputs = [randomHalves(random, 131 * 72), randomHalves(random, 72 * 264)] as const;
  const hasWgmma = device.kind === 'cpu' || (device.computeMajor === 9 && device.computeMinor === 0);
  const checks: Check[] = [];
  for (const variant of GEMM_HALF_MMA_VARIANTS) checks.push(floatCheck(variant, odd, 'odd sides', ...oddInputs));
  for (const variant of [...GEMM_HALF_MMA_VARIANTS, ...(hasWgmma ? GEMM_HALF_WGMMA_VARIANTS : [])]) {
    checks.push(floatCheck(variant, aligned, 'sides of 8', ...alignedInputs));
    checks.push(halfCheck(variant, aligned), specialCheck(variant, aligned));
  }
  return checks;
}
