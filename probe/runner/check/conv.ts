import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** One convolution of a check; `window` is a side, all but the counts in pixels. */
export interface ConvShape {
  readonly images: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly height: number;
  readonly width: number;
  readonly window: number;
  readonly stride: number;
  readonly padding: number;
}

/** Of the side of an image, in pixels. */
export const outputSide = ({ window, stride, padding }: ConvShape, side: number): number =>
  Math.floor((side + 2 * padding - window) / stride) + 1;

/** The convolution of the demo. */
const DEMO = { images: 3, channelsIn: 5, channelsOut: 7, height: 35, width: 29, window: 3, stride: 1, padding: 1 };

/** Sides, channels and depths around the tiles; windows that reach beyond the image and that skip pixels. */
const SHAPES: readonly ConvShape[] = [
  DEMO,
  { images: 1, channelsIn: 1, channelsOut: 1, height: 1, width: 1, window: 3, stride: 1, padding: 1 },
  { images: 2, channelsIn: 17, channelsOut: 66, height: 9, width: 8, window: 1, stride: 1, padding: 0 },
  { images: 2, channelsIn: 16, channelsOut: 130, height: 9, width: 7, window: 1, stride: 2, padding: 0 },
  { images: 1, channelsIn: 9, channelsOut: 3, height: 5, width: 5, window: 1, stride: 1, padding: 2 },
  { images: 1, channelsIn: 4, channelsOut: 65, height: 10, width: 11, window: 3, stride: 2, padding: 0 },
  { images: 1, channelsIn: 7, channelsOut: 5, height: 12, width: 13, window: 3, stride: 3, padding: 2 },
];

const ACTIVATIONS = ['none', 'relu', 'silu'] as const;

function convCheck(shape: ConvShape, variant: string, layout: string, activation: string): Check {
  const isRelu = activation === 'relu';
  const random = seededRandom(2);
  const { images, channelsIn, channelsOut, height, width, window, stride, padding } = shape;
  const input = randomFloats(random, images * height * width * channelsIn, 1);
  const weights = randomFloats(random, channelsOut * channelsIn * window ** 2, 1);
  const bias = randomFloats(random, channelsOut, 1);
  if (isRelu && input.length > 40) input.set([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-40], 17);
  const name = `${height}x${width} window ${window} stride ${stride} padding ${padding}${activation === 'none' ? '' : ` ${activation}`}`;
  return {
    label:
      variant === 'direct'
        ? `conv3x3${activation === 'none' ? '' : ` ${activation}`}`
        : `conv ${layout} ${variant} ${name}`,
    kernel: 'conv',
    variant,
    options: { ...shape, layout, ...(isRelu ? { isRelu } : { activation }) },
    inputs: isRelu ? { input, weights } : { input, weights, bias },
    output: ['output', images * outputSide(shape, height) * outputSide(shape, width) * channelsOut],
  };
}

/** Every variant and layout; with a bias, with ReLU in its place, and with a bias and SiLU. */
export function convChecks(): Check[] {
  const tiles = SHAPES.flatMap((shape) =>
    ['nchw', 'nhwc'].flatMap((layout) =>
      ['tile_64', 'tile_128'].flatMap((variant) =>
        ACTIVATIONS.map((activation) => convCheck(shape, variant, layout, activation)),
      ),
    ),
  );
  return [...ACTIVATIONS.map((activation) => convCheck(DEMO, 'direct', 'nchw', activation)), ...tiles];
}
