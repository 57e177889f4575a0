// Figures of durations, against the obvious slow way on random values.

import { expect, test } from 'vitest';
import { linearTicks, logTicks } from '../../../../app/renderer/model/statistics/axis-ticks';
import { BIN_COUNT_MAX, binValues, countInBins } from '../../../../app/renderer/model/statistics/histogram';
import { stackLabels } from '../../../../app/renderer/model/statistics/stack-labels';
import { percentileOf, summarize } from '../../../../app/renderer/model/statistics/summary';
import { weightedValues } from '../../../../app/renderer/model/statistics/weighted-values';

/** mulberry32: the same numbers on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lists of durations of many shapes: few distinct ones, wide ones, single ones, equal ones. */
function randomLists(seed: number, listCount: number): number[][] {
  const random = randomFrom(seed);
  return Array.from({ length: listCount }, () => {
    const count = 1 + Math.floor(random() * 300);
    const spread = 10 ** (random() * 6);
    const step = random() < 0.5 ? 32 : 0.25;
    return Array.from({ length: count }, () => 100 + Math.round((random() * spread) / step) * step);
  });
}

const slowPercentile = (values: readonly number[], percent: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
};

test('values are sorted and merged; what is no number or never occurred is left out', () => {
  const { values, counts, count } = weightedValues([5, 3, 5, Number.NaN, 9], [1, 2, 4, 7, 0]);
  expect([...values]).toEqual([3, 5]);
  expect([...counts]).toEqual([2, 5]);
  expect(count).toBe(7);
});

test('percentiles, mean and deviation agree with the slow way', () => {
  for (const values of randomLists(1, 200)) {
    const weighted = weightedValues(values);
    for (const percent of [0, 25, 50, 90, 95, 99, 99.9, 100]) {
      expect(percentileOf(weighted, percent)).toBeCloseTo(slowPercentile(values, percent), 6);
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const summary = summarize(weighted);
    expect(summary?.count).toBe(values.length);
    expect(summary?.mean).toBeCloseTo(mean, 6);
    expect(summary?.standardDeviation).toBeCloseTo(values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0, 4);
    expect([summary?.min, summary?.max]).toEqual([Math.min(...values), Math.max(...values)]);
  }
});

test('figures that can be reckoned by hand', () => {
  const summary = summarize(weightedValues([10, 20, 30, 40]));
  expect(summary).toMatchObject({ count: 4, min: 10, max: 40, mean: 25 });
  expect(summary?.percentiles[0]).toEqual({ percent: 50, value: 25, isSupported: true });
  expect(summary?.standardDeviation).toBeCloseTo(Math.sqrt(500 / 3));
  expect(summary?.variationRatio).toBeCloseTo(Math.sqrt(500 / 3) / 25);
  expect(summarize(weightedValues([]))).toBeUndefined();
  expect(percentileOf(weightedValues([]), 50)).toBeNaN();
});

test('a percentile is supported when at least one value can lie beyond it', () => {
  const supported = (count: number) =>
    summarize(weightedValues([7], [count]))
      ?.percentiles.filter(({ isSupported }) => isSupported)
      .map(({ percent }) => percent);
  expect(supported(1)).toEqual([]);
  expect(supported(10)).toEqual([50, 90]);
  expect(supported(99)).toEqual([50, 90, 95]);
  expect(supported(100)).toEqual([50, 90, 95, 99]);
  expect(supported(1000)).toEqual([50, 90, 95, 99, 99.9]);
});

test('bins agree with the slow way, hold every value, and ascend', () => {
  for (const values of randomLists(2, 200)) {
    for (const scale of ['linear', 'log'] as const) {
      for (const rule of ['freedmanDiaconis', 'fixed'] as const) {
        const histogram = binValues(weightedValues(values), scale, rule);
        if (!histogram) throw new Error('there are values');
        const { edges, counts } = histogram;
        const last = counts.length - 1;
        const slow = Array.from(
          counts,
          (_, bin) =>
            values.filter((value) => (bin === 0 || value >= edges[bin]) && (bin === last || value < edges[bin + 1]))
              .length,
        );
        expect([...counts]).toEqual(slow);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        expect([...edges].every((edge, index) => index === 0 || edge > edges[index - 1])).toBe(true);
        expect(edges[0]).toBeCloseTo(Math.min(...values, edges[0]), 3);
        expect(counts.length).toBeLessThanOrEqual(BIN_COUNT_MAX);
      }
    }
  }
});

test('the rule of Freedman and Diaconis: 1 to 1000 evenly have an IQR of 499.5, so bins of 99.9', () => {
  const histogram = binValues(
    weightedValues(Array.from({ length: 1000 }, (_, index) => index + 1)),
    'linear',
    'freedmanDiaconis',
  );
  expect(histogram?.counts.length).toBe(10);
  expect(histogram?.edges[1]).toBeCloseTo(1 + 99.9);
});

test('equal values make one bin around them, and none make none', () => {
  expect([...(binValues(weightedValues([7, 7]), 'linear', 'fixed')?.counts ?? [])]).toEqual([2]);
  const zero = binValues(weightedValues([0]), 'log', 'freedmanDiaconis');
  expect([...(zero?.counts ?? [])]).toEqual([1]);
  expect(binValues(weightedValues([]), 'linear', 'fixed')).toBeUndefined();
});

test('on a logarithmic axis every bin has the same ratio', () => {
  const histogram = binValues(weightedValues([1, 10, 100, 1e5]), 'log', 'fixed');
  const ratios = Array.from(
    histogram?.counts ?? [],
    (_, bin) => (histogram?.edges[bin + 1] ?? 0) / (histogram?.edges[bin] ?? 1),
  );
  expect(Math.max(...ratios) - Math.min(...ratios)).toBeLessThan(1e-9);
});

test('a value on an edge counts to the bin above, the largest to the last', () => {
  //           0    10   20   30
  const edges = Float64Array.of(0, 10, 20, 30);
  expect([...countInBins(weightedValues([0, 10, 19, 20, 30]), edges)]).toEqual([1, 2, 2]);
});

test('ticks are round and inside', () => {
  expect(linearTicks(16_000, 19_200, 4)).toEqual([16_000, 17_000, 18_000, 19_000]);
  expect(linearTicks(0, 1, 5).map((tick) => Number(tick.toFixed(6)))).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(linearTicks(5, 5, 4)).toEqual([5]);
  expect(logTicks(900, 12_000, 5)).toEqual([1000, 2000, 5000, 10_000]);
  expect(logTicks(900, 2e7, 4)).toEqual([1e3, 1e4, 1e5, 1e6, 1e7]);
  expect(logTicks(1100, 1900, 4)).toEqual([1200, 1400, 1600, 1800]);
});

test('labels that would touch go one row up each', () => {
  //  centre  0    10   50   55   58        each 20 wide
  expect(stackLabels([0, 10, 50, 55, 58], 20)).toEqual([0, 1, 0, 1, 2]);
});
