import { describe, expect, test } from 'vitest';
import { makePolicy, POLICY_NAMES } from '../../../probe/scheduler/policies/policies';
import type { PolicyName } from '../../../probe/scheduler/policies/policy';
import { type Bed, MS, makeBed } from './bed';

const LEVELS = { dynamicBatching: { priorityLevels: 3, defaultPriorityLevel: 3 } };

/** `a` runs from 0 to 10 ms; meanwhile the others come, to two models. */
function crowd(policy: PolicyName): Bed {
  const bed = makeBed({
    policy,
    models: [
      { name: 'm', ...LEVELS },
      { name: 'n', ...LEVELS },
    ],
  });
  bed.at(0, 'a');
  bed.at(1, 'b', { priority: 3, deadlineMs: 900 });
  bed.at(2, 'c', { priority: 3, deadlineMs: 500, model: 'n' });
  bed.at(3, 'd', { priority: 1, deadlineMs: 800, model: 'n' });
  bed.at(4, 'e', { priority: 1, deadlineMs: 700 });
  bed.at(5, 'f', { priority: 2, deadlineMs: 100 });
  bed.at(6, 'g', { priority: 2 });
  return bed;
}

test.each([
  ['fifo', 'a b c d e f g'],
  ['strict-priority', 'a e d f g c b'],
  ['edf', 'a f c e d b g'],
  ['latency-aware', 'a e d f g c b'],
] as const)('%s', (policy, expected) => expect(crowd(policy).run(900)).toBe(expected));

test('there is no other', () => {
  expect(POLICY_NAMES).toHaveLength(5);
  expect(() => makePolicy('lifo')).toThrow('There is no policy "lifo".');
});

test('weighted-fair gives device time by weight', () => {
  const bed = makeBed({ policy: 'weighted-fair', models: [{ name: 'm', weight: 3 }, { name: 'n' }] });
  for (let index = 0; index < 40; index++) {
    bed.at(0, 'm');
    bed.at(0, 'n', { model: 'n' });
  }
  bed.run(200);
  const countOf = (model: string) => bed.executor.orders.filter(({ engine }) => engine.model === model).length;
  expect(countOf('m') / countOf('n')).toBeGreaterThan(2.4);
  expect(countOf('m') / countOf('n')).toBeLessThan(3.6);
});

describe('aging', () => {
  const starving = (agedEvery: number) => {
    const bed = makeBed({ agingNs: 30 * MS, agedEvery, models: [{ name: 'm', ...LEVELS }] });
    for (let index = 0; index < 20; index++) bed.at(index * 5, 'h', { priority: 1 });
    bed.at(1, 'L', { priority: 3 });
    return bed.run(145);
  };

  test('a low request gets one turn in agedEvery once it has waited', () => {
    expect(starving(2)).toBe('h h h h L h h h h h h h h h h');
    expect(starving(7)).toBe('h h h h h h L h h h h h h h h');
  });

  test('and never one without', () => expect(starving(1000)).not.toContain('L'));
});

describe('streams', () => {
  test('a stream kept for level 1 is left free by the others, but not under a policy that knows no levels', () => {
    const streams = [{ cudaPriority: -1, lowestLevel: 1 }, { cudaPriority: 0 }];
    const placed = (policy: PolicyName) => {
      const bed = makeBed({ policy, streams, models: [{ name: 'm', ...LEVELS }] });
      bed.at(0, 'a');
      bed.at(1, 'b');
      bed.at(2, 'c', { priority: 1 });
      bed.run(100);
      return bed.executor.orders
        .map(({ stream, requests: [{ spec }], cudaPriority }) => `${spec.payload}${stream}/${cudaPriority}`)
        .join(' ');
    };
    expect(placed('strict-priority')).toBe('a1/0 c0/-1 b1/0');
    expect(placed('fifo')).toBe('a0/-1 b1/0 c0/-1');
  });
});

describe('latency-aware', () => {
  const two = [{ cudaPriority: 0 }, { cudaPriority: 0 }];

  test('of one level, what can still be in time goes before what is late anyway', () => {
    const order = (policy: PolicyName) => {
      const bed = makeBed({ policy, models: [{ name: 'm' }, { name: 'n' }] });
      bed.at(0, 'w');
      bed.at(10, 'x', { model: 'n' });
      bed.at(100, 'a');
      bed.at(101, 'b', { deadlineMs: 115 });
      bed.at(102, 'c', { deadlineMs: 125, model: 'n' });
      return bed.run(300);
    };
    expect(order('edf')).toBe('w x a b c');
    expect(order('latency-aware')).toBe('w x a c b');
  });

  test('a batch is not put beside one of a higher level that it would make late', () => {
    const bed = makeBed({
      policy: 'latency-aware',
      streams: two,
      models: [
        { name: 'm', ...LEVELS },
        { name: 'n', ...LEVELS },
      ],
    });
    bed.executor.work = ({ engine }) => (engine.model === 'n' ? 30 : bed.clock.nowNs() < 15 * MS ? 10 : 20);
    // Learned: m takes 10 ms alone and 20 ms beside n.
    bed.at(0, 'm');
    for (let index = 0; index < 3; index++) {
      bed.at(20 + 60 * index, 'n', { model: 'n' });
      bed.at(20 + 60 * index, 'm', { priority: 1 });
    }
    bed.run(200);
    const before = bed.executor.orders.length;
    bed.at(300, 'M', { priority: 1, deadlineMs: 315 });
    bed.at(301, 'N', { model: 'n' });
    bed.run(305);
    expect(bed.executor.orders.length - before).toBe(1);
    bed.run(400);
    expect(bed.executor.orders.length - before).toBe(2);
  });
});

test('a policy changed while requests wait puts them into its order', () => {
  const bed = crowd('fifo');
  bed.when(9, () => bed.scheduler.setPolicy('strict-priority'));
  expect(bed.run(900)).toBe('a e d f g c b');
});
