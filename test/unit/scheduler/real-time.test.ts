// The same scheduler on the real clock, with an executor that waits.

import { expect, test } from 'vitest';
import { type Clock, QueuedTimer, TimerQueue } from '../../../probe/scheduler/clock';
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
  const waited = trace.requests.filter(({ batchId }) => batchId === last.id);
  const waitNs = waited.map(({ arrivalNs, dispatchNs }) => dispatchNs - arrivalNs);
  expect(Math.max(...waitNs)).toBeGreaterThanOrEqual(3e6);
  scheduler.close();
  clock.close();
});

/** Time goes on while the scheduler works, as it does outside of a simulation: a microsecond at each look. */
class SlippingClock implements Clock {
  private timeNs = 0;
  private readonly timers = new TimerQueue(() => {});

  nowNs(): number {
    this.timeNs += 1000;
    return this.timeNs;
  }

  timer(run: () => void) {
    return new QueuedTimer(this.timers, run);
  }

  /** Jumps to the next timer and runs it; false when none is armed. */
  step(): boolean {
    const timer = this.timers.pop();
    if (timer) {
      this.timeNs = Math.max(this.timeNs, timer.timeNs);
      timer.run();
    }
    return timer !== undefined;
  }
}

test('nobody goes before coming, also when the queue that empties brings the next ones', () => {
  const clock = new SlippingClock();
  const trace = new Trace();
  const later = (delayNs: number, run: () => void) => clock.timer(run).armAt(clock.nowNs() + delayNs);
  const executor: Executor = {
    load: (_engine, settled) => later(0, settled),
    warmUp: (_engine, _sizes, warmed) => later(0, warmed),
    execute: (_order, answered) => later(2e6, () => answered({ startNs: clock.nowNs(), durationNs: 2e6 })),
    end() {},
    unload() {},
  };
  const scheduler = new Scheduler({ clock, executor, listener: trace });
  const dynamicBatching = { maxQueueDelayMicroseconds: 500 };
  scheduler.addModel({ name: 'm', maxBatchSize: 2, pressureDepth: 2, dynamicBatching });
  scheduler.load('m', '1');
  while (clock.step()) {}
  // What a camera does with its buffer when it may go on again, in the middle of a dispatch.
  let waitingCount = 40;
  const feed = () => {
    for (; waitingCount > 0 && !scheduler.isPressed('m'); waitingCount--) scheduler.submit({ model: 'm' });
  };
  scheduler.onPressure('m', feed);
  feed();
  while (clock.step()) {}
  expect(trace.requests).toHaveLength(40);
  for (const { arrivalNs, dispatchNs, batchWaitNs } of trace.requests) {
    expect(dispatchNs).toBeGreaterThanOrEqual(arrivalNs);
    expect(batchWaitNs).toBeGreaterThanOrEqual(0);
    expect(batchWaitNs).toBeLessThanOrEqual(dispatchNs - arrivalNs);
  }
});
