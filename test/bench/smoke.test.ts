// Every benchmark runs small, so that none rots: figures are there, and the work that they time is right.

import { expect, test } from 'vitest';
import * as link from './link-throughput';
import * as open from './open-file';
import { inTurns, medianInterval } from './paired';
import * as probe from './probe-throughput';
import * as scheduler from './scheduler';
import * as session from './session';
import * as timeline from './timeline-tick';

test.each([
  ['probe', probe],
  ['link', link],
  ['session', session],
  ['timeline', timeline],
  ['open', open],
  ['scheduler', scheduler],
])('%s', async (_name, bench) => {
  const results = await bench.run('smoke');
  expect(results.length).toBeGreaterThan(0);
  for (const { name, unit, value } of results) {
    expect(name).not.toBe('');
    expect(unit).not.toBe('');
    expect(value).toBeGreaterThanOrEqual(0);
  }
});

test('the top-kernels report counts every row', async () => {
  const results = await session.run('smoke');
  expect(Number(results.find(({ name }) => name.startsWith('top kernels'))?.checksum)).toBeGreaterThanOrEqual(20_000);
});

test('the interval of a median: of a hundred values those about forty and sixty, of a few all of them', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(medianInterval(values)).toEqual({ median: 50, low: 40, high: 61 });
  expect(medianInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
});

test('turns: both as often, and each begins every second time', async () => {
  const order: string[] = [];
  const run = (word: string) => async () => order.push(word);
  await inTurns(3, run('a'), run('b'));
  expect(order.join('')).toBe('abbaab');
});
