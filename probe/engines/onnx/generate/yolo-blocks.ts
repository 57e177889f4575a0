// The blocks that YOLOv8 is made of.

import { type GraphBuilder, int, type Picture, text } from './graph-builder';

/** A convolution and SiLU, which is x times its own sigmoid. */
export function convSilu(
  build: GraphBuilder,
  name: string,
  from: Picture,
  channels: number,
  kernelPx: number,
  stride = 1,
): Picture {
  const conv = build.conv(`${name}/conv`, from, { channels, kernelPx, stride });
  const gate = build.node(`${name}/act/Sigmoid`, 'Sigmoid', [conv.name]);
  return { ...conv, name: build.node(`${name}/act/Mul`, 'Mul', [conv.name, gate]) };
}

export function concat(build: GraphBuilder, name: string, parts: readonly Picture[]): Picture {
  const made = build.node(
    `${name}/Concat`,
    'Concat',
    parts.map((part) => part.name),
    { axis: int(1) },
  );
  return { ...parts[0], name: made, channels: parts.reduce((sum, part) => sum + part.channels, 0) };
}

/** Two halves; one goes through a chain of bottlenecks, and all of what it was on the way is joined again. */
export function c2f(
  build: GraphBuilder,
  name: string,
  from: Picture,
  channels: number,
  repeats: number,
  isResidual: boolean,
): Picture {
  const hidden = channels / 2;
  const wide = convSilu(build, `${name}/cv1`, from, 2 * hidden, 1);
  const sizes = build.int64s(`${name}.split`, [hidden, hidden]);
  const halves = build.nodeOf(`${name}/Split`, 'Split', [wide.name, sizes], 2, { axis: int(1) });
  const parts: Picture[] = halves.map((half) => ({ ...wide, name: half, channels: hidden }));
  for (let index = 0; index < repeats; index += 1) {
    const begin = parts[parts.length - 1];
    const inner = `${name}/m.${index}`;
    const end = convSilu(build, `${inner}/cv2`, convSilu(build, `${inner}/cv1`, begin, hidden, 3), hidden, 3);
    parts.push(isResidual ? build.add2(`${inner}/Add`, begin, end) : end);
  }
  return convSilu(build, `${name}/cv2`, concat(build, name, parts), channels, 1);
}

/** Pools of 5, 9 and 13 pixels, as three of 5 in a row. */
export function sppf(build: GraphBuilder, name: string, from: Picture, channels: number): Picture {
  const parts = [convSilu(build, `${name}/cv1`, from, from.channels / 2, 1)];
  for (const part of ['m', 'm_1', 'm_2']) {
    parts.push(build.maxPool(`${name}/${part}/MaxPool`, parts[parts.length - 1], { kernelPx: 5, stride: 1, padPx: 2 }));
  }
  return convSilu(build, `${name}/cv2`, concat(build, name, parts), channels, 1);
}

export function upsample(build: GraphBuilder, name: string, from: Picture): Picture {
  const scales = build.floats(`${name}.scales`, [4], Float32Array.of(1, 1, 2, 2));
  const made = build.node(`${name}/Resize`, 'Resize', [from.name, '', scales], {
    coordinate_transformation_mode: text('asymmetric'),
    mode: text('nearest'),
    nearest_mode: text('floor'),
  });
  return { ...from, name: made, sidePx: 2 * from.sidePx };
}
