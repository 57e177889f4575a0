// One reader's place in a lane. Gives runs of whole packets in order of sequence, from memory while they are there, else from
// disk, and says where the ring was faster than the reader. Never holds anything up: the ring does not know its cursors.

import { assert } from '../../shared/util/result';
import { HEADER_AT, parseHeader } from '../../shared/wire/header';
import { HEADER_BYTES } from '../../shared/wire/limits';
import { readFully, type SpoolFile } from './file-system';
import type { LaneRing } from './lane-ring';
import { READ_BYTES } from './limits';
import type { Segment } from './segment';

/** Packets, valid until release(), which must be called before the next next(). */
export interface Run {
  readonly kind: 'run';
  readonly bytes: Uint8Array;
  readonly release: () => void;
}

/** Packets that cannot be read any more: first..last, both included. */
export interface Hole {
  readonly kind: 'hole';
  readonly firstSequence: number;
  readonly lastSequence: number;
}

interface Window {
  readonly bytes: Uint8Array;
  readonly release: () => void;
}

const nothing = () => undefined;

export class LaneCursor {
  private segment: Segment | undefined;
  private at = 0;
  private file: SpoolFile | undefined;
  private buffer = new Uint8Array(0);

  /** `nextSequence` is the first one wanted. */
  constructor(
    private readonly ring: LaneRing,
    public nextSequence: number,
  ) {}

  /**
   * The next packets, at most `bytesMax` unless one alone is larger; a hole; or undefined when the reader has all that was
   * published. Errors of the disk become holes.
   */
  async next(bytesMax: number): Promise<Run | Hole | undefined> {
    for (;;) {
      if (!this.segment) {
        const hole = await this.enter();
        if (hole) return hole;
        if (!this.segment) return undefined;
      }
      const segment: Segment = this.segment;
      if (this.at >= segment.publishedBytes) {
        if (!segment.isSealed || segment.publishedBytes < segment.bytes) return undefined;
        await this.leave();
        continue;
      }
      const window = await this.read(segment, bytesMax);
      if (!window && segment.isEvicted) {
        await this.leave();
        continue;
      }
      if (!window) return this.skip(segment);
      const run = this.cut(window, bytesMax);
      if (run === 'damaged') return this.skip(segment);
      if (run) return run;
    }
  }

  async close(): Promise<void> {
    await this.leave();
  }

  // Finds the segment that holds nextSequence or the first one behind it.
  private async enter(): Promise<Hole | undefined> {
    const { segments, evictedSequence } = this.ring;
    if (this.nextSequence <= evictedSequence) {
      const firstSequence = this.nextSequence;
      this.nextSequence = evictedSequence + 1;
      return { kind: 'hole', firstSequence, lastSequence: evictedSequence };
    }
    const found = segments.find((segment) => segment.lastSequence >= this.nextSequence);
    if (!found) return undefined;
    this.segment = found;
    this.at = found.seek(this.nextSequence);
    return undefined;
  }

  private async leave(): Promise<void> {
    const { file } = this;
    this.segment = undefined;
    this.file = undefined;
    await file?.close();
  }

  private async skip(segment: Segment): Promise<Hole> {
    await this.leave();
    const firstSequence = this.nextSequence;
    this.nextSequence = segment.lastSequence + 1;
    return { kind: 'hole', firstSequence, lastSequence: segment.lastSequence };
  }

  private async read(segment: Segment, bytesMax: number): Promise<Window | undefined> {
    const block = segment.blockAt(this.at);
    if (block) {
      const end = Math.min(block.end, segment.publishedBytes - block.at);
      block.pinCount++;
      const release = () => {
        block.pinCount--;
      };
      return { bytes: block.bytes.subarray(this.at - block.at, end), release };
    }
    try {
      this.file ??= await this.ring.options.fileSystem.open(segment.path, 'read');
      return { bytes: await this.readDisk(segment, this.file, bytesMax), release: nothing };
    } catch {
      return undefined;
    }
  }

  private async readDisk(segment: Segment, file: SpoolFile, bytesMax: number): Promise<Uint8Array> {
    const wanted = Math.min(segment.publishedBytes - this.at, Math.max(HEADER_BYTES, Math.min(bytesMax, READ_BYTES)));
    let count = await this.fill(file, wanted);
    const header = parseHeader(this.buffer.subarray(0, count));
    if (header.ok && count < HEADER_BYTES + header.value.bodyBytes) {
      count = await this.fill(file, HEADER_BYTES + header.value.bodyBytes);
    }
    return this.buffer.subarray(0, count);
  }

  private async fill(file: SpoolFile, bytes: number): Promise<number> {
    if (this.buffer.length < bytes) this.buffer = new Uint8Array(Math.max(bytes, READ_BYTES));
    return readFully(file, this.buffer.subarray(0, bytes), this.at);
  }

  // Passes over packets below nextSequence and takes whole ones behind them. undefined: all of the window was passed over.
  private cut(window: Window, bytesMax: number): Run | 'damaged' | undefined {
    const { bytes } = window;
    let begin = 0;
    let end = 0;
    while (end < bytes.length) {
      const parsed = parseHeader(bytes.subarray(end));
      if (!parsed.ok && parsed.error.kind !== 'truncated') break;
      if (!parsed.ok || end + HEADER_BYTES + parsed.value.bodyBytes > bytes.length) break;
      const packetBytes = HEADER_BYTES + parsed.value.bodyBytes;
      if (parsed.value.sequence < this.nextSequence) begin = end + packetBytes;
      else if (end > begin && end + packetBytes - begin > bytesMax) break;
      end += packetBytes;
    }
    if (end === 0) {
      window.release();
      return 'damaged';
    }
    this.at += end;
    if (begin === end) {
      window.release();
      return undefined;
    }
    const run = bytes.subarray(begin, end);
    this.nextSequence = lastSequenceOf(run) + 1;
    return { kind: 'run', bytes: run, release: window.release };
  }
}

function lastSequenceOf(run: Uint8Array): number {
  let sequence = 0;
  const view = new DataView(run.buffer, run.byteOffset, run.length);
  for (let at = 0; at < run.length; at += HEADER_BYTES + view.getUint32(at + HEADER_AT.bodyBytes, true)) {
    sequence =
      view.getUint32(at + HEADER_AT.sequence, true) + view.getUint32(at + HEADER_AT.sequence + 4, true) * 2 ** 32;
  }
  assert(sequence > 0, 'a run without packets');
  return sequence;
}
