// Chunks of a stream, cut anywhere, to whole packets. Owns no socket and no file: bytes in by push(), packets out by the
// callback. A bad checksum spoils one packet; any other error leaves no way to find the next one, so the stream is over.

import { checkPacket, type PacketError, type PacketHeader, parseHeader } from './header';
import { HEADER_BYTES, PACKET_BYTES_MAX } from './limits';

export interface PacketReaderOptions {
  /** Gets each whole packet whose checksum is right; its bytes begin on a multiple of 8. */
  readonly onPacket: (packet: Uint8Array, header: PacketHeader) => void;
  /** Gets each packet that was thrown away because its checksum is wrong. */
  readonly onDamaged: (header: PacketHeader, error: PacketError) => void;
  /**
   * true: a packet's bytes are valid only inside onPacket, and one slab is used for ever. false: they stay valid as long as
   * somebody holds them.
   */
  readonly reuse: boolean;
}

const SLAB_BYTES = 4 * 1024 * 1024;

export class PacketReader {
  private slab: Uint8Array = new Uint8Array(SLAB_BYTES);
  private begin = 0; // first byte not given out; always a multiple of 8, because packets are
  private end = 0; // behind the last byte received
  private failed: PacketError | undefined;

  constructor(private readonly options: PacketReaderOptions) {}

  /** Bytes received that do not make a whole packet yet. */
  get pendingBytes(): number {
    return this.end - this.begin;
  }

  /** Whether an error ended the stream. */
  get hasFailed(): boolean {
    return this.failed !== undefined;
  }

  /** Takes the next chunk. Returns the error that ended the stream; every later call returns it again. */
  push(chunk: Uint8Array): PacketError | undefined {
    let at = 0;
    while (at < chunk.length && !this.failed) {
      if (this.end === this.slab.length) this.makeRoom();
      const count = Math.min(chunk.length - at, this.slab.length - this.end);
      this.slab.set(chunk.subarray(at, at + count), this.end);
      this.end += count;
      at += count;
      this.failed = this.drain();
    }
    return this.failed;
  }

  private drain(): PacketError | undefined {
    while (this.end - this.begin >= HEADER_BYTES) {
      const parsed = parseHeader(this.slab.subarray(this.begin, this.begin + HEADER_BYTES));
      if (!parsed.ok) return parsed.error;
      const header = parsed.value;
      const packetBytes = HEADER_BYTES + header.bodyBytes;
      if (this.end - this.begin < packetBytes) return undefined;
      const packet = this.slab.subarray(this.begin, this.begin + packetBytes);
      this.begin += packetBytes;
      const damaged = checkPacket(packet, header);
      if (damaged) this.options.onDamaged(header, damaged);
      else this.options.onPacket(packet, header);
    }
    return undefined;
  }

  // The rest is shorter than one packet, so a slab always has room for it and more.
  private makeRoom(): void {
    const rest = this.slab.subarray(this.begin, this.end);
    const next = this.options.reuse ? this.slab : new Uint8Array(Math.max(SLAB_BYTES, PACKET_BYTES_MAX));
    if (this.options.reuse) next.copyWithin(0, this.begin, this.end);
    else next.set(rest);
    this.slab = next;
    this.end = rest.length;
    this.begin = 0;
  }
}
