// Durations in bins of equal width, on a linear or a logarithmic axis.
//
//   edges   e0   e1   e2   e3
//   counts  [ c0 )[ c1 )[ c2 ]     the last bin holds its upper edge too

import { percentileOf } from './summary';
import type { WeightedValues } from './weighted-values';

export type BinScale = 'linear' | 'log';
export type BinRule = 'freedmanDiaconis' | 'fixed';

export const FIXED_BIN_COUNT = 50;
/** More bins than this are narrower than a pixel or two of the panel. */
export const BIN_COUNT_MAX = 120;
/** On a logarithmic axis everything below is put at it: the devices' clocks do not tell less. */
const LOG_FLOOR_NS = 1;

export interface Histogram {
  readonly scale: BinScale;
  readonly rule: BinRule;
  /** One more than counts, ascending. */
  readonly edges: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Width 2·IQR/∛n (Freedman and Diaconis 1981) as a number of bins over [low, high]. Half of the values may be equal, and then the rule
 * says nothing: the fixed number is used. Never more bins than distinct values.
 */
function freedmanDiaconisCount(quartileDistance: number, span: number, weighted: WeightedValues): number {
  const width = (2 * quartileDistance) / Math.cbrt(weighted.count);
  const wanted = width > 0 ? Math.ceil(span / width) : FIXED_BIN_COUNT;
  return Math.max(1, Math.min(wanted, BIN_COUNT_MAX, weighted.values.length));
}

function edgesBetween(low: number, high: number, binCount: number, back: (position: number) => number): Float64Array {
  const edges = Float64Array.from({ length: binCount + 1 }, (_, index) =>
    back(low + ((high - low) * index) / binCount),
  );
  return edges;
}

/** How many values each bin holds. Values and edges ascend; values outside the edges count to the outermost bins. */
export function countInBins({ values, counts }: WeightedValues, edges: Float64Array): Float64Array {
  const inBins = new Float64Array(edges.length - 1);
  let bin = 0;
  for (let index = 0; index < values.length; index++) {
    while (bin < inBins.length - 1 && values[index] >= edges[bin + 1]) bin++;
    inBins[bin] += counts[index];
  }
  return inBins;
}

/** Bins of values that are not negative; undefined when there are none. Equal values make one bin of some width. */
export function binValues(weighted: WeightedValues, scale: BinScale, rule: BinRule): Histogram | undefined {
  if (weighted.count === 0) return undefined;
  const to = scale === 'log' ? (value: number) => Math.log10(Math.max(value, LOG_FLOOR_NS)) : (value: number) => value;
  const back = scale === 'log' ? (position: number) => 10 ** position : (position: number) => position;
  const low = to(weighted.values[0]);
  const high = to(weighted.values[weighted.values.length - 1]);
  if (low === high) {
    const margin = scale === 'log' ? 0.05 : Math.max(low * 0.1, 0.5);
    const edges = edgesBetween(low - margin, high + margin, 1, back);
    return { scale, rule, edges, counts: Float64Array.of(weighted.count) };
  }
  const quartileDistance = to(percentileOf(weighted, 75)) - to(percentileOf(weighted, 25));
  const binCount = rule === 'fixed' ? FIXED_BIN_COUNT : freedmanDiaconisCount(quartileDistance, high - low, weighted);
  const edges = edgesBetween(low, high, binCount, back);
  return { scale, rule, edges, counts: countInBins(weighted, edges) };
}
