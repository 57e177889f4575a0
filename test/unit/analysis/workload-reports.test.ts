// Reports on what a scheduler did, over rows whose answers can be worked out by hand.

import { expect, test } from 'vitest';
import { runReport } from '../../../app/host/analysis/reports';
import { enums } from '../../../shared/model/enums';
import { withSession } from '../session/recording';

type Rows = Parameters<typeof withSession>[0];

const { completed, reused, rejected, failed } = enums.requestOutcome;

const objectsOf = (rows: Rows, name: string) =>
  withSession(rows, async ({ store }) => {
    const { columns, rows: found } = await runReport(store, name);
    return found.map((row) => {
      const plain = (cell: unknown) => (typeof cell === 'bigint' ? Number(cell) : cell);
      return Object.fromEntries(row.map((cell, column) => [columns[column].name, plain(cell)]));
    });
  });

/** Came at `arrivalNs`, waited 40 % of its latency. */
const request = (id: number, arrivalNs: number, latencyNs: number, more: object = {}) => ({
  ...{ request: id, arrivalNs, dispatchNs: arrivalNs + 0.4 * latencyNs, completionNs: arrivalNs + latencyNs },
  ...{ deadlineNs: -1, priority: 1, stage: 0, outcome: completed, model: 'detect', version: '1', batch: id },
  ...more,
});

test('latency: percentiles by nearest rank over what got a result, everything else counted', async () => {
  const hundred = Array.from({ length: 100 }, (_, index) => request(index + 1, index, 10 * (index + 1)));
  const others = [
    request(200, 0, 5, { outcome: reused, deadlineNs: 50, priority: 2, dispatchNs: -1, batch: 0 }),
    request(201, 0, 5, { outcome: rejected, deadlineNs: 50, priority: 2, dispatchNs: -1, batch: 0 }),
    request(202, 0, 90, { outcome: failed, deadlineNs: 50, priority: 2 }),
    request(203, 0, 90, { deadlineNs: 50, priority: 2 }),
    request(204, 0, 30, { model: 'classify', stage: 1 }),
  ];
  const rows = await objectsOf({ request: [...hundred, ...others] }, 'workload_latency');
  expect(rows.map(({ Model, Priority, Stage, Requests }) => [Model, Priority, Stage, Requests])).toEqual([
    ['classify', 1, 1, 1],
    ['detect', 1, 0, 100],
    ['detect', 2, 0, 4],
  ]);
  expect(rows[1]).toMatchObject({
    ...{ Completed: 100, 'p50 (ns)': 500, 'p90 (ns)': 900, 'p95 (ns)': 950, 'p99 (ns)': 990, 'Max (ns)': 1000 },
    ...{ 'Avg (ns)': 505, 'Missed (%)': null, 'Queue Med (ns)': 200, 'Service Med (ns)': 300 },
  });
  expect(rows[2]).toMatchObject({
    ...{ Completed: 1, Reused: 1, Rejected: 1, Failed: 1, 'Missed (%)': 75, 'Max (ns)': 90, 'p50 (ns)': 5 },
  });
});

test('misses: the scheduler’s cause, the reason of a refusal, and an allocation beside a slow batch', async () => {
  const late = (id: number, because: string, other = '') => ({ kind: 'late', request: id, because, other });
  const rows = await objectsOf(
    {
      request: [
        request(1, 0, 100, { deadlineNs: 60 }),
        request(2, 0, 120, { deadlineNs: 60 }),
        request(3, 1000, 100, { deadlineNs: 1060 }),
        request(4, 2000, 100, { deadlineNs: 2060 }),
        request(5, 0, 1, { deadlineNs: 60, outcome: rejected, reason: 'queue-full', dispatchNs: -1 }),
        request(6, 0, 50, { deadlineNs: 60 }),
        request(7, 0, 500),
      ],
      decision: [
        late(1, 'queued-behind', 'caption'),
        late(2, 'queued-behind', 'caption'),
        late(3, 'slow-kernel'),
        late(4, 'slow-kernel'),
      ],
      batch: [
        { batch: 3, startNs: 1040, durationNs: 60 },
        { batch: 4, startNs: 2040, durationNs: 60 },
      ],
      memory: [
        { timeNs: 1050, operation: enums.memoryOperation.allocate },
        { timeNs: 2050, operation: enums.memoryOperation.free },
      ],
    },
    'workload_misses',
  );
  expect(rows.map(({ Cause, Behind, Missed }) => [Cause, Behind, Missed])).toEqual([
    ['queued-behind', 'caption', 2],
    ['allocation-in-hot-path', '', 1],
    ['rejected: queue-full', '', 1],
    ['slow-kernel', '', 1],
  ]);
  expect(rows[0]).toMatchObject({ 'Late Avg (ns)': 50, 'Late Max (ns)': 60, 'Queue Avg (ns)': 44, 'Worst Request': 2 });
});

test('SLA: each window holds the answers of its last second', async () => {
  const at = (sec: number, isKept: boolean) =>
    request(sec * 10, (sec - 0.05) * 1e9, 0.05e9, { deadlineNs: (sec + (isKept ? 0.01 : -0.01)) * 1e9 });
  const rows = await objectsOf(
    { request: [at(0.2, true), at(0.7, false), at(1.2, true), request(9, 0, 5)] },
    'workload_sla',
  );
  expect(rows.map((row) => [Number(row['To (ns)']) / 1e9, row.Requests, row.Kept, row['Kept (%)']])).toEqual([
    [0.5, 1, 1, 100],
    [1, 2, 1, 50],
    [1.5, 2, 1, 50],
  ]);
  expect(rows[0]['p99 (ns)']).toBeCloseTo(0.05e9);
});

test('batches: how many of each size and what they took', async () => {
  const batch = (requestCount: number, durationNs: number) => ({
    requestCount,
    durationNs,
    predictedNs: 50,
    isOk: durationNs < 0 ? 0 : 1,
    model: 'm',
    version: '1',
    engine: 'e',
  });
  const rows = await objectsOf({ batch: [batch(1, 10), batch(4, 80), batch(4, 40), batch(4, -1)] }, 'workload_batches');
  expect(rows).toMatchObject([
    { Size: 1, Batches: 1, 'Share (%)': 25, Failed: 0, 'Avg (ns)': 10 },
    { Size: 4, Batches: 3, 'Share (%)': 75, Failed: 1, 'Avg (ns)': 60, 'Avg of One (ns)': 15, 'Max (ns)': 80 },
  ]);
});

test('streams: occupancy of the whole, and the share that ran beside another stream', async () => {
  // 0: ████████░░██      1: ░░░░██████░░
  const ran = (stream: number, startNs: number, durationNs: number) => ({ stream, startNs, durationNs });
  const rows = await objectsOf(
    { batch: [ran(0, 0, 40), ran(0, 40, 40), ran(1, 40, 60), ran(0, 100, 20)] },
    'workload_streams',
  );
  expect(rows).toMatchObject([
    { Stream: 0, Batches: 3, 'Busy (ns)': 100, 'Beside Others (ns)': 40, 'Overlap (%)': 40 },
    { Stream: 1, Batches: 1, 'Busy (ns)': 60, 'Beside Others (ns)': 40, 'Occupancy (%)': 50 },
  ]);
  expect(rows[0]['Occupancy (%)']).toBeCloseTo(83.33, 2);
});

const layer = (index: number, totalNs: number, more: object = {}) => ({
  ...{ index, totalNs, averageNs: totalNs / 10, medianNs: totalNs / 10, runCount: 10, batchSize: 1 },
  ...{ model: 'm', engine: 'e', precision: 'fp32', name: `layer ${index}`, type: 'Conv', ...more },
});

test('layers: trtexec’s columns, a later reading replaces the earlier', async () => {
  const rows = await objectsOf({ layer: [layer(0, 9e9), layer(0, 3e6), layer(1, 1e6)] }, 'workload_layers');
  expect(rows).toMatchObject([
    { name: 'layer 0', timeMs: 3, averageMs: 0.3, medianMs: 0.3, percentage: 75 },
    { name: 'layer 1', timeMs: 1, percentage: 25 },
  ]);
});

test('precisions: the sum of the layers, of that in fp32', async () => {
  const half = { engine: 'h', precision: 'fp16' };
  const rows = await objectsOf(
    { layer: [layer(0, 300), layer(1, 100), layer(0, 100, half), layer(1, 60, half)] },
    'workload_precision',
  );
  expect(rows).toMatchObject([
    { Precision: 'fp16', Layers: 2, 'Layers Avg (ns)': 16, 'Of FP32 (%)': 40 },
    { Precision: 'fp32', 'Layers Avg (ns)': 40, 'Of FP32 (%)': 100 },
  ]);
});

test('versions: shares, failures and latencies of each', async () => {
  const rows = await objectsOf(
    {
      request: [
        ...[1, 2, 3].map((id) => request(id, id, 100, { key: id, deadlineNs: 150 })),
        request(4, 9, 40, { version: '2', key: 1 }),
        request(5, 9, 40, { version: '2', key: 1, outcome: failed }),
      ],
    },
    'workload_ab',
  );
  expect(rows).toMatchObject([
    { Version: '1', Requests: 3, 'Share (%)': 60, Askers: 3, Answered: 3, 'Missed (%)': 0, 'p50 (ns)': 100 },
    {
      Version: '2',
      Requests: 2,
      'Share (%)': 40,
      Askers: 1,
      Answered: 1,
      'Failed (%)': 50,
      'Missed (%)': null,
      'p99 (ns)': 40,
    },
  ]);
});
