// Looks after batches that should have been answered long ago. One timer for all: it is set to the earliest moment at which a batch
// may be called hung, and when it fires it is set to the next, so that a batch costs nothing here while all goes well.

import type { Batch } from '../batch';
import type { Clock, Timer } from '../clock';
import type { StreamPool } from '../placement/streams';

export class Watchdog {
  private readonly timer: Timer;
  private armedNs = Number.POSITIVE_INFINITY;

  /** `hung` is told each batch that is late beyond its limit; it must end the batch. */
  constructor(
    private readonly clock: Clock,
    private readonly streams: StreamPool,
    private readonly hung: (batch: Batch) => void,
  ) {
    this.timer = clock.timer(() => this.look());
  }

  watch(batch: Batch): void {
    const { lane, predictedNs, dispatchNs } = batch.plan;
    const { hangNsMin, hangFactor } = lane.model;
    batch.hangsAtNs = dispatchNs + Math.max(hangNsMin, hangFactor * predictedNs);
    this.armBy(batch.hangsAtNs);
  }

  close(): void {
    this.timer.disarm();
  }

  private armBy(timeNs: number): void {
    if (timeNs >= this.armedNs) return;
    this.armedNs = timeNs;
    this.timer.armAt(timeNs);
  }

  private look(): void {
    const nowNs = this.clock.nowNs();
    this.armedNs = Number.POSITIVE_INFINITY;
    for (const { batch } of this.streams.streams) if (batch && batch.hangsAtNs <= nowNs) this.hung(batch);
    for (const { batch } of this.streams.streams) if (batch) this.armBy(batch.hangsAtNs);
  }
}
