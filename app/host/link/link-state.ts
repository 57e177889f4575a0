import type { FailureError } from '../../../shared/util/failure';

/** Where a link stands. `ended` is final; its failure is undefined when it was closed on purpose. */
export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | {
      readonly kind: 'reconnecting';
      /** When the link was lost, on the host's wall clock. */
      readonly sinceUnixMs: number;
      /** Of the attempt that is being made or waited for: 1, 2, … */
      readonly attempt: number;
      /** A clause or sentence for people. */
      readonly reason: string;
    }
  | { readonly kind: 'ended'; readonly failure: FailureError | undefined };

export interface LinkStatistics {
  readonly packetCount: number;
  readonly bytes: number;
  readonly bytesPerSec: number;
  /** Of the last answered question to the probe; undefined before the first. */
  readonly roundTripMs: number | undefined;
  readonly reconnectCount: number;
  /** Packets that arrived damaged twice; each became a loss row. */
  readonly damagedCount: number;
  /** Packets that were sent twice and handed on once. */
  readonly repeatedCount: number;
}
