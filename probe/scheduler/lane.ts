// One version of a model: its queue, its engines, and what is measured of it. Only requests of one lane share a batch.

import type { ModelConfiguration } from './configuration';
import type { AdaptiveBatch } from './control/adaptive-batch';
import type { EngineRef } from './executor';
import { LaneQueue } from './queue/lane-queue';
import type { VersionStatistics } from './versions/statistics';

export class Lane {
  readonly queue = new LaneQueue();
  /** Whether its engines can take a batch: false while they load or are brought up again. */
  isUp = false;
  /** Requests in batches that have not been answered. */
  inFlightCount = 0;
  // The integral, over time, of whether a free stream waits for the batch to fill: how long a request was held for company is the
  // difference between its end and its beginning, whatever else the lane did meanwhile.
  private heldNs = 0;
  private holdSinceNs = -1;
  /** When its engines last came back after a restart; -1 when they never had to. */
  restartedNs = -1;
  restartCount = 0;
  /** The tier that batches run on now: an index into `engines`. */
  tier = 0;
  /** The weighted-fair policy's virtual time of the lane. */
  fairTag = 0;

  constructor(
    public model: ModelConfiguration,
    readonly version: string,
    /** By tier, best first. */
    readonly engines: readonly EngineRef[],
    readonly adaptive: AdaptiveBatch,
    readonly statistics: VersionStatistics,
  ) {}

  /** Says whether from now on a free stream waits for the batch to fill. */
  setHeld(isHeld: boolean, nowNs: number): void {
    if (isHeld === this.holdSinceNs >= 0) return;
    if (!isHeld) this.heldNs += nowNs - this.holdSinceNs;
    this.holdSinceNs = isHeld ? nowNs : -1;
  }

  /** In how much of the time until now a free stream waited for a batch to fill. */
  heldUntilNs(nowNs: number): number {
    return this.holdSinceNs < 0 ? this.heldNs : this.heldNs + Math.max(0, nowNs - this.holdSinceNs);
  }

  get engine(): EngineRef {
    return this.engines[this.tier];
  }

  /** The largest batch that may be formed now. */
  get batchLimit(): number {
    return Math.min(this.model.maxBatchSize, this.adaptive.limit);
  }
}
