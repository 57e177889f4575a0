import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** What `kernels/gemm/gemm_shapes.h` lists. Besides them there are `auto`, which is one of them, and `cublas`. */
export const GEMM_VARIANTS = [
  'naive',
  'tile_8',
  'tile_16',
  'tile_32',
  'register_8x8',
  'vector_8x8',
  'double_8x8',
  'warp_128x256x32_8x16_64x64_s3_k1',
  'warp_128x256x16_8x16_64x64_s3_k1',
  'warp_128x128x16_8x16_64x64_s3_k1',
  'warp_128x128x16_8x8_32x64_s3_k1',
  'warp_64x64x16_4x8_32x32_s4_k1',
  'warp_64x128x32_8x16_64x64_s3_k4',
  'warp_64x64x32_8x8_32x64_s3_k2',
  'warp_32x64x32_8x8_32x64_s4_k4',
  'warp_32x64x64_8x8_32x64_s3_k8',
  'split_k',
] as const;

interface Shape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** Sides that divide no tile: rows that begin anywhere, and rows that begin at multiples of 16 bytes. */
const SHAPES: readonly Shape[] = [
  { rows: 67, columns: 131, depth: 259 },
  { rows: 133, columns: 260, depth: 70 },
  { rows: 1, columns: 1, depth: 1 },
];
const SPLIT_PARTS = 3;
const FLOAT_BYTES = 4;

function inputsOf({ rows, columns, depth }: Shape): { a: Float32Array; b: Float32Array } {
  const random = seededRandom(rows);
  return { a: randomFloats(random, rows * depth, 1), b: randomFloats(random, depth * columns, 1) };
}

/** Rows of A in turn: zeros, an infinity, a NaN, negative zeros, denormals; B with an infinity. */
function specialInputs({ rows, columns, depth }: Shape): { a: Float32Array; b: Float32Array } {
  const inputs = inputsOf({ rows, columns, depth });
  const row = (index: number) => inputs.a.subarray(index * depth, (index + 1) * depth);
  row(0).fill(0);
  row(1)[depth - 1] = Number.POSITIVE_INFINITY;
  row(2)[depth >> 1] = Number.NaN;
  row(3).fill(-0);
  row(4).fill(1e-40);
  inputs.b[columns - 1] = Number.NEGATIVE_INFINITY;
  return inputs;
}

function checkOf(variant: string, shape: Shape, inputs: { a: Float32Array; b: Float32Array }, what: string): Check {
  const { rows, columns, depth } = shape;
  const label = `gemm ${variant} ${what || `${rows}×${columns}×${depth}`}`;
  const output = ['c', rows * columns] as const;
  const call = { label, kernel: 'gemm', variant, inputs, output };
  if (variant !== 'split_k') return { ...call, options: { ...shape } };
  const workspaces = { workspace: SPLIT_PARTS * rows * columns * FLOAT_BYTES };
  return { ...call, options: { ...shape, parts: SPLIT_PARTS }, workspaces };
}

/** Every variant of the GEMM on every shape, and on special values. */
export function gemmChecks(): Check[] {
  const cases: [Shape, ReturnType<typeof inputsOf>, string][] = SHAPES.map((shape) => [shape, inputsOf(shape), '']);
  const special = { rows: 35, columns: 36, depth: 41 };
  cases.push([special, specialInputs(special), 'special values']);
  return GEMM_VARIANTS.flatMap((variant) =>
    cases.map(([shape, inputs, what]) => checkOf(variant, shape, inputs, what)),
  );
}
