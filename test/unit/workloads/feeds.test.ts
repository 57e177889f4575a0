// What a stage hands to the next: objects read off outputs of known shapes, cut out of the picture.

import { describe, expect, test } from 'vitest';
import type { EngineFacts } from '../../../probe/engines/engine';
import { Request } from '../../../probe/scheduler/request';
import { Random } from '../../../probe/scheduler/simulator/random';
import { type FeedOptions, faultOfFeed, feedsOf, makeFeed, type Payload } from '../../../probe/workloads/feeds/feed';
import { objectReaderOf } from '../../../probe/workloads/feeds/objects';
import { textBoxes } from '../../../probe/workloads/feeds/text-map';
import { wholeOf } from '../../../probe/workloads/pictures/picture';

const SIDE_PX = 32;
/** Places of strides 8, 16 and 32: 16 + 4 + 1. */
const PLACE_COUNT = 21;

function factsOf(
  name: string,
  output: readonly number[],
  input: readonly number[] = [-1, 3, SIDE_PX, SIDE_PX],
): EngineFacts {
  return {
    ...{ name, kind: 'onnxruntime', device: 'cpu', precision: 'fp32', batchMax: 1 },
    inputs: [{ name: 'x', element: 'float32', shape: input }],
    outputs: [{ name: 'y', element: 'float32', shape: output }],
  };
}
const YOLO = factsOf('detector', [-1, 6, PLACE_COUNT]);
const MAP = factsOf('texts', [-1, 1, SIDE_PX, SIDE_PX]);
const CLASSES = factsOf('classifier', [-1, 10]);

/** A head of two classes: centre, sides and the chance of each object; everything else is nothing. */
function headOf(...objects: readonly (readonly [number, number, number, number, number])[]): Float32Array {
  const values = new Float32Array(6 * PLACE_COUNT);
  objects.forEach(([x, y, width, height, chance], place) => {
    [x, y, width, height, 0, chance].forEach((value, row) => {
      values[row * PLACE_COUNT + place] = value;
    });
  });
  return values;
}

describe('objects', () => {
  test('a head: those above the score, the best first, overlapping ones once', () => {
    const y = headOf([8, 8, 8, 8, 0.5], [8, 9, 8, 8, 0.9], [20, 20, 4, 8, 0.6], [2, 2, 2, 2, 0.2]);
    expect(objectReaderOf(YOLO)!({ y })).toEqual([
      { leftPx: 4, topPx: 5, rightPx: 12, bottomPx: 13, scoreRatio: Math.fround(0.9) },
      { leftPx: 18, topPx: 16, rightPx: 22, bottomPx: 24, scoreRatio: Math.fround(0.6) },
    ]);
    expect(objectReaderOf(YOLO, { scoreMin: 0.1 })!({ y })).toHaveLength(3);
  });

  test('a map: places that hang together, grown; small and uncertain ones are none', () => {
    const map = new Float32Array(SIDE_PX * SIDE_PX);
    const mark = (left: number, top: number, width: number, height: number, chance: number) => {
      for (let y = top; y < top + height; y++) map.fill(chance, y * SIDE_PX + left, y * SIDE_PX + left + width);
    };
    mark(4, 4, 12, 4, 0.9);
    mark(4, 20, 12, 4, 0.5);
    mark(24, 24, 2, 2, 1);
    // 12 × 4 places grow by area × 1.5 / perimeter = 48 × 1.5 / 32.
    const [found, ...others] = textBoxes(map, SIDE_PX, SIDE_PX);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ leftPx: 1.75, topPx: 1.75, rightPx: 18.25, bottomPx: 10.25 });
    expect(found.scoreRatio).toBeCloseTo(0.9);
  });

  test('what stands when the file does not say, and what cannot be', () => {
    expect([YOLO, MAP, CLASSES].map(feedsOf)).toEqual(['crops', 'crops', 'picture']);
    expect(faultOfFeed('crops', CLASSES, YOLO)).toBe('the outputs of "classifier" say nothing about where objects are');
    expect(faultOfFeed('crops', YOLO, factsOf('next', [-1, 2], [-1, 10]))).toBe('"next" does not look at pictures');
    expect(faultOfFeed('whole', CLASSES, factsOf('next', [-1, 2], [-1, 10]))).toBeUndefined();
    expect(faultOfFeed('whole', CLASSES, YOLO)).toContain('are not of the size and kind of the inputs of "detector"');
  });
});

describe('feeding', () => {
  const picture = { widthPx: 320, heightPx: 160, bytes: new Uint8Array(320 * 160 * 3) };
  const cuts: number[][] = [];
  function feed(
    facts: EngineFacts,
    y: Float32Array,
    options: Partial<FeedOptions>,
    next = CLASSES,
  ): readonly Payload[] {
    const request = new Request(1, { model: 'm', payload: { look: wholeOf(picture) } }, 0, 1);
    request.result = { facts, outputs: { y } };
    const onCut: FeedOptions['onCut'] = (_request, found, kept) => cuts.push([found, kept]);
    const rest = { feeds: 'crops' as const, fanOutMax: undefined, random: new Random(1), onCut };
    return makeFeed({ ...rest, ...options }, () => next)(request);
  }

  test('crops: of the picture, where the box was, and nothing beyond its edge', () => {
    // The picture is ten times as wide as the input, so it fills the input's width and half of its height.
    const crops = feed(YOLO, headOf([8, 4, 8, 4, 0.9], [31, 15, 4, 4, 0.8], [16, 30, 4, 2, 0.7]), {});
    expect(crops.map(({ look }) => look!.area)).toEqual([
      { leftPx: 40, topPx: 20, widthPx: 80, heightPx: 40 },
      { leftPx: 290, topPx: 130, widthPx: 30, heightPx: 30 },
    ]);
    expect(crops.every(({ look }) => look!.picture === picture)).toBe(true);
  });

  test('more than the next stage takes: the best, and it is told', () => {
    const objects = [0.5, 0.7, 0.9].map((chance, index) => [4 + 10 * index, 4, 4, 4, chance] as const);
    const crops = feed(YOLO, headOf(...objects), { fanOutMax: 2 });
    expect(crops.map(({ look }) => look!.area.leftPx)).toEqual([220, 120]);
    expect(cuts.splice(0)).toEqual([[3, 2]]);
    expect(feed(YOLO, headOf(), {})).toEqual([]);
    expect(cuts).toEqual([]);
  });

  test('the picture itself, the outputs as they are, or drawn', () => {
    const y = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    expect(feed(CLASSES, y, { feeds: 'picture' })).toEqual([{ look: wholeOf(picture) }]);
    expect(feed(CLASSES, y, { feeds: 'whole' }, factsOf('next', [-1, 2], [-1, 10]))).toEqual([{ item: { x: y } }]);
    const counts = Array.from({ length: 50 }, () => feed(CLASSES, y, { feeds: 'drawn', fanOutMax: 3, random }).length);
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3]));
  });
  const random = new Random(1);
});
