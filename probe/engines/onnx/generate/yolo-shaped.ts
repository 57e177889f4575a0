// A network with the layers, shapes and sums of YOLOv8n and random weights, so that timings need no download. It finds nothing.
// Sizes follow the published yolov8.yaml (ultralytics/cfg/models/v8) with batch normalisation folded into the convolutions, as its export does.
//
//   images ▸ 0 conv ▸ 1 conv ▸ 2 C2f ▸ 3 conv ▸ 4 C2f ▸ 5 conv ▸ 6 C2f ▸ 7 conv ▸ 8 C2f ▸ 9 SPPF          backbone
//   9 ▸ 10 up ▸ 11 concat 6 ▸ 12 C2f ▸ 13 up ▸ 14 concat 4 ▸ 15 C2f                                       neck, upwards
//   15 ▸ 16 conv ▸ 17 concat 12 ▸ 18 C2f ▸ 19 conv ▸ 20 concat 9 ▸ 21 C2f                                 neck, downwards
//   15, 18, 21 ▸ 22 detect                                                                                `detect-head.ts`

import type { OnnxModel } from '../model';
import { detectHead } from './detect-head';
import { GraphBuilder, type Picture } from './graph-builder';
import { c2f, concat, convSilu, sppf, upsample } from './yolo-blocks';

export interface YoloOptions {
  /** Of the square input; a multiple of 32. 640 when absent. */
  readonly sidePx?: number;
  /** Pictures at once, or 'free' to leave it to who runs it. 1 when absent. */
  readonly batch?: number | 'free';
  readonly seed?: number;
  /** Channels next to those of the full network; 0.25 is n. */
  readonly widthRatio?: number;
  /** Repeats of the blocks next to those of the full network; 0.33 is n. */
  readonly depthRatio?: number;
  /** 80 when absent. */
  readonly classCount?: number;
}

const CHANNELS_MAX = 1024;

interface Sizes {
  readonly channels: (full: number) => number;
  readonly repeats: (full: number) => number;
}

function sizesOf(widthRatio: number, depthRatio: number): Sizes {
  return {
    channels: (full) => Math.ceil((Math.min(full, CHANNELS_MAX) * widthRatio) / 8) * 8,
    repeats: (full) => Math.max(1, Math.round(full * depthRatio)),
  };
}

/** Layers 0 to 9; gives 4, 6 and 9. */
function backbone(build: GraphBuilder, images: Picture, { channels, repeats }: Sizes): [Picture, Picture, Picture] {
  const stem = convSilu(build, '/model.0', images, channels(64), 3, 2);
  const quarter = convSilu(build, '/model.1', stem, channels(128), 3, 2);
  const block2 = c2f(build, '/model.2', quarter, channels(128), repeats(3), true);
  const eighth = convSilu(build, '/model.3', block2, channels(256), 3, 2);
  const block4 = c2f(build, '/model.4', eighth, channels(256), repeats(6), true);
  const sixteenth = convSilu(build, '/model.5', block4, channels(512), 3, 2);
  const block6 = c2f(build, '/model.6', sixteenth, channels(512), repeats(6), true);
  const last = convSilu(build, '/model.7', block6, channels(1024), 3, 2);
  const block8 = c2f(build, '/model.8', last, channels(1024), repeats(3), true);
  return [block4, block6, sppf(build, '/model.9', block8, channels(1024))];
}

/** Layers 10 to 21; gives 15, 18 and 21. */
function neck(build: GraphBuilder, [low, middle, high]: readonly [Picture, Picture, Picture], sizes: Sizes): Picture[] {
  const { channels, repeats } = sizes;
  const block = (name: string, parts: readonly Picture[], full: number) =>
    c2f(build, name, concat(build, `${name}.in`, parts), channels(full), repeats(3), false);
  const block12 = block('/model.12', [upsample(build, '/model.10', high), middle], 512);
  const block15 = block('/model.15', [upsample(build, '/model.13', block12), low], 256);
  const block18 = block('/model.18', [convSilu(build, '/model.16', block15, channels(256), 3, 2), block12], 512);
  const block21 = block('/model.21', [convSilu(build, '/model.19', block18, channels(512), 3, 2), high], 1024);
  return [block15, block18, block21];
}

/**
 * `images` [batch, 3, side, side] in, `output0` [batch, 4 + classes, places] out: boxes as centre and size in pixels, then a score a class;
 * 8,400 places for a side of 640. The same options give the same bytes. Throws RangeError on a side that is no multiple of 32.
 */
export function generateYoloShaped(options: YoloOptions = {}): OnnxModel {
  const { sidePx = 640, batch = 1, seed = 1, widthRatio = 0.25, depthRatio = 0.33, classCount = 80 } = options;
  if (!(sidePx > 0) || sidePx % 32 !== 0) throw new RangeError(`a side of ${sidePx} px is no multiple of 32`);
  const build = new GraphBuilder(seed);
  const sizes = sizesOf(widthRatio, depthRatio);
  const levels = neck(build, backbone(build, { name: 'images', channels: 3, sidePx }, sizes), sizes);
  const placeCount = detectHead(build, '/model.22', levels, { sidePx, classCount });
  const first = batch === 'free' ? 'batch' : batch;
  return build.finish(
    'yolov8-shaped',
    { name: 'images', element: 'float32', shape: [first, 3, sidePx, sidePx] },
    { name: 'output0', element: 'float32', shape: [first, 4 + classCount, placeCount] },
  );
}
