// Two runs side by side: ratios that can be worked out by hand, and intervals that hold the truth as often as they say.

import { expect, test } from 'vitest';
import {
  compareRatio,
  compareRuns,
  compareThroughput,
  loadRun,
  percentileOf,
  type RunSample,
} from '../../../app/host/analysis/workload-compare';
import { Random } from '../../../probe/scheduler/simulator/random';
import { enums } from '../../../shared/model/enums';
import { withSession } from '../session/recording';

const { completed, rejected } = enums.requestOutcome;

test('a run is what its session holds', async () => {
  const request = (id: number, arrivalNs: number, latencyNs: number, more: object) => ({
    ...{ request: id, arrivalNs, completionNs: arrivalNs + latencyNs, deadlineNs: arrivalNs + 50, outcome: completed },
    ...{ model: 'm', priority: 1, ...more },
  });
  const rows = {
    request: [
      request(2, 100, 60, {}),
      request(1, 0, 40, {}),
      request(3, 100, 0, { outcome: rejected }),
      request(4, 900, 100, { priority: 2, deadlineNs: -1 }),
    ],
  };
  const run = await withSession(rows, ({ store }) => loadRun(store, 'edf'));
  expect(run).toMatchObject({ policy: 'edf', spanNs: 1000, answeredCount: 3 });
  expect(run.classes).toEqual([
    { model: 'm', priority: 1, latenciesNs: Float64Array.of(40, 60), requestCount: 3, missedCount: 2 },
    { model: 'm', priority: 2, latenciesNs: Float64Array.of(100), requestCount: 1, missedCount: 0 },
  ]);
});

test('percentiles by nearest rank', () => {
  const values = Float64Array.of(1, 2, 3, 4);
  expect([0.25, 0.5, 0.51, 0.99].map((ratio) => percentileOf(values, ratio))).toEqual([1, 2, 3, 4]);
  expect(percentileOf(new Float64Array(), 0.5)).toBeNaN();
});

/** Latencies with the mean, each much like the one before it, as in a queue. */
function drawn(random: Random, meanNs: number, count: number): Float64Array {
  let state = 0;
  return Float64Array.from({ length: count }, () => {
    state = 0.3 * state + random.normal();
    return meanNs * Math.exp(0.2 * state);
  });
}

test('the interval holds the true ratio nineteen times in twenty, and is the same for the same seed', () => {
  let heldCount = 0;
  for (let trial = 0; trial < 60; trial++) {
    const random = new Random(trial, 1);
    const [ours, theirs] = [drawn(random, 2000, 300), drawn(random, 1000, 300)];
    const { value, low, high } = compareRatio(ours, theirs, 0.5, 7);
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
    expect(compareRatio(ours, theirs, 0.5, 7)).toEqual({ value, low, high });
    if (low <= 2 && high >= 2) heldCount++;
  }
  expect(heldCount).toBeGreaterThanOrEqual(51);
});

test('tables: a row a class and policy, ratios to the first', () => {
  const run = (policy: string, factor: number): RunSample => ({
    policy,
    spanNs: 2e9,
    answeredCount: 100 / factor,
    classes: [
      {
        ...{ model: 'm', priority: 1, requestCount: 100, missedCount: 25 },
        latenciesNs: Float64Array.from({ length: 100 }, (_, index) => factor * (index + 1)),
      },
    ],
  });
  const runs = [run('fifo', 1), run('edf', 0.5)];
  expect(compareThroughput(runs).rows).toEqual([
    ['fifo', 100, 50, 100],
    ['edf', 200, 100, 200],
  ]);
  const [first, second] = compareRuns(runs, 1).rows;
  expect(first.slice(0, 11)).toEqual(['m', 1, 'fifo', 100n, 100n, 25, 50, 99, 100, null, null]);
  expect(second.slice(2, 9)).toEqual(['edf', 100n, 100n, 25, 25, 49.5, 50]);
  expect(second[9]).toBeLessThan(50);
  expect(second[10]).toBeGreaterThan(50);
});
