// What the scheduler tells about itself: one method for each kind of row, and its decisions. Times are the scheduler's clock in ns.
// A listener must not call the scheduler back.

import type { LateCause, Reason, RequestFacts } from './request';

/** Requests that ran together. `id` is also the external correlation id under which their kernels are recorded. */
export interface BatchFacts {
  readonly id: number;
  readonly startNs: number;
  /** -1 when it was ended before it was done. */
  readonly durationNs: number;
  /** What the cost model had said, in ns. */
  readonly predictedNs: number;
  readonly model: string;
  readonly version: string;
  readonly engine: string;
  readonly tier: number;
  readonly stream: number;
  /** How many requests are in it. */
  readonly requestCount: number;
  /** Names of the engines that ran beside it when it began. */
  readonly neighbours: readonly string[];
  readonly isOk: boolean;
}

/** How many requests of a model wait at a priority, after each change. */
export interface QueueFacts {
  readonly timeNs: number;
  readonly model: string;
  readonly version: string;
  readonly priority: number;
  readonly depth: number;
}

/** An image that a source threw away before it became a request. */
export interface DropFacts {
  readonly timeNs: number;
  readonly source: string;
  readonly arrivalNs: number;
  readonly reason: DropReason;
}

export type DropReason = 'oldest' | 'newest' | 'every-nth' | 'deadline';

/** A pipeline's run from its first stage to its last answer. */
export interface PipelineFacts {
  readonly id: number;
  readonly pipeline: string;
  readonly arrivalNs: number;
  readonly completionNs: number;
  readonly deadlineNs: number;
  readonly isOk: boolean;
  readonly stages: readonly StageFacts[];
}

export interface StageFacts {
  readonly model: string;
  readonly startNs: number;
  /** From the stage's first submit to its last answer. */
  readonly latencyNs: number;
  /** The stage's share of the whole budget. Infinity when there is no deadline. */
  readonly budgetNs: number;
  readonly requestCount: number;
}

export type Decision =
  | LateDecision
  | { readonly kind: 'rejected'; readonly timeNs: number; readonly request: number; readonly reason: Reason }
  | { readonly kind: 'delayed'; readonly timeNs: number; readonly request: number }
  | TierDecision
  | { readonly kind: 'batch-limit'; readonly timeNs: number; readonly model: string; readonly limit: number }
  | CutDecision
  | { readonly kind: 'pressure'; readonly timeNs: number; readonly model: string; readonly isPressed: boolean }
  | VersionDecision
  | EngineDecision;

/** Why a request was late: the parts of its life, and the batch that held the stream before it (0 when none did). */
export interface LateDecision {
  readonly kind: 'late';
  readonly timeNs: number;
  readonly request: number;
  readonly cause: LateCause;
  readonly lateNs: number;
  readonly queuedNs: number;
  readonly batchWaitNs: number;
  readonly serviceNs: number;
  readonly predictedNs: number;
  readonly behindBatch: number;
  readonly behindModel: string;
}

/** A stage of a pipeline found more than the next one may get; the rest was left out. */
export interface CutDecision {
  readonly kind: 'cut';
  readonly timeNs: number;
  readonly request: number;
  readonly model: string;
  readonly foundCount: number;
  readonly keptCount: number;
}

export interface TierDecision {
  readonly kind: 'tier';
  readonly timeNs: number;
  readonly model: string;
  readonly from: number;
  readonly to: number;
  readonly because: 'misses' | 'temperature' | 'recovered' | 'set';
}

export interface VersionDecision {
  readonly kind: 'version';
  readonly timeNs: number;
  readonly model: string;
  readonly version: string;
  readonly state: 'loading' | 'warming' | 'ready' | 'serving' | 'draining' | 'ended' | 'failed' | 'rolled-back';
  readonly because: string;
}

export interface EngineDecision {
  readonly kind: 'engine';
  readonly timeNs: number;
  readonly model: string;
  readonly version: string;
  readonly state: 'ended' | 'restarting' | 'restarted' | 'lost';
  readonly because: string;
}

export interface Listener {
  onRequest(request: RequestFacts): void;
  onBatch(batch: BatchFacts): void;
  onQueue(queue: QueueFacts): void;
  onDecision(decision: Decision): void;
  onDrop(drop: DropFacts): void;
  onPipeline(run: PipelineFacts): void;
}

/** Hears nothing. */
export const SILENT: Listener = {
  onRequest() {},
  onBatch() {},
  onQueue() {},
  onDecision() {},
  onDrop() {},
  onPipeline() {},
};
