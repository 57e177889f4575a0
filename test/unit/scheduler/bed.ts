// A scheduler on a virtual clock whose executor does what the test says. Times in tests are whole milliseconds from 0.

import { VirtualClock } from '../../../probe/scheduler/clock';
import type { ModelOptions } from '../../../probe/scheduler/configuration';
import type { BatchAnswer, BatchOrder, EngineRef, Executor, Settled, Warmed } from '../../../probe/scheduler/executor';
import type { RequestSpec } from '../../../probe/scheduler/request';
import { Scheduler, type SchedulerOptions } from '../../../probe/scheduler/scheduler';
import { Trace } from './trace';

export const MS = 1e6;

/** How a batch goes: how long it takes in ms, that it never answers, or that it fails after 1 ms. */
export type Work = number | 'hang' | 'fail';

export class PlannedExecutor implements Executor {
  readonly orders: BatchOrder[] = [];
  readonly calls: string[] = [];
  work: (order: BatchOrder) => Work;
  /** The error of a load; 'silent' never answers. */
  loading: (engine: EngineRef) => string | undefined = () => undefined;

  constructor(
    private readonly clock: VirtualClock,
    workMs: number,
  ) {
    this.work = () => workMs;
  }

  load(engine: EngineRef, settled: Settled): void {
    this.calls.push(`load ${engine.id}`);
    const error = this.loading(engine);
    if (error !== 'silent') this.later(0, () => settled(error));
  }

  warmUp(engine: EngineRef, batchSizes: readonly number[], warmed: Warmed): void {
    this.calls.push(`warm ${engine.id} ${batchSizes}`);
    this.later(0, () => warmed());
  }

  execute(order: BatchOrder, answered: (answer: BatchAnswer) => void): void {
    this.orders.push(order);
    const work = this.work(order);
    if (work === 'hang') return;
    const startNs = this.clock.nowNs();
    const durationNs = (work === 'fail' ? 1 : work) * MS;
    const results = order.requests.map(({ spec }) => `result of ${spec.payload}`);
    const error = work === 'fail' ? 'It failed.' : undefined;
    this.later(durationNs, () => answered({ startNs, durationNs, results, error }));
  }

  end(engine: EngineRef): void {
    this.calls.push(`end ${engine.id}`);
  }

  unload(engine: EngineRef): void {
    this.calls.push(`unload ${engine.id}`);
  }

  private later(delayNs: number, run: () => void): void {
    this.clock.timer(run).armAt(this.clock.nowNs() + delayNs);
  }
}

export interface Bed {
  readonly clock: VirtualClock;
  readonly scheduler: Scheduler;
  readonly executor: PlannedExecutor;
  readonly trace: Trace;
  /** Asks at a moment; `payload` names the request in `run`. */
  readonly at: (atMs: number, payload: string, spec?: Partial<RequestSpec> & { deadlineMs?: number }) => void;
  readonly when: (atMs: number, act: () => void) => void;
  /** Runs until a moment and draws the batches since the beginning: payloads by batch, in order. */
  readonly run: (untilMs: number) => string;
}

export interface BedOptions extends Partial<SchedulerOptions> {
  readonly models?: readonly ModelOptions[];
  readonly workMs?: number;
}

/** One model "m" and one stream unless told otherwise; every first version is up at 0 ms. */
export function makeBed({ models = [{ name: 'm' }], workMs = 10, ...options }: BedOptions = {}): Bed {
  const clock = new VirtualClock();
  const executor = new PlannedExecutor(clock, workMs);
  const trace = new Trace();
  const streams = [{ cudaPriority: 0 }];
  const scheduler = new Scheduler({ clock, executor, listener: trace, policy: 'strict-priority', streams, ...options });
  for (const model of models) {
    scheduler.addModel(model);
    scheduler.load(model.name, '1');
  }
  clock.runUntil(0);
  const when = (atMs: number, act: () => void) => clock.timer(act).armAt(atMs * MS);
  return {
    ...{ clock, scheduler, executor, trace, when },
    at(atMs, payload, { deadlineMs, ...spec } = {}) {
      const deadlineNs = deadlineMs === undefined ? undefined : deadlineMs * MS;
      when(atMs, () => scheduler.submit({ model: models[0].name, payload, deadlineNs, ...spec }));
    },
    run(untilMs) {
      clock.runUntil(untilMs * MS);
      return executor.orders.map(({ requests }) => requests.map(({ spec }) => spec.payload).join('')).join(' ');
    },
  };
}

/** Outcomes by payload: `a:completed b:rejected/timeout`. */
export function outcomesOf({ trace }: Bed): string {
  const word = (request: Trace['requests'][number] & { spec?: RequestSpec }) =>
    `${request.spec?.payload}:${request.outcome}${request.reason ? `/${request.reason}` : ''}`;
  return trace.requests.map(word).join(' ');
}
