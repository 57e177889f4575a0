// Every benchmark runs small, so that none rots: figures are there, and the work that they time is right.

import { expect, test } from 'vitest';
import * as link from './link-throughput';
import * as open from './open-file';
import * as probe from './probe-throughput';
import * as scheduler from './scheduler';
import * as session from './session';
import * as timeline from './timeline-tick';
import * as workload from './workload';

test.each([
  ['probe', probe],
  ['link', link],
  ['session', session],
  ['timeline', timeline],
  ['open', open],
  ['scheduler', scheduler],
  ['workload', workload],
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
