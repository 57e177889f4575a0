// Packets of one lane between the stream and whoever consumes them: strictly in order, one at a time, and bounded, because the
// probe sends no more than the credit that finished packets give back.

import type { Lane } from '../../../shared/model/column';
import type { PacketHeader } from '../../../shared/wire/header';

/**
 * Gets each packet once. A promise holds the lane back until it resolves; a rejection ends the link with its failure.
 * `bytes` begin on a multiple of 8.
 */
export type OnPacket = (bytes: Uint8Array, header: PacketHeader, lane: Lane) => unknown;

interface Entry {
  /** undefined for a mark. */
  readonly bytes: Uint8Array | undefined;
  readonly header: PacketHeader;
}

export interface PacketQueueOptions {
  readonly lane: Lane;
  readonly onPacket: OnPacket;
  /** `nextSequence`: the consumer is done with everything of the lane below it. `bytes` are free again. */
  readonly onDone: (nextSequence: number, bytes: number) => void;
  readonly onError: (error: unknown) => void;
  /** The bytes given to push are valid only inside it, so that what waits must be copied. */
  readonly copyWaiting: boolean;
}

export class PacketQueue {
  private readonly waiting: Entry[] = [];
  private isBusy = false;
  private hasFailed = false;
  private idleWaiters: (() => void)[] = [];
  /** Bytes that were pushed and are not done. */
  queuedBytes = 0;

  constructor(private readonly options: PacketQueueOptions) {}

  /** Takes one packet, or a mark when `bytes` is undefined. */
  push(bytes: Uint8Array | undefined, header: PacketHeader): void {
    this.queuedBytes += bytes?.length ?? 0;
    if (!this.isBusy) this.consume({ bytes, header });
    else this.waiting.push({ bytes: bytes && this.options.copyWaiting ? bytes.slice() : bytes, header });
  }

  /** Resolves when the consumer is done with everything pushed so far. Never, when the consumer has failed. */
  whenIdle(): Promise<void> {
    if (!this.isBusy) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  private consume(entry: Entry): void {
    if (this.hasFailed) return;
    const { bytes, header } = entry;
    let held: unknown;
    try {
      held = bytes && this.options.onPacket(bytes, header, this.options.lane);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (held instanceof Promise) {
      this.isBusy = true;
      held.then(() => this.finish(entry)).catch((error) => this.fail(error));
    } else this.done(entry);
  }

  private done({ bytes, header }: Entry): void {
    this.queuedBytes -= bytes?.length ?? 0;
    if (bytes) this.options.onDone(header.sequence + 1, bytes.length);
    else this.options.onDone(header.sequence, 0);
  }

  private finish(entry: Entry): void {
    this.isBusy = false;
    this.done(entry);
    let at = 0;
    while (at < this.waiting.length && !this.isBusy && !this.hasFailed) this.consume(this.waiting[at++]);
    this.waiting.splice(0, at);
    if (this.isBusy) return;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }

  private fail(error: unknown): void {
    this.hasFailed = true;
    this.isBusy = true; // nothing is consumed any more
    this.waiting.length = 0;
    this.options.onError(error);
  }
}
