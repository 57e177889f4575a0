import { randomFloats, seededRandom } from '../random';
import type { Check } from './check-bench';

/** The convolution of the demo. */
export function convChecks(): Check[] {
  const random = seededRandom(2);
  const shape = { images: 3, channelsIn: 5, channelsOut: 7, height: 35, width: 29 };
  const pixels = shape.images * shape.height * shape.width;
  const inputs = {
    input: randomFloats(random, pixels * shape.channelsIn, 1),
    weights: randomFloats(random, shape.channelsOut * shape.channelsIn * 9, 1),
    bias: randomFloats(random, shape.channelsOut, 1),
  };
  return [
    {
      label: 'conv3x3',
      kernel: 'conv',
      variant: 'direct',
      options: shape,
      inputs,
      output: ['output', pixels * shape.channelsOut],
    },
  ];
}
