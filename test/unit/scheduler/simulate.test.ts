import { describe, expect, test } from 'vitest';
import { POLICY_NAMES } from '../../../probe/scheduler/policies/policies';
import { ArrivalTimes } from '../../../probe/scheduler/simulator/arrivals';
import { Random } from '../../../probe/scheduler/simulator/random';
import { simulate } from '../../../probe/scheduler/simulator/simulate';
import { abRollout, detectClassifyTrack, overload, threeCameras } from '../../../probe/scheduler/simulator/workloads';
import { Trace } from './trace';

const SEC = 1e9;

describe.each([1, 2, 3])('overload, seed %i', (seed) => {
  const of = (policy: 'fifo' | 'latency-aware') => simulate(overload(120 * SEC), policy, seed).summary;
  const [fifo, aware] = [of('fifo'), of('latency-aware')];

  test('the high priority’s p99 is at least five times lower than with FIFO', () => {
    const p99Of = (summary: typeof fifo) => summary.classOf('detect', 1)!.latency.percentileNs(0.99);
    expect(p99Of(aware)).toBeGreaterThan(0);
    expect(p99Of(aware)).toBeLessThanOrEqual(p99Of(fifo) / 5);
  });

  test('as many requests are answered, within a twentieth', () => {
    expect(Math.abs(aware.answeredCount / fifo.answeredCount - 1)).toBeLessThanOrEqual(0.05);
  });
});

test('the same seed tells the same trace, another seed another one', () => {
  for (const policy of POLICY_NAMES) {
    const hashOf = (seed: number) => simulate(detectClassifyTrack(5 * SEC), policy, seed).traceHash;
    expect(hashOf(7)).toBe(hashOf(7));
    expect(hashOf(7)).not.toBe(hashOf(8));
  }
});

test('an hour of three cameras: every image is answered or told as dropped', () => {
  const { summary, scheduler, endNs, startNs } = simulate(threeCameras(3600 * SEC), 'latency-aware', 1);
  expect(scheduler.openCount).toBe(0);
  expect(summary.answeredCount + summary.droppedCount).toBe(3 * 30 * 3600);
  expect(endNs - startNs).toBeGreaterThanOrEqual(3600 * SEC);
}, 60_000);

test('a roll-out under load loses nothing, and the faster version has all of it at the end', () => {
  const trace = new Trace();
  const { scheduler, summary } = simulate(abRollout(30 * SEC), 'latency-aware', 3, trace);
  expect(summary.answeredCount).toBe(summary.requestCount);
  const [first, second] = scheduler.versionsOf('detect');
  expect([first.state, second.state]).toEqual(['ended', 'serving']);
  const tenth = trace.requests.filter(({ arrivalNs }) => arrivalNs < 4 * SEC).filter(({ version }) => version === '2');
  expect(tenth.length).toBeGreaterThan(5);
});

test('a pipeline’s requests form a run each, with every stage told', () => {
  const trace = new Trace();
  simulate(detectClassifyTrack(10 * SEC), 'latency-aware', 1, trace);
  expect(trace.pipelines.length).toBe(300);
  const classified = trace.requests.filter(({ model }) => model === 'classify').length;
  const told = trace.pipelines.flatMap(({ stages }) => stages).filter(({ model }) => model === 'classify');
  expect(told.reduce((sum, { requestCount }) => sum + requestCount, 0)).toBe(classified);
});

describe('arrivals', () => {
  const times = (arrival: ConstructorParameters<typeof ArrivalTimes>[0], count: number) => {
    const drawn = new ArrivalTimes(arrival, new Random(1));
    return Array.from({ length: count }, () => drawn.nextNs());
  };

  test('periodic, burst and trace come when they say', () => {
    expect(times({ kind: 'periodic', ratePerSec: 1000 }, 4)).toEqual([0, 1e6, 2e6, 3e6]);
    expect(times({ kind: 'burst', count: 2, periodNs: 5 }, 5)).toEqual([0, 0, 5, 5, 10]);
    expect(times({ kind: 'trace', timesNs: [3, 9] }, 3)).toEqual([3, 9, Number.POSITIVE_INFINITY]);
  });

  test('jitter keeps the order, Poisson the rate', () => {
    const jittered = times({ kind: 'periodic', ratePerSec: 1000, jitterRatio: 0.5 }, 1000);
    expect(jittered).toEqual([...jittered].sort((left, right) => left - right));
    const last = times({ kind: 'poisson', ratePerSec: 1000 }, 20_000).at(-1)!;
    expect(last / (20 * SEC)).toBeGreaterThan(0.97);
    expect(last / (20 * SEC)).toBeLessThan(1.03);
  });
});
