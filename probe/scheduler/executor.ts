// What runs batches. The scheduler knows no engine: a real executor calls engines and streams, the simulated one only takes time.
// An executor never throws, and never calls back from inside a call; it calls later, and for one batch at most once.

import type { TierKind } from './configuration';
import type { Request } from './request';

/** An engine: the network of one tier of one version of a model. */
export interface EngineRef {
  /** Unique in a scheduler, and how rows name it. */
  readonly id: string;
  /** Position in the scheduler's list of engines; the cost model counts by it. */
  readonly index: number;
  readonly model: string;
  readonly version: string;
  readonly tier: number;
  readonly kind: TierKind;
}

/** What an executor is asked to run. */
export interface BatchOrder {
  /** Push it as external correlation id while the batch is launched, so that its kernels are known. */
  readonly id: number;
  readonly engine: EngineRef;
  readonly stream: number;
  /** As CUDA counts: lower numbers go first, 0 is the default. */
  readonly cudaPriority: number;
  /** In the order in which results are expected. */
  readonly requests: readonly Request[];
}

export interface BatchAnswer {
  /** On the scheduler's clock, in ns. */
  readonly startNs: number;
  readonly durationNs: number;
  /** One result a request, in order; may be left out when there is nothing to hand on. */
  readonly results?: readonly unknown[];
  /** The sentence of what went wrong; the batch's requests are answered with an error. */
  readonly error?: string;
}

/** `error` is the sentence of why it could not be done. */
export type Settled = (error?: string) => void;

/** `durationsNs` says how long each warmed batch size took, in order: what the cost model begins with. May be left out. */
export type Warmed = (error?: string, durationsNs?: readonly number[]) => void;

export interface Executor {
  /** Brings an engine up. */
  load(engine: EngineRef, settled: Settled): void;
  /** Runs each batch size, unseen by any row, so that the first real batch is not the slow one; the last run of each is timed. */
  warmUp(engine: EngineRef, batchSizes: readonly number[], warmed: Warmed): void;
  execute(order: BatchOrder, answered: (answer: BatchAnswer) => void): void;
  /** Ends an engine that hangs, by force. Its batches are answered never; it can be loaded again. */
  end(engine: EngineRef): void;
  /** Lets go of an engine that has nothing left to do, or did not come up. Called once for an engine. */
  unload(engine: EngineRef): void;
}
