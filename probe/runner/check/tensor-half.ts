import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';
import { HALF_NAN, randomHalves } from './halves';

/** NaN, infinities, zeros of both signs, the least and the largest number. */
const SPECIAL_HALVES = [HALF_NAN, 0x7c00, 0xfc00, 0x8000, 0x0001, 0x8001, 0x7bff, 0xfbff];
/** What halves cannot hold among it: past the largest, half way between two, below the least. */
const SPECIAL_FLOATS = [Number.NaN, Number.POSITIVE_INFINITY, -0, 65_520, 65_519, -1e9, 2 ** -25, 1 + 2 ** -11, 1e-9];

/** Half of a half's last bit, next to the number itself. */
const HALF_ERROR_MAX = 2 ** -11;

type Element = 'f16' | 'f32';

function strided(
  label: string,
  options: Check['options'],
  counts: { input: number; second?: number; output: number },
  [inputElement, outputElement]: readonly [Element, Element],
): Check {
  const random = seededRandom(counts.input);
  const array = (count: number) =>
    inputElement === 'f16' ? randomHalves(random, count) : randomFloats(random, count, 10);
  const input = array(counts.input);
  input.set(inputElement === 'f16' ? SPECIAL_HALVES : SPECIAL_FLOATS, 3);
  return {
    label: `tensor_${options.operation} ${inputElement} to ${outputElement} ${label}`,
    kernel: 'tensor',
    options: { ...options, inputElement, outputElement },
    inputs: counts.second === undefined ? { input } : { input, second: array(counts.second) },
    output: ['output', counts.output],
    isHalf: outputElement === 'f16',
    // A copy is exact, or rounded as the reference rounds; the others compute in float32.
    errorMax: options.operation === 'copy' ? 0 : HALF_ERROR_MAX,
  };
}

const PAIRS = [
  ['f16', 'f16'],
  ['f16', 'f32'],
  ['f32', 'f16'],
] as const;

function stridedChecks(): Check[] {
  const turned = { dims: [7, 5, 61], inputStrides: [1, 427, 7], outputStrides: [305, 61, 1] };
  const row = { dims: [33, 301], inputStrides: [301, 1], outputStrides: [301, 1], secondStrides: [0, 1] };
  const counts = { input: 33 * 301, second: 301, output: 33 * 301 };
  const mixed = PAIRS.flatMap((pair) => [
    strided('transposed', { operation: 'copy', ...turned }, { input: 2135, output: 2135 }, pair),
    strided('transposed', { operation: 'sigmoid', ...turned }, { input: 2135, output: 2135 }, pair),
    ...['add', 'sub', 'mul', 'div'].map((operation) => strided('a row over rows', { operation, ...row }, counts, pair)),
  ]);
  // Pixels of 24 halves out of pixels of 40, and each twice across and down: whole chunks of eight.
  const cut = { dims: [31, 24], inputStrides: [40, 1], outputStrides: [32, 1] };
  const repeated = { dims: [5, 2, 7, 2, 16], inputStrides: [112, 0, 16, 0, 1], outputStrides: [448, 224, 32, 16, 1] };
  const halves = [
    strided('chunks cut out', { operation: 'copy', ...cut }, { input: 31 * 40, output: 30 * 32 + 24 }, PAIRS[0]),
    strided('chunks repeated', { operation: 'copy', ...repeated }, { input: 560, output: 2240 }, PAIRS[0]),
  ];
  return [...mixed, ...halves];
}

interface HalfPool {
  readonly images: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly window: number;
  readonly stride: number;
  readonly padding: number;
}

const POOLS: readonly HalfPool[] = [
  { images: 1, channels: 24, height: 20, width: 17, window: 5, stride: 1, padding: 2 },
  { images: 2, channels: 8, height: 13, width: 14, window: 2, stride: 2, padding: 0 },
  { images: 3, channels: 16, height: 9, width: 8, window: 3, stride: 2, padding: 1 },
];

/** Pixels with others' channels between them; what lies there must stay. */
function poolCheck(pool: HalfPool): Check {
  const { images, channels, height, width, window, stride, padding } = pool;
  const side = (length: number) => Math.floor((length + 2 * padding - window) / stride) + 1;
  const [inputPitch, outputPitch] = [channels + 8, channels + 16];
  const extent = (pixels: number, pitch: number) => (pixels - 1) * pitch + channels;
  const input = randomHalves(seededRandom(9), extent(images * height * width, inputPitch));
  input.set(SPECIAL_HALVES, 37 * inputPitch);
  return {
    label: `max_pool f16 ${height}x${width} window ${window} stride ${stride} padding ${padding}`,
    kernel: 'tensor',
    options: { operation: 'max_pool', element: 'f16', layout: 'nhwc', ...pool, inputPitch, outputPitch },
    inputs: { input },
    output: ['output', extent(images * side(height) * side(width), outputPitch)],
    isHalf: true,
    errorMax: 0,
  };
}

/** The operations between layers where numbers are halves. */
export function tensorHalfChecks(): Check[] {
  return [...stridedChecks(), ...POOLS.map(poolCheck)];
}
