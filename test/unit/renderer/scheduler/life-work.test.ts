// The kernels of a request's batch through the SQL of the panel: lanes, times, the slowest beside what is usual, and why there are none.

import { expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import { batchLinkOf, batchLinkSql } from '../../../../app/renderer/model/scheduler/batch-link';
import {
  type LifeWork,
  lifeWorkOf,
  type Work,
  type WorkAnswers,
  workBoxes,
  workSql,
} from '../../../../app/renderer/model/scheduler/life-work';
import { enums } from '../../../../shared/model/enums';
import { withSession } from '../../session/recording';
import { batchRow, MS, requestRow } from './rows';

type Rows = Parameters<typeof withSession>[0];

async function workIn(rows: Rows, request: number): Promise<LifeWork> {
  return withSession(rows, async ({ store }) => {
    const asked = Object.entries<string>({ ...workSql({ source: 1, request }) }).map(async ([name, sql]) => {
      return [name, windowTableOf(await store.query(sql))] as const;
    });
    return lifeWorkOf(Object.fromEntries(await Promise.all(asked)) as WorkAnswers, request !== 9);
  });
}

const kernel = (correlation: number, startMs: number, tookMs: number, name: number, stream = 7) => ({
  ...{ correlation, startNs: startMs * MS, durationNs: tookMs * MS, name, stream, context: 1 },
});

// Batch n at 100 n ms. Its call 10 n launches two kernels on stream 7 and one on stream 8; only the second of batch 4 is slower.
//   stream 7  │ conv 4 │  │ add 2, of batch 4: 6 │
//   stream 8      │ side 3 │
const BATCHES = [1, 2, 3, 4];
const ROWS: Rows = {
  string: ['_Z4convPf', 'add', 'side'].map((text, index) => ({ id: index + 1, text })),
  request: [
    ...BATCHES.map((id) => requestRow(id, [100 * id, 100 * id, 100 * id + 20, -1], { batch: id })),
    requestRow(9, [1, -1, 2, -1]),
  ],
  batch: BATCHES.map((id) => batchRow(id, 'detect', 0, [100 * id, 100 * id + 18])),
  device: [{ device: 0, kind: enums.deviceKind.cpu }],
  external: BATCHES.flatMap((id) => [0, 1].map((call) => ({ external: id, correlation: 10 * id + call }))),
  kernel: BATCHES.flatMap((id) => [
    kernel(10 * id, 100 * id + 1, 4, 1),
    kernel(10 * id, 100 * id + 3, 3, 3, 8),
    kernel(10 * id, 100 * id + 8, id === 4 ? 6 : 2, 2),
  ]),
  memcpy: BATCHES.map((id) => ({
    ...{ correlation: 10 * id + 1, startNs: 100 * id * MS, durationNs: 0.5 * MS, bytes: 4096, stream: 7, context: 1 },
    direction: enums.copyDirection.hostToDevice,
  })),
};

test('lanes by stream, device and idle time, and the kernel that is furthest above its median', async () => {
  const work = await workIn(ROWS, 4);
  expect(work.lanes.map(({ label, work: each }) => [label, each.map(({ name }) => name)])).toEqual([
    ['CPU device stream 7', ['Memcpy Host-to-Device', '_Z4convPf', 'add']],
    ['CPU device stream 8', ['side']],
  ]);
  expect(work).toMatchObject({ kernelCount: 3, copyCount: 1, deviceNs: 13 * MS, idleNs: 2 * MS, absence: '' });
  expect(work.slowest).toMatchObject({ usualNs: 2 * MS, batchCount: 3, kernel: { name: 'add', durationNs: 6 * MS } });
});

test('the longest kernel where too few batches are known', async () => {
  const work = await workIn({ ...ROWS, batch: (ROWS.batch ?? []).slice(2) }, 4);
  expect(work.slowest).toMatchObject({ usualNs: undefined, kernel: { name: 'add' } });
});

test.each([
  ['in no batch', ROWS, 9, /^It ran in no batch/],
  [
    'by an engine without CUDA calls, no collector',
    { request: ROWS.request, batch: ROWS.batch },
    4,
    /computes on the CPU.*or the collector is not in it/,
  ],
  [
    'with calls that are not recorded',
    { ...ROWS, external: [] },
    4,
    /not linked to batches: its CUDA calls were not recorded/,
  ],
  [
    'beside others that are linked',
    { ...ROWS, external: [{ external: 1, correlation: 10 }] },
    4,
    /^No CUDA call of this batch/,
  ],
] as const)('no kernels: %s', async (_name, rows, request, sentence) => {
  const work = await workIn(rows as Rows, request);
  expect(work.absence).toMatch(sentence);
  expect(work).toMatchObject({ lanes: [], kernelCount: 0, slowest: undefined });
});

test('boxes: at most one a pixel, the longest of those that share one', () => {
  const all = Array.from({ length: 1000 }, (_, index): Work => {
    const [startNs, durationNs] = [index, index === 500 ? 0.9 : 0.5];
    return { ...({} as Work), startNs, durationNs, endNs: startNs + durationNs, base: `${index}` };
  });
  const wide = workBoxes(all.slice(0, 3), (ns) => 10 * ns);
  expect(wide.map(({ fromPx, toPx, count }) => [fromPx, toPx, count])).toEqual([
    [0, 5, 1],
    [10, 15, 1],
    [20, 25, 1],
  ]);
  const narrow = workBoxes(all, (ns) => ns / 10);
  expect(narrow.length).toBeLessThanOrEqual(100);
  expect(narrow.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  expect(narrow.some(({ longest }) => longest.base === '500')).toBe(true);
  narrow.forEach((box, index) => {
    expect(box.toPx - box.fromPx).toBeGreaterThanOrEqual(1 - 1e-9);
    if (index > 0) expect(box.fromPx).toBeGreaterThanOrEqual(narrow[index - 1].toPx - 1e-9);
  });
});

test('from a kernel to its batch and requests, the latest first; and one that is of none', async () => {
  const linkOf = (correlation: number, rows: Rows = ROWS) =>
    withSession(rows, async ({ store }) =>
      batchLinkOf(windowTableOf(await store.query(batchLinkSql({ source: 1, correlation })))),
    );
  const mates = [requestRow(7, [400, 400, 420, 430], { batch: 4 }), requestRow(8, [400, 400, 420, 410], { batch: 4 })];
  expect(await linkOf(40, { ...ROWS, request: mates })).toEqual({
    ...{ batch: 4, model: 'detect', version: '1', requestCount: 1 },
    requests: [
      { source: 1, request: 8 },
      { source: 1, request: 7 },
    ],
  });
  expect(await linkOf(40, { ...ROWS, request: [] })).toMatchObject({ batch: 4, requests: [] });
  expect(await linkOf(5)).toBe('It was launched for no batch of the scheduler: in the warm-up, or beside it.');
  expect(await linkOf(40, { kernel: ROWS.kernel })).toBe(undefined);
});
