// One request: what was asked, where it stands, how it was answered. The object that `submit` makes is the row the listener gets;
// it is never used again for another request, so a listener may keep it.

import { NOT_IN_HEAP } from './heap';

/**
 * completed: an engine answered. reused: answered with the source's last result. rejected: never reached an engine.
 * failed: reached an engine (or waited for one) that failed.
 */
export type Outcome = 'completed' | 'reused' | 'rejected' | 'failed';

/** Why a request has no result of its own. The first four are rejections, the others failures. */
export type Reason =
  | 'queue-full'
  | 'timeout'
  | 'admission'
  | 'no-version'
  | 'engine-error'
  | 'engine-hung'
  | 'engine-lost'
  | 'closed';

/** How a late request lost its time; the largest part that is not plain work. */
export type LateCause =
  | 'queued-behind'
  | 'batch-wait'
  | 'slow-kernel'
  | 'throttled'
  | 'engine-restart'
  | 'answer-order'
  | 'deadline-too-short';

export interface RequestSpec {
  readonly model: string;
  /** 1 is the highest, as in Triton; 0 or left out is the model's default level. */
  readonly priority?: number;
  /** On the clock. Left out: it can never be late. */
  readonly deadlineNs?: number;
  /** Triton's `timeout` of a request: counts only where the level allows the override, and only when it is shorter. */
  readonly timeoutMicroseconds?: number;
  /** Who asks (a camera, a user): A/B routing and reuse of results go by it. */
  readonly key?: number;
  /** Handed to the executor untouched. */
  readonly payload?: unknown;
  /** Id of the request or pipeline run that this one belongs to; 0 is none. */
  readonly parent?: number;
  readonly stage?: number;
  /** Called exactly once, with the answered request. May submit more. */
  readonly done?: (request: Request) => void;
}

/** The facts of a request. Times are the clock's, in ns; -1 where that moment did not come. */
export interface RequestFacts {
  readonly id: number;
  readonly model: string;
  readonly version: string;
  readonly priority: number;
  readonly key: number;
  readonly parent: number;
  readonly stage: number;
  readonly arrivalNs: number;
  readonly dispatchNs: number;
  readonly completionNs: number;
  /** Infinity when there is none. */
  readonly deadlineNs: number;
  /** 0 is none. */
  readonly batchId: number;
  readonly tier: number;
  /** Undefined until it is answered. */
  readonly outcome: Outcome | undefined;
  readonly reason: Reason | undefined;
  /** Time in which a stream was free and the request waited for its batch to fill. */
  readonly batchWaitNs: number;
  /** When its answer was there, which is given when those of earlier requests are where answers go in order; else completionNs. */
  readonly settledNs: number;
  /** Taken by the turn for requests that waited longer than the aging time. */
  readonly isAged: boolean;
}

export class Request implements RequestFacts {
  readonly model: string;
  readonly priority: number;
  readonly key: number;
  readonly parent: number;
  readonly stage: number;
  readonly deadlineNs: number;
  version = '';
  dispatchNs = -1;
  completionNs = -1;
  batchId = 0;
  tier = 0;
  outcome: Outcome | undefined = undefined;
  reason: Reason | undefined = undefined;
  result: unknown = undefined;
  batchWaitNs = 0;
  isAged = false;

  /** When its answer was there; it is given later where answers go in order. -1 until then. */
  settledNs = -1;
  /** What the lane's held time was when it came; Core sets it. */
  heldBeforeNs = 0;

  // Where it lies in its lane's queue: the queue owns these.
  orderKey = 0;
  rank = 0;
  isDelayed = false;
  timeoutAtNs = Number.POSITIVE_INFINITY;
  orderIndex = NOT_IN_HEAP;
  timeoutIndex = NOT_IN_HEAP;
  older: Request | undefined = undefined;
  younger: Request | undefined = undefined;

  constructor(
    readonly id: number,
    readonly spec: RequestSpec,
    readonly arrivalNs: number,
    priority: number,
  ) {
    this.model = spec.model;
    this.priority = priority;
    this.key = spec.key ?? 0;
    this.parent = spec.parent ?? 0;
    this.stage = spec.stage ?? 0;
    this.deadlineNs = spec.deadlineNs ?? Number.POSITIVE_INFINITY;
  }
}

/** Whether it was answered after its deadline, or had one and was not answered with a result. */
export function isMissed({ outcome, completionNs, deadlineNs }: RequestFacts): boolean {
  if (deadlineNs === Number.POSITIVE_INFINITY || outcome === undefined) return false;
  return outcome === 'rejected' || outcome === 'failed' || completionNs > deadlineNs;
}
