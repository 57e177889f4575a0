// A report over a range is the report over a session that has only the rows which begin in it.

import { expect, test } from 'vitest';
import { reportNames, runReport } from '../../../app/host/analysis/reports';
import { withSession } from '../session/recording';

const FROM_NS = 300;
const TO_NS = 600;
const STARTS_NS = [100, 200, 299, 300, 301, 450, 599, 600, 601, 900];

const NAMES = {
  string: [
    { id: 1, text: 'alpha' },
    { id: 2, text: 'beta' },
    { id: 3, text: 'cudaLaunchKernel' },
    { id: 4, text: 'cudaMalloc' },
  ],
};

/** Rows of every table that a report reads, at each of these moments; calls always, because a launch may begin before the range. */
function rowsAt(startsNs: readonly number[]) {
  const at = <T>(make: (ns: number, index: number) => T) => startsNs.map((ns) => make(ns, STARTS_NS.indexOf(ns)));
  return {
    ...NAMES,
    kernel: at((ns, i) => ({
      name: 1 + (i % 2),
      startNs: ns,
      durationNs: 10 + i,
      correlation: ns,
      gridX: 1 + (i % 3),
    })),
    memcpy: at((ns, i) => ({ startNs: ns, durationNs: 5 + i, bytes: 1e6 * i, direction: 1 + (i % 2) })),
    memset: at((ns, i) => ({ startNs: ns, durationNs: 3 + i, bytes: 1e5 * i })),
    range: at((ns, i) => ({ name: 1 + (i % 2), startNs: ns, durationNs: 50 + i, kind: 1 })),
    memory: at((ns, i) => ({ timeNs: ns, address: 4096 * i, bytes: 256, operation: 1, kind: 3 })),
    loss: at((ns) => ({ startNs: ns, endNs: ns + 1, count: 1, stage: 'cupti', reason: 'full' })),
    experiment: at((ns, i) => ({ timeNs: ns, event: 1, experiment: i, pointCount: 4, spec: '{"kind":"gemm"}' })),
    point: at((ns, i) => ({ startNs: ns, experiment: 77, index: i, series: 'tile_8', x: 64 + i, medianNs: 10 + i })),
    request: at((ns, i) => ({
      ...{ arrivalNs: ns, dispatchNs: ns + 10, completionNs: ns + 20 + i, deadlineNs: ns + 22 },
      ...{ request: i, batch: i, priority: 1, outcome: 1, model: `m${i % 2}`, version: '1' },
    })),
    batch: at((ns, i) => ({
      startNs: ns,
      durationNs: 40,
      batch: i,
      requestCount: 1 + (i % 3),
      stream: i % 2,
      isOk: 1,
    })),
    layer: at((ns, i) => ({ timeNs: ns, index: i, engine: 'e', precision: 'fp32', batchSize: 1, totalNs: 7 + i })),
    diagnostic: at((ns) => ({ timeNs: ns, severity: 2, code: 'c', sentence: 'S.', remedy: 'R.' })),
  };
}

const calls = (startsNs: readonly number[]) =>
  startsNs.map((ns, i) => ({ name: 3 + (i % 2), startNs: ns - 20, durationNs: 7, correlation: ns }));
/** Rows that begin at the same moment have no order. */
const sorted = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.join(' | ')).sort();
const resultOf = (rows: object, name: string, range: object) =>
  withSession(rows, async ({ store }) => sorted((await runReport(store, name, range)).rows));

const inRange = STARTS_NS.filter((ns) => ns >= FROM_NS && ns < TO_NS);

test.each(reportNames.filter((name) => name !== 'cuda_api_sum'))('%s', async (name) => {
  const api = calls(STARTS_NS);
  const ranged = await resultOf({ ...rowsAt(STARTS_NS), api }, name, { fromNs: FROM_NS, toNs: TO_NS });
  expect(ranged.length).toBeGreaterThan(0);
  expect(ranged).toEqual(await resultOf({ ...rowsAt(inRange), api }, name, {}));
});

test('cuda_api_sum', async () => {
  const api = calls(STARTS_NS);
  const within = api.filter(({ startNs }) => startNs >= FROM_NS && startNs < TO_NS);
  const ranged = await resultOf({ ...NAMES, api }, 'cuda_api_sum', { fromNs: FROM_NS, toNs: TO_NS });
  expect(ranged.length).toBe(2);
  expect(ranged).toEqual(await resultOf({ ...NAMES, api: within }, 'cuda_api_sum', {}));
});
