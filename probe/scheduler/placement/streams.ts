// The streams that batches run on. A stream may be kept for the higher levels, so that a low one can never hold all of them.

import { assert } from '../../../shared/util/result';
import { type Batch, Stream } from '../batch';

export interface StreamOptions {
  /** As CUDA counts: the greatest priority is the lowest number, 0 the default. */
  readonly cudaPriority: number;
  /** Only requests of this level or a higher one (a lower number) may run here. Left out: all. */
  readonly lowestLevel?: number;
}

export class StreamPool {
  readonly streams: readonly Stream[];
  freeCount: number;
  // The integral of how many are busy, over time, up to countedNs: how much company a batch had is read off it.
  private busyNs = 0;
  private countedNs = 0;

  constructor(options: readonly StreamOptions[]) {
    assert(options.length > 0, 'a pool has at least one stream');
    this.streams = options.map(
      ({ cudaPriority, lowestLevel }, index) =>
        new Stream(index, cudaPriority, lowestLevel ?? Number.POSITIVE_INFINITY),
    );
    this.freeCount = this.streams.length;
  }

  /**
   * The free stream for a policy's level (0: it knows none, and every stream will do), or undefined: the most reserved one that takes the level, so that open ones stay free for the
   * levels that have no other; among equals the one with the greatest CUDA priority for level 1, with the least for the others.
   */
  findFree(level: number): Stream | undefined {
    if (this.freeCount === 0) return undefined;
    let best: Stream | undefined;
    for (const stream of this.streams) {
      if (stream.batch || stream.lowestLevel < level) continue;
      if (!best || isBetter(stream, best, level)) best = stream;
    }
    return best;
  }

  take(stream: Stream, batch: Batch): void {
    assert(stream.batch === undefined, `stream ${stream.index} is free`);
    this.count(batch.plan.dispatchNs);
    batch.busyNsBefore = this.busyNs;
    stream.batch = batch;
    this.freeCount--;
  }

  giveBack(stream: Stream, nowNs: number): void {
    const { batch } = stream;
    assert(batch !== undefined, `stream ${stream.index} is taken`);
    const heldNs = nowNs - batch.plan.dispatchNs;
    this.count(nowNs);
    stream.busyNs += heldNs;
    batch.endNs = nowNs;
    batch.companyCount = heldNs > 0 ? (this.busyNs - batch.busyNsBefore) / heldNs - 1 : batch.plan.neighbours.length;
    stream.lastBatch = batch;
    stream.batch = undefined;
    this.freeCount++;
  }

  private count(nowNs: number): void {
    this.busyNs += (this.streams.length - this.freeCount) * (nowNs - this.countedNs);
    this.countedNs = nowNs;
  }
}

function isBetter(stream: Stream, than: Stream, level: number): boolean {
  if (stream.lowestLevel !== than.lowestLevel) return stream.lowestLevel < than.lowestLevel;
  if (level <= 1) return stream.cudaPriority < than.cudaPriority;
  return stream.cudaPriority > than.cudaPriority;
}
