// A workload on virtual time: the same workload, policy and seed make the same decisions at the same moments, row for row.

import { VirtualClock } from '../clock';
import type { EngineRef } from '../executor';
import type { Listener } from '../listener';
import { Pipeline } from '../pipelines/pipeline';
import type { PolicyName } from '../policies/policy';
import type { Request } from '../request';
import { Scheduler } from '../scheduler';
import { Random } from './random';
import { type SimulatedCost, SimulatedExecutor } from './simulated-executor';
import { driveSource, type Targets } from './source-driver';
import { Summary } from './summary';
import { TraceHash } from './trace-hash';
import type { SimulatedEvent, SimulatedModel, SimulatedWorkload } from './workload';

export interface SimulationResult {
  readonly traceHash: string;
  readonly summary: Summary;
  readonly scheduler: Scheduler;
  /** When the sources began, and when the last request was answered, in ns. */
  readonly startNs: number;
  readonly endNs: number;
}

/** After the sources stop, this much time is given to answer what is open. */
const DRAIN_NS = 3600e9;

/** Runs a workload to its end and until everything is answered. `listener` hears all rows besides the summary and the hash. */
export function simulate(
  workload: SimulatedWorkload,
  policy: PolicyName,
  seed: number,
  listener?: Listener,
): SimulationResult {
  const clock = new VirtualClock();
  const summary = new Summary();
  const hash = new TraceHash();
  const all = listener ? [summary, hash, listener] : [summary, hash];
  const heard = toAll(all);
  const costs = costTableOf(workload);
  const executor = new SimulatedExecutor(clock, new Random(seed, 1), (engine) => costs(engine));
  const { streams, agingNs, agedEvery } = workload;
  const scheduler = new Scheduler({ clock, executor, listener: heard, policy, streams, agingNs, agedEvery });
  // The sources begin when everything is up.
  let openLoadCount = 0;
  for (const model of workload.models) {
    scheduler.addModel(model);
    for (const version of model.versions ?? ['1']) scheduler.load(model.name, version, () => openLoadCount--);
    openLoadCount += model.versions?.length ?? 1;
  }
  while (openLoadCount > 0 && clock.step()) {}
  const startNs = clock.nowNs();
  for (const event of workload.events ?? []) {
    clock.timer(() => play(event, scheduler, executor)).armAt(startNs + event.atNs);
  }
  const targets: Targets = {
    scheduler,
    clock,
    listener: heard,
    pipelines: pipelinesOf(workload, scheduler, clock, heard, seed),
  };
  const endNs = startNs + workload.durationNs;
  workload.sources.forEach((source, index) => {
    driveSource(source, index, targets, new Random(seed, 16 + index), startNs, endNs);
  });
  clock.runUntil(endNs);
  while (scheduler.openCount > 0 && clock.nowNs() < endNs + DRAIN_NS && clock.step()) {}
  return { traceHash: hash.text, summary, scheduler, startNs, endNs: clock.nowNs() };
}

function pipelinesOf(
  workload: SimulatedWorkload,
  scheduler: Scheduler,
  clock: VirtualClock,
  listener: Listener,
  seed: number,
): Map<string, Pipeline> {
  const random = new Random(seed, 2);
  const made = (workload.pipelines ?? []).map(({ name, stages }): [string, Pipeline] => {
    const drawn = stages.map(({ fanOutMax, ...stage }) => {
      if (fanOutMax === undefined) return stage;
      const fanOut = (_request: Request) => new Array(Math.floor(random.next() * (fanOutMax + 1))).fill(undefined);
      return { ...stage, fanOut };
    });
    return [name, new Pipeline({ name, stages: drawn }, scheduler, clock, listener)];
  });
  return new Map(made);
}

function play(event: SimulatedEvent, scheduler: Scheduler, executor: SimulatedExecutor): void {
  switch (event.kind) {
    case 'load':
      scheduler.load(event.model, event.version);
      break;
    case 'roll-out':
      scheduler.load(event.model, event.version, (error) => {
        if (!error) scheduler.swap(event.model, event.version);
      });
      break;
    case 'swap':
      scheduler.swap(event.model, event.version);
      break;
    case 'drain':
      scheduler.drain(event.model, event.version);
      break;
    case 'traffic':
      scheduler.setTraffic(event.model, event.weights);
      break;
    case 'hang':
      executor.hangNext(event.engine, event.count);
      break;
    case 'fail-load':
      executor.failNextLoad(event.engine, event.count);
      break;
    case 'temperature':
      executor.setThrottle(event.slowdownRatio);
      scheduler.setTemperature(event.celsius, event.slowdownRatio > 1);
      break;
  }
}

/** The cost of each engine, worked out once. */
function costTableOf({ models }: SimulatedWorkload): (engine: EngineRef) => SimulatedCost {
  const byName = new Map(models.map((model) => [model.name, model]));
  const costs: SimulatedCost[] = [];
  return (engine) => {
    costs[engine.index] ??= costOf(byName.get(engine.model)!, engine);
    return costs[engine.index];
  };
}

function costOf(model: SimulatedModel, { version, tier }: EngineRef): SimulatedCost {
  const tierRatio = model.tierCostRatios?.[tier] ?? 0.5 ** tier;
  const ratio = tierRatio * (model.versionCostRatios?.[version] ?? 1);
  const { launchNs, perItemNs, failRatio } = model.cost;
  return {
    ...model.cost,
    launchNs: launchNs * ratio,
    perItemNs: perItemNs * ratio,
    failRatio: model.versionFailRatios?.[version] ?? failRatio,
  };
}

/** A listener that tells several. */
export function toAll(listeners: readonly Listener[]): Listener {
  const toEach =
    <K extends keyof Listener>(method: K) =>
    (row: Parameters<Listener[K]>[0]): void => {
      for (const listener of listeners) (listener[method] as (row: Parameters<Listener[K]>[0]) => void)(row);
    };
  return {
    onRequest: toEach('onRequest'),
    onBatch: toEach('onBatch'),
    onQueue: toEach('onQueue'),
    onDecision: toEach('onDecision'),
    onDrop: toEach('onDrop'),
    onPipeline: toEach('onPipeline'),
  };
}
