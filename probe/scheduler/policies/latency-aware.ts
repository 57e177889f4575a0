// The default. Levels first, as in strict priority; then it uses what the cost model has learned:
//
// - among lanes of a level, one whose head can still be in time goes before one whose head is late whatever is done, so that one
//   late request does not make the next one late too; among those the one with the least slack, among the others the oldest;
// - a batch is not put beside a running one of a higher level that it would push past its deadline: the stream stays free;
// - a batch grows only as far as the deadline of its head allows. When no other stream will be free soon enough for a request of a
//   higher level that might come right now, it also grows only as far as that one could wait, but is never cut so small that the
//   device would lose more than a twentieth of its throughput.

import type { Lane } from '../lane';
import type { Policy, View } from './policy';

/** A level counts as in use for this long after its last request. */
const IN_USE_NS = 1e9;
/** What cutting a batch for the sake of a higher level may cost. */
const LOSS_RATIO_MAX = 0.05;

/** How long a request of a level could wait, learned from the last ones. */
interface Allowance {
  readonly lane: Lane;
  readonly level: number;
  /** Deadline less arrival, of the latest request. */
  readonly budgetNs: number;
  readonly seenNs: number;
}

function slackNs(lane: Lane, { nowNs, costs }: View): number {
  const head = lane.queue.peek()!;
  return head.deadlineNs - nowNs - costs.predictNs(lane.engine, 1, []);
}

/** Whether going now makes the difference: there is a deadline, and it can be kept. */
function canBeInTime(ns: number): boolean {
  return ns >= 0 && ns !== Number.POSITIVE_INFINITY;
}

/** Whether a batch of `lane` would make a running batch of a higher level late that is in time without it. */
function harmsNeighbour(lane: Lane, level: number, { nowNs, costs, streams }: View): boolean {
  for (const { batch } of streams.streams) {
    if (!batch || batch.plan.level >= level || batch.plan.deadlineNs === Number.POSITIVE_INFINITY) continue;
    const leftNs = Math.max(0, batch.plan.dispatchNs + batch.plan.predictedNs - nowNs);
    const slowerNs = leftNs * costs.slowdownOf(batch.plan.engine, [lane.engine]);
    const { deadlineNs } = batch.plan;
    if (nowNs + leftNs <= deadlineNs && nowNs + slowerNs > deadlineNs) return true;
  }
  return false;
}

/** The largest size up to `wanted` whose predicted duration is at most `allowedNs`; 1 when none is. */
function sizeWithin(lane: Lane, wanted: number, allowedNs: number, { costs }: View): number {
  let size = wanted;
  while (size > 1 && costs.predictNs(lane.engine, size, []) > allowedNs) size--;
  return size;
}

/** Whether a stream besides the one that is about to be taken is free, or will be in `withinNs`. */
function isStreamSoonFree(withinNs: number, { nowNs, streams }: View): boolean {
  if (withinNs === Number.POSITIVE_INFINITY || streams.freeCount > 1) return true;
  for (const { batch } of streams.streams) {
    if (batch && batch.plan.dispatchNs + batch.plan.predictedNs - nowNs <= withinNs) return true;
  }
  return false;
}

/** The smallest size whose cost an item is at most LOSS_RATIO_MAX above that of `wanted`. */
function leastEfficientSize(lane: Lane, wanted: number, { costs }: View): number {
  const itemNsMax = ((1 + LOSS_RATIO_MAX) * costs.predictNs(lane.engine, wanted, [])) / wanted;
  let size = wanted;
  while (size > 1 && costs.predictNs(lane.engine, size - 1, []) <= itemNsMax * (size - 1)) size--;
  return size;
}

export class LatencyAware implements Policy {
  readonly name = 'latency-aware';
  private readonly allowances: Allowance[] = [];

  levelOf({ priority }: { priority: number }): number {
    return priority;
  }

  keyOf({ deadlineNs }: { deadlineNs: number }): number {
    return deadlineNs;
  }

  choose(ready: readonly Lane[], view: View): Lane | undefined {
    let best: Lane | undefined;
    let bestSlackNs = 0;
    for (const lane of ready) {
      if (best && lane.queue.headLevel > best.queue.headLevel) continue;
      if (harmsNeighbour(lane, lane.queue.headLevel, view)) continue;
      const laneSlackNs = slackNs(lane, view);
      if (best && lane.queue.headLevel === best.queue.headLevel && !this.isBetter(lane, laneSlackNs, best, bestSlackNs))
        continue;
      best = lane;
      bestSlackNs = laneSlackNs;
    }
    return best;
  }

  private isBetter(lane: Lane, laneSlackNs: number, than: Lane, thanSlackNs: number): boolean {
    const isUrgent = canBeInTime(laneSlackNs);
    if (isUrgent !== canBeInTime(thanSlackNs)) return isUrgent;
    if (isUrgent && laneSlackNs !== thanSlackNs) return laneSlackNs < thanSlackNs;
    return lane.queue.peek()!.id < than.queue.peek()!.id;
  }

  limitBatch(lane: Lane, wanted: number, view: View): number {
    const head = lane.queue.peek()!;
    let size = wanted;
    const forHeadNs = head.deadlineNs - view.nowNs;
    // A head that is late already is helped by nothing; then the batch clears the queue.
    if (forHeadNs > view.costs.predictNs(lane.engine, 1, [])) size = sizeWithin(lane, size, forHeadNs, view);
    const allowedNs = this.allowedForHigherNs(head.priority, view);
    if (isStreamSoonFree(allowedNs, view)) return size;
    return Math.max(sizeWithin(lane, size, allowedNs, view), leastEfficientSize(lane, size, view));
  }

  /** How long a batch of `level` may keep a higher level waiting; Infinity when no higher one is in use. */
  private allowedForHigherNs(level: number, { nowNs, costs }: View): number {
    let allowedNs = Number.POSITIVE_INFINITY;
    for (const { lane, level: other, budgetNs, seenNs } of this.allowances) {
      if (other >= level || nowNs - seenNs > IN_USE_NS) continue;
      allowedNs = Math.min(allowedNs, budgetNs - 2 * costs.predictNs(lane.engine, 1, []));
    }
    return allowedNs;
  }

  dispatched({ plan }: Parameters<Policy['dispatched']>[0]): void {
    const { lane, requests, dispatchNs } = plan;
    const { priority: level, deadlineNs, arrivalNs } = requests[0];
    if (deadlineNs === Number.POSITIVE_INFINITY) return;
    const isOf = (allowance: Allowance) => allowance.lane === lane && allowance.level === level;
    // The place of one that is not in use any more is taken, so that versions that come and go leave nothing behind.
    const isStale = ({ seenNs }: Allowance) => dispatchNs - seenNs > IN_USE_NS;
    let index = this.allowances.findIndex(isOf);
    if (index < 0) index = this.allowances.findIndex(isStale);
    if (index < 0) index = this.allowances.length;
    this.allowances[index] = { lane, level, budgetNs: deadlineNs - arrivalNs, seenNs: dispatchNs };
  }

  ended(): void {}
}
