import type { ComputeDevice } from '../addon';
import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';
import { type ConvShape, outputSide } from './conv';
import { HALF_NAN, randomHalves } from './halves';

/** The words of kernels/conv_half/conv_half.h; a test holds them against the addon. */
export const CONV_HALF_TILES = [
  'tile_256x16_32x16_k1',
  'tile_128x16_16x16_k1',
  'tile_128x16_32x16_k2',
  'tile_64x16_32x16_k2',
  'tile_32x16_32x16_k4',
  'tile_32x16_32x16_k8',
  'tile_128x32_32x32_k1',
  'tile_128x32_32x16_k1',
  'tile_64x32_32x16_k1',
  'tile_64x32_32x16_k2',
  'tile_64x32_32x32_k2',
  'tile_32x32_16x16_k1',
  'tile_32x32_16x16_k2',
  'tile_32x32_16x32_k4',
  'tile_32x32_32x32_k4',
  'tile_32x32_32x32_k8',
  'tile_32x64_32x32_k2',
  'tile_32x64_32x32_k4',
  'tile_64x64_32x32_k1',
  'tile_64x64_32x32_k2',
  'tile_64x80_32x80_k2',
  'tile_128x64_32x32_k1',
  'tile_64x128_32x64_k2',
  'tile_128x128_64x64_k1',
] as const;

/** Sides, channels and depths around the tiles; windows that reach beyond the image and that skip pixels. */
const SHAPES: readonly ConvShape[] = [
  { images: 2, channelsIn: 8, channelsOut: 16, height: 11, width: 9, window: 3, stride: 2, padding: 1 },
  { images: 1, channelsIn: 24, channelsOut: 88, height: 7, width: 13, window: 3, stride: 1, padding: 1 },
  { images: 1, channelsIn: 80, channelsOut: 136, height: 5, width: 4, window: 3, stride: 1, padding: 0 },
  { images: 3, channelsIn: 64, channelsOut: 64, height: 6, width: 8, window: 1, stride: 1, padding: 0 },
  { images: 1, channelsIn: 72, channelsOut: 8, height: 9, width: 8, window: 1, stride: 2, padding: 1 },
  { images: 1, channelsIn: 16, channelsOut: 80, height: 1, width: 1, window: 3, stride: 3, padding: 2 },
];

/** float32 sums of up to 720 products below 1, of which a tensor core cuts off what falls behind 24 bits. */
const ERROR_MAX = 1e-4;
/** And half of a half's last bit, next to the number itself. */
const HALF_ERROR_MAX = 2 ** -11 + ERROR_MAX;

/** Elements from the first pixel's first channel to the last one's last. */
const extent = (pixels: number, pitch: number, channels: number) => (pixels - 1) * pitch + channels;

function convHalfCheck(tile: string, shape: ConvShape, number: number): Check {
  const { images, channelsIn, channelsOut, height, width, window } = shape;
  const random = seededRandom(number + 1);
  const isWide = number % 2 === 1;
  const inputPitch = channelsIn + (isWide ? 16 : 0);
  const outputPitch = channelsOut + (isWide ? 8 : 0);
  const residualPitch = channelsOut + (isWide ? 24 : 0);
  const isHalf = number % 3 !== 2;
  const activation = (['silu', 'none', 'relu'] as const)[number % 3];
  const pixels = images * outputSide(shape, height) * outputSide(shape, width);
  const input = randomHalves(random, extent(images * height * width, inputPitch, channelsIn));
  if (number === 1) input[3] = HALF_NAN;
  const inputs: Record<string, NodeJS.TypedArray> = {
    input,
    weights: randomHalves(random, channelsOut * window ** 2 * channelsIn),
  };
  if (number % 4 !== 3) inputs.bias = randomFloats(random, channelsOut, 1);
  if (isWide) inputs.residual = randomHalves(random, extent(pixels, residualPitch, channelsOut));
  const element = isHalf ? 'f16' : 'f32';
  return {
    label: `conv_half ${tile} ${height}x${width} window ${window} ${element}`,
    kernel: 'conv_half',
    variant: tile,
    options: {
      ...shape,
      startsEarly: isWide,
      activation,
      inputPitch,
      outputPitch,
      residualPitch,
      outputElement: element,
    },
    inputs,
    output: ['output', extent(pixels, outputPitch, channelsOut)],
    isHalf,
    errorMax: isHalf ? HALF_ERROR_MAX : ERROR_MAX,
  };
}

/** Every tile, on each shape. */
export function convHalfChecks(device: ComputeDevice): Check[] {
  if (device.kind === 'cuda' && device.computeMajor < 8) return [];
  const tiles = ['auto', ...CONV_HALF_TILES];
  return tiles.flatMap((tile) => SHAPES.map((shape, number) => convHalfCheck(tile, shape, number)));
}
