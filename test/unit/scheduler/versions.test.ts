// Versions under load, and engines that hang.

import { describe, expect, test } from 'vitest';
import { DEFAULT_ROLL_BACK } from '../../../probe/scheduler/versions/roll-back';
import { VersionRouter } from '../../../probe/scheduler/versions/router';
import { LatencyHistogram } from '../../../probe/scheduler/versions/statistics';
import { type Bed, MS, makeBed, outcomesOf } from './bed';

describe('router', () => {
  const routerOf = (weights: Record<string, number>) => {
    const router = new VersionRouter();
    router.setWeights(weights);
    return router;
  };
  const KEYS = Array.from({ length: 20_000 }, (_, key) => key);

  test('keys are divided by weight', () => {
    const router = routerOf({ a: 9, b: 1 });
    const share = KEYS.filter((key) => router.route(key) === 'b').length / KEYS.length;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.11);
  });

  test('a key keeps its version, and only those that must move do', () => {
    const [before, after] = [routerOf({ a: 9, b: 1 }), routerOf({ a: 7, b: 3 })];
    expect(KEYS.filter((key) => before.route(key) === 'b' && after.route(key) === 'a')).toEqual([]);
    expect(routerOf({ b: 1, a: 9 }).route(42)).toBe(before.route(42));
  });

  test('nothing goes nowhere', () => {
    expect(routerOf({}).route(1)).toBeUndefined();
    expect(routerOf({ a: 0, b: 1 }).route(1)).toBe('b');
  });
});

test('percentiles of a histogram are off by a thirty-second at most', () => {
  const histogram = new LatencyHistogram();
  for (let value = 1; value <= 10_000; value++) histogram.add(value * 1000);
  for (const ratio of [0.1, 0.5, 0.9, 0.99])
    expect(Math.abs(histogram.percentileNs(ratio) / (ratio * 1e7) - 1)).toBeLessThan(1 / 32);
  expect(histogram.percentileNs(1)).toBe(1e7);
});

/** A request each 4 ms from 0 to 400 ms, 3 ms of work each. */
function loaded(model = {}): Bed {
  const bed = makeBed({ workMs: 3, models: [{ name: 'm', hangNsMin: 20 * MS, ...model }] });
  for (let index = 0; index < 100; index++) bed.at(index * 4, `${index} `, { key: index });
  return bed;
}
const statesOf = ({ trace }: Bed) =>
  trace
    .of('version')
    .map(({ version, state }) => `${version} ${state}`)
    .join(', ');
const countOf = ({ trace }: Bed, outcome: string, version: string) =>
  trace.requests.filter((request) => request.outcome === outcome && request.version === version).length;

describe('swap', () => {
  test('later requests go to the new version, earlier ones are finished by the old one, which is then let go', () => {
    const bed = loaded();
    bed.when(100, () => bed.scheduler.load('m', '2', () => bed.scheduler.swap('m', '2')));
    bed.run(1000);
    expect(countOf(bed, 'completed', '1') + countOf(bed, 'completed', '2')).toBe(100);
    expect(countOf(bed, 'completed', '2')).toBeGreaterThan(70);
    expect(statesOf(bed)).toBe(
      '1 loading, 1 warming, 1 ready, 1 serving, 2 loading, 2 warming, 2 ready, 2 serving, 1 draining, 1 ended',
    );
    expect(bed.executor.calls.slice(-1)).toEqual(['unload m/1/full']);
  });

  test('a version that is not up cannot be swapped in, one that does not load disturbs nothing', () => {
    const bed = loaded();
    bed.executor.loading = ({ version }) => (version === '2' ? 'The file is foreign.' : undefined);
    const heard: (string | undefined)[] = [];
    bed.when(50, () => bed.scheduler.load('m', '2', (error) => heard.push(error)));
    bed.run(1000);
    expect(heard).toEqual(['The file is foreign.']);
    expect(countOf(bed, 'completed', '1')).toBe(100);
    expect(() => bed.scheduler.swap('m', '2')).toThrow('Version "2" of "m" is failed.');
    expect(() => bed.scheduler.swap('m', '3')).toThrow('Version "3" of "m" is not loaded.');
  });

  test('a load that gives no answer is ended', () => {
    const bed = loaded({ loadNsMax: 30 * MS });
    bed.executor.loading = ({ version }) => (version === '2' ? 'silent' : undefined);
    bed.when(50, () => bed.scheduler.load('m', '2'));
    bed.run(1000);
    expect(statesOf(bed)).toContain('2 loading, 2 failed');
    expect(bed.executor.calls).toContain('end m/2/full');
  });
});

describe('roll-back', () => {
  const rollBack = { ...DEFAULT_ROLL_BACK, answerCountMin: 10, probationCount: 30 };
  const swapAt = (bed: Bed, atMs: number) =>
    bed.when(atMs, () => bed.scheduler.load('m', '2', () => bed.scheduler.swap('m', '2')));

  test('a version that fails is taken back by the rule, and what waits for it moves to the previous one', () => {
    const bed = loaded({ rollBack });
    bed.executor.work = ({ engine }) => (engine.version === '2' ? 'fail' : 3);
    swapAt(bed, 101);
    bed.run(1000);
    expect(countOf(bed, 'failed', '2')).toBe(3);
    expect(countOf(bed, 'completed', '1')).toBe(97);
    expect(bed.trace.of('version').find(({ state }) => state === 'rolled-back')?.because).toBe(
      '3 of 3 requests failed',
    );
    expect(statesOf(bed)).toContain('2 rolled-back, 2 draining, 2 ended');
  });

  test('a version that is much slower is taken back', () => {
    const bed = loaded({ rollBack });
    bed.executor.work = ({ engine }) => (engine.version === '2' ? 9 : 3);
    swapAt(bed, 101);
    bed.run(1000);
    expect(statesOf(bed)).toContain('2 rolled-back');
    expect(countOf(bed, 'completed', '1') + countOf(bed, 'completed', '2')).toBe(100);
  });

  test('a version that passes its probation replaces the previous one', () => {
    const bed = loaded({ rollBack });
    swapAt(bed, 101);
    bed.run(220);
    expect(statesOf(bed)).not.toContain('1 draining');
    bed.run(1000);
    expect(statesOf(bed)).toContain('2 serving, 1 draining, 1 ended');
  });

  test('asked for: the previous version has it all again', () => {
    const bed = loaded({ rollBack });
    swapAt(bed, 101);
    bed.when(150, () => bed.scheduler.rollBack('m'));
    bed.run(1000);
    expect(countOf(bed, 'completed', '2')).toBeLessThan(14);
    expect(countOf(bed, 'completed', '1') + countOf(bed, 'completed', '2')).toBe(100);
    expect(() => bed.scheduler.rollBack('m')).toThrow('No swap of "m" is on probation.');
  });

  test('swapping back to the standby is a roll-back, and does not drain it', () => {
    const bed = loaded({ rollBack });
    swapAt(bed, 101);
    bed.when(150, () => bed.scheduler.swap('m', '1'));
    bed.run(1000);
    expect(statesOf(bed)).not.toContain('1 draining');
    expect(countOf(bed, 'completed', '1') + countOf(bed, 'completed', '2')).toBe(100);
  });
});

test('A/B: both versions answer their share, with statistics of their own', () => {
  const bed = loaded();
  bed.scheduler.load('m', '2', () => bed.scheduler.setTraffic('m', { '1': 1, '2': 1 }));
  bed.run(1000);
  const versions = bed.scheduler.versionsOf('m');
  const counts = versions.map(({ statistics }) => statistics.completedCount);
  expect(counts[0] + counts[1]).toBe(100);
  expect(Math.min(...counts)).toBeGreaterThan(30);
  expect(versions[1].statistics.latency.percentileNs(0.5)).toBeGreaterThan(2.9 * MS);
});

describe('watchdog', () => {
  test('an engine that hangs is ended, its batch answered with an error, its queue served after the restart', () => {
    const bed = makeBed({ workMs: 3, models: [{ name: 'm', hangNsMin: 20 * MS }] });
    bed.executor.work = ({ id }) => (id === 2 ? 'hang' : 3);
    for (const [atMs, name] of [
      [0, 'a'],
      [10, 'b'],
      [12, 'c'],
    ] as const)
      bed.at(atMs, name);
    bed.run(500);
    expect(outcomesOf(bed)).toBe('a:completed b:failed/engine-hung c:completed');
    // Three milliseconds were learned, so ten times that is the limit.
    expect(bed.trace.requests[1].completionNs).toBe(40 * MS);
    expect(bed.executor.calls.slice(2)).toEqual(['end m/1/full', 'load m/1/full', 'warm m/1/full 1']);
    expect(bed.trace.of('engine').map(({ state }) => state)).toEqual(['ended', 'restarting', 'restarted']);
  });

  test('a late answer of an engine that was ended says nothing', () => {
    const bed = makeBed({ models: [{ name: 'm', hangNsMin: 20 * MS }] });
    bed.executor.work = ({ id }) => (id === 1 ? 100 : 5);
    bed.at(0, 'a');
    bed.at(1, 'b');
    bed.run(500);
    expect(outcomesOf(bed)).toBe('a:failed/engine-hung b:completed');
    expect(bed.trace.batches.map(({ id, isOk }) => `${id} ${isOk}`)).toEqual(['1 false', '2 true']);
  });

  test('one that hangs again and again is given up, and everything that waits is answered', () => {
    const bed = makeBed({ models: [{ name: 'm', hangNsMin: 20 * MS, restartCountMax: 2 }] });
    bed.executor.work = () => 'hang';
    for (const name of ['a', 'b', 'c', 'd', 'e']) bed.at(0, name);
    bed.at(900, 'f');
    bed.run(1000);
    expect(outcomesOf(bed)).toBe(
      'a:failed/engine-hung b:failed/engine-hung c:failed/engine-hung d:failed/engine-lost e:failed/engine-lost f:rejected/no-version',
    );
  });

  test('a version that is lost on probation hands its queue back', () => {
    const bed = loaded({ rollBack: DEFAULT_ROLL_BACK, restartCountMax: 0 });
    bed.executor.work = ({ engine }) => (engine.version === '2' ? 'hang' : 3);
    bed.when(101, () => bed.scheduler.load('m', '2', () => bed.scheduler.swap('m', '2')));
    bed.run(2000);
    expect(countOf(bed, 'failed', '2')).toBe(1);
    expect(countOf(bed, 'completed', '1')).toBe(99);
  });
});

test('closing answers everything that is open', () => {
  const bed = makeBed();
  for (const name of ['a', 'b']) bed.at(0, name);
  bed.run(5);
  bed.scheduler.close();
  expect(outcomesOf(bed)).toBe('b:rejected/closed a:failed/closed');
  expect(bed.scheduler.openCount).toBe(0);
  bed.run(100);
  expect(bed.trace.requests).toHaveLength(2);
});

describe('a version that is loaded again', () => {
  test('one that could not be loaded comes up the second time and can be swapped to', () => {
    const bed = loaded();
    let loadCount = 0;
    bed.executor.loading = ({ version }) =>
      version === '2' && loadCount++ === 0 ? 'The file is not there.' : undefined;
    const said: (string | undefined)[] = [];
    bed.when(10, () => bed.scheduler.load('m', '2', (error) => said.push(error)));
    bed.when(20, () => bed.scheduler.load('m', '2', (error) => said.push(error)));
    bed.when(30, () => bed.scheduler.swap('m', '2'));
    bed.run(1000);
    expect(said).toEqual(['The file is not there.', undefined]);
    expect(countOf(bed, 'completed', '1') + countOf(bed, 'completed', '2')).toBe(100);
    expect(countOf(bed, 'completed', '2')).toBeGreaterThan(80);
  });

  test('one that ended serves again; one that is there is refused', () => {
    const bed = loaded();
    bed.when(10, () => bed.scheduler.load('m', '2'));
    bed.when(20, () => {
      expect(() => bed.scheduler.load('m', '2')).toThrow('Version "2" of "m" is ready.');
      bed.scheduler.swap('m', '2');
    });
    bed.when(40, () => bed.scheduler.load('m', '1'));
    bed.when(50, () => bed.scheduler.swap('m', '1'));
    bed.run(1000);
    expect(statesOf(bed)).toContain('1 ended');
    expect(bed.scheduler.versionsOf('m').map(({ version, state }) => `${version} ${state}`)).toEqual([
      '1 serving',
      '2 ended',
    ]);
    expect(countOf(bed, 'completed', '1') + countOf(bed, 'completed', '2')).toBe(100);
    expect(bed.trace.requests.at(-1)!.version).toBe('1');
  });
});
