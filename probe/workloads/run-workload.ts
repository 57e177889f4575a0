// `runner workload`: models are loaded and warmed, then the sources ask for as long as the workload lasts, and everything that happens
// becomes rows for the probe. Without a probe it runs all the same.

import { setTimeout as delay } from 'node:timers/promises';
import type { PolicyChoice } from '../../shared/rpc/workload-control';
import { NS_PER_MS } from '../../shared/units/units';
import { failure } from '../../shared/util/failure';
import type { ProbeConnection } from '../runner/probe-connection';
import type { EngineRef } from '../scheduler/executor';
import { RealClock } from '../scheduler/real-clock';
import { Scheduler } from '../scheduler/scheduler';
import { toAll } from '../scheduler/simulator/simulate';
import { Summary } from '../scheduler/simulator/summary';
import { Asking } from './asking';
import { BuildReport, type BuildSubject } from './build-report';
import { Changes, followLines } from './changes';
import { type Arrival, EngineExecutor } from './engine-executor';
import { KernelsDevice } from './kernels-device';
import { loadEngine } from './load-engine';
import { WorkloadRows } from './rows';
import { nvmlReader, watchTemperature } from './temperature';
import type { EnginePlan, ModelPlan, Workload } from './workload';

export interface WorkloadRun {
  readonly workload: Workload;
  readonly policy: PolicyChoice;
  readonly durationNs: number;
  readonly seed: number;
  readonly device: 'auto' | 'cpu' | 'cuda';
  /** Of the CPU device, for engines on our own kernels; undefined for one a processor. */
  readonly threads?: number;
  readonly addonPath?: string;
  readonly connection: ProbeConnection | undefined;
  readonly print: ((line: string) => void) | undefined;
  /** Lines of JSON that are appended here change the workload while it runs. */
  readonly controlPath: string | undefined;
  /** Where the machine's sys folder stands; / when undefined. */
  readonly sensorsRoot: string | undefined;
  readonly signal: AbortSignal;
  /** What went wrong and does not end it, for people. */
  readonly tell: (text: string) => void;
}

export interface WorkloadResult {
  readonly summary: Summary;
  /** From the first moment at which somebody could ask to the last answer. */
  readonly elapsedNs: number;
  readonly isCancelled: boolean;
}

const FLUSH_MS = 20;
/** After the sources stop, what is open gets this long to be answered; when it was cancelled, only a moment. */
const DRAIN_MS_MAX = 10_000;
const CANCEL_MS_MAX = 500;
const LATE_MS = 5;

class Running {
  private readonly startedNs = process.hrtime.bigint();
  private readonly epochNs: bigint;
  private readonly clock: RealClock;
  private readonly rows: WorkloadRows;
  private readonly executor: EngineExecutor;
  private readonly kernels: KernelsDevice;
  private readonly scheduler: Scheduler;
  private readonly listener: ReturnType<typeof toAll>;
  private readonly changes: Changes;
  private readonly asking: Asking;
  readonly summary = new Summary();

  constructor(private readonly run: WorkloadRun) {
    const { connection, print, workload, policy, seed } = run;
    this.epochNs = connection?.epochNs ?? this.startedNs;
    const nowNs = () => Number(process.hrtime.bigint() - this.epochNs);
    this.clock = new RealClock(nowNs);
    this.rows = new WorkloadRows({ connection, print, nowNs });
    this.listener = toAll([this.summary, this.rows]);
    const { device, threads, addonPath } = run;
    this.kernels = new KernelsDevice({ device, connection, threads, addonPath });
    this.executor = new EngineExecutor({
      load: (arrival) => this.load(arrival),
      reportOf: (ref) => new BuildReport(this.subjectOf(ref), nowNs, (row) => this.rows.build(row)),
      onLayers: (layers) => this.rows.layers(layers),
      pixelsOf: (model) => workload.models.find(({ options }) => options.name === model)?.pixels ?? 'unit',
      ...{ epochNs: Number(this.epochNs), nowNs, seed },
    });
    const { clock, executor, listener } = this;
    const { streams, agingNs, agedEvery } = workload;
    this.scheduler = new Scheduler({ clock, executor, listener, policy, streams, agingNs, agedEvery });
    const warn = (sentence: string, remedy: string) => this.warn(sentence, remedy);
    this.changes = new Changes(this.scheduler, workload.models, warn);
    const note = (sentence: string) => this.rows.note('workload', sentence);
    const { changes, scheduler } = this;
    this.asking = new Asking({ workload, seed, clock, scheduler, listener, executor, changes, warn, note });
  }

  async work(): Promise<WorkloadResult> {
    const { run, clock, scheduler } = this;
    const flushing = setInterval(() => this.rows.flush(), FLUSH_MS);
    let stopFollowing: (() => void) | undefined;
    let stopWatching: (() => void) | undefined;
    try {
      const up = await this.bringUp();
      stopFollowing = run.controlPath
        ? followLines(run.controlPath, (line) => this.changes.applyLine(line))
        : undefined;
      run.connection?.onChanges((json) => this.changes.applyLine(json));
      stopWatching = await this.watchTemperature();
      const beginNs = clock.nowNs();
      const stop = run.signal.aborted ? () => {} : this.asking.start(up, beginNs, beginNs + run.durationNs);
      await waitFor(run.durationNs / NS_PER_MS, run.signal, () => false);
      await delay(LATE_MS); // the last moments to ask may be overdue, a turn of the loop each
      stop();
      const drainMs = run.signal.aborted ? CANCEL_MS_MAX : DRAIN_MS_MAX;
      await waitFor(drainMs, undefined, () => scheduler.openCount === 0);
      const elapsedNs = clock.nowNs() - beginNs;
      return { summary: this.summary, elapsedNs, isCancelled: run.signal.aborted };
    } finally {
      stopFollowing?.();
      run.connection?.onChanges(undefined);
      stopWatching?.();
      clearInterval(flushing);
      scheduler.close();
      clock.close();
      this.rows.flush();
      await this.executor.close();
      this.rows.flush(); // builds that were ended
      this.kernels.close();
    }
  }

  private warn(sentence: string, remedy: string): void {
    this.rows.warn('workload', sentence, remedy);
    this.run.tell(`${sentence} ${remedy}`.trim());
  }

  private planOf({ model, version, kind }: EngineRef): EnginePlan {
    const plan = this.run.workload.models.find(({ options }) => options.name === model);
    const engine = plan?.versions.find((each) => each.version === version)?.engines[kind];
    if (!engine) throw new Error(`the workload has no engine ${model}/${version}/${kind}`);
    return engine;
  }

  private subjectOf(ref: EngineRef): BuildSubject {
    const { kind, precision = '' } = this.planOf(ref);
    return { model: ref.model, version: ref.version, engine: kind, precision };
  }

  private load({ ref, report, signal }: Arrival) {
    const { workload, device, signal: ended } = this.run;
    return loadEngine(this.planOf(ref), {
      ...{ name: ref.model, folder: workload.folder, device, report, kernels: this.kernels },
      signal: eitherOf(signal, ended),
    });
  }

  /** Degradation tiers follow the device's temperature, where it has one. */
  private watchTemperature(): Promise<() => void> {
    const { run, scheduler, executor } = this;
    const isCuda = executor.devices.has('cuda');
    const nvmlCelsius = isCuda ? nvmlReader(run.addonPath) : undefined;
    return watchTemperature({
      ...{ root: run.sensorsRoot ?? '/', isCuda, nvmlCelsius },
      heard: ({ celsius, isThrottled }) => scheduler.setTemperature(celsius, isThrottled),
      missing: () => this.tellNoSensor(),
    });
  }

  private tellNoSensor(): void {
    const sentence = 'This machine tells no temperature, so tiers of degradation follow missed deadlines alone.';
    const isAsked = this.run.workload.models.some(({ options }) => options.degradation?.hotCelsius !== undefined);
    if (isAsked) this.warn(sentence, '');
    else this.rows.note('workload', sentence);
  }

  /** The models that can serve. A version that cannot be loaded is told, and the others go on. */
  private async bringUp(): Promise<ReadonlySet<string>> {
    const { scheduler, run } = this;
    const up = new Set<string>();
    // One after another: side by side they would measure each other while they warm up.
    for (const plan of run.workload.models) {
      scheduler.addModel(plan.options);
      for (const { version } of plan.versions.filter(({ isFirst }) => isFirst)) {
        if (run.signal.aborted) return up;
        if (await this.loadVersion(plan, version)) up.add(plan.options.name);
      }
      if (plan.traffic && up.has(plan.options.name)) {
        this.changes.apply({ kind: 'traffic', model: plan.options.name, weights: plan.traffic });
      }
    }
    if (up.size > 0 || run.signal.aborted) return up;
    throw failure('noModel', 'No model of the workload could be loaded.', 'What was said above names the reasons.');
  }

  private loadVersion({ options: { name } }: ModelPlan, version: string): Promise<boolean> {
    const { signal } = this.run;
    return new Promise((resolve) => {
      // Closing ends a model that is still on its way.
      const giveUp = () => resolve(false);
      signal.addEventListener('abort', giveUp, { once: true });
      this.scheduler.load(name, version, (error) => {
        signal.removeEventListener('abort', giveUp);
        if (error && !signal.aborted)
          this.warn(error, `The workload goes on without version "${version}" of "${name}".`);
        resolve(error === undefined);
      });
    });
  }
}

/** Aborted when one of the two is. AbortSignal.any() is not in every Node that runs this: that of the window has none. */
function eitherOf(first: AbortSignal, second: AbortSignal): AbortSignal {
  const either = new AbortController();
  for (const signal of [first, second]) {
    if (signal.aborted) either.abort();
    else signal.addEventListener('abort', () => either.abort(), { once: true, signal: either.signal });
  }
  return either.signal;
}

/** Until so long has passed, it was cancelled, or `isOver` is true. */
async function waitFor(forMs: number, signal: AbortSignal | undefined, isOver: () => boolean): Promise<void> {
  const stepMs = 10;
  const endMs = performance.now() + forMs;
  while (performance.now() < endMs && !isOver() && !signal?.aborted) {
    await delay(Math.max(1, Math.min(stepMs, endMs - performance.now())));
  }
}

/** Throws FailureError noModel when nothing could be loaded. */
export function runWorkload(run: WorkloadRun): Promise<WorkloadResult> {
  return new Running(run).work();
}
