// Dynamic batching, with Triton's meaning: a preferred size that is reached goes at once, otherwise requests wait for company up to
// the queue delay, and then go with who is there. On top of it, nobody waits so long that the wait itself costs a deadline.

import { NS_PER_US } from '../../../shared/units/units';
import type { Lane } from '../lane';
import type { CostModel } from '../placement/cost-model';

/** Room for the prediction to be wrong, in mean absolute deviations. */
const CARE = 2;

/** The largest preferred size that `depth` requests fill; 0 when they fill none. */
function preferredSize(lane: Lane, depth: number): number {
  const { preferredBatchSize } = lane.model.dynamicBatching;
  const limit = Math.min(depth, lane.batchLimit);
  for (let index = preferredBatchSize.length - 1; index >= 0; index--) {
    if (preferredBatchSize[index] <= limit) return preferredBatchSize[index];
  }
  return 0;
}

/** When the oldest has waited as long as it may, or the tightest deadline leaves no more time than the work takes. */
function delayEndNs(lane: Lane, costs: CostModel): number {
  const { queue, engine, batchLimit } = lane;
  const delayNs = lane.model.dynamicBatching.maxQueueDelayMicroseconds * NS_PER_US;
  let deadlineNs = Number.POSITIVE_INFINITY;
  // The queue is shorter than one batch here, so this is bounded by the batch.
  for (let request = queue.oldest; request; request = request.younger) {
    if (request.deadlineNs < deadlineNs) deadlineNs = request.deadlineNs;
  }
  const endNs = queue.oldest!.arrivalNs + delayNs;
  if (deadlineNs === Number.POSITIVE_INFINITY) return endNs;
  const workNs = costs.predictNs(engine, batchLimit, []) + CARE * costs.deviationNs(engine, batchLimit);
  return Math.min(endNs, deadlineNs - workNs);
}

/** Until when the lane waits for company: a moment that has passed when its batch may go. The lane's queue is not empty. */
export function holdEndNs(lane: Lane, costs: CostModel): number {
  const { depth } = lane.queue;
  const isFull = depth >= lane.batchLimit || lane.model.dynamicBatching.maxQueueDelayMicroseconds === 0;
  if (isFull || preferredSize(lane, depth) > 0) return Number.NEGATIVE_INFINITY;
  return delayEndNs(lane, costs);
}

/** How many requests the next batch takes: never more than wait, nor than the limit. The lane's queue is not empty. */
export function nextBatchSize(lane: Lane): number {
  const { depth } = lane.queue;
  const preferred = preferredSize(lane, depth);
  return preferred > 0 ? preferred : Math.min(depth, lane.batchLimit);
}
