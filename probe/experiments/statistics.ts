// What is said of the samples of a point: order statistics, because a few interrupted samples must not move them.

export interface SampleSummary {
  readonly medianNs: number;
  readonly minNs: number;
  /** Distance of the quartiles over the median. */
  readonly spreadRatio: number;
}

/** Past this, two runs of the same point differ by more than most variants do. */
export const NOISE_SPREAD_RATIO = 0.1;

/** The value below which a share of `ratio` (0..1) of the ascending samples lies, interpolated between neighbours. */
export function quantile(ascending: ArrayLike<number>, ratio: number): number {
  const at = (ascending.length - 1) * ratio;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return ascending[low] + (ascending[high] - ascending[low]) * (at - low);
}

/** Of at least one sample, in nanoseconds. */
export function summarizeSamples(samplesNs: readonly number[]): SampleSummary {
  const ascending = Float64Array.from(samplesNs).sort();
  const medianNs = quantile(ascending, 0.5);
  const spread = quantile(ascending, 0.75) - quantile(ascending, 0.25);
  return { medianNs, minNs: ascending[0], spreadRatio: medianNs > 0 ? spread / medianNs : 0 };
}
