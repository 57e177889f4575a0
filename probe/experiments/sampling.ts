// How many samples a point gets: as many as were asked for, as long as its time lasts. In rounds, so that rows and signals get their turn.

import { setImmediate as nextTurn } from 'node:timers/promises';

export interface SamplingLimits {
  readonly sampleCount: number;
  /** A point takes no new round after this long, once it has the fewest samples. */
  readonly budgetMs: number;
}

/** Fewer say nothing about spread. */
export const SAMPLE_COUNT_MIN = 3;
/** How long the thread may be busy before it yields. */
const ROUND_MS = 40;
/** Of one sample: a few hundred times what CUDA's events resolve. */
const SAMPLE_NS_MIN = 200_000;
const LAUNCHES_PER_SAMPLE_MAX = 1000;
const NS_PER_MS = 1e6;

/** So many launches go into one sample that its clock does not matter. */
export function launchesPerSample(oneNs: number): number {
  return Math.min(LAUNCHES_PER_SAMPLE_MAX, Math.max(1, Math.ceil(SAMPLE_NS_MIN / Math.max(oneNs, 1))));
}

/** Takes samples in rounds; `take` measures so many and gives nanoseconds. `oneNs` is about what one sample takes. */
export async function takeSamples(
  { sampleCount, budgetMs }: SamplingLimits,
  oneNs: number,
  take: (count: number) => Float64Array,
): Promise<number[]> {
  const roundCount = Math.max(1, Math.floor((ROUND_MS * NS_PER_MS) / Math.max(oneNs, 1)));
  const endMs = performance.now() + budgetMs;
  const samplesNs: number[] = [];
  while (samplesNs.length < sampleCount) {
    if (samplesNs.length >= SAMPLE_COUNT_MIN && performance.now() >= endMs) break;
    samplesNs.push(...take(Math.min(roundCount, sampleCount - samplesNs.length)));
    await nextTurn();
  }
  return samplesNs;
}
