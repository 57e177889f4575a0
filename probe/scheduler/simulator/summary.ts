// What a simulation was like: counts and percentiles by model and priority.

import type { BatchFacts, Decision, DropFacts, Listener, PipelineFacts } from '../listener';
import { isMissed, type LateCause, type Outcome, type RequestFacts } from '../request';
import { LatencyHistogram } from '../versions/statistics';

/** Requests of one model at one priority. Latencies are those of completed and reused ones. */
export interface ClassSummary {
  readonly model: string;
  readonly priority: number;
  readonly latency: LatencyHistogram;
  readonly outcomes: Record<Outcome, number>;
  missedCount: number;
}

export class Summary implements Listener {
  readonly classes: ClassSummary[] = [];
  /** Late requests by cause. */
  readonly causes: Partial<Record<LateCause, number>> = {};
  /** By model: how many batches had so many requests. */
  readonly batchSizes: Record<string, number[]> = {};
  readonly decisions: Partial<Record<Decision['kind'], number>> = {};
  /** From the first stage's arrival to the last answer. */
  readonly pipelines: Record<string, LatencyHistogram> = {};
  requestCount = 0;
  answeredCount = 0;
  droppedCount = 0;

  /** Of one model and priority; undefined when it had no request. */
  classOf(model: string, priority: number): ClassSummary | undefined {
    return this.classes.find((each) => each.model === model && each.priority === priority);
  }

  onRequest(request: RequestFacts): void {
    const { model, priority, outcome, arrivalNs, completionNs } = request;
    const found = this.classOf(model, priority) ?? this.addClass(model, priority);
    this.requestCount++;
    found.outcomes[outcome!]++;
    if (isMissed(request)) found.missedCount++;
    if (outcome !== 'completed' && outcome !== 'reused') return;
    this.answeredCount++;
    found.latency.add(completionNs - arrivalNs);
  }

  onBatch({ model, requestCount }: BatchFacts): void {
    this.batchSizes[model] ??= [];
    const sizes = this.batchSizes[model];
    while (sizes.length <= requestCount) sizes.push(0);
    sizes[requestCount]++;
  }

  onQueue(): void {}

  onDecision(decision: Decision): void {
    this.decisions[decision.kind] = (this.decisions[decision.kind] ?? 0) + 1;
    if (decision.kind === 'late') this.causes[decision.cause] = (this.causes[decision.cause] ?? 0) + 1;
  }

  onDrop(_drop: DropFacts): void {
    this.droppedCount++;
  }

  onPipeline({ pipeline, arrivalNs, completionNs, isOk }: PipelineFacts): void {
    this.pipelines[pipeline] ??= new LatencyHistogram();
    if (isOk) this.pipelines[pipeline].add(completionNs - arrivalNs);
  }

  private addClass(model: string, priority: number): ClassSummary {
    const outcomes = { completed: 0, reused: 0, rejected: 0, failed: 0 };
    const added = { model, priority, latency: new LatencyHistogram(), outcomes, missedCount: 0 };
    this.classes.push(added);
    return added;
  }
}
