// Where values lie: views, joined dimensions, shared memory.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignedBytes, packArena } from '../../../../probe/engines/kernels/arena';
import { planNetwork } from '../../../../probe/engines/kernels/plan';
import {
  isPacked,
  joined,
  packedStrides,
  repeated,
  sliced,
  transposed,
  wholeView,
} from '../../../../probe/engines/kernels/view';
import { WeightPool } from '../../../../probe/engines/kernels/weights';
import { generateYoloShaped } from '../../../../probe/engines/onnx/generate/yolo-shaped';

const storage = (count: number) => {
  const [element, kind] = ['f32' as const, 'activation' as const];
  return { count, element, kind, constantOffsetBytes: 0, parent: undefined };
};

/** The places that a walk visits, in its order. */
function placesOf(dims: readonly number[], strides: readonly number[]): number[] {
  return dims.reduce<number[]>(
    (places, dim, axis) =>
      places.flatMap((place) => Array.from({ length: dim }, (_, at) => place + at * strides[axis])),
    [0],
  );
}

describe('views', () => {
  const view = wholeView(storage(24), [2, 3, 4]);

  test('turned, cut and repeated, they look at the same memory in another order', () => {
    const turned = transposed(view, [2, 0, 1]);
    expect([turned.dims, turned.strides, isPacked(turned)]).toEqual([[4, 2, 3], [1, 12, 4], false]);
    const cut = sliced(view, 1, 1, 2);
    expect([cut.offset, cut.dims, isPacked(cut)]).toEqual([4, [2, 2, 4], false]);
    expect(isPacked(sliced(view, 0, 1, 1))).toBe(true);
    expect(placesOf(repeated(wholeView(storage(2), [1, 2]), 2, 2).dims, [2, 0, 1, 0])).toEqual([
      0, 0, 1, 1, 0, 0, 1, 1,
    ]);
  });

  test('joined dimensions visit the same places in the same order, and no two of them could be joined further', () => {
    const dims = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
    const walk = dims.chain((sides) => {
      const orders = fc.shuffledSubarray([...sides.keys()], { minLength: sides.length });
      return fc.tuple(fc.constant(sides), orders, orders);
    });
    fc.assert(
      fc.property(walk, ([sides, one, other]) => {
        const strides = [one, other].map((order) => {
          const inner = packedStrides(order.map((axis) => sides[axis]));
          return sides.map((_, axis) => inner[order.indexOf(axis)]);
        });
        const short = joined({ dims: sides, strides });
        for (const [at, list] of strides.entries()) {
          expect(placesOf(short.dims, short.strides[at])).toEqual(placesOf(sides, list));
        }
        expect(joined(short)).toEqual(short);
      }),
    );
  });
});

describe('the arena', () => {
  test('gives what lives together bytes of its own, and what does not the same', () => {
    const lives = [
      { bytes: 400, first: 0, last: 1 },
      { bytes: 240, first: 1, last: 2 },
      { bytes: 400, first: 2, last: 3 },
    ];
    expect(packArena(lives)).toEqual({ offsets: [0, 512, 0], bytes: 768 });
  });

  test('overlaps nothing that lives at the same time, and needs no more than all together', () => {
    const life = fc.record({ bytes: fc.integer({ min: 1, max: 3999 }), first: fc.nat(20), length: fc.nat(8) });
    fc.assert(
      fc.property(fc.array(life, { maxLength: 30 }), (drawn) => {
        const lives = drawn.map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));
        const { offsets, bytes } = packArena(lives);
        for (const [one, a] of lives.entries()) {
          expect(offsets[one] % 256).toBe(0);
          expect(offsets[one] + a.bytes).toBeLessThanOrEqual(bytes);
          for (const [other, b] of lives.entries()) {
            if (other <= one || a.last < b.first || b.last < a.first) continue;
            const isApart = offsets[one] + a.bytes <= offsets[other] || offsets[other] + b.bytes <= offsets[one];
            expect(isApart).toBe(true);
          }
        }
        expect(bytes).toBeLessThanOrEqual(lives.reduce((sum, each) => sum + alignedBytes(each.bytes), 0));
      }),
    );
  });
});

test('one picture of the detector: its concatenations cost nothing but where a part goes into two', () => {
  const weights = new WeightPool();
  const plan = planNetwork(generateYoloShaped({ sidePx: 64 }), {}, weights);
  const counts: Record<string, number> = {};
  for (const { options } of plan.calls) {
    const name = [options.kernel, options.operation, options.activation].filter((word) => word !== undefined).join(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  // 57 convolutions with SiLU, 7 without: the six last ones of the head and the mean over bins. 2 upsamplings; what else is copied are the
  // parts of concatenations that lie in another one already or run along another axis, and the turn before the softmax.
  expect(counts).toMatchObject({
    'conv silu': 57,
    'conv none': 7,
    'tensor max_pool': 3,
    softmax: 1,
    'tensor sigmoid': 1,
  });
  expect(counts['tensor copy']).toBeLessThanOrEqual(12);
  const { bytes } = weights;
  planNetwork(generateYoloShaped({ sidePx: 64, batch: 2 }), {}, weights);
  expect(weights.bytes - bytes).toBeLessThan(4 * 4096); // places and strides are the same; only shapes differ
});
