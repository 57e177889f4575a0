import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spreadRows } from '../../../probe/experiments/correctness';
import { floatFromHalf, halfFromFloat } from '../../../probe/experiments/half';
import { failedPoint, type PointPlan, type PointResult } from '../../../probe/experiments/point';
import { pointRow, Ratios } from '../../../probe/experiments/rows';
import { launchesPerSample, takeSamples } from '../../../probe/experiments/sampling';
import { quantile, summarizeSamples } from '../../../probe/experiments/statistics';

describe('samples', () => {
  test('median, shortest and the distance of the quartiles', () => {
    // 1 2 3 4 5: quartiles 2 and 4 around 3
    expect(summarizeSamples([5, 1, 4, 2, 3])).toEqual({ medianNs: 3, minNs: 1, spreadRatio: 2 / 3 });
    expect(quantile([10, 20], 0.25)).toBe(12.5);
  });

  test('one interrupted sample moves neither median nor spread', () => {
    expect(summarizeSamples([10, 10, 10, 10, 9000])).toEqual({ medianNs: 10, minNs: 10, spreadRatio: 0 });
  });

  test('short kernels are timed many at a time, long ones alone', () => {
    expect([launchesPerSample(1000), launchesPerSample(300_000), launchesPerSample(0)]).toEqual([200, 1, 1000]);
  });

  test('as many as were asked for; a slow point gets the fewest that say something', async () => {
    const take = (count: number) => new Float64Array(count).fill(7);
    const limits = { sampleCount: 20, budgetMs: 10_000, shouldStop: () => false };
    expect(await takeSamples(limits, take)).toHaveLength(20);
    const slow = (count: number) => {
      const endMs = performance.now() + 30 * count;
      while (performance.now() < endMs);
      return take(count);
    };
    expect(await takeSamples({ ...limits, budgetMs: 0 }, slow)).toHaveLength(3);
    expect(await takeSamples({ ...limits, shouldStop: () => true }, take)).toHaveLength(0);
  });
});

describe('halves', () => {
  test.each([
    [0, 0],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [1.5 * 2 ** -24, 2],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%d has the bits 0x%s', (value, bits) => expect(halfFromFloat(value)).toBe(bits));

  test('every half comes back from its float', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = floatFromHalf(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(floatFromHalf(halfFromFloat(value)))).toBe(true);
      else if (halfFromFloat(value) !== bits) expect([bits, halfFromFloat(value)]).toEqual([bits, bits]);
    }
  });
});

test('rows are spread from the first to the last', () => {
  expect(spreadRows(3, 9)).toEqual([0, 4, 8]);
  expect(spreadRows(9, 4)).toEqual([0, 1, 2, 3]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 500 }), (count, all) => {
      const rows = spreadRows(count, all);
      expect(new Set(rows).size).toBe(Math.min(count, all));
      expect(rows.every((row) => row >= 0 && row < all)).toBe(true);
    }),
  );
});

describe('shares', () => {
  const plan = (role: PointPlan['role'], series: string, x: number, label = `${x}`): PointPlan => ({
    role,
    series,
    x,
    label,
    precision: 'fp32',
    work: { kind: 'batch', images: 1 },
  });
  const result = (medianNs: number, flops: number, bytes: number): PointResult => ({
    ...failedPoint(0n, ''),
    medianNs,
    flops,
    bytes,
  });

  test('of the reference at the same place, and of the roofline of the measured ceilings', () => {
    const ratios = new Ratios();
    ratios.note(plan('ceiling', 'fma', 0), result(1000, 2000, -1)); // 2 flops a ns
    ratios.note(plan('ceiling', 'copy', 0), result(1000, -1, 1000)); // 1 byte a ns
    ratios.note(plan('reference', 'cublas', 64), result(80, 100, 20));
    const row = (x: number, each: PointResult) => pointRow(7, 0, plan('measured', 'tile_8', x), each, ratios, 0n);
    // 100 flops need 50 ns, 20 bytes 20 ns: arithmetic is the ceiling.
    expect(row(64, result(100, 100, 20))).toMatchObject({ referenceRatio: 0.8, ceilingRatio: 0.5, flopsPerSec: 1e9 });
    // 20 flops need 10 ns, 90 bytes 90 ns: memory is; and there is no reference at 32.
    expect(row(32, result(100, 20, 90))).toMatchObject({ referenceRatio: -1, ceilingRatio: 0.9, bytesPerSec: 9e8 });
  });

  test('a reference is not that of other sides which make as many products', () => {
    const ratios = new Ratios();
    ratios.note(plan('reference', 'cublas', 4, '2 × 4 × 8'), result(80, 1, 1));
    const row = (label: string) => pointRow(7, 0, plan('measured', 'tile_8', 4, label), result(100, 1, 1), ratios, 0n);
    expect(['2 × 4 × 8', '8 × 4 × 2'].map((label) => row(label).referenceRatio)).toEqual([0.8, -1]);
  });

  test('nothing is said without ceilings, and of a point that failed', () => {
    const ratios = new Ratios();
    const failed = pointRow(7, 3, plan('measured', 'x', 1), failedPoint(0n, 'It hung.'), ratios, 0n);
    expect(failed).toMatchObject({
      medianNs: -1,
      flopsPerSec: -1,
      referenceRatio: -1,
      ceilingRatio: -1,
      failure: 'It hung.',
    });
    expect(pointRow(7, 3, plan('measured', 'x', 1), result(10, 10, 10), ratios, 0n).ceilingRatio).toBe(-1);
  });
});
