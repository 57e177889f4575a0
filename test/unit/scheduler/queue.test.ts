// Limits, timeouts and batching, with Triton's meaning.

import { describe, expect, test } from 'vitest';
import { DEFAULT_QUEUE_POLICY, type QueuePolicy } from '../../../probe/scheduler/configuration';
import { makeBed, outcomesOf } from './bed';

const bedWith = (policy: Partial<QueuePolicy>, more = {}) =>
  makeBed({
    models: [{ name: 'm', dynamicBatching: { defaultQueuePolicy: { ...DEFAULT_QUEUE_POLICY, ...policy }, ...more } }],
  });

describe('max_queue_size', () => {
  test('a request that finds the queue full is rejected; running ones do not count', () => {
    const bed = bedWith({ maxQueueSize: 2 });
    for (const name of ['a', 'b', 'c', 'd']) bed.at(1, name);
    expect(bed.run(100)).toBe('a b c');
    expect(outcomesOf(bed)).toBe('d:rejected/queue-full a:completed b:completed c:completed');
  });

  test('each level has its own', () => {
    const bed = bedWith({ maxQueueSize: 1 }, { priorityLevels: 2 });
    for (const name of ['a', 'b', 'c']) bed.at(1, name, { priority: 1 });
    bed.at(2, 'x', { priority: 2 });
    bed.run(100);
    expect(outcomesOf(bed)).toBe('c:rejected/queue-full a:completed b:completed x:completed');
  });
});

describe('timeouts', () => {
  test('REJECT answers at the moment of the timeout', () => {
    const bed = bedWith({ defaultTimeoutMicroseconds: 4000 });
    for (const name of ['a', 'b']) bed.at(1, name);
    bed.run(100);
    expect(outcomesOf(bed)).toBe('b:rejected/timeout a:completed');
    expect(bed.trace.requests[0].completionNs).toBe(5e6);
  });

  test('DELAY lets the others of its level go first, and those of lower levels not', () => {
    const bed = bedWith({ defaultTimeoutMicroseconds: 4000, timeoutAction: 'DELAY' }, { priorityLevels: 2 });
    bed.at(0, 'a', { priority: 1 });
    bed.at(1, 'b', { priority: 1, deadlineMs: 20 });
    bed.at(8, 'c', { priority: 1 });
    bed.at(8, 'z', { priority: 2 });
    expect(bed.run(100)).toBe('a c b z');
  });

  test.each([
    ['a shorter one of its own counts', true, 4000, 2000, 'b:rejected/timeout a:completed'],
    ['a longer one does not', true, 4000, 20_000, 'b:rejected/timeout a:completed'],
    ['none counts when overriding is not allowed', false, 20_000, 2000, 'a:completed b:completed'],
    ['none counts without a default, as in Triton', true, 0, 2000, 'a:completed b:completed'],
  ])('%s', (_, allowTimeoutOverride, defaultTimeoutMicroseconds, timeoutMicroseconds, expected) => {
    const bed = bedWith({ allowTimeoutOverride, defaultTimeoutMicroseconds });
    bed.at(1, 'a');
    bed.at(1, 'b', { timeoutMicroseconds });
    bed.run(100);
    expect(outcomesOf(bed)).toBe(expected);
  });
});

describe('dynamic batching', () => {
  const batching = (maxBatchSize: number, preferredBatchSize: number[], maxQueueDelayMicroseconds: number) =>
    makeBed({
      models: [{ name: 'm', maxBatchSize, dynamicBatching: { preferredBatchSize, maxQueueDelayMicroseconds } }],
    });

  test('a preferred size goes at once', () => {
    const bed = batching(8, [2, 4], 5000);
    for (const [atMs, name] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ] as const)
      bed.at(atMs, name);
    expect(bed.run(2)).toBe('ab');
  });

  test('less than that goes when the oldest has waited the delay', () => {
    const bed = batching(8, [4], 5000);
    bed.at(1, 'a');
    bed.at(3, 'b');
    expect(bed.run(5.9)).toBe('');
    expect(bed.run(6)).toBe('ab');
    expect(bed.run(100)).toBe('ab');
    expect(bed.trace.requests.map(({ batchWaitNs }) => batchWaitNs)).toEqual([5e6, 3e6]);
  });

  test('nobody waits past the moment at which the work would miss the deadline', () => {
    const bed = batching(4, [], 50_000);
    bed.at(0, 'warm', { deadlineMs: 10 });
    bed.run(60);
    // 10 ms of work were learned, so at most 4 × 10 for a batch of four and two deviations of an eighth: 50 before the deadline.
    bed.at(100, 'a', { deadlineMs: 170 });
    bed.run(300);
    const [, { dispatchNs, completionNs, deadlineNs }] = bed.trace.requests;
    expect(dispatchNs).toBe(120e6);
    expect(completionNs).toBeLessThan(deadlineNs);
  });

  test('without a delay everything that waits goes, up to the limit', () => {
    const bed = batching(3, [], 0);
    for (const name of ['a', 'b', 'c', 'd', 'e']) bed.at(1, name);
    expect(bed.run(100)).toBe('a bcd e');
  });
});

test('an unusable model is refused in one sentence', () => {
  expect(() =>
    makeBed({ models: [{ name: 'm', maxBatchSize: 4, dynamicBatching: { preferredBatchSize: [8] } }] }),
  ).toThrow('The model "m" prefers batches of 8, not ascending from 1 to maxBatchSize.');
  expect(() => makeBed().scheduler.submit({ model: 'x' })).toThrow('There is no model "x". There are m.');
});
