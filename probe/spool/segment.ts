// One file of the ring and the part of it that is still in memory.
//
//   file    [totals][packet][packet][packet]....[packet]
//   blocks                  [    block    ][  block  ]      the newest part, in memory
//                                          ^ written

import { join } from 'node:path';
import type { Lane } from '../../shared/model/column';
import type { SpoolFile } from './file-system';
import { SEEK_STEP_BYTES } from './limits';
import type { Totals } from './totals';

/** A piece of a segment in memory. Packets never cross its end. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly segment: Segment;
  /** Where its first byte lies in the segment's file. */
  readonly at: number;
  /** Bytes filled, and bytes of them that are on disk. Both always at a packet's edge. */
  end: number;
  written: number;
  lastSequence: number;
  /** Viewers whose socket still reads from it. A pinned block is not used again. */
  pinCount: number;
}

export class Segment {
  /** Bytes given to it, and bytes that viewers may read. */
  bytes = 0;
  publishedBytes = 0;
  lastSequence = 0;
  packetCount = 0;
  isSealed = false;
  isEvicted = false;
  file: SpoolFile | undefined;
  readonly blocks: Block[] = [];
  private readonly seekSequence: number[] = [];
  private readonly seekAt: number[] = [];

  constructor(
    readonly path: string,
    readonly firstSequence: number,
    /** Of all packets of the lane before this segment. */
    readonly totalsBefore: Totals,
  ) {}

  /** Whether all of it is on disk. */
  get isWritten(): boolean {
    return this.blocks.every((block) => block.written === block.end);
  }

  /** Notes a packet that begins at `at`. */
  note(sequence: number, at: number): void {
    this.lastSequence = sequence;
    this.packetCount++;
    const last = this.seekAt.at(-1);
    if (last !== undefined && at - last < SEEK_STEP_BYTES) return;
    this.seekSequence.push(sequence);
    this.seekAt.push(at);
  }

  /** A place at or before the first packet with this sequence or a higher one, and less than a step away. */
  seek(sequence: number): number {
    let low = 0;
    let high = this.seekAt.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.seekSequence[middle] <= sequence) low = middle;
      else high = middle - 1;
    }
    return this.seekAt[low] ?? 0;
  }

  /** The block that holds the byte at `at`. */
  blockAt(at: number): Block | undefined {
    return this.blocks.find((block) => at >= block.at && at < block.at + block.end);
  }
}

const SEQUENCE_DIGITS = 16;

export function segmentPath(folder: string, lane: Lane, firstSequence: number): string {
  return join(folder, `${lane}-${String(firstSequence).padStart(SEQUENCE_DIGITS, '0')}.packets`);
}

/** Names of the lane's segments, oldest first. */
export function segmentNames(names: readonly string[], lane: Lane): string[] {
  const pattern = new RegExp(`^${lane}-\\d{${SEQUENCE_DIGITS}}\\.packets$`);
  return names.filter((name) => pattern.test(name)).sort();
}
