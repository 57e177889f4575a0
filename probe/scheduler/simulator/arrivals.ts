// When requests come. Open kinds give the next moment from the last one; the closed loop asks again when it was answered.

import { NS_PER_SEC } from '../../../shared/units/units';
import type { Random } from './random';

export type Arrival =
  | {
      readonly kind: 'periodic';
      readonly ratePerSec: number /** Of the period, either way. */;
      readonly jitterRatio?: number;
    }
  | { readonly kind: 'poisson'; readonly ratePerSec: number }
  /** `count` at once, every `periodNs`. */
  | { readonly kind: 'burst'; readonly count: number; readonly periodNs: number }
  /** Recorded moments from the start, ascending. */
  | { readonly kind: 'trace'; readonly timesNs: readonly number[] }
  /** So many at a time; each waits `thinkNs` after its answer. */
  | { readonly kind: 'closed'; readonly concurrency: number; readonly thinkNs: number };

export type OpenArrival = Exclude<Arrival, { kind: 'closed' }>;

/** The moments of an open arrival, in whole ns, ascending; Infinity when there are no more. `phaseNs` is the first period's start. */
export class ArrivalTimes {
  private count = 0;
  private baseNs: number;

  constructor(
    private readonly arrival: OpenArrival,
    private readonly random: Random,
    phaseNs = 0,
  ) {
    this.baseNs = phaseNs;
  }

  nextNs(): number {
    const { arrival, random } = this;
    const index = this.count++;
    switch (arrival.kind) {
      case 'periodic': {
        const periodNs = NS_PER_SEC / arrival.ratePerSec;
        // At most half a period either way, so that the order holds.
        const jitter = Math.min(0.5, arrival.jitterRatio ?? 0) * (2 * random.next() - 1);
        return Math.round(this.baseNs + Math.max(0, index + jitter) * periodNs);
      }
      case 'poisson':
        this.baseNs += (random.exponential() * NS_PER_SEC) / arrival.ratePerSec;
        return Math.round(this.baseNs);
      case 'burst':
        return Math.round(this.baseNs + Math.floor(index / arrival.count) * arrival.periodNs);
      case 'trace':
        return index < arrival.timesNs.length ? Math.round(arrival.timesNs[index]) : Number.POSITIVE_INFINITY;
    }
  }
}
