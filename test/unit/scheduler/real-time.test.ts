// The same scheduler on the real clock, with an executor that waits.

import { expect, test } from 'vitest';
import type { BatchAnswer, BatchOrder, Executor } from '../../../probe/scheduler/executor';
import { RealClock } from '../../../probe/scheduler/real-clock';
import { Scheduler } from '../../../probe/scheduler/scheduler';
import { Trace } from './trace';

const nowNs = () => performance.now() * 1e6;

/** Answers about 2 ms later. */
class WaitingExecutor implements Executor {
  load(_engine: unknown, settled: () => void): void {
    setImmediate(settled);
  }
  warmUp(_engine: unknown, _sizes: unknown, warmed: () => void): void {
    setImmediate(warmed);
  }
  execute(_order: BatchOrder, answered: (answer: BatchAnswer) => void): void {
    const startNs = nowNs();
    setTimeout(() => answered({ startNs, durationNs: nowNs() - startNs }), 2);
  }
  end(): void {}
  unload(): void {}
}

test('requests are answered, batched by the delay, in real time', async () => {
  const clock = new RealClock(nowNs);
  const trace = new Trace();
  const scheduler = new Scheduler({ clock, executor: new WaitingExecutor(), listener: trace });
  scheduler.addModel({ name: 'm', maxBatchSize: 8, dynamicBatching: { maxQueueDelayMicroseconds: 3000 } });
  await new Promise<void>((resolve) => scheduler.load('m', '1', () => resolve()));
  const answers = Array.from({ length: 20 }, () => new Promise((done) => scheduler.submit({ model: 'm', done })));
  await Promise.all(answers);
  expect(trace.requests.map(({ outcome }) => outcome)).toEqual(new Array(20).fill('completed'));
  // Two full ones at once; the rest waited for company as long as it might.
  expect(trace.batches.map(({ requestCount }) => requestCount).sort()).toEqual([4, 8, 8]);
  const last = trace.batches.find(({ requestCount }) => requestCount === 4)!;
  for (const { arrivalNs, dispatchNs } of trace.requests.filter(({ batchId }) => batchId === last.id)) {
    expect(dispatchNs - arrivalNs).toBeGreaterThanOrEqual(2.9e6);
  }
  scheduler.close();
  clock.close();
});
