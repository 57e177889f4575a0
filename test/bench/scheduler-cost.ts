// What a request costs in the scheduler: everything from submit to answer but the engine's work and the rows' way out, on a virtual
// clock at 2,000 requests a second with three models, four levels and batching. Beside it, a bare loop: one FIFO array, one batch at a
// time. Then an hour of three cameras in the simulator.

import { type Clock, VirtualClock } from '../../probe/scheduler/clock';
import type { BatchAnswer, BatchOrder, Executor } from '../../probe/scheduler/executor';
import type { PolicyName } from '../../probe/scheduler/policies/policy';
import { Scheduler } from '../../probe/scheduler/scheduler';
import { Random } from '../../probe/scheduler/simulator/random';
import { simulate } from '../../probe/scheduler/simulator/simulate';
import { TraceHash } from '../../probe/scheduler/simulator/trace-hash';
import { threeCameras } from '../../probe/scheduler/simulator/workloads';
import type { BenchResult, BenchSize } from './bench-result';
import { percentileOf } from './paired';

const RATE_PER_SEC = 2000;
const NS_PER_SEC = 1e9;
const MODELS = ['detect', 'classify', 'segment'];
const WARM_UP_COUNT = 20_000;

/** Answers a batch 0.8 ms and 0.1 ms an item later: three quarters of the device at this rate. */
class FixedExecutor implements Executor {
  constructor(private readonly clock: Clock) {}
  load(_engine: unknown, settled: () => void): void {
    this.clock.timer(settled).armAt(this.clock.nowNs());
  }
  warmUp(_engine: unknown, _sizes: unknown, warmed: () => void): void {
    this.clock.timer(warmed).armAt(this.clock.nowNs());
  }
  execute({ requests }: BatchOrder, answered: (answer: BatchAnswer) => void): void {
    const startNs = this.clock.nowNs();
    const durationNs = 0.8e6 + 0.1e6 * requests.length;
    this.clock.timer(() => answered({ startNs, durationNs })).armAt(startNs + durationNs);
  }
  end(): void {}
  unload(): void {}
}

function openScheduler(clock: VirtualClock, policy: PolicyName): Scheduler {
  const scheduler = new Scheduler({ clock, policy, executor: new FixedExecutor(clock), listener: new TraceHash() });
  for (const name of MODELS) {
    const dynamicBatching = { priorityLevels: 4, defaultPriorityLevel: 4, maxQueueDelayMicroseconds: 500 };
    scheduler.addModel({ name, maxBatchSize: 8, dynamicBatching });
    scheduler.load(name, '1');
  }
  clock.runUntil(1);
  return scheduler;
}

/** Microseconds of this process for each request: its submit, and what the clock ran since the one before. */
function schedulerCosts(policy: PolicyName, requestCount: number): { costsUs: Float64Array; answeredCount: number } {
  const clock = new VirtualClock();
  const scheduler = openScheduler(clock, policy);
  const random = new Random(1);
  const costsUs = new Float64Array(requestCount);
  let answeredCount = 0;
  const done = () => {
    answeredCount++;
  };
  let timeNs = clock.nowNs();
  for (let index = -WARM_UP_COUNT; index < requestCount; index++) {
    timeNs += Math.round((random.exponential() * NS_PER_SEC) / RATE_PER_SEC);
    const model = MODELS[Math.floor(random.next() * MODELS.length)];
    const spec = {
      model,
      priority: 1 + Math.floor(random.next() * 4),
      deadlineNs: timeNs + 20e6,
      key: index & 31,
      done,
    };
    const began = performance.now();
    clock.runUntil(timeNs);
    scheduler.submit(spec);
    if (index >= 0) costsUs[index] = (performance.now() - began) * 1e3;
  }
  while (scheduler.openCount > 0 && clock.step()) {}
  return { costsUs: costsUs.sort(), answeredCount };
}

/** The same arrivals through an array and one batch at a time, with nothing decided. */
function bareCosts(requestCount: number): { costsUs: Float64Array; answeredCount: number } {
  const clock = new VirtualClock();
  const executor = new FixedExecutor(clock);
  const random = new Random(1);
  const costsUs = new Float64Array(requestCount);
  const queue: number[] = [];
  let answeredCount = 0;
  let isBusy = false;
  const next = () => {
    if (isBusy || queue.length === 0) return;
    const requests = queue.splice(0, 8);
    isBusy = true;
    executor.execute({ requests } as unknown as BatchOrder, () => {
      isBusy = false;
      answeredCount += requests.length;
      next();
    });
  };
  let timeNs = 0;
  for (let index = -WARM_UP_COUNT; index < requestCount; index++) {
    timeNs += Math.round((random.exponential() * NS_PER_SEC) / RATE_PER_SEC);
    const began = performance.now();
    clock.runUntil(timeNs);
    queue.push(index);
    next();
    if (index >= 0) costsUs[index] = (performance.now() - began) * 1e3;
  }
  while (clock.step()) {}
  return { costsUs: costsUs.sort(), answeredCount };
}

function costResults(requestCount: number): BenchResult[] {
  const bare = bareCosts(requestCount);
  const { costsUs, answeredCount } = schedulerCosts('latency-aware', requestCount);
  if (answeredCount !== requestCount + WARM_UP_COUNT || bare.answeredCount !== answeredCount) {
    throw new Error('requests were lost');
  }
  const figure = (ratio: number, words: string, goal: string): BenchResult => {
    return {
      ...{ name: `scheduler cost of a request at ${RATE_PER_SEC} a second, ${words}`, unit: 'µs', goal },
      ...{ value: percentileOf(costsUs, ratio), baseline: percentileOf(bare.costsUs, ratio) },
      ...{ baselineName: 'bare FIFO loop', checksum: String(answeredCount) },
      detail: `${requestCount} requests, worst ${percentileOf(costsUs, 1).toFixed(0)}`,
    };
  };
  return [figure(0.5, 'p50', '≤ 30'), figure(0.99, 'p99', '≤ 150')];
}

function hourResult(durationNs: number): BenchResult {
  const workload = threeCameras(durationNs);
  // Once to warm up; the second one is timed and must tell the same.
  const first = simulate(workload, 'latency-aware', 1);
  const began = performance.now();
  const second = simulate(workload, 'latency-aware', 1);
  const seconds = (performance.now() - began) / 1e3;
  if (first.traceHash !== second.traceHash) throw new Error('the same seed gave another trace');
  const hours = durationNs / 3600 / NS_PER_SEC;
  return {
    ...{ name: 'simulated hour of three cameras', unit: 's', value: seconds / hours, goal: 'about 1' },
    ...{ checksum: second.traceHash, detail: `${second.summary.requestCount} requests` },
  };
}

/** Cost of a request, and an hour of simulation. */
export async function run(size: BenchSize): Promise<BenchResult[]> {
  const isReal = size === 'real';
  return [...costResults(isReal ? 200_000 : 2000), hourResult((isReal ? 3600 : 5) * NS_PER_SEC)];
}
