// What is measured of one version, and a histogram of latencies whose buckets are 1/16 of a power of two wide: a percentile is off by
// at most 1/32, at a fixed size.

import type { Outcome } from '../request';

const STEPS = 16;
const BUCKET_COUNT = 64 * STEPS;

export class LatencyHistogram {
  private readonly counts = new Uint32Array(BUCKET_COUNT);
  count = 0;
  sumNs = 0;
  maxNs = 0;

  add(latencyNs: number): void {
    this.counts[bucketOf(latencyNs)]++;
    this.count++;
    this.sumNs += latencyNs;
    if (latencyNs > this.maxNs) this.maxNs = latencyNs;
  }

  /** The latency in ns that `ratio` of all stay below; 0 when there are none. */
  percentileNs(ratio: number): number {
    const wanted = Math.max(1, Math.ceil(ratio * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      seen += this.counts[bucket];
      if (seen >= wanted) return Math.min(this.maxNs, middleOf(bucket));
    }
    return 0;
  }

  clear(): void {
    this.counts.fill(0);
    this.count = 0;
    this.sumNs = 0;
    this.maxNs = 0;
  }
}

// A float64 is its power of two in 11 bits and then its mantissa: the bucket lies in it, without a logarithm. Little-endian, as all
// boards and hosts are.
const VALUE = new Float64Array(1);
const WORDS = new Uint32Array(VALUE.buffer);
const EXPONENT_BIAS = 1023;

function bucketOf(latencyNs: number): number {
  VALUE[0] = Math.max(1, latencyNs);
  const power = (WORDS[1] >>> 20) - EXPONENT_BIAS;
  return Math.min(BUCKET_COUNT - 1, power * STEPS + ((WORDS[1] >>> 16) & (STEPS - 1)));
}

function middleOf(bucket: number): number {
  return 2 ** Math.floor(bucket / STEPS) * (1 + ((bucket % STEPS) + 0.5) / STEPS);
}

/** Counts of one version since it was loaded, or since `clear`. */
export class VersionStatistics {
  readonly latency = new LatencyHistogram();
  completedCount = 0;
  failedCount = 0;
  rejectedCount = 0;
  reusedCount = 0;
  missedCount = 0;

  /** Requests that got an answer of any kind. */
  get answeredCount(): number {
    return this.completedCount + this.failedCount + this.rejectedCount + this.reusedCount;
  }

  record(outcome: Outcome, latencyNs: number, isMiss: boolean): void {
    if (isMiss) this.missedCount++;
    switch (outcome) {
      case 'completed':
        this.completedCount++;
        this.latency.add(latencyNs);
        break;
      case 'reused':
        this.reusedCount++;
        break;
      case 'failed':
        this.failedCount++;
        break;
      case 'rejected':
        this.rejectedCount++;
        break;
    }
  }

  clear(): void {
    this.latency.clear();
    this.completedCount = 0;
    this.failedCount = 0;
    this.rejectedCount = 0;
    this.reusedCount = 0;
    this.missedCount = 0;
  }
}
