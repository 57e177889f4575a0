// The door of the scheduler: models and versions in, requests in, answers and rows out. It runs nothing itself (the executor does),
// and knows the time only from its clock, so that the same calls at the same times make the same decisions.

import { NS_PER_SEC } from '../../shared/units/units';
import { failure } from '../../shared/util/failure';
import { Answers } from './answers';
import type { Clock } from './clock';
import { completeModel, type ModelOptions, priorityOf, queuePolicyOf } from './configuration';
import { AdaptiveBatch } from './control/adaptive-batch';
import { predictCompletionNs } from './control/admission';
import { Watchdog } from './control/watchdog';
import { Core } from './core';
import { Dispatcher } from './dispatcher';
import { Engines } from './engines';
import type { EngineRef, Executor, Settled } from './executor';
import { Lane } from './lane';
import { type Listener, SILENT } from './listener';
import { Model, type VersionState } from './model';
import { CostModel } from './placement/cost-model';
import { type StreamOptions, StreamPool } from './placement/streams';
import { makePolicy } from './policies/policies';
import type { PolicyName } from './policies/policy';
import { isMissed, type Reason, Request, type RequestSpec } from './request';
import { Rollout } from './versions/rollout';
import { VersionStatistics } from './versions/statistics';

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly listener?: Listener;
  readonly policy?: PolicyName;
  /** Left out: two streams, one of them with the greater CUDA priority. */
  readonly streams?: readonly StreamOptions[];
  /** A request that waited this long gets a turn however low it is; one turn in `agedEvery`. */
  readonly agingNs?: number;
  readonly agedEvery?: number;
}

interface ModelParts {
  readonly model: Model;
  readonly rollout: Rollout;
}

const DEFAULT_STREAMS: readonly StreamOptions[] = [{ cudaPriority: -1 }, { cudaPriority: 0 }];
const nothing = () => {};

export class Scheduler {
  private readonly core: Core;
  private readonly dispatcher: Dispatcher;
  private readonly watchdog: Watchdog;
  private readonly engines: Engines;
  private readonly models = new Map<string, ModelParts>();
  private requestCount = 0;
  private engineCount = 0;
  private isClosed = false;

  constructor(options: SchedulerOptions) {
    const { clock, executor, listener = SILENT, streams = DEFAULT_STREAMS } = options;
    const { agingNs = NS_PER_SEC, agedEvery = 8 } = options;
    const policy = makePolicy(options.policy ?? 'latency-aware');
    const parts = { clock, executor, listener, policy };
    this.core = new Core({ ...parts, costs: new CostModel(), streams: new StreamPool(streams) });
    this.dispatcher = new Dispatcher(this.core, { agingNs, agedEvery });
    const pump = () => this.dispatcher.pump();
    this.engines = new Engines(this.core, pump, (lane, because) =>
      this.partsOf(lane.model.name).rollout.onLost(lane, because),
    );
    this.watchdog = new Watchdog(clock, this.core.streams, (batch) => this.engines.onHung(batch));
    this.dispatcher.onDispatched = (batch) => this.watchdog.watch(batch);
    const answers = new Answers(this.core, (lane) => this.settle(lane));
    this.dispatcher.onAnswer = (batch, answer) => {
      answers.take(batch, answer);
      this.dispatcher.pump();
    };
    this.core.onAnswered = (request, lane) => this.onAnswered(request, lane);
    this.core.onDepth = (lane) => this.onDepth(lane);
  }

  /** Throws a FailureError that says what cannot be. A model has no engine until a version is loaded. */
  addModel(options: ModelOptions): void {
    const configuration = completeModel(options);
    const { name } = configuration;
    if (this.models.has(name))
      throw failure('modelTwice', `There are two models "${name}".`, 'Give each its own name.');
    const model = new Model(configuration, (from, to, because) => {
      const timeNs = this.core.clock.nowNs();
      for (const { lane } of model.versions.values()) lane.tier = Math.min(to, lane.engines.length - 1);
      this.core.listener.onDecision({ kind: 'tier', timeNs, model: name, from, to, because });
    });
    const rollout = new Rollout(this.core, this.engines, model, () => this.dispatcher.pump());
    this.models.set(name, { model, rollout });
  }

  /**
   * Loads and warms a version. The first one of a model serves as soon as it is ready; later ones wait for `swap` or `setTraffic`.
   * `settled` gets the sentence of why it could not be loaded; everything else goes on. A version that failed or ended may be loaded
   * again: it begins anew. Throws a FailureError for one that is still there.
   */
  load(modelName: string, version: string, settled: Settled = nothing): void {
    const { model, rollout } = this.partsOf(modelName);
    const { configuration } = model;
    const before = model.versions.get(version);
    if (before && !before.isReleased) {
      const sentence = `Version "${version}" of "${modelName}" is ${before.state}.`;
      throw failure('versionTwice', sentence, 'Give the new one another name, or wait until this one has ended.');
    }
    const tiers = configuration.degradation.tiers.filter((kind) => kind !== 'reuse-last');
    const engines = tiers.map((kind, tier): EngineRef => {
      return {
        id: `${modelName}/${version}/${kind}`,
        index: this.engineCount++,
        model: modelName,
        version,
        tier,
        kind,
      };
    });
    const adaptive = new AdaptiveBatch(configuration.maxBatchSize, configuration.latencyTargetNs);
    const lane = new Lane(configuration, version, engines, adaptive, new VersionStatistics());
    lane.tier = Math.min(model.degradation.tier, engines.length - 1);
    rollout.load(lane, settled);
  }

  /** Divides a model's keys among its versions by weight: A/B routing. */
  setTraffic(model: string, weights: Readonly<Record<string, number>>): void {
    this.partsOf(model).rollout.setTraffic(weights);
  }

  /** All of a model's later requests go to `version`; see Rollout. */
  swap(model: string, version: string): void {
    this.partsOf(model).rollout.swap(version);
  }

  rollBack(model: string, because = 'asked'): void {
    this.partsOf(model).rollout.rollBack(because);
  }

  drain(model: string, version: string): void {
    this.partsOf(model).rollout.drainByName(version);
  }

  /**
   * Takes a request. It is answered exactly once, by its `done`; a refusal is answered before this returns. Throws a FailureError for
   * a model that is not there.
   */
  submit(spec: RequestSpec): Request {
    const { model } = this.partsOf(spec.model);
    const nowNs = this.core.clock.nowNs();
    const request = new Request(++this.requestCount, spec, nowNs, priorityOf(model.configuration, spec.priority));
    this.core.openCount++;
    model.degradation.evaluate(nowNs);
    const lane = model.laneFor(request.key);
    if (lane) request.version = lane.version;
    const reason = this.refusalOf(lane, request);
    if (reason) this.core.answer(request, lane, 'rejected', reason);
    else if (model.reuse(request)) {
      this.core.join(lane!, request);
      this.core.answer(request, lane, 'reused');
    } else {
      this.core.enqueue(lane!, request);
      this.dispatcher.pump();
    }
    return request;
  }

  /** Changes the policy; what waits is put into the new order. */
  setPolicy(name: PolicyName): void {
    this.core.policy = makePolicy(name);
    for (const lane of this.core.lanes) for (const request of lane.queue.takeAll()) this.core.order(lane, request);
    this.dispatcher.pump();
  }

  /** Changes a model's limits while it runs; tiers stay as they were loaded. Throws a FailureError and changes nothing when they cannot be. */
  configure(options: ModelOptions): void {
    const { model } = this.partsOf(options.name);
    const { dynamicBatching, degradation } = model.configuration;
    const configuration = completeModel({
      ...model.configuration,
      ...options,
      dynamicBatching: { ...dynamicBatching, ...options.dynamicBatching },
      degradation,
    });
    model.configuration = configuration;
    model.pressure.depthHigh = configuration.pressureDepth;
    for (const { lane } of model.versions.values()) {
      lane.model = configuration;
      lane.adaptive.configure(configuration.maxBatchSize, configuration.latencyTargetNs);
    }
    this.dispatcher.pump();
  }

  /** What the board's sensors say: drives tiers, and names throttling as a cause. */
  setTemperature(celsius: number, isThrottled: boolean): void {
    this.core.isThrottled = isThrottled;
    for (const { model } of this.models.values()) model.degradation.setTemperature(celsius, this.core.clock.nowNs());
  }

  /** Tells `hear` when a model's queue is too deep and when it is not any more. Returns its own end. */
  onPressure(model: string, hear: (isPressed: boolean) => void): () => void {
    return this.partsOf(model).model.pressure.subscribe(hear);
  }

  isPressed(model: string): boolean {
    return this.partsOf(model).model.pressure.isPressed;
  }

  /** When a request that came now would be answered, as far as is known, in ns of the clock; Infinity without a version. */
  predictCompletionNs(model: string, priority: number, key = 0): number {
    const { model: found } = this.partsOf(model);
    const lane = found.laneFor(key);
    if (!lane) return Number.POSITIVE_INFINITY;
    const level = priorityOf(found.configuration, priority);
    const { lanes, streams, costs, clock } = this.core;
    return predictCompletionNs(lane, level, lanes, streams, costs, clock.nowNs());
  }

  /** How long a model's work alone takes at batch size 1, in ns, as learned so far. */
  predictServiceNs(model: string, key = 0): number {
    const lane = this.partsOf(model).model.laneFor(key);
    return lane ? this.core.costs.predictNs(lane.engine, 1, []) : Number.POSITIVE_INFINITY;
  }

  /** State and measurements of each version of a model, by name. */
  versionsOf(model: string): { version: string; state: VersionState; statistics: VersionStatistics; depth: number }[] {
    return [...this.partsOf(model).model.versions.values()].map(({ lane, state }) => {
      return { version: lane.version, state, statistics: lane.statistics, depth: lane.queue.depth };
    });
  }

  /** Requests taken and not answered yet. */
  get openCount(): number {
    return this.core.openCount;
  }

  /** Answers everything that is open with "closed" and lets go of all engines. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.engines.close();
    this.watchdog.close();
    for (const { model } of this.models.values()) {
      model.router.setWeights({});
      model.probation = undefined;
    }
    for (const lane of [...this.core.lanes]) {
      lane.isUp = false;
      for (const request of lane.queue.takeAll()) this.core.answer(request, lane, 'rejected', 'closed');
    }
    for (const { batch } of this.core.streams.streams) if (batch) this.engines.giveUp(batch, 'closed');
    for (const { model } of this.models.values()) {
      for (const version of model.versions.values()) {
        if (!version.isReleased) for (const engine of version.lane.engines) this.core.executor.unload(engine);
        version.isReleased = true;
      }
    }
    this.dispatcher.close();
  }

  private partsOf(name: string): ModelParts {
    const parts = this.models.get(name);
    if (!parts)
      throw failure(
        'unknownModel',
        `There is no model "${name}".`,
        `There are ${[...this.models.keys()].join(', ') || 'none'}.`,
      );
    return parts;
  }

  private refusalOf(lane: Lane | undefined, request: Request): Reason | undefined {
    if (this.isClosed) return 'closed';
    if (!lane) return 'no-version';
    const { maxQueueSize } = queuePolicyOf(lane.model, request.priority);
    if (maxQueueSize > 0 && lane.queue.depthAt(request.priority) >= maxQueueSize) return 'queue-full';
    if (lane.model.admission === 'off' || request.deadlineNs === Number.POSITIVE_INFINITY) return undefined;
    const { lanes, streams, costs } = this.core;
    const endNs = predictCompletionNs(lane, request.priority, lanes, streams, costs, request.arrivalNs);
    return endNs > request.deadlineNs ? 'admission' : undefined;
  }

  private onAnswered(request: Request, lane: Lane | undefined): void {
    const { model } = this.partsOf(request.model);
    if (request.deadlineNs !== Number.POSITIVE_INFINITY)
      model.degradation.record(isMissed(request), request.completionNs);
    if (request.outcome === 'completed') model.keepResult(request);
    if (lane && request.batchId === 0) this.settle(lane);
  }

  private settle(lane: Lane): void {
    if (!this.isClosed) this.partsOf(lane.model.name).rollout.settle(lane);
  }

  private onDepth(lane: Lane): void {
    const { model } = this.partsOf(lane.model.name);
    if (!model.pressure.update(model.depth)) return;
    const { isPressed } = model.pressure;
    this.core.listener.onDecision({ kind: 'pressure', timeNs: this.core.clock.nowNs(), model: model.name, isPressed });
    model.pressure.tell();
  }
}
