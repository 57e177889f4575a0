// One file of the ring: packets end to end, with an index in memory. A segment is written from its own buffer, and the buffer of
// the newest segments is kept, so that a live viewer never reads back from disk.

import type { Disk } from './disk';

export const SEGMENT_BYTES = 8 * 1024 * 1024;

/** Where each packet of a segment lies. Packet i has sequence firstSequence + i. */
export class PacketIndex {
  private capacity = 1024;
  count = 0;
  offsets = new Uint32Array(this.capacity);
  kinds = new Uint16Array(this.capacity);
  rowCounts = new Uint32Array(this.capacity);

  add(offset: number, kind: number, rowCount: number): void {
    if (this.count === this.capacity) this.grow();
    this.offsets[this.count] = offset;
    this.kinds[this.count] = kind;
    this.rowCounts[this.count] = rowCount;
    this.count++;
  }

  private grow(): void {
    this.capacity *= 2;
    const widen = <T extends Uint16Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.offsets = widen(this.offsets, new Uint32Array(this.capacity));
    this.kinds = widen(this.kinds, new Uint16Array(this.capacity));
    this.rowCounts = widen(this.rowCounts, new Uint32Array(this.capacity));
  }
}

export class Segment {
  readonly index = new PacketIndex();
  /** Bytes of whole packets. */
  bytes = 0;
  /** Bytes of them that are on disk. */
  flushedBytes = 0;
  /** Packets of them that are on disk. */
  flushedCount = 0;
  /** undefined once only the file is left. */
  buffer: Uint8Array | undefined;
  /** Viewers whose sockets still hold views of the buffer. */
  private pinCount = 0;
  private descriptor: number | undefined;

  constructor(
    private readonly disk: Disk,
    readonly path: string,
    readonly firstSequence: number,
    private readonly takeBuffer: () => Uint8Array = () => new Uint8Array(SEGMENT_BYTES),
  ) {}

  pin(): void {
    this.pinCount++;
  }

  unpin(): void {
    this.pinCount--;
  }

  /** Gives the buffer up; it comes back for another segment when nobody holds views of it. */
  releaseBuffer(): Uint8Array | undefined {
    const buffer = this.pinCount === 0 ? this.buffer : undefined;
    this.buffer = undefined;
    return buffer;
  }

  get nextSequence(): number {
    return this.firstSequence + this.index.count;
  }

  get isFlushed(): boolean {
    return this.flushedBytes === this.bytes;
  }

  /** Room for one more packet of this size. */
  fits(packetBytes: number): boolean {
    return this.bytes + packetBytes <= SEGMENT_BYTES;
  }

  append(packet: Uint8Array, kind: number, rowCount: number): void {
    this.buffer ??= this.takeBuffer();
    this.buffer.set(packet, this.bytes);
    this.index.add(this.bytes, kind, rowCount);
    this.bytes += packet.length;
  }

  /** Writes what is not on disk yet. Throws what the file system throws; the file then ends with its last whole packet. */
  flush(): void {
    if (this.isFlushed || !this.buffer) return;
    this.descriptor ??= this.disk.open(this.path);
    let at = this.flushedBytes;
    try {
      while (at < this.bytes) at += this.disk.write(this.descriptor, this.buffer.subarray(at, this.bytes), at);
    } catch (error) {
      this.disk.truncate(this.descriptor, this.flushedBytes);
      throw error;
    }
    this.flushedBytes = this.bytes;
    this.flushedCount = this.index.count;
  }

  /** The bytes of packets [first, last) of this segment: a view where they are in memory, else read from the file. */
  read(first: number, last: number): Uint8Array {
    const begin = this.index.offsets[first];
    const end = last < this.index.count ? this.index.offsets[last] : this.bytes;
    if (this.buffer) return this.buffer.subarray(begin, end);
    this.descriptor ??= this.disk.open(this.path);
    return this.disk.read(this.descriptor, begin, end - begin);
  }

  close(): void {
    if (this.descriptor !== undefined) this.disk.close(this.descriptor);
    this.descriptor = undefined;
  }

  remove(): void {
    this.close();
    this.disk.remove(this.path);
  }
}
