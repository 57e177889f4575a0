// The scheduler's words as rows.

import { expect, test } from 'vitest';
import type { Decision } from '../../../probe/scheduler/listener';
import { decisionRow, pipelineRow, WorkloadRows } from '../../../probe/workloads/rows';
import { tables } from '../../../shared/wire/tables';

function printed() {
  const lines: Record<string, Record<string, unknown>>[] = [];
  const rows = new WorkloadRows({
    connection: undefined,
    print: (line) => lines.push(JSON.parse(line)),
    nowNs: () => 5,
  });
  const depths = () => lines.splice(0).map(({ queue }) => [queue.timeNs, queue.priority, queue.depth]);
  return { rows, lines, depths };
}

test('a queue is one row a priority and flush: the deepest, and afterwards what it is', () => {
  const { rows, depths } = printed();
  const told = (timeNs: number, depth: number, priority = 1) =>
    rows.onQueue({ timeNs, depth, priority, model: 'm', version: '1' });
  told(1, 1);
  told(2, 5);
  told(3, 2);
  told(4, 7, 2);
  rows.flush();
  expect(depths()).toEqual([
    [2, 1, 5],
    [4, 2, 7],
  ]);
  rows.flush();
  expect(depths()).toEqual([[3, 1, 2]]);
  rows.flush();
  expect(depths()).toEqual([]);
  told(9, 0);
  rows.flush();
  rows.flush();
  expect(depths().at(-1)).toEqual([9, 1, 0]);
});

test('a dropped image and a sentence, which is said once', () => {
  const { rows, lines } = printed();
  rows.onDrop({ timeNs: 30, source: 'front', arrivalNs: 10, reason: 'oldest' });
  rows.warn('workload', 'A.', 'B.');
  rows.warn('workload', 'A.', 'B.');
  rows.flush();
  expect(lines).toMatchObject([
    { decision: { kind: 'dropped', model: 'front', valueNs: 20, because: 'oldest' } },
    { diagnostic: { severity: 2, sentence: 'A.', remedy: 'B.' } },
  ]);
});

const at = { timeNs: 1 };
const DECISIONS: readonly [Decision, object][] = [
  [
    {
      ...{ ...at, kind: 'late', request: 3, cause: 'queued-behind', lateNs: 4, queuedNs: 5, batchWaitNs: 0 },
      ...{ serviceNs: 6, predictedNs: 6, behindBatch: 7, behindModel: 'other' },
    },
    { request: 3, valueNs: 4, queuedNs: 5, serviceNs: 6, batch: 7, because: 'queued-behind', other: 'other' },
  ],
  [
    { ...at, kind: 'rejected', request: 3, reason: 'queue-full' },
    { request: 3, because: 'queue-full' },
  ],
  [{ ...at, kind: 'delayed', request: 3 }, { request: 3 }],
  [
    { ...at, kind: 'tier', model: 'm', from: 0, to: 1, because: 'misses' },
    { from: 0, to: 1, because: 'misses' },
  ],
  [
    { ...at, kind: 'batch-limit', model: 'm', limit: 8 },
    { model: 'm', to: 8 },
  ],
  [
    { ...at, kind: 'pressure', model: 'm', isPressed: true },
    { model: 'm', to: 1 },
  ],
  [
    { ...at, kind: 'version', model: 'm', version: '2', state: 'failed', because: 'gone' },
    { version: '2', because: 'failed: gone' },
  ],
  [{ ...at, kind: 'engine', model: 'm', version: '2', state: 'restarting', because: '' }, { because: 'restarting' }],
];

test.each(DECISIONS)('a decision: %o', (decision, row) => {
  const made = decisionRow(decision);
  expect(made).toMatchObject({ kind: decision.kind, timeNs: 1, ...row });
  expect(Object.keys(made).sort()).toEqual(Object.keys(tables.decision.columns).sort());
});

test('a pipeline without a deadline says -1, for itself and its stages', () => {
  const stage = { model: 'm', startNs: 1, latencyNs: 2, budgetNs: Number.POSITIVE_INFINITY, requestCount: 1 };
  const row = pipelineRow({
    ...{ id: 9, pipeline: 'p', arrivalNs: 1, completionNs: 4, deadlineNs: Number.POSITIVE_INFINITY, isOk: true },
    stages: [stage],
  });
  expect(row).toMatchObject({ run: 9, deadlineNs: -1, isOk: 1 });
  expect(JSON.parse(row.stages)).toEqual([{ ...stage, budgetNs: -1 }]);
});
