// Why a request was late: its life is cut into parts, and the one that cost most of what a plain run would not have cost is named.

import type { Batch } from '../batch';
import type { LateDecision } from '../listener';
import type { LateCause, RequestFacts } from '../request';

export interface LateContext {
  /** Whether the board throttled while the batch ran. */
  readonly isThrottled: boolean;
  /** When the lane's engines came back after a restart; -1 when they never had to. */
  readonly restartedNs: number;
}

interface Parts {
  readonly queuedNs: number;
  readonly batchWaitNs: number;
  readonly excessNs: number;
  readonly orderNs: number;
}

function causeOf(
  { queuedNs, batchWaitNs, excessNs, orderNs }: Parts,
  request: RequestFacts,
  context: LateContext,
): LateCause {
  const mostNs = Math.max(queuedNs, batchWaitNs, excessNs, orderNs);
  // Nothing but its own work: no schedule could have met that deadline.
  if (mostNs <= 0) return 'deadline-too-short';
  if (mostNs === orderNs) return 'answer-order';
  if (mostNs === excessNs) return context.isThrottled ? 'throttled' : 'slow-kernel';
  if (mostNs === batchWaitNs) return 'batch-wait';
  return context.restartedNs > request.arrivalNs ? 'engine-restart' : 'queued-behind';
}

/** The decision row of a late request that ran in `batch`. */
export function explainLate(request: RequestFacts, batch: Batch, context: LateContext): LateDecision {
  const { arrivalNs, dispatchNs, settledNs, completionNs, deadlineNs, batchWaitNs } = request;
  const { predictedNs } = batch.plan;
  const serviceNs = settledNs - dispatchNs;
  const parts = {
    queuedNs: dispatchNs - arrivalNs - batchWaitNs,
    batchWaitNs,
    excessNs: serviceNs - predictedNs,
    orderNs: completionNs - settledNs,
  };
  const isBehind = batch.behindEndNs > arrivalNs;
  return {
    kind: 'late',
    timeNs: completionNs,
    request: request.id,
    cause: causeOf(parts, request, context),
    lateNs: completionNs - deadlineNs,
    queuedNs: parts.queuedNs,
    batchWaitNs,
    serviceNs,
    predictedNs,
    behindBatch: isBehind ? batch.behindId : 0,
    behindModel: isBehind ? batch.behindModel : '',
  };
}
