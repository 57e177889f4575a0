// Two or more runs of one workload side by side. Latencies of neighbouring requests depend on each other (they wait in one queue), so
// intervals come from a bootstrap of blocks: Künsch 1989, with blocks of n^(1/3) requests (Hall, Horowitz and Jing 1995).

import type { ResultTable, Store } from '../session/store';

/** Answered requests of one model and priority in the order in which they came. */
export interface ClassSample {
  readonly model: string;
  readonly priority: number;
  /** Of those with a result. */
  readonly latenciesNs: Float64Array;
  readonly requestCount: number;
  readonly missedCount: number;
}

export interface RunSample {
  readonly policy: string;
  readonly classes: readonly ClassSample[];
  /** From the first request to the last answer. */
  readonly spanNs: number;
  readonly answeredCount: number;
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLE_COUNT = 500;
const CONFIDENCE = 0.95;
const NS_PER_SEC = 1e9;

/** What a session holds of one run. */
export async function loadRun(store: Store, policy: string): Promise<RunSample> {
  const { rows } = await store.query(
    `SELECT model, priority, CASE WHEN outcome IN (1, 2) THEN completionNs - arrivalNs ELSE -1 END, deadlineNs >= 0 AND (outcome IN (3, 4) OR completionNs > deadlineNs), arrivalNs, completionNs
     FROM request ORDER BY arrivalNs, request`,
    {},
  );
  const classes = new Map<
    string,
    { model: string; priority: number; latencies: number[]; count: number; missed: number }
  >();
  let firstNs = Number.POSITIVE_INFINITY;
  let lastNs = 0;
  for (const [model, priority, latencyNs, isMissed, arrivalNs, completionNs] of rows) {
    const key = `${priority} ${model}`;
    const found = classes.get(key) ?? {
      model: String(model),
      priority: Number(priority),
      latencies: [],
      count: 0,
      missed: 0,
    };
    classes.set(key, found);
    found.count++;
    if (isMissed === true) found.missed++;
    if (Number(latencyNs) >= 0) found.latencies.push(Number(latencyNs));
    firstNs = Math.min(firstNs, Number(arrivalNs));
    lastNs = Math.max(lastNs, Number(completionNs));
  }
  const samples = [...classes.values()].map(({ model, priority, latencies, count, missed }) => {
    return { model, priority, latenciesNs: Float64Array.from(latencies), requestCount: count, missedCount: missed };
  });
  samples.sort((left, right) => left.priority - right.priority || (left.model < right.model ? -1 : 1));
  const answeredCount = samples.reduce((sum, { latenciesNs }) => sum + latenciesNs.length, 0);
  return { policy, classes: samples, spanNs: Math.max(0, lastNs - firstNs), answeredCount };
}

/** By nearest rank; NaN of nothing. */
export function percentileOf(sorted: Float64Array, ratio: number): number {
  return sorted.length === 0 ? Number.NaN : sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)];
}

/** mulberry32, as in probe/runner/random.ts. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Percentile of one drawing of blocks with replacement. */
function resampled(values: Float64Array, ratio: number, random: () => number): number {
  const { length } = values;
  const block = Math.max(1, Math.round(Math.cbrt(length)));
  const drawn = new Float64Array(length);
  for (let filled = 0; filled < length; ) {
    const start = Math.floor(random() * (length - block + 1));
    for (let index = start; index < start + block && filled < length; index++) drawn[filled++] = values[index];
  }
  return percentileOf(drawn.sort(), ratio);
}

/**
 * The percentile of `ours` over that of `theirs`, with the interval in which it lies with 95 % confidence. NaN when one of them has
 * nothing. The same seed gives the same interval.
 */
export function compareRatio(ours: Float64Array, theirs: Float64Array, ratio: number, seed: number): Interval {
  const value = percentileOf(ours.slice().sort(), ratio) / percentileOf(theirs.slice().sort(), ratio);
  if (!Number.isFinite(value)) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const random = seededRandom(seed);
  const drawn = Float64Array.from(
    { length: RESAMPLE_COUNT },
    () => resampled(ours, ratio, random) / resampled(theirs, ratio, random),
  ).sort();
  const tail = (1 - CONFIDENCE) / 2;
  return { value, low: percentileOf(drawn, tail), high: percentileOf(drawn, 1 - tail) };
}

const COLUMNS = [
  'Model',
  'Priority',
  'Policy',
  'Requests',
  'Answered',
  'Missed (%)',
  'p50 (ns)',
  'p99 (ns)',
  'p50 Ratio (%)',
  'p50 Low (%)',
  'p50 High (%)',
  'p99 Ratio (%)',
  'p99 Low (%)',
  'p99 High (%)',
] as const;
const TEXT_COLUMNS: readonly string[] = ['Model', 'Policy'];

const percent = (value: number): number | null => (Number.isFinite(value) ? 100 * value : null);

/** A row a model, priority and run. Ratios are to the first run, with their 95 % intervals. */
export function compareRuns(runs: readonly RunSample[], seed: number): ResultTable {
  const [first] = runs;
  const sameClass = (run: RunSample, { model, priority }: ClassSample) =>
    run.classes.find((each) => each.model === model && each.priority === priority);
  const rows = first.classes.flatMap((base) =>
    runs.flatMap((run) => {
      const own = sameClass(run, base);
      if (!own) return [];
      const sorted = own.latenciesNs.slice().sort();
      const ratios = [0.5, 0.99].flatMap((ratio) => {
        if (run === first) return [100, null, null];
        const { value, low, high } = compareRatio(own.latenciesNs, base.latenciesNs, ratio, seed);
        return [percent(value), percent(low), percent(high)];
      });
      const known = (value: number) => (Number.isFinite(value) ? value : null);
      const { model, priority, requestCount, missedCount } = own;
      const missed = (100 * missedCount) / Math.max(1, requestCount);
      const percentiles = [known(percentileOf(sorted, 0.5)), known(percentileOf(sorted, 0.99))];
      return [
        [model, priority, run.policy, BigInt(requestCount), BigInt(sorted.length), missed, ...percentiles, ...ratios],
      ];
    }),
  );
  return { columns: COLUMNS.map((name) => ({ name, isText: TEXT_COLUMNS.includes(name) })), rows };
}

/** A row a run: what all models together answered in a second, and what that is of the first run's. */
export function compareThroughput(runs: readonly RunSample[]): ResultTable {
  const perSec = ({ answeredCount, spanNs }: RunSample) => (spanNs > 0 ? (answeredCount * NS_PER_SEC) / spanNs : 0);
  const base = perSec(runs[0]);
  return {
    columns: ['Policy', 'Answered', 'Answered/s', 'Of First (%)'].map((name) => ({ name, isText: name === 'Policy' })),
    rows: runs.map((run) => [run.policy, run.answeredCount, perSec(run), percent(perSec(run) / base)]),
  };
}
