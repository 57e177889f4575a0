// What holds for every workload, under every policy. Ten thousand cases, each small enough that all take some seconds.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyName } from '../../../probe/scheduler/policies/policy';
import { simulate } from '../../../probe/scheduler/simulator/simulate';
import type { SimulatedWorkload } from '../../../probe/scheduler/simulator/workload';
import { policyNames, workloads } from './random-workload';
import {
  checkAnsweredOnce,
  checkAnswerOrder,
  checkBatches,
  checkBatchWait,
  checkDeadlineOrder,
  checkNothingRefused,
  checkOrder,
  Trace,
} from './trace';

const CASE_COUNT = 10_000;
const HAPPENINGS = [
  ...[
    'admission',
    'aged',
    'completed',
    'engine-error',
    'engine-hung',
    'engine-lost',
    'held',
    'no-version',
    'queue-full',
    'reused',
  ],
  ...[
    'timeout',
    'delayed',
    'batch-limit',
    'late',
    'pressure',
    'rejected',
    'tier',
    'deadline',
    'every-nth',
    'newest',
    'oldest',
  ],
  ...['loading', 'warming', 'ready', 'serving', 'draining', 'ended', 'failed', 'rolled-back'],
  ...['restarting', 'restarted', 'lost'],
].sort();
const MS = 1e6;
const seeds = fc.integer();

// One seed for all runs of the test: what fails here fails everywhere.
const RUNS = { numRuns: CASE_COUNT, seed: 20261121 };

test('every request is answered once, batches keep their limits, deadlines their order, swaps lose nothing, traces repeat', () => {
  let requestCount = 0;
  const seen = new Set<string>();
  const answered = (workload: SimulatedWorkload, policy: PolicyName, seed: number) => {
    const trace = new Trace();
    const { traceHash, scheduler } = simulate(workload, policy, seed, trace);
    requestCount += trace.requests.length;
    for (const { outcome, reason, isAged } of trace.requests) {
      seen.add(reason ?? outcome!);
      if (isAged) seen.add('aged');
    }
    for (const decision of trace.decisions) seen.add('state' in decision ? decision.state : decision.kind);
    for (const { reason } of trace.drops) seen.add(reason);
    expect(checkAnsweredOnce(trace, scheduler.openCount)).toBeUndefined();
    expect(checkBatches(trace, workload)).toBeUndefined();
    expect(checkOrder(trace, workload)).toBeUndefined();
    expect(checkAnswerOrder(trace, workload)).toBeUndefined();
    if (trace.requests.some(({ settledNs, completionNs }) => settledNs < completionNs)) seen.add('held');
    expect(checkNothingRefused(trace, workload)).toBeUndefined();
    if (workload.streams!.every(({ lowestLevel }) => lowestLevel === undefined)) {
      // Only the latency-aware policy leaves a stream free for the sake of what runs on another.
      expect(checkBatchWait(trace, workload.streams!.length, policy !== 'latency-aware')).toBeUndefined();
    }
    if (policy !== 'fifo' && policy !== 'edf') expect(checkDeadlineOrder(trace)).toBeUndefined();
    // Twice is enough to see a clock, a map's order or a leftover in the decisions; a fifth of the cases is enough to find one.
    if (seed % 5 === 0) expect(simulate(workload, policy, seed).traceHash).toBe(traceHash);
  };
  fc.assert(fc.property(workloads, policyNames, seeds, answered), RUNS);
  // The cases must be about something: everything that can happen did.
  expect([...seen].sort()).toEqual(HAPPENINGS);
  expect(requestCount).toBeGreaterThan(5 * CASE_COUNT);
}, 240_000);

/** A level that could keep the device busy alone, and a few requests of the lowest one. */
const overloads = fc.record({
  policy: policyNames,
  seed: seeds,
  concurrency: fc.integer({ min: 5, max: 8 }),
  // Longer than all the others together take, so that whoever is aged has only aged low ones before it.
  agingNs: fc.constantFrom(10 * MS, 12 * MS),
  agedEvery: fc.integer({ min: 1, max: 4 }),
  lowCount: fc.integer({ min: 1, max: 3 }),
  maxBatchSize: fc.integer({ min: 1, max: 2 }),
  isSameModel: fc.boolean(),
});

type Overload = typeof overloads extends fc.Arbitrary<infer T> ? T : never;

test('under overload nobody starves: the aged get their turns', () => {
  const isServed = ({
    policy,
    seed,
    concurrency,
    agingNs,
    agedEvery,
    lowCount,
    maxBatchSize,
    isSameModel,
  }: Overload) => {
    const cost = { launchNs: MS, perItemNs: 0, noiseRatio: 0, interferenceRatio: 0, loadNs: 0 };
    const options = { maxBatchSize, cost, dynamicBatching: { priorityLevels: 2 } };
    const high = { name: 'high', target: 'a', priority: 1, deadlineNs: 5 * MS };
    const lowest = { name: 'low', target: isSameModel ? 'a' : 'b', priority: 2 };
    const workload: SimulatedWorkload = {
      ...{ name: 'overload', durationNs: 40 * MS, agingNs, agedEvery, streams: [{ cudaPriority: 0 }] },
      models: [
        { name: 'a', ...options },
        { name: 'b', ...options },
      ],
      sources: [
        { ...high, arrival: { kind: 'closed', concurrency, thinkNs: 1 } },
        { ...lowest, arrival: { kind: 'trace', timesNs: [1 * MS, 4 * MS, 6 * MS].slice(0, lowCount) } },
      ],
    };
    const trace = new Trace();
    simulate(workload, policy, seed, trace);
    const low = trace.requests.filter(({ priority }) => priority === 2).sort((left, right) => left.id - right.id);
    expect(low).toHaveLength(lowCount);
    low.forEach(({ arrivalNs, dispatchNs }, index) => {
      // One turn in agedEvery is the aged ones', the oldest first; the device may just have been taken.
      const longestNs = agingNs + ((index + 1) * agedEvery + 1) * MS;
      expect(dispatchNs - arrivalNs).toBeLessThanOrEqual(longestNs);
    });
  };
  fc.assert(fc.property(overloads, isServed), RUNS);
}, 240_000);
