// How many samples a point gets: as many as were asked for, as long as its time lasts. In rounds, so that rows and signals get their turn.

import { setImmediate as nextTurn } from 'node:timers/promises';

export interface SamplingLimits {
  readonly sampleCount: number;
  /** A point takes no new round after this long, once it has the fewest samples. */
  readonly budgetMs: number;
  /** True when nobody wants the rest. */
  readonly shouldStop: () => boolean;
}

/** Fewer say nothing about spread. */
export const SAMPLE_COUNT_MIN = 3;
/** How long the thread may be busy before it yields. */
const ROUND_MS = 40;
/** Of one sample: a few hundred times what CUDA's events resolve. */
const SAMPLE_NS_MIN = 200_000;
const LAUNCHES_PER_SAMPLE_MAX = 1000;

/** What cold samples may be of the samples and the time of a point. */
const COLD_SHARE = 0.5;

/** Of the cold samples of a point whose warm ones have these. */
export function coldLimits(limits: SamplingLimits): SamplingLimits {
  return {
    ...limits,
    sampleCount: Math.ceil(limits.sampleCount * COLD_SHARE),
    budgetMs: limits.budgetMs * COLD_SHARE,
  };
}

/** So many launches go into one sample that its clock does not matter. */
export function launchesPerSample(oneNs: number): number {
  return Math.min(LAUNCHES_PER_SAMPLE_MAX, Math.max(1, Math.ceil(SAMPLE_NS_MIN / Math.max(oneNs, 1))));
}

/** Takes samples in rounds that grow to what a round may last; `take` measures so many and gives nanoseconds. */
export async function takeSamples(
  { sampleCount, budgetMs, shouldStop }: SamplingLimits,
  take: (count: number) => Float64Array,
): Promise<number[]> {
  const startMs = performance.now();
  const samplesNs: number[] = [];
  for (let roundCount = 1; samplesNs.length < sampleCount && !shouldStop(); ) {
    if (samplesNs.length >= SAMPLE_COUNT_MIN && performance.now() - startMs >= budgetMs) break;
    samplesNs.push(...take(Math.min(roundCount, sampleCount - samplesNs.length)));
    // By the wall clock: what sweeps caches before each sample takes far longer than the sample.
    const sampleMs = (performance.now() - startMs) / samplesNs.length;
    roundCount = Math.max(1, Math.min(2 * roundCount, Math.floor(ROUND_MS / sampleMs)));
    await nextTurn();
  }
  return samplesNs;
}
