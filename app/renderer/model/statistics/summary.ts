// Count, mean, deviation and percentiles of durations, exact.

import type { WeightedValues } from './weighted-values';

export const PERCENTILES = [50, 90, 95, 99, 99.9] as const;

export interface Percentile {
  readonly percent: number;
  readonly value: number;
  /** Whether there are so many values that at least one is beyond it; else it lies close to the largest. */
  readonly isSupported: boolean;
}

export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of a sample (n - 1); 0 for one value. */
  readonly standardDeviation: number;
  /** Standard deviation over mean; 0 when the mean is 0. */
  readonly variationRatio: number;
  readonly percentiles: readonly Percentile[];
}

/** The value at a 0-based place of the sorted sequence. */
function valueAt({ values, counts }: WeightedValues, place: number): number {
  let upTo = 0;
  for (let index = 0; index < values.length; index++) {
    upTo += counts[index];
    if (place < upTo) return values[index];
  }
  return values[values.length - 1];
}

/** Interpolates between the two closest ranks, as numpy and DuckDB's quantile_cont do. NaN when there are no values. */
export function percentileOf(weighted: WeightedValues, percent: number): number {
  if (weighted.count === 0) return Number.NaN;
  const place = ((weighted.count - 1) * percent) / 100;
  const below = valueAt(weighted, Math.floor(place));
  const above = valueAt(weighted, Math.ceil(place));
  return below + (above - below) * (place - Math.floor(place));
}

/** The figures of at least one value; undefined when there is none. */
export function summarize(weighted: WeightedValues): Summary | undefined {
  const { values, counts, count } = weighted;
  if (count === 0) return undefined;
  const mean = values.reduce((sum, value, index) => sum + value * counts[index], 0) / count;
  const squares = values.reduce((sum, value, index) => sum + (value - mean) ** 2 * counts[index], 0);
  const standardDeviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  return {
    count,
    min: values[0],
    max: values[values.length - 1],
    mean,
    standardDeviation,
    variationRatio: mean > 0 ? standardDeviation / mean : 0,
    percentiles: PERCENTILES.map((percent) => ({
      percent,
      value: percentileOf(weighted, percent),
      isSupported: count * (1 - percent / 100) >= 1 - 1e-9,
    })),
  };
}
