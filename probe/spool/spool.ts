// The bounded ring of segment files: the truth that every viewer reads by cursor.
//
//   evicted | segment | segment | … | active segment          state: who and what, kept for every new viewer
//           ^ oldestSequence                      ^ flushedNext = what viewers may have
//
// A packet reaches viewers only once it is written, so that a crash never gives one sequence number to two packets.

import { join } from 'node:path';
import type { Lane } from '../../shared/model/column';
import { type PacketHeader, stampHeader } from '../../shared/wire/header';
import { tableOfKind } from '../../shared/wire/tables';
import { type Disk, realDisk } from './disk';
import { Evicted, laneOfKind, type MissedTable } from './evicted';
import { wholePackets } from './recover';
import { SEGMENT_BYTES, Segment } from './segment';
import { loadIdentity, type SessionIdentity } from './session-file';

const SEGMENT_NAME = /^segment-(\d+)\.hkas$/;
const STATE_NAME = 'state.hkas';
const STATE_BYTES_MAX = 64 * 1024 * 1024;
const READ_BYTES_MAX = 256 * 1024;
/** Segments whose bytes stay in memory for live viewers. */
const BUFFERED_SEGMENTS = 2;

export interface SpoolOptions {
  readonly directory: string;
  readonly ringBytesMax: number;
  readonly disk?: Disk;
}

export type SpoolState = 'recording' | 'diskFull';

/** What is next for a viewer. */
export type Next =
  | { readonly kind: 'packets'; readonly bytes: Uint8Array; readonly segment: Segment; readonly nextSequence: number }
  | { readonly kind: 'gap'; readonly missed: MissedTable[]; readonly nextSequence: number }
  | { readonly kind: 'caughtUp'; readonly nextSequence: number };

export class Spool {
  readonly identity: SessionIdentity;
  /** What opening found: for the diagnostics of a start. */
  readonly opened: { readonly isNew: boolean; discardedBytes: number; tornBytes: number; missingPackets: number };
  state: SpoolState = 'recording';
  /** Called when packets were written. */
  onFlushed: () => void = () => {};
  private readonly disk: Disk;
  private readonly segments: Segment[] = [];
  private readonly evicted = new Evicted();
  private readonly statePackets: { readonly packet: Uint8Array; readonly sequence: number }[] = [];
  private stateBytes = 0;
  private stateDescriptor: number | undefined;
  private bytesOnDisk = 0;
  private readonly freeBuffers: Uint8Array[] = [];
  sourceIdMax = 0;

  constructor(private readonly options: SpoolOptions) {
    this.disk = options.disk ?? realDisk;
    this.disk.makeFolder(options.directory);
    const { identity, isNew } = loadIdentity(this.disk, options.directory);
    this.identity = identity;
    this.opened = { isNew, discardedBytes: 0, tornBytes: 0, missingPackets: 0 };
    if (isNew) this.discard();
    else this.recover();
    if (this.segments.length === 0) this.addSegment(1);
  }

  get nextSequence(): number {
    return this.active.nextSequence;
  }

  /** Everything below was written and may be read. */
  get flushedNext(): number {
    const segment = this.segments[this.firstUnflushed()];
    return segment.firstSequence + segment.flushedCount;
  }

  // The active segment, or an earlier one that a full disk refused.
  private firstUnflushed(): number {
    let index = this.segments.length - 1;
    while (index > 0 && !this.segments[index - 1].isFlushed) index--;
    return index;
  }

  get oldestSequence(): number {
    return this.segments[0].firstSequence;
  }

  get bytes(): number {
    return this.bytesOnDisk + this.active.bytes;
  }

  private get active(): Segment {
    return this.segments[this.segments.length - 1];
  }

  /** Gives the packet the next sequence and the source, and takes a copy of it. Returns the sequence. */
  append(packet: Uint8Array, header: PacketHeader, sourceId: number): number {
    if (!this.active.fits(packet.length)) this.rotate();
    const sequence = this.nextSequence;
    stampHeader(packet, sequence, sourceId);
    this.active.append(packet, header.kind, header.rowCount);
    this.sourceIdMax = Math.max(this.sourceIdMax, sourceId);
    if (tableOfKind(header.kind)?.role === 'state') this.keepState(packet, sequence);
    return sequence;
  }

  /** Writes what is new. On a full disk the state changes and what was new stays in memory for the next try. */
  flush(): void {
    const before = this.flushedNext;
    try {
      for (const segment of this.segments.slice(this.firstUnflushed())) segment.flush();
      this.state = 'recording';
    } catch (error) {
      this.state = 'diskFull';
      this.lastError = error instanceof Error ? error.message : String(error);
    }
    if (this.flushedNext > before) this.onFlushed();
  }

  /** What the file system said when it refused. */
  lastError = '';

  /** The next packets of a lane from `cursor` on: as many as lie together, up to a quarter MiB. */
  next(lane: Lane, cursor: number): Next {
    if (cursor < this.oldestSequence) {
      const missed = this.evicted.missed(lane, cursor, this.oldestSequence);
      return { kind: 'gap', missed, nextSequence: this.oldestSequence };
    }
    for (let sequence = cursor; sequence < this.flushedNext; ) {
      const at = this.segmentAt(sequence);
      const segment = this.segments[at];
      const count = segment.flushedCount;
      const first = this.firstOfLane(segment, sequence - segment.firstSequence, count, lane);
      if (first < count) {
        const last = this.lastOfRun(segment, first, count, lane);
        return {
          kind: 'packets',
          bytes: segment.read(first, last),
          segment,
          nextSequence: segment.firstSequence + last,
        };
      }
      sequence = this.segments[at + 1]?.firstSequence ?? this.flushedNext;
    }
    return { kind: 'caughtUp', nextSequence: Math.max(cursor, this.flushedNext) };
  }

  private firstOfLane(segment: Segment, from: number, count: number, lane: Lane): number {
    let index = from;
    while (index < count && laneOfKind(segment.index.kinds[index]) !== lane) index++;
    return index;
  }

  private lastOfRun(segment: Segment, first: number, count: number, lane: Lane): number {
    const { offsets, kinds } = segment.index;
    let last = first + 1;
    while (last < count && laneOfKind(kinds[last]) === lane && offsets[last] - offsets[first] < READ_BYTES_MAX) last++;
    return last;
  }

  private segmentAt(sequence: number): number {
    let low = 0;
    let high = this.segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.segments[middle].firstSequence <= sequence) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** State packets with a sequence below `before`, for a viewer that begins there. */
  *stateBefore(before: number): Iterable<Uint8Array> {
    for (const { packet, sequence } of this.statePackets) if (sequence < before) yield packet;
  }

  close(): void {
    this.flush();
    for (const segment of this.segments) segment.close();
    if (this.stateDescriptor !== undefined) this.disk.close(this.stateDescriptor);
    this.stateDescriptor = undefined;
  }

  // Past the limit new state is still in the ring; only viewers that come after it left the ring miss it.
  private keepState(packet: Uint8Array, sequence: number): void {
    if (this.stateBytes + packet.length > STATE_BYTES_MAX) return;
    const copy = packet.slice();
    this.statePackets.push({ packet: copy, sequence });
    const path = join(this.options.directory, STATE_NAME);
    try {
      this.stateDescriptor ??= this.disk.open(path);
      this.disk.write(this.stateDescriptor, copy, this.stateBytes);
    } catch {
      // The packet is in the ring too; a full disk is told by flush(), which meets it next.
    }
    this.stateBytes += copy.length;
  }

  private rotate(): void {
    this.flush();
    const full = this.active;
    this.bytesOnDisk += full.bytes;
    this.addSegment(full.nextSequence);
    const bufferedFrom = this.segments.length - BUFFERED_SEGMENTS;
    for (const [index, segment] of this.segments.entries()) {
      if (index >= bufferedFrom || !segment.isFlushed || !segment.buffer) continue;
      const buffer = segment.releaseBuffer();
      if (buffer && this.freeBuffers.length < BUFFERED_SEGMENTS) this.freeBuffers.push(buffer);
    }
    while (this.bytesOnDisk + SEGMENT_BYTES > this.options.ringBytesMax && this.segments.length > 2) {
      const oldest = this.segments.shift() as Segment;
      this.bytesOnDisk -= oldest.bytes;
      this.evicted.add(oldest);
      oldest.remove();
    }
  }

  private addSegment(firstSequence: number): void {
    const path = join(this.options.directory, `segment-${String(firstSequence).padStart(16, '0')}.hkas`);
    this.segments.push(
      new Segment(this.disk, path, firstSequence, () => this.freeBuffers.pop() ?? new Uint8Array(SEGMENT_BYTES)),
    );
  }

  private segmentFiles(): { path: string; firstSequence: number }[] {
    return this.disk
      .list(this.options.directory)
      .flatMap((name) => {
        const match = SEGMENT_NAME.exec(name);
        return match ? [{ path: join(this.options.directory, name), firstSequence: Number(match[1]) }] : [];
      })
      .sort((a, b) => a.firstSequence - b.firstSequence);
  }

  private discard(): void {
    for (const { path } of this.segmentFiles()) {
      this.opened.discardedBytes += this.disk.readAll(path)?.length ?? 0;
      this.disk.remove(path);
    }
    this.disk.remove(join(this.options.directory, STATE_NAME));
  }

  private recover(): void {
    for (const { path, firstSequence } of this.segmentFiles()) {
      const bytes = this.disk.readAll(path) ?? new Uint8Array(0);
      const segment = new Segment(this.disk, path, firstSequence);
      segment.bytes = wholePackets(bytes, firstSequence, (_packet, header, offset) => {
        segment.index.add(offset, header.kind, header.rowCount);
        this.sourceIdMax = Math.max(this.sourceIdMax, header.sourceId);
      });
      segment.flushedBytes = segment.bytes;
      segment.flushedCount = segment.index.count;
      this.opened.tornBytes += bytes.length - segment.bytes;
      const previous = this.segments[this.segments.length - 1];
      if (previous) this.opened.missingPackets += Math.max(0, firstSequence - previous.nextSequence);
      if (segment.index.count === 0) this.disk.remove(path);
      else this.segments.push(segment);
      this.bytesOnDisk += segment.bytes;
    }
    const state = this.disk.readAll(join(this.options.directory, STATE_NAME)) ?? new Uint8Array(0);
    const next = this.segments.length > 0 ? this.active.nextSequence : 1;
    this.stateBytes = wholePackets(state, undefined, (packet, header) => {
      if (header.sequence < next) this.statePackets.push({ packet: packet.slice(), sequence: header.sequence });
      this.sourceIdMax = Math.max(this.sourceIdMax, header.sourceId);
    });
    if (this.segments.length > 0) this.addSegment(next);
  }
}
