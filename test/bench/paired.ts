// Two ways of doing the same, measured in turns: what else the machine does comes and goes for both.

/** The value below which the share `ratio` of the sorted values lies. */
export const percentileOf = (sorted: ArrayLike<number>, ratio: number): number =>
  sorted[Math.floor((sorted.length - 1) * ratio)];

export const sortedOf = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
export const medianOf = (values: readonly number[]): number => percentileOf(sortedOf(values), 0.5);

export interface Interval {
  readonly median: number;
  /** 95 % confidence of the median. */
  readonly low: number;
  readonly high: number;
}

/**
 * The median with its 95 % interval by order statistics: how many of n values lie below the median is binomial with 1/2, so the ranks
 * are n/2 ∓ 1.96 √n/2 (Conover, Practical Nonparametric Statistics, 3.2). With few values it is their whole range.
 */
export function medianInterval(values: readonly number[]): Interval {
  const sorted = sortedOf(values);
  const half = (1.96 * Math.sqrt(sorted.length)) / 2;
  const low = Math.max(0, Math.floor(sorted.length / 2 - half) - 1);
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + half));
  return { median: percentileOf(sorted, 0.5), low: sorted[low], high: sorted[high] };
}

export const percentText = ({ median, low, high }: Interval): string =>
  `${(100 * median).toFixed(1)} % (95 %: ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;

/** Runs both `turnCount` times each; who begins takes turns too. */
export async function inTurns<T>(
  turnCount: number,
  first: () => Promise<T>,
  second: () => Promise<T>,
): Promise<{ first: T; second: T }[]> {
  const turns: { first: T; second: T }[] = [];
  for (let turn = 0; turn < turnCount; turn++) {
    const early = turn % 2 === 0 ? await first() : undefined;
    const secondResult = await second();
    turns.push({ first: early ?? (await first()), second: secondResult });
  }
  return turns;
}
