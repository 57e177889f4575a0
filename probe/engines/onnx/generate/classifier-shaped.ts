// A small picture classifier in the manner of ResNet with three residual blocks, random weights: the second stage of a pipeline.
//
//   images ▸ conv 7, stride 2 ▸ relu ▸ pool ▸ block 16 ▸ block 32 ▸ block 64 ▸ global mean ▸ fc ▸ softmax ▸ scores

import type { OnnxModel } from '../model';
import { GraphBuilder, int, type Picture } from './graph-builder';

export interface ClassifierOptions {
  /** Of the square input; 224 when absent, 32 at least. */
  readonly sidePx?: number;
  /** Pictures at once, or 'free' to leave it to who runs it. 1 when absent. */
  readonly batch?: number | 'free';
  readonly seed?: number;
  /** 1000 when absent. */
  readonly classCount?: number;
}

const BLOCK_CHANNELS = [16, 32, 64] as const;

function block(build: GraphBuilder, name: string, from: Picture, channels: number): Picture {
  const stride = channels === from.channels ? 1 : 2;
  const first = build.relu(`${name}/relu1`, build.conv(`${name}/conv1`, from, { channels, kernelPx: 3, stride }));
  const second = build.conv(`${name}/conv2`, first, { channels, kernelPx: 3 });
  // The way around is made to fit by a convolution of one pixel.
  const around = stride === 1 ? from : build.conv(`${name}/around`, from, { channels, kernelPx: 1, stride });
  return build.relu(`${name}/relu2`, build.add2(`${name}/Add`, second, around));
}

/**
 * `images` [batch, 3, side, side] in, `scores` [batch, classes] out, which sum to 1. The same options give the same bytes. Throws RangeError on a
 * side below 32.
 */
export function generateClassifierShaped(options: ClassifierOptions = {}): OnnxModel {
  const { sidePx = 224, batch = 1, seed = 1, classCount = 1000 } = options;
  if (!(sidePx >= 32)) throw new RangeError(`a side of ${sidePx} px is too small`);
  const build = new GraphBuilder(seed);
  const images: Picture = { name: 'images', channels: 3, sidePx };
  const stem = build.relu(
    '/relu',
    build.conv('/conv', images, { channels: BLOCK_CHANNELS[0], kernelPx: 7, stride: 2 }),
  );
  let last = build.maxPool('/MaxPool', stem, { kernelPx: 3, stride: 2, padPx: 1 });
  for (const [index, channels] of BLOCK_CHANNELS.entries()) last = block(build, `/block.${index}`, last, channels);
  const mean = build.node('/GlobalAveragePool', 'GlobalAveragePool', [last.name]);
  const flat = build.node('/Flatten', 'Flatten', [mean], { axis: int(1) });
  const weights = build.weights('/fc.weight', [classCount, last.channels], last.channels);
  const logits = build.node('/fc/Gemm', 'Gemm', [flat, weights, build.bias('/fc.bias', classCount)], {
    transB: int(1),
  });
  build.node('/Softmax', 'Softmax', [logits], { axis: int(1) });
  const first = batch === 'free' ? 'batch' : batch;
  return build.finish(
    'classifier-shaped',
    { name: 'images', element: 'float32', shape: [first, 3, sidePx, sidePx] },
    { name: 'scores', element: 'float32', shape: [first, classCount] },
  );
}
