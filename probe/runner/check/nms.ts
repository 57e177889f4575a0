import { seededRandom } from '../random';
import type { Check } from './check-bench';

const BOX_FLOATS = 4;
const CLASS_COUNT = 5;

/** As kernels/nms/nms.h counts it, for the variant that needs most. */
export function nmsWorkspaceBytes(images: number, count: number): number {
  const [boxBytes, orderBytes, classBytes, wordBytes] = [16, 4, 4, 8];
  const maskBytes = images * count * Math.ceil(count / 64) * wordBytes;
  return maskBytes + images * count * (boxBytes + orderBytes + classBytes) + images * 4;
}

interface Crowd {
  readonly name: string;
  readonly images: number;
  readonly count: number;
  /** Side of the square in which the boxes' centres lie: smaller is more crowded. */
  readonly sidePx: number;
  /** How many different scores there are; fewer means more that are equal. */
  readonly scoreCount: number;
  readonly hasClasses: boolean;
  readonly scoreThreshold: number;
}

const CROWDS: readonly Crowd[] = [
  { name: 'one box', images: 1, count: 1, sidePx: 9, scoreCount: 9, hasClasses: false, scoreThreshold: 0 },
  { name: 'crowded', images: 3, count: 257, sidePx: 60, scoreCount: 1e6, hasClasses: false, scoreThreshold: 0.1 },
  { name: 'spread', images: 1, count: 1000, sidePx: 900, scoreCount: 1e6, hasClasses: false, scoreThreshold: 0.1 },
  { name: 'equal scores', images: 2, count: 300, sidePx: 90, scoreCount: 3, hasClasses: false, scoreThreshold: -1 },
  { name: 'classes', images: 2, count: 300, sidePx: 90, scoreCount: 50, hasClasses: true, scoreThreshold: 0.1 },
  { name: 'none counts', images: 2, count: 65, sidePx: 90, scoreCount: 50, hasClasses: false, scoreThreshold: 2 },
];

/** Boxes, of which some have no area, a NaN or an infinity in them, and scores, of which some are NaN or a zero of either sign. */
function inputsOf(crowd: Crowd, seed: number): Check['inputs'] {
  const random = seededRandom(seed);
  const total = crowd.images * crowd.count;
  const boxes = new Float32Array(total * BOX_FLOATS);
  const scores = new Float32Array(total);
  const classes = new Int32Array(total);
  for (let index = 0; index < total; index++) {
    const [x, y] = [random() * crowd.sidePx, random() * crowd.sidePx];
    boxes.set([x, y, x + 20 + random() * 40, y + 20 + random() * 40], index * BOX_FLOATS);
    scores[index] = Math.floor(random() * crowd.scoreCount) / crowd.scoreCount;
    classes[index] = Math.floor(random() * CLASS_COUNT);
    if (index % 31 === 7) boxes.set([3, 3, 3, 3], index * BOX_FLOATS);
    if (index % 37 === 9) boxes[index * BOX_FLOATS] = Number.NaN;
    if (index % 41 === 11) boxes[index * BOX_FLOATS + 2] = Number.POSITIVE_INFINITY;
    if (index % 43 === 13) scores[index] = [Number.NaN, -0, 0][index % 3];
  }
  return crowd.hasClasses ? { boxes, scores, classes } : { boxes, scores };
}

/** Both variants: the same boxes in the same order as the reference, to the last one. */
export function nmsChecks(): Check[] {
  return CROWDS.flatMap((crowd, index) =>
    ['greedy', 'bitmask'].map((variant) => ({
      label: `nms ${variant} ${crowd.name}`,
      kernel: 'nms',
      variant,
      options: {
        images: crowd.images,
        count: crowd.count,
        scoreThreshold: crowd.scoreThreshold,
        overlapThreshold: 0.45,
      },
      inputs: inputsOf(crowd, 20 + index),
      output: ['kept', crowd.images * (1 + crowd.count)] as const,
      isInt32: true,
      workspaces: { workspace: nmsWorkspaceBytes(crowd.images, crowd.count) },
    })),
  );
}
