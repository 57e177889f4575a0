// What adapts: batch limit, tiers, admission, pressure; and what is said about late requests.

import { describe, expect, test } from 'vitest';
import { DEFAULT_QUEUE_POLICY } from '../../../probe/scheduler/configuration';
import { AdaptiveBatch } from '../../../probe/scheduler/control/adaptive-batch';
import { Degradation } from '../../../probe/scheduler/control/degradation';
import { CostModel } from '../../../probe/scheduler/placement/cost-model';
import type { Request } from '../../../probe/scheduler/request';
import { MS, makeBed, outcomesOf } from './bed';

const RULE = {
  tiers: ['full', 'smaller-input', 'reuse-last'] as const,
  ...{ missRatioHigh: 0.2, missRatioLow: 0.02, windowNs: 100 * MS, calmNs: 300 * MS },
  ...{ hotCelsius: 85, coolCelsius: 75, refreshEvery: 3 },
};

/** One answer each 10 ms: `x` missed, `.` in time; the tier after each window of ten. */
function tiersOf(answers: string, celsiusAt: Readonly<Record<number, number>> = {}): string {
  const degradation = new Degradation(RULE, () => {});
  let tiers = '';
  [...answers].forEach((answer, index) => {
    const nowNs = (index + 1) * 10 * MS;
    if (celsiusAt[index] !== undefined) degradation.setTemperature(celsiusAt[index], nowNs);
    degradation.record(answer === 'x', nowNs);
    if (index % 10 === 9) tiers += degradation.tier;
  });
  return tiers;
}

describe('degradation', () => {
  const calm = '..........';
  const bad = 'xxxx......';
  const middling = 'x.........';

  test('misses step down, calm climbs, the space between the thresholds holds', () => {
    expect(tiersOf(bad + bad + calm)).toBe('122');
    expect(tiersOf(bad + calm.repeat(6))).toBe('1110000');
    expect(tiersOf(bad + middling.repeat(9))).toBe('1111111111');
  });

  test('after a climb that failed the calm must last longer', () => {
    const tiers = tiersOf(bad + calm.repeat(4) + bad + calm.repeat(12));
    // Three windows the first time, six the second.
    expect(tiers).toBe('111001111110000000');
  });

  test('heat steps down whatever the misses, and only a cool board climbs', () => {
    expect(tiersOf(calm.repeat(12), { 9: 90, 19: 80, 69: 70 })).toBe('111111110000');
  });
});

describe('adaptive batch size', () => {
  const settled = (limit: number, latencyOf: (size: number) => number, durationOf: (size: number) => number) => {
    const adaptive = new AdaptiveBatch(limit, 50);
    for (let count = 0; count < 2000; count++)
      adaptive.record(adaptive.limit, latencyOf(adaptive.limit), durationOf(adaptive.limit));
    return adaptive.limit;
  };

  test('settles just below the target when the work itself is what takes long', () => {
    const limit = settled(
      32,
      (size) => 5 * size,
      (size) => 5 * size,
    );
    expect(limit).toBeGreaterThanOrEqual(6);
    expect(limit).toBeLessThanOrEqual(10);
  });

  test('grows when the latency comes from the queue', () =>
    expect(
      settled(
        32,
        () => 500,
        () => 10,
      ),
    ).toBe(32));

  test('stays without a target', () => expect(new AdaptiveBatch(7, undefined).record(7, 1e9, 1e9)).toBe(false));
});

test('admission refuses what would be late, and takes what would not', () => {
  const bed = makeBed({ models: [{ name: 'm', admission: 'deadline' }] });
  bed.at(0, 'w');
  // Learned: 10 ms each. With one running and one waiting, the third ends 30 ms after the first began.
  bed.at(100, 'a', { deadlineMs: 111 });
  bed.at(101, 'b', { deadlineMs: 121 });
  bed.at(102, 'c', { deadlineMs: 129 });
  bed.at(102, 'd', { deadlineMs: 131 });
  bed.run(300);
  expect(outcomesOf(bed)).toBe('w:completed c:rejected/admission a:completed b:completed d:completed');
});

test('pressure is told when the queue is deep, and again when half of it is gone', () => {
  const bed = makeBed({ models: [{ name: 'm', pressureDepth: 4 }] });
  const heard: string[] = [];
  bed.scheduler.onPressure('m', (isPressed) => heard.push(`${isPressed}@${bed.clock.nowNs() / MS}`));
  for (let index = 0; index < 6; index++) bed.at(index, 'r');
  bed.run(100);
  expect(heard).toEqual(['true@4', 'false@30']);
});

describe('tiers in the scheduler', () => {
  const tiered = () => {
    const bed = makeBed({ models: [{ name: 'm', degradation: { ...RULE, windowNs: 10 * MS, calmNs: 1000 * MS } }] });
    bed.executor.work = ({ engine }) => (engine.tier === 0 ? 10 : 2);
    return bed;
  };

  test('a batch runs on the engine of the tier', () => {
    const bed = tiered();
    bed.at(0, 'a');
    bed.when(15, () => bed.scheduler.setTemperature(90, false));
    bed.at(20, 'b');
    bed.run(100);
    expect(bed.executor.orders.map(({ engine }) => engine.id)).toEqual(['m/1/full', 'm/1/smaller-input']);
    expect(bed.trace.of('tier')).toMatchObject([{ from: 0, to: 1, because: 'temperature' }]);
  });

  test('the last tier answers with the asker’s last result, but for one in refreshEvery and for those without one', () => {
    const bed = tiered();
    bed.at(0, 'a', { key: 7 });
    bed.when(15, () => bed.scheduler.setTemperature(90, false));
    bed.when(30, () => bed.scheduler.setTemperature(90, false));
    for (const [index, name] of ['b', 'c', 'd', 'e'].entries()) bed.at(31 + index, name, { key: 7 });
    bed.at(36, 'x', { key: 8 });
    bed.run(100);
    expect(outcomesOf(bed)).toBe('a:completed b:reused c:reused e:reused d:completed x:completed');
  });
});

describe('why a request was late', () => {
  const lateOf = (bed: ReturnType<typeof makeBed>) =>
    bed.trace.of('late').map(({ cause, behindBatch }) => `${cause}/${behindBatch}`);

  test('queued behind the batch that held the stream', () => {
    const bed = makeBed();
    bed.at(0, 'a');
    bed.at(1, 'b', { deadlineMs: 12 });
    bed.run(100);
    expect(lateOf(bed)).toEqual(['queued-behind/1']);
    expect(bed.trace.of('late')[0]).toMatchObject({
      queuedNs: 9 * MS,
      serviceNs: 10 * MS,
      lateNs: 8 * MS,
      behindModel: 'm',
    });
  });

  test('slow kernel, and throttled when the board says so', () => {
    const bed = makeBed();
    let workMs = 10;
    bed.executor.work = () => workMs;
    bed.at(0, 'a');
    bed.when(50, () => {
      workMs = 40;
    });
    bed.at(60, 'b', { deadlineMs: 85 });
    bed.when(150, () => bed.scheduler.setTemperature(95, true));
    bed.at(160, 'c', { deadlineMs: 185 });
    bed.run(300);
    expect(lateOf(bed)).toEqual(['slow-kernel/0', 'throttled/0']);
  });

  test('batch wait, when the delay was longer than the deadline allowed and nothing was learned yet', () => {
    const bed = makeBed({
      models: [{ name: 'm', maxBatchSize: 2, dynamicBatching: { maxQueueDelayMicroseconds: 30_000 } }],
    });
    bed.at(0, 'a', { deadlineMs: 35 });
    bed.run(100);
    expect(lateOf(bed)).toEqual(['batch-wait/0']);
  });

  test('a deadline that the work alone does not keep', () => {
    const bed = makeBed();
    bed.at(0, 'a');
    bed.at(50, 'b', { deadlineMs: 55 });
    bed.run(100);
    expect(lateOf(bed)).toEqual(['deadline-too-short/0']);
  });
});

describe('cost model', () => {
  const engine = (index: number) => ({
    id: `e${index}`,
    index,
    model: 'm',
    version: '1',
    tier: 0,
    kind: 'full' as const,
  });
  const [a, b, c] = [0, 1, 2].map(engine);

  test('sizes between seen ones lie on the line, larger ones are in proportion', () => {
    const costs = new CostModel();
    costs.learn(a, 1, [], 3 * MS);
    costs.learn(a, 5, [], 11 * MS);
    expect([1, 2, 3, 4, 5, 10].map((size) => costs.predictNs(a, size, []) / MS)).toEqual([3, 5, 7, 9, 11, 22]);
  });

  test('a pair’s slowdown is learned from batches that were beside it all along, and multiplies', () => {
    const costs = new CostModel();
    costs.learn(a, 1, [], 10 * MS);
    costs.learn(a, 1, [b], 18 * MS);
    costs.learn(a, 1, [c], 15 * MS);
    expect(costs.predictNs(a, 1, [b]) / MS).toBeCloseTo(18, 9);
    expect(costs.predictNs(a, 1, [b, c]) / MS).toBeCloseTo(27, 9);
    costs.learn(a, 1, [], 20 * MS, 0.5);
    costs.learn(a, 1, [b], 10 * MS, 0.5);
    expect(costs.predictNs(a, 1, []) / MS).toBeCloseTo(10, 9);
  });

  test('a board that throttles is believed after some batches', () => {
    const costs = new CostModel();
    costs.learn(a, 1, [], 10 * MS);
    for (let count = 0; count < 20; count++) costs.learn(a, 1, [], 20 * MS);
    expect(costs.predictNs(a, 1, []) / MS).toBeGreaterThan(19);
  });
});

describe('answers in order', () => {
  const model = (preserveOrdering: boolean) => ({ name: 'm', dynamicBatching: { preserveOrdering } });
  // Two streams; a takes 20 ms, b and c 5 ms each.
  const bedOf = (preserveOrdering: boolean) => {
    const bed = makeBed({ models: [model(preserveOrdering)], streams: [{ cudaPriority: 0 }, { cudaPriority: 0 }] });
    bed.executor.work = ({ requests }) => (requests[0].spec.payload === 'a' ? 20 : 5);
    bed.at(0, 'a');
    bed.at(1, 'b', { deadlineMs: 10 });
    bed.at(2, 'c');
    bed.run(100);
    return bed;
  };
  const answersOf = ({ trace }: ReturnType<typeof makeBed>) =>
    trace.requests.map((request) => `${(request as Request).spec.payload} ${request.completionNs / MS}`);

  test('an answer that is there early waits for the earlier requests, and is late because of it', () => {
    expect(answersOf(bedOf(false))).toEqual(['b 6', 'c 11', 'a 20']);
    const bed = bedOf(true);
    expect(answersOf(bed)).toEqual(['a 20', 'b 20', 'c 20']);
    expect(bed.trace.of('late').map(({ cause, lateNs, serviceNs }) => [cause, lateNs / MS, serviceNs / MS])).toEqual([
      ['answer-order', 10, 5],
    ]);
    expect(bed.scheduler.openCount).toBe(0);
  });

  test('with several levels or DELAY it cannot be, as in Triton', () => {
    const of = (dynamicBatching: object) => () =>
      makeBed({ models: [{ name: 'm', dynamicBatching: { preserveOrdering: true, ...dynamicBatching } }] });
    expect(of({ priorityLevels: 2 })).toThrow('The model "m" preserves ordering and has 2 priority levels');
    const delaying = { timeoutAction: 'DELAY', defaultTimeoutMicroseconds: 5 } as const;
    const defaultQueuePolicy = { ...DEFAULT_QUEUE_POLICY, ...delaying };
    expect(of({ defaultQueuePolicy })).toThrow('preserves ordering and delays what times out');
  });
});
