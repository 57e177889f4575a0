// What a policy decides: in which order the requests of a lane go, and which lane goes next. Everything else (limits, timeouts,
// batching, aging) is the scheduler's and the same under every policy.

import type { Batch } from '../batch';
import type { Lane } from '../lane';
import type { CostModel } from '../placement/cost-model';
import type { StreamPool } from '../placement/streams';
import type { Request } from '../request';

export type PolicyName = 'fifo' | 'strict-priority' | 'edf' | 'weighted-fair' | 'latency-aware';

/** What a policy may look at. */
export interface View {
  readonly nowNs: number;
  readonly costs: CostModel;
  readonly streams: StreamPool;
  /** Every lane, also those that cannot go now. */
  readonly lanes: readonly Lane[];
}

export interface Policy {
  readonly name: PolicyName;
  /** The level in whose heap a request waits; lower goes first. 0 puts all levels into one. */
  levelOf(request: Request): number;
  /** Lower goes first inside a level. */
  keyOf(request: Request): number;
  /** One of `ready` (not empty; each has a batch that may go and a free stream), or undefined to leave the streams free for now. */
  choose(ready: readonly Lane[], view: View): Lane | undefined;
  /** At most `wanted`, at least 1. */
  limitBatch(lane: Lane, wanted: number, view: View): number;
  dispatched(batch: Batch): void;
  /** The batch was answered, or given up with durationNs -1. */
  ended(batch: Batch): void;
}

/** The lane that comes first by `isBefore`. `lanes` is not empty. */
export function firstLane(lanes: readonly Lane[], isBefore: (left: Request, right: Request) => boolean): Lane {
  let best = lanes[0];
  for (let index = 1; index < lanes.length; index++) {
    if (isBefore(lanes[index].queue.peek()!, best.queue.peek()!)) best = lanes[index];
  }
  return best;
}

/** What a policy does not care about. */
export const INDIFFERENT = {
  limitBatch: (_lane: Lane, wanted: number) => wanted,
  dispatched() {},
  ended() {},
};
