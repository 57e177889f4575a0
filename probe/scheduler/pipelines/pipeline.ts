// Models in a row: what one found becomes the requests of the next (detect → classify each object → track). Each answer feeds the next
// stage at once, without waiting for its siblings. Unused time of a stage is the next one's.

import type { Clock } from '../clock';
import type { Listener, StageFacts } from '../listener';
import type { Request } from '../request';
import type { Scheduler } from '../scheduler';
import { splitBudget } from './budget';

export interface StageOptions {
  readonly model: string;
  readonly priority?: number;
  /** Of the budget; give it for all stages or for none. None: in proportion to the work. */
  readonly share?: number;
  /** Payloads of the requests that a finished request of this stage makes in the next one. Left out: one, with its result. */
  readonly fanOut?: (request: Request) => readonly unknown[];
}

export interface PipelineOptions {
  readonly name: string;
  readonly stages: readonly StageOptions[];
}

export interface PipelineInput {
  readonly key?: number;
  /** When it came: a source may have held it for a while. */
  readonly arrivalNs: number;
  /** Infinity when there is none. */
  readonly deadlineNs: number;
  readonly payload?: unknown;
}

interface StageRun {
  startNs: number;
  endNs: number;
  requestCount: number;
}

interface Run {
  readonly input: PipelineInput;
  readonly done: (isOk: boolean) => void;
  readonly endRatios: readonly number[];
  readonly stages: StageRun[];
  id: number;
  openCount: number;
  isOk: boolean;
}

export class Pipeline {
  constructor(
    private readonly options: PipelineOptions,
    private readonly scheduler: Scheduler,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  /** The model of the first stage: whose queue a source in front of the pipeline fills. */
  get entryModel(): string {
    return this.options.stages[0].model;
  }

  /** Runs all stages for one input. `done` is called once: true when every request of every stage got its result. */
  submit(input: PipelineInput, done: (isOk: boolean) => void): void {
    const { stages } = this.options;
    const shares = stages.map(({ share }) => share);
    const serviceNs = stages.map(({ model }) => this.scheduler.predictServiceNs(model, input.key));
    const run: Run = {
      input,
      done,
      endRatios: splitBudget(shares, serviceNs),
      stages: stages.map(() => ({ startNs: -1, endNs: -1, requestCount: 0 })),
      id: 0,
      openCount: 0,
      isOk: true,
    };
    this.enter(run, 0, [input.payload], 0);
  }

  private enter(run: Run, stage: number, payloads: readonly unknown[], parent: number): void {
    const { model, priority } = this.options.stages[stage];
    const { arrivalNs, deadlineNs, key } = run.input;
    const stageRun = run.stages[stage];
    if (stageRun.startNs < 0) stageRun.startNs = this.clock.nowNs();
    stageRun.requestCount += payloads.length;
    // All are counted before the first is submitted: a refusal is answered at once.
    run.openCount += payloads.length;
    const hasDeadline = deadlineNs !== Number.POSITIVE_INFINITY;
    const stageDeadlineNs = hasDeadline ? arrivalNs + (deadlineNs - arrivalNs) * run.endRatios[stage] : deadlineNs;
    const done = (request: Request) => this.onAnswered(run, stage, request);
    for (const payload of payloads) {
      this.scheduler.submit({ model, priority, deadlineNs: stageDeadlineNs, key, parent, stage, payload, done });
    }
  }

  private onAnswered(run: Run, stage: number, request: Request): void {
    if (run.id === 0) run.id = request.id;
    run.stages[stage].endNs = request.completionNs;
    const { stages } = this.options;
    if (request.outcome === 'rejected' || request.outcome === 'failed') run.isOk = false;
    else if (stage + 1 < stages.length) {
      const payloads = stages[stage].fanOut?.(request) ?? [request.result];
      this.enter(run, stage + 1, payloads, request.id);
    }
    run.openCount--;
    if (run.openCount === 0) this.finish(run);
  }

  private finish(run: Run): void {
    const { id, isOk, endRatios, input } = run;
    const { arrivalNs, deadlineNs } = input;
    const budgetNs = deadlineNs - arrivalNs;
    const hasDeadline = deadlineNs !== Number.POSITIVE_INFINITY;
    const stages: StageFacts[] = run.stages.flatMap(({ startNs, endNs, requestCount }, index) => {
      if (requestCount === 0) return [];
      const share = endRatios[index] - (endRatios[index - 1] ?? 0);
      const { model } = this.options.stages[index];
      return [
        {
          model,
          startNs,
          latencyNs: endNs - startNs,
          budgetNs: hasDeadline ? budgetNs * share : budgetNs,
          requestCount,
        },
      ];
    });
    const completionNs = this.clock.nowNs();
    this.listener.onPipeline({ id, pipeline: this.options.name, arrivalNs, completionNs, deadlineNs, isOk, stages });
    run.done(isOk);
  }
}
