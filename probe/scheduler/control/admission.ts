// Admission: a request that cannot be answered in time is refused at once, while its asker can still do something else.

import type { Lane } from '../lane';
import type { CostModel } from '../placement/cost-model';
import type { StreamPool } from '../placement/streams';

/**
 * When a request of `level` that came to `lane` now would be answered, in ns: what runs, then everything that waits at its level or a
 * higher one, then its own work. Streams share one device, so their work is added up; that is careful where they overlap well.
 */
export function predictCompletionNs(
  lane: Lane,
  level: number,
  lanes: readonly Lane[],
  streams: StreamPool,
  costs: CostModel,
  nowNs: number,
): number {
  let aheadNs = 0;
  for (const other of lanes) {
    if (other.queue.depth === 0) continue;
    let count = 0;
    for (let priority = 1; priority <= level; priority++) count += other.queue.depthAt(priority);
    if (count === 0) continue;
    const size = Math.min(count, other.batchLimit);
    aheadNs += (count / size) * costs.predictNs(other.engine, size, []);
  }
  let runningNs = 0;
  for (const { batch } of streams.streams) {
    if (!batch) continue;
    const leftNs = batch.plan.dispatchNs + batch.plan.predictedNs - nowNs;
    if (leftNs > 0) runningNs += leftNs;
  }
  // A free stream does not wait for the others to end.
  const waitNs = streams.freeCount > 0 ? aheadNs : aheadNs + runningNs / streams.streams.length;
  return nowNs + waitNs + costs.predictNs(lane.engine, 1, []);
}
