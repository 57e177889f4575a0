// Which image a source throws away.

import type { DropReason } from '../listener';

export interface Image {
  /** 0-based, of all images of the source. */
  readonly index: number;
  readonly arrivalNs: number;
  /** Infinity when there is none. */
  readonly deadlineNs: number;
  readonly payload: unknown;
}

/**
 * drop-oldest: a full buffer loses its oldest, what is answered is fresh. drop-newest: a full buffer takes nothing, what waits is kept
 * in order. every-nth: a fixed thinning, the same images whatever the load. deadline-aware: what would be answered too late is not
 * handed on.
 */
export type DropPolicyName = 'drop-oldest' | 'drop-newest' | 'every-nth' | 'deadline-aware';

export interface DropPolicy {
  /** Why a new image is thrown away at once; undefined to take it, at the cost of the oldest when the buffer is full. */
  refuses(image: Image, waitingCount: number, bufferCount: number): DropReason | undefined;
  /** Whether an image that would be handed on now is thrown away instead. */
  isHopeless(image: Image, sink: { predictCompletionNs(): number }): boolean;
}

const refuseFull = (waitingCount: number, bufferCount: number): DropReason | undefined =>
  waitingCount >= bufferCount ? 'newest' : undefined;

export function makeDropPolicy(name: DropPolicyName, everyNth: number): DropPolicy {
  switch (name) {
    case 'drop-oldest':
      return { refuses: () => undefined, isHopeless: () => false };
    case 'drop-newest':
      return { refuses: (_image, waiting, buffer) => refuseFull(waiting, buffer), isHopeless: () => false };
    case 'every-nth':
      return {
        refuses: ({ index }, waiting, buffer) => (index % everyNth === 0 ? refuseFull(waiting, buffer) : 'every-nth'),
        isHopeless: () => false,
      };
    case 'deadline-aware':
      return {
        refuses: () => undefined,
        isHopeless: ({ deadlineNs }, sink) =>
          deadlineNs !== Number.POSITIVE_INFINITY && sink.predictCompletionNs() > deadlineNs,
      };
  }
}
