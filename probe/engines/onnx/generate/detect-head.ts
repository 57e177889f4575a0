// The head of YOLOv8: a box branch and a class branch a level, apart from each other; box sides as distributions over 16 bins, of which the
// mean is taken (DFL); then boxes in pixels.

import { type GraphBuilder, int, ints, type Picture } from './graph-builder';
import { convSilu } from './yolo-blocks';

/** Bins of each box side. */
const BINS = 16;

interface HeadOptions {
  readonly sidePx: number;
  readonly classCount: number;
}

/** Of one level: box bins and class scores in one value of [batch, 4 * BINS + classes, side, side]. */
function level(
  build: GraphBuilder,
  name: string,
  from: Picture,
  widths: { box: number; classes: number },
  classCount: number,
): string {
  const branch = (part: string, width: number, channels: number) => {
    const inner = convSilu(build, `${name}/${part}.0`, from, width, 3);
    const outer = convSilu(build, `${name}/${part}.1`, inner, width, 3);
    return build.conv(`${name}/${part}.2`, outer, { channels, kernelPx: 1 });
  };
  const parts = [branch('cv2', widths.box, 4 * BINS), branch('cv3', widths.classes, classCount)];
  return build.node(
    `${name}/Concat`,
    'Concat',
    parts.map((part) => part.name),
    { axis: int(1) },
  );
}

/** The middle of each place in cells of its own level, x then y, and the pixels of such a cell. */
function places(levels: readonly Picture[], sidePx: number): { centres: Float32Array; strides: Float32Array } {
  const all = levels.flatMap((each) => {
    const stride = sidePx / each.sidePx;
    return Array.from({ length: each.sidePx ** 2 }, (_, index) => {
      return { x: (index % each.sidePx) + 0.5, y: Math.floor(index / each.sidePx) + 0.5, stride };
    });
  });
  const centres = Float32Array.from([...all.map(({ x }) => x), ...all.map(({ y }) => y)]);
  return { centres, strides: Float32Array.from(all, ({ stride }) => stride) };
}

/** The mean of each box side's distribution: [batch, 4, places] in cells. */
function meanDistances(build: GraphBuilder, name: string, bins: string, placeCount: number): string {
  const apart = build.node(`${name}/dfl/Reshape`, 'Reshape', [
    bins,
    build.int64s(`${name}.dfl.apart`, [0, 4, BINS, placeCount]),
  ]);
  const turned = build.node(`${name}/dfl/Transpose`, 'Transpose', [apart], { perm: ints(0, 2, 1, 3) });
  const shares = build.node(`${name}/dfl/Softmax`, 'Softmax', [turned], { axis: int(1) });
  const weights = build.floats(
    `${name}.dfl.conv.weight`,
    [1, BINS, 1, 1],
    Float32Array.from({ length: BINS }, (_, bin) => bin),
  );
  const mean = build.node(`${name}/dfl/conv/Conv`, 'Conv', [shares, weights], {
    dilations: ints(1, 1),
    group: int(1),
    kernel_shape: ints(1, 1),
    pads: ints(0, 0, 0, 0),
    strides: ints(1, 1),
  });
  return build.node(`${name}/dfl/Reshape_1`, 'Reshape', [mean, build.int64s(`${name}.dfl.sides`, [0, 4, placeCount])]);
}

/** Distances to left, top, right and bottom become centre and size, still in cells. */
function boxes(build: GraphBuilder, name: string, distances: string, centres: string): string {
  const axis = build.int64s(`${name}.axis`, [1]);
  const cut = (part: string, begin: number, end: number) => {
    const [from, to] = [build.int64s(`${name}.${part}.from`, [begin]), build.int64s(`${name}.${part}.to`, [end])];
    return build.node(`${name}/${part}`, 'Slice', [distances, from, to, axis]);
  };
  const first = build.node(`${name}/Sub`, 'Sub', [centres, cut('Slice', 0, 2)]);
  const second = build.node(`${name}/Add`, 'Add', [centres, cut('Slice_1', 2, 4)]);
  const total = build.node(`${name}/Add_1`, 'Add', [first, second]);
  const middle = build.node(`${name}/Div`, 'Div', [total, build.floats(`${name}.two`, [], Float32Array.of(2))]);
  const sides = build.node(`${name}/Sub_1`, 'Sub', [second, first]);
  return build.node(`${name}/Concat_2`, 'Concat', [middle, sides], { axis: int(1) });
}

/** Adds the head; its last node makes the network's output. Gives the number of places. */
export function detectHead(
  build: GraphBuilder,
  name: string,
  levels: readonly Picture[],
  options: HeadOptions,
): number {
  const { sidePx, classCount } = options;
  const { centres, strides } = places(levels, sidePx);
  const placeCount = strides.length;
  const width = levels[0].channels;
  const widths = {
    box: Math.max(16, Math.floor(width / 4), 4 * BINS),
    classes: Math.max(width, Math.min(classCount, 100)),
  };
  const rows = levels.map((each, index) => {
    const both = level(build, `${name}/level.${index}`, each, widths, classCount);
    const shape = build.int64s(`${name}.rows.${index}`, [0, 4 * BINS + classCount, each.sidePx ** 2]);
    return build.node(`${name}/Reshape_${index}`, 'Reshape', [both, shape]);
  });
  const all = build.node(`${name}/Concat`, 'Concat', rows, { axis: int(2) });
  const parts = build.int64s(`${name}.split`, [4 * BINS, classCount]);
  const [bins, scores] = build.nodeOf(`${name}/Split`, 'Split', [all, parts], 2, { axis: int(1) });
  const middles = build.floats(`${name}.centres`, [1, 2, placeCount], centres);
  const cells = boxes(build, name, meanDistances(build, name, bins, placeCount), middles);
  const pixels = build.node(`${name}/Mul`, 'Mul', [
    cells,
    build.floats(`${name}.strides`, [1, 1, placeCount], strides),
  ]);
  const chances = build.node(`${name}/Sigmoid`, 'Sigmoid', [scores]);
  build.node(`${name}/Concat_3`, 'Concat', [pixels, chances], { axis: int(1) });
  return placeCount;
}
