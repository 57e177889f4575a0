// Values with how often each occurred. A timer has few distinct values, so millions of durations come as some thousands of pairs.

export interface WeightedValues {
  /** Ascending, each once. */
  readonly values: Float64Array;
  /** How often, at least 1 each. */
  readonly counts: Float64Array;
  /** Sum of counts. */
  readonly count: number;
}

/**
 * Sorts and merges values in any order. `counts` says how often each occurred; once when it is not given.
 * Values that are no number are left out.
 */
export function weightedValues(values: ArrayLike<number>, counts?: ArrayLike<number>): WeightedValues {
  const countOf = new Map<number, number>();
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    const times = counts ? counts[index] : 1;
    if (!Number.isFinite(value) || !(times > 0)) continue;
    countOf.set(value, (countOf.get(value) ?? 0) + times);
    count += times;
  }
  const sorted = Float64Array.from(countOf.keys()).sort();
  return { values: sorted, counts: sorted.map((value) => countOf.get(value) as number), count };
}
