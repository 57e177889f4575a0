// Requests, batches and kernels joined by external correlation: batches of a runner (source 1), calls and kernels of the collector in the same
// process (source 2), and a foreign process (source 3) that uses the same correlations.

import { expect, test } from 'vitest';
import { runReport } from '../../../app/host/analysis/reports';
import type { Store } from '../../../app/host/session/store';
import { enums } from '../../../shared/model/enums';
import { decodePacket } from '../../../shared/wire/decode';
import { encodeRows } from '../../../shared/wire/encode';
import { stampHeader } from '../../../shared/wire/header';
import { type TableName, type Tables, tables } from '../../../shared/wire/tables';
import { rowOf, withSession } from '../session/recording';

type Rows = Parameters<typeof withSession>[0];

function addFrom(store: Store, source: number, rows: Rows): void {
  for (const name of Object.keys(rows) as TableName[]) {
    const all = (rows[name] ?? []).map((row) => rowOf(name, row as never));
    const packet = encodeRows(tables[name] as Tables[TableName], all as never);
    stampHeader(packet, 1, source);
    const decoded = decodePacket(packet);
    if (decoded.ok) store.append(decoded.value);
  }
  store.flush();
}

const started = (pid: number) => ({ event: enums.processEvent.started, pid });
const kernel = (correlation: number, startNs: number, durationNs: number, name = 1) => ({
  ...{ correlation, startNs, durationNs, name, stream: 7 },
});
const batch = (id: number, startNs: number, more: object = {}) => ({
  ...{ batch: id, startNs, durationNs: 100, predictedNs: 100, requestCount: 1, isOk: 1, model: 'detect', version: '1' },
  ...more,
});

/**
 * Each batch at 1000 × its number: one call with two kernels of 30 and `second` ns, 10 ns between them; a copy by another call.
 *   call 10n+1 │ conv 30 ││ add │      call 10n+2 │ copy 5 │
 */
async function linked<T>(second: (batch: number) => number, more: Rows, use: (store: Store) => Promise<T>): Promise<T> {
  const batches = [1, 2, 3, 4, 5];
  const own: Rows = { process: [started(77)], batch: batches.map((id) => batch(id, 1000 * id)), ...more };
  return withSession(own, async ({ store }) => {
    addFrom(store, 2, {
      process: [started(77)],
      external: batches.flatMap((id) =>
        [1, 2].map((call) => ({ external: id, correlation: 10 * id + call, timeNs: 1000 * id, thread: 5 })),
      ),
      kernel: batches.flatMap((id) => [
        kernel(10 * id + 1, 1000 * id + 10, 30),
        kernel(10 * id + 1, 1000 * id + 50, second(id), 2),
      ]),
      memcpy: batches.map((id) => ({ correlation: 10 * id + 2, startNs: 1000 * id, durationNs: 5, bytes: 64 })),
    });
    addFrom(store, 3, {
      process: [started(78)],
      kernel: [kernel(11, 1020, 500, 1)],
      memory: [{ correlation: 11, operation: 1 }],
    });
    await store.run(`INSERT INTO name VALUES (2, 1, 'conv', 'conv', 'conv'), (2, 2, 'add', 'add', 'add')`);
    return use(store);
  });
}

const plain = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));

test('a batch has the kernels and copies of its calls, and of no other process', async () => {
  await linked(
    () => 20,
    {},
    async (store) => {
      const { rows } = await store.query(
        'SELECT kind, callSource, startNs, durationNs FROM batch_work WHERE source = 1 AND batch = 1 ORDER BY startNs',
      );
      expect(plain(rows)).toEqual([
        ['memcpy', 2, 1000, 5],
        ['kernel', 2, 1010, 30],
        ['kernel', 2, 1050, 20],
      ]);
      const device = await store.query(
        'SELECT kernelCount, deviceNs, spanNs, busyNs FROM batch_device WHERE batch = 1',
      );
      expect(plain(device.rows)).toEqual([[2, 50, 60, 50]]);
      expect(plain((await store.query('SELECT count(*) FROM batch_work')).rows)).toEqual([[15]]);
    },
  );
});

test('requests of one batch have the same work', async () => {
  const both = [7, 8].map((request) => ({ request, batch: 2 }));
  await linked(
    () => 20,
    { request: [...both, { request: 9, batch: 0 }] },
    async (store) => {
      const { rows } = await store.query(
        `SELECT request, list(correlation ORDER BY startNs)::VARCHAR FROM request_work GROUP BY request ORDER BY request`,
      );
      expect(plain(rows)).toEqual([
        [7, '[22, 21, 21]'],
        [8, '[22, 21, 21]'],
      ]);
    },
  );
});

test('kernels that run beside each other are idle nowhere', async () => {
  await linked(
    () => 20,
    {},
    async (store) => {
      addFrom(store, 2, { kernel: [kernel(11, 1030, 40)] });
      const device = await store.query(
        'SELECT kernelCount, deviceNs, spanNs, busyNs FROM batch_device WHERE batch = 1',
      );
      expect(plain(device.rows)).toEqual([[3, 90, 60, 60]]);
    },
  );
});

test('workload_kernels: kernels, device and idle time by model, version and size', async () => {
  const none = batch(9, 9000, { model: 'caption', requestCount: 4 });
  const batches = [1, 2, 3, 4, 5].map((id) => batch(id, 1000 * id));
  await linked(
    (id) => 10 * id,
    { batch: [...batches, none] },
    async (store) => {
      const { columns, rows } = await runReport(store, 'workload_kernels', { fromNs: 2000 });
      const objects = plain(rows).map((row) => Object.fromEntries(row.map((cell, at) => [columns[at].name, cell])));
      expect(objects).toMatchObject([
        { Model: 'caption', Size: 4, Batches: 1, 'With Kernels': 0, 'Kernels of One': null, 'Dearest Kernel': null },
        {
          ...{ Model: 'detect', Version: '1', Size: 1, Batches: 4, 'With Kernels': 4, 'Kernels of One': 2 },
          ...{ 'Copies of One': 1, 'Device Avg (ns)': 65, 'Device Med (ns)': 65, 'Copies Avg (ns)': 5 },
          ...{ 'Idle Avg (ns)': 10, 'Dearest Kernel': 'add' },
        },
      ]);
      // Spans of 60, 70, 80 and 90 ns with 10 idle in each.
      expect(objects[1]['Idle (%)']).toBeCloseTo(100 * (40 / 300));
      expect(objects[1]['Its Share (%)']).toBeCloseTo(100 * (140 / 260));
    },
  );
});

const late = (request: number, because = 'slow-kernel') => ({ request, kind: 'late', because });
/** One request a batch, of the same number. */
const requests = [1, 2, 3, 4, 5].map((id) => ({
  request: id,
  batch: id,
  deadlineNs: 1,
  completionNs: 1000 * id + 900,
}));

async function causesOf(
  second: (batch: number) => number,
  more: Rows,
  memory: Rows = {},
): Promise<Record<number, string>> {
  return linked(second, { request: requests, ...more }, async (store) => {
    addFrom(store, 2, memory);
    const { rows } = await store.query('SELECT request, cause FROM late_cause ORDER BY request');
    return Object.fromEntries(rows as [number, string][]);
  });
}

/** The fifth took ten times what was expected. */
const slowFifth = [1, 2, 3, 4, 5].map((id) => batch(id, 1000 * id, { durationNs: id === 5 ? 1000 : 100 }));

test('an allocation is the cause when a call of the batch made it, not when it happened beside it', async () => {
  const decision = [late(1), late(2), late(3, 'queued-behind')];
  const allocate = { operation: enums.memoryOperation.allocate, timeNs: 2050 };
  expect(await causesOf(() => 20, { decision }, { memory: [{ ...allocate, correlation: 22 }] })).toEqual({
    ...{ 1: 'slow-kernel', 2: 'allocation-in-hot-path', 3: 'queued-behind' },
  });
  expect(await causesOf(() => 20, { decision }, { memory: [{ ...allocate, correlation: 99 }] })).toMatchObject({
    2: 'slow-kernel',
  });
});

test('where calls are not known: from the begin of a batch on, before its end, whoever allocated and however often', async () => {
  const allocate = (timeNs: number) => ({ operation: enums.memoryOperation.allocate, timeNs });
  const rows: Rows = {
    batch: [1, 2, 3, 4].map((id) => batch(id, 1000 * id)),
    request: [1, 2, 3, 4].map((id) => ({ request: id, batch: id, arrivalNs: 1000 * id })),
    decision: [1, 2, 3, 4].map((id) => late(id)),
    // Of the first at its begin, of the second twice, of the third at its end, of the fourth before it.
    memory: [1000, 2010, 2020, 3100, 3999].map(allocate),
  };
  await withSession(rows, async ({ store }) => {
    const causes = (await store.query('SELECT request, cause FROM late_cause ORDER BY request')).rows;
    const [hot, slow] = ['allocation-in-hot-path', 'slow-kernel'];
    expect(plain(causes)).toEqual([hot, hot, slow, slow].map((cause, index) => [index + 1, cause]));
  });
});

test('slow kernels when they took longer than those of batches like it, the host when they did not', async () => {
  const decision = [late(5)];
  expect(await causesOf((id) => (id === 5 ? 900 : 20), { batch: slowFifth, decision })).toEqual({ 5: 'slow-kernel' });
  expect(await causesOf(() => 20, { batch: slowFifth, decision })).toEqual({ 5: 'slow-host' });
});

test.each([
  ['an over-current event', 'over_current_oc1_event_count', [3, 3, 4], 'throttled'],
  ['none', 'over_current_oc1_event_count', [3, 3, 3], 'slow-kernel'],
  ['a lower clock limit', 'gpu_frequency_max_hz', [9e8, 6e8, 6e8], 'throttled'],
  ['the same clock limit', 'gpu_frequency_max_hz', [9e8, 9e8, 9e8], 'slow-kernel'],
  ['a hot junction', 'thermal_tj_celsius', [80, 95.5, 80], 'throttled'],
  ['a cool one', 'thermal_tj_celsius', [80, 81, 80], 'slow-kernel'],
])('throttled: %s', async (_name, metric, values, cause) => {
  const more: Rows = { decision: [late(5)], batch: slowFifth };
  const found = await linked(
    (id) => (id === 5 ? 900 : 20),
    { request: requests, ...more },
    async (store) => {
      addFrom(store, 0, {
        string: [{ id: 4, text: metric }],
        health: values.map((value, index) => ({ timeNs: 4900 + 700 * index, value, metric: 4 })),
      });
      return (await store.query('SELECT cause FROM late_cause')).rows;
    },
  );
  expect(found).toEqual([[cause]]);
});
