// Who asks for what while a workload runs: pipelines with what their stages hand on, the pictures of the sources, the sources, the events.

import { FailureError } from '../../shared/util/failure';
import type { Clock } from '../scheduler/clock';
import type { Listener } from '../scheduler/listener';
import { Pipeline } from '../scheduler/pipelines/pipeline';
import type { Request } from '../scheduler/request';
import type { Scheduler } from '../scheduler/scheduler';
import { Random } from '../scheduler/simulator/random';
import type { Changes } from './changes';
import { driveSource } from './drive-sources';
import type { EngineExecutor } from './engine-executor';
import { faultOfFeed, feedsOf, makeFeed, type Payload } from './feeds/feed';
import { wholeOf } from './pictures/picture';
import { loadPictures, NOISE } from './pictures/place';
import type { Workload, WorkloadPipeline, WorkloadSource } from './workload';

export interface AskingParts {
  readonly workload: Workload;
  readonly seed: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly listener: Listener;
  readonly executor: EngineExecutor;
  readonly changes: Changes;
  /** What is wrong and does not end the workload. */
  readonly warn: (sentence: string, remedy: string) => void;
  /** What is used, for the recording. */
  readonly note: (sentence: string) => void;
}

/** Random stream of a seed that fan-outs are drawn from. */
const FAN_OUT_STREAM = 2;

type Payloads = readonly Payload[] | undefined;

export class Asking {
  private readonly random: Random;

  constructor(private readonly parts: AskingParts) {
    this.random = new Random(parts.seed, FAN_OUT_STREAM);
  }

  /**
   * Starts everything that asks, from `beginNs` to `endNs` of the clock; returns its end. `up` names the models that can serve. A source
   * that cannot ask is told, and the others go on.
   */
  start(up: ReadonlySet<string>, beginNs: number, endNs: number): () => void {
    const { workload, clock, changes } = this.parts;
    const pipelines = new Map<string, Pipeline>();
    const sources = workload.sources.map((source, index) => ({ source, index }));
    const able = sources.flatMap((each) => {
      const payloads = this.prepare(each.source, each.index, up, pipelines);
      return payloads === 'unable' ? [] : [{ ...each, payloads }];
    });
    const payloads = new Map(able.map((each) => [each.index, each.payloads] as const));
    const payloadOf = (index: number, askedCount: number): Payload | undefined => {
      const shown = payloads.get(index);
      return shown?.[askedCount % shown.length];
    };
    const asked = { ...this.parts, pipelines, payloadOf };
    const stops = able.map(({ source, index }) => driveSource(source, index, asked, [beginNs, endNs]));
    const timers = workload.events.map(({ atNs, change }) => {
      const timer = clock.timer(() => changes.apply(change));
      timer.armAt(beginNs + atNs);
      return timer;
    });
    return () => {
      for (const stop of stops) stop();
      for (const timer of timers) timer.disarm();
    };
  }

  /** What a source shows, when it can ask at all; its pipeline is put with the others. */
  private prepare(
    source: WorkloadSource,
    index: number,
    up: ReadonlySet<string>,
    pipelines: Map<string, Pipeline>,
  ): Payloads | 'unable' {
    const { warn, workload } = this.parts;
    const pipeline = workload.pipelines.find(({ name }) => name === source.target);
    const needed = pipeline?.stages.map(({ model }) => model) ?? [source.target];
    const missing = needed.find((model) => !up.has(model));
    if (missing !== undefined) {
      warn(`The source "${source.name}" does not ask, because the model "${missing}" could not be loaded.`, '');
      return 'unable';
    }
    const fault = pipeline && !pipelines.has(pipeline.name) ? this.faultOf(pipeline) : undefined;
    if (fault !== undefined) {
      warn(`The source "${source.name}" does not ask: ${fault}.`, 'Say with "feeds" what the stage hands on.');
      return 'unable';
    }
    if (pipeline && !pipelines.has(pipeline.name)) pipelines.set(pipeline.name, this.pipelineOf(pipeline));
    try {
      return this.payloadsOf(source, index, pipeline !== undefined);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      warn(`The source "${source.name}" does not ask: ${error.failure.sentence}`, error.failure.remedy);
      return 'unable';
    }
  }

  private payloadsOf({ name, pictures }: WorkloadSource, index: number, isPipeline: boolean): Payloads {
    const { workload, seed, note } = this.parts;
    // A stage may cut out of what it looked at, so a pipeline always begins with a picture.
    const place = pictures ?? (isPipeline ? NOISE : undefined);
    if (place === undefined) {
      note(`The source "${name}" asks with seeded numbers.`);
      return undefined;
    }
    const shown = loadPictures(place, workload.folder, seed, index);
    note(`The source "${name}" shows ${shown.description}.`);
    return shown.pictures.map((picture) => ({ look: wholeOf(picture) }));
  }

  /** What one stage hands on, chosen by what its outputs mean where the file does not say. */
  private feedsOf({ feeds, model }: WorkloadPipeline['stages'][number]) {
    if (feeds) return feeds;
    const facts = this.parts.executor.factsOf(model);
    return facts ? feedsOf(facts) : 'picture';
  }

  private faultOf({ name, stages }: WorkloadPipeline): string | undefined {
    const { executor } = this.parts;
    for (const [index, stage] of stages.slice(0, -1).entries()) {
      const [from, next] = [executor.factsOf(stage.model), executor.factsOf(stages[index + 1].model)];
      const fault = from && next && faultOfFeed(this.feedsOf(stage), from, next);
      if (fault) return `stage ${index + 1} of "${name}" cannot feed the next one, because ${fault}`;
    }
    return undefined;
  }

  private pipelineOf({ name, stages }: WorkloadPipeline): Pipeline {
    const { scheduler, clock, listener, executor } = this.parts;
    const { random } = this;
    const feeding = stages.map(({ feeds: _feeds, fanOutMax, scoreMin, ...stage }, index) => {
      const next = stages[index + 1];
      if (!next) return stage;
      const feeds = this.feedsOf(stages[index]);
      const onCut = (request: Request, foundCount: number, keptCount: number) => {
        const { id, model } = request;
        listener.onDecision({ kind: 'cut', timeNs: clock.nowNs(), request: id, model, foundCount, keptCount });
      };
      const nextFacts = () => executor.factsOf(next.model);
      return { ...stage, fanOut: makeFeed({ feeds, fanOutMax, scoreMin, random, onCut }, nextFacts) };
    });
    return new Pipeline({ name, stages: feeding }, scheduler, clock, listener);
  }
}
