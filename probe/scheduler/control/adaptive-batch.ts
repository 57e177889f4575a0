// Moves the batch limit towards a latency target. A larger batch makes each request wait for more work, but clears a queue sooner; so
// what is changed depends on where the latency came from: from the batch's own work (make it smaller) or from the queue (larger).

/** Batches looked at before the limit moves: enough for the worst of them to be near the 95th percentile. */
const WINDOW_COUNT = 16;
/** Below this share of the target there is room to grow. */
const CALM_RATIO = 0.8;

export class AdaptiveBatch {
  /** The largest batch allowed now. */
  limit: number;
  private batchCount = 0;
  private fullCount = 0;
  private worstLatencyNs = 0;
  private worstServiceNs = 0;

  /** Without a target the limit stays at `sizeMax`. */
  constructor(
    private sizeMax: number,
    private targetNs: number | undefined,
  ) {
    this.limit = sizeMax;
  }

  /** Takes other limits while it runs. */
  configure(sizeMax: number, targetNs: number | undefined): void {
    this.sizeMax = sizeMax;
    this.targetNs = targetNs;
    this.limit = targetNs === undefined ? sizeMax : Math.min(this.limit, sizeMax);
  }

  /**
   * Takes one batch: how many were in it, the latency of its oldest request and its own duration, in ns.
   * Returns whether the limit moved.
   */
  record(size: number, latencyNs: number, durationNs: number): boolean {
    if (this.targetNs === undefined) return false;
    this.batchCount++;
    if (size >= this.limit) this.fullCount++;
    if (latencyNs > this.worstLatencyNs) this.worstLatencyNs = latencyNs;
    if (durationNs > this.worstServiceNs) this.worstServiceNs = durationNs;
    if (this.batchCount < WINDOW_COUNT) return false;
    const before = this.limit;
    this.limit = this.nextLimit(this.targetNs);
    this.batchCount = 0;
    this.fullCount = 0;
    this.worstLatencyNs = 0;
    this.worstServiceNs = 0;
    return this.limit !== before;
  }

  private nextLimit(targetNs: number): number {
    const isQueued = this.worstServiceNs <= targetNs / 2;
    // Multiplicative down and additive up, as in congestion control: the limit settles just below the target.
    if (this.worstLatencyNs > targetNs && !isQueued) return Math.max(1, Math.floor(this.limit * 0.75));
    const isUsed = 2 * this.fullCount >= WINDOW_COUNT;
    const isCalm = this.worstLatencyNs < CALM_RATIO * targetNs;
    if (isUsed && (isCalm || isQueued)) return Math.min(this.sizeMax, this.limit + 1);
    return this.limit;
  }
}
