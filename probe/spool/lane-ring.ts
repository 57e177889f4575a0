// The ring of one lane: packets in at the end, segment files dropped at the front. Each packet is copied once into a block of
// memory; blocks are written to disk as they fill and stay for a while, so that viewers who are up to date never read the disk.
// A packet is published, that is shown to viewers, only when it is on disk: after a crash no viewer knows more than the ring.
// While the disk is full (`stop`) packets are published from memory and wait there.

import type { Lane } from '../../shared/model/column';
import { assert } from '../../shared/util/result';
import { HEADER_AT, stampHeader } from '../../shared/wire/header';
import { tableOfKind } from '../../shared/wire/tables';
import { type SpoolFileSystem, writeFully } from './file-system';
import { BLOCK_BYTES, LANE_SEGMENT_COUNT, SEGMENT_BYTES_MAX, TAIL_BYTES } from './limits';
import type { PacketIndex } from './packet-index';
import { type Block, Segment, segmentPath } from './segment';
import type { TableTotals, Totals } from './totals';

const SPARE_BLOCK_COUNT = 2;

export interface LaneRingOptions {
  readonly lane: Lane;
  readonly folder: string;
  readonly bytesMax: number;
  readonly fileSystem: SpoolFileSystem;
  /** Something more can be read. */
  readonly onPublished: () => void;
  /** A write failed; the file was cut back to whole packets. The owner calls stop(). */
  readonly onWriteFailed: (error: Error) => void;
  /** Called before packets up to this sequence leave the disk. */
  readonly beforeEvict: (lastSequence: number) => Promise<void>;
}

/** What an earlier run of the probe left. */
export interface LaneLeft {
  readonly segments: Segment[];
  readonly index: PacketIndex;
  readonly totals: Totals;
}

/** What a viewer missed. */
export interface Lost {
  readonly tables: readonly (readonly [kind: number, totals: TableTotals])[];
  /** Of the last missed packet. */
  readonly lastSequence: number;
  readonly isExact: boolean;
}

export class LaneRing {
  readonly segments: Segment[];
  readonly segmentBytesMax: number;
  private readonly index: PacketIndex;
  private readonly totals: Totals;
  private readonly tail: Block[] = []; // every block in memory, oldest first
  private tailBytes = 0;
  private readonly unwritten: Block[] = []; // those with bytes that are not on disk, oldest first
  private readonly spare: Uint8Array[] = [];
  private writing: Promise<void> | undefined;
  private isStopped = false;
  unwrittenBytes = 0;
  bytes = 0;

  constructor(
    readonly options: LaneRingOptions,
    left: LaneLeft,
  ) {
    this.segments = left.segments;
    this.index = left.index;
    this.totals = left.totals;
    this.bytes = left.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    this.segmentBytesMax = Math.min(SEGMENT_BYTES_MAX, Math.floor(options.bytesMax / LANE_SEGMENT_COUNT));
  }

  /** Sequence of the oldest packet in the ring; undefined when there is none. */
  get oldestSequence(): number | undefined {
    return this.segments[0]?.firstSequence;
  }

  /** Sequence of the last packet that has left the ring; 0 when none has. */
  get evictedSequence(): number {
    return this.segments[0]?.totalsBefore.lastSequence ?? this.totals.lastSequence;
  }

  /** Sequence of the first packet that viewers do not see yet; undefined when they see all. */
  get firstUnpublishedSequence(): number | undefined {
    const block = this.unwritten[0];
    if (!block || this.isStopped) return undefined;
    const view = new DataView(block.bytes.buffer, block.bytes.byteOffset + block.written);
    return view.getUint32(HEADER_AT.sequence, true) + view.getUint32(HEADER_AT.sequence + 4, true) * 2 ** 32;
  }

  /** Copies one whole, stamped packet to the end. */
  append(packet: Uint8Array, sequence: number, kind: number, rowCount: number): void {
    const block = this.roomFor(packet.length, sequence);
    block.segment.note(sequence, block.at + block.end);
    this.index.add(sequence, kind, rowCount);
    this.totals.add(kind, rowCount, sequence);
    this.put(block, packet);
    block.lastSequence = sequence;
    if (this.isStopped) this.publishAll();
    else this.startWriting();
  }

  private put(block: Block, bytes: Uint8Array): void {
    if (block.written === block.end) this.unwritten.push(block);
    block.bytes.set(bytes, block.end);
    block.end += bytes.length;
    block.segment.bytes += bytes.length;
    this.bytes += bytes.length;
    this.tailBytes += bytes.length;
    this.unwrittenBytes += bytes.length;
  }

  private roomFor(packetBytes: number, sequence: number): Block {
    const last = this.segments.at(-1);
    if (!last || last.isSealed || (last.packetCount > 0 && last.bytes + packetBytes > this.segmentBytesMax)) {
      if (last) last.isSealed = true;
      const { folder, lane } = this.options;
      const segment = new Segment(segmentPath(folder, lane, sequence), sequence, this.totals.clone());
      this.segments.push(segment);
      const block = this.addBlock(segment);
      // The totals are no packet for viewers: they are part of the first packet's write, so that no file is without them.
      const totals = segment.totalsBefore.encode();
      stampHeader(totals, sequence, 0);
      this.put(block, totals);
      return block;
    }
    const block = last.blocks.at(-1);
    return block && block.end + packetBytes <= block.bytes.length ? block : this.addBlock(last);
  }

  private addBlock(segment: Segment): Block {
    const bytes = this.spare.pop() ?? new Uint8Array(BLOCK_BYTES[this.options.lane]);
    const block = { bytes, segment, at: segment.bytes, end: 0, written: 0, lastSequence: 0, pinCount: 0 };
    segment.blocks.push(block);
    this.tail.push(block);
    return block;
  }

  private publishAll(): void {
    for (const segment of this.segments) segment.publishedBytes = segment.bytes;
    this.options.onPublished();
  }

  private startWriting(): void {
    if (this.writing) return;
    // One turn of the event loop later, so that all packets of one read from a socket are one write.
    this.writing = new Promise((resolve) => setImmediate(resolve))
      .then(() => this.writeOut())
      .catch((error: Error) => this.options.onWriteFailed(error))
      .finally(() => {
        this.writing = undefined;
        if (this.unwritten.length > 0 && !this.isStopped) this.startWriting();
      });
  }

  private async writeOut(): Promise<void> {
    for (let block = this.unwritten[0]; block; block = this.unwritten[0]) {
      await this.writeBlock(block);
      this.options.onPublished();
      this.trimTail();
      await this.closeSealed();
      await this.evict();
    }
  }

  private async writeBlock(block: Block): Promise<void> {
    const { segment } = block;
    segment.file ??= await this.options.fileSystem.open(segment.path, 'create');
    const end = block.end;
    try {
      await writeFully(segment.file, block.bytes.subarray(block.written, end), block.at + block.written);
    } catch (error) {
      await segment.file.truncate(block.at + block.written).catch(() => undefined); // recovery cuts it if this could not
      throw error;
    }
    this.unwrittenBytes -= end - block.written;
    block.written = end;
    if (block.end === end) this.unwritten.shift();
    segment.publishedBytes = Math.max(segment.publishedBytes, block.at + end);
  }

  private trimTail(): void {
    const last = this.tail.at(-1);
    while (this.tailBytes > TAIL_BYTES[this.options.lane]) {
      const block = this.tail[0];
      if (block === last || block.written < block.end) return;
      this.forget(block);
    }
  }

  // A pinned block is left to the viewer whose socket still reads from it; nobody else will get it.
  private forget(block: Block): void {
    this.tail.splice(this.tail.indexOf(block), 1);
    block.segment.blocks.splice(block.segment.blocks.indexOf(block), 1);
    this.tailBytes -= block.end;
    if (block.pinCount === 0 && this.spare.length < SPARE_BLOCK_COUNT) this.spare.push(block.bytes);
  }

  private async closeSealed(): Promise<void> {
    for (const segment of this.segments) {
      if (!segment.file || !segment.isSealed || !segment.isWritten) continue;
      const { file } = segment;
      segment.file = undefined;
      await file.close();
    }
  }

  /** Drops the oldest segments while the ring is over its limit. The last one always stays. */
  async evict(): Promise<void> {
    while (this.bytes > this.options.bytesMax && this.segments.length > 1) {
      const segment = this.segments[0];
      if (segment.file || !segment.isWritten) return;
      await this.options.beforeEvict(segment.lastSequence);
      await this.options.fileSystem.remove(segment.path);
      this.segments.shift();
      segment.isEvicted = true;
      this.bytes -= segment.bytes;
      for (const block of [...segment.blocks]) this.forget(block);
    }
  }

  /** Nothing more goes to disk; what is in memory is published from there. */
  stop(): void {
    this.isStopped = true;
    this.publishAll();
  }

  /** Writes what waits in memory. Throws when the disk still refuses; the ring then stays stopped. */
  async resume(): Promise<void> {
    assert(this.isStopped, 'resume() of a ring that is not stopped');
    await this.writing;
    await this.writeOut();
    this.isStopped = false;
    if (this.unwritten.length > 0) this.startWriting();
  }

  /** Resolves when everything appended so far is on disk, or the ring is stopped. */
  async flush(): Promise<void> {
    while (this.writing && !this.isStopped) await this.writing;
  }

  /** Closes the files. What is not on disk is gone. */
  async close(): Promise<void> {
    await this.flush();
    await this.writing;
    for (const segment of this.segments) {
      await segment.file?.close();
      segment.file = undefined;
    }
  }

  /**
   * What was in first..last, state tables left out: they are kept elsewhere. undefined when nothing was. Where the index has
   * forgotten a part, the counts are those of all that ever left the ring in tables that can be meant.
   */
  lost(first: number, last: number): Lost | undefined {
    const counted = this.index.count(first, last);
    const isAllEvicted = last === this.evictedSequence;
    const totals = counted ?? (isAllEvicted ? this.segments[0]?.totalsBefore : undefined) ?? this.totals;
    const tables = [...totals.entries()].filter(
      ([kind, each]) => tableOfKind(kind)?.role === 'event' && each.lastSequence >= first,
    );
    if (tables.length === 0) return undefined;
    const lastSequence = Math.max(...tables.map(([, each]) => each.lastSequence));
    return { tables, lastSequence, isExact: counted !== undefined || (first <= 1 && isAllEvicted) };
  }
}
