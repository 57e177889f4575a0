// Packets to a .hka file, unchanged and in the order they come. Writes are synchronous: what append() was given lies in the
// buffer or with the operating system when it returns, and memory stays bounded on a slow disk.

import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { encodeRows } from '../../../shared/wire/encode';
import { HEADER_AT } from '../../../shared/wire/header';
import { HEADER_BYTES, PACKET_BYTES_MAX } from '../../../shared/wire/limits';
import { tableOfKind, tables } from '../../../shared/wire/tables';
import { fileFailure } from './file-failure';

// Large enough that a write call is rare, small enough that a crash of this process costs little.
const BUFFER_BYTES = 2 * PACKET_BYTES_MAX;

export interface HkaWriterOptions {
  /** Replace a file that is there; otherwise that is a failure. */
  readonly overwrite?: boolean;
}

export class HkaWriter {
  private readonly buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  private bufferedBytes = 0;
  private writtenBytes = 0;
  private newestNs = 0;
  private failed = false;
  private closed = false;
  /** Packets and rows taken so far, without the `end` packet. */
  packetCount = 0;
  rowCount = 0;
  /** Packets and rows that came after the disk had refused a write; they are not in the file. */
  droppedPacketCount = 0;
  droppedRowCount = 0;

  private constructor(
    private path: string,
    private descriptor: number,
  ) {}

  /** Creates the file. Throws FailureError when it exists (without `overwrite`) or cannot be created. */
  static async open(path: string, options: HkaWriterOptions = {}): Promise<HkaWriter> {
    try {
      return new HkaWriter(path, openSync(path, options.overwrite ? 'w' : 'wx'));
    } catch (error) {
      throw fileFailure(error, path, 'write');
    }
  }

  /** Bytes of the file, those still buffered included. */
  get byteCount(): number {
    return this.writtenBytes + this.bufferedBytes;
  }

  /**
   * Takes one whole packet; its bytes may be reused when this returns. Throws FailureError once, when the disk refuses; the
   * file then ends with the last whole packet that fitted, and every later packet is counted as dropped.
   */
  append(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES);
    const rowCount = view.getUint32(HEADER_AT.rowCount, true);
    if (this.failed || this.closed) {
      this.droppedPacketCount++;
      this.droppedRowCount += rowCount;
      return;
    }
    if (this.bufferedBytes + packet.length > BUFFER_BYTES) this.makeRoom(rowCount);
    this.buffer.set(packet, this.bufferedBytes);
    this.bufferedBytes += packet.length;
    this.packetCount++;
    this.rowCount += rowCount;
    this.noteTime(packet, view, rowCount);
  }

  /** Hands everything buffered to the operating system. Throws FailureError when the disk refuses. */
  async flush(): Promise<void> {
    if (!this.failed && !this.closed) this.writeOut();
  }

  /**
   * Goes on writing at another path; what was written moves there. Throws FailureError when the path exists (without `overwrite`)
   * or cannot be written; then the file stays where it is.
   */
  async moveTo(path: string, { overwrite = false }: HkaWriterOptions = {}): Promise<void> {
    await this.flush();
    try {
      if (existsSync(path) && !overwrite) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
      try {
        renameSync(this.path, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
        await this.copyTo(path);
      }
      this.path = path;
    } catch (error) {
      throw fileFailure(error, path, 'write');
    }
  }

  // To another disk, where a rename cannot go: most of it while recording goes on, and the rest at once. Whole, or not at all.
  private async copyTo(path: string): Promise<void> {
    const part = `${path}.part`;
    try {
      await copyFile(this.path, part);
      this.writeOut();
      copyTail(this.path, part, this.writtenBytes);
      renameSync(part, path);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
    const descriptor = openSync(path, 'a');
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
    this.descriptor = descriptor;
  }

  /** Writes the `end` packet and closes the file. A second call does nothing. Throws FailureError when the disk refuses. */
  async close(): Promise<void> {
    if (this.closed) return;
    try {
      if (!this.failed) {
        const { packetCount, rowCount, newestNs: timeNs } = this;
        const end = encodeRows(tables.end, [{ timeNs, packetCount, rowCount }]);
        if (this.bufferedBytes + end.length > BUFFER_BYTES) this.writeOut();
        this.buffer.set(end, this.bufferedBytes);
        this.bufferedBytes += end.length;
        this.writeOut();
      }
    } finally {
      this.closed = true;
      closeSync(this.descriptor);
    }
  }

  // The end packet's time must come from the board's clock, and the only reading of it here is inside the rows: the newest
  // row of the newest packet whose table begins with a time.
  private noteTime(packet: Uint8Array, view: DataView, rowCount: number): void {
    const table = tableOfKind(view.getUint16(HEADER_AT.kind, true));
    if (!table || rowCount === 0 || table.role !== 'event') return;
    const [first] = Object.values(table.columns);
    const lastRowAt = HEADER_BYTES + 8 * (rowCount - 1);
    if (first.meaning !== 'timeNs' || lastRowAt + 8 > packet.length) return;
    const body = new DataView(packet.buffer, packet.byteOffset, packet.length);
    this.newestNs = Math.max(this.newestNs, body.getFloat64(lastRowAt, true));
  }

  private makeRoom(rowCount: number): void {
    try {
      this.writeOut();
    } catch (error) {
      this.droppedPacketCount++;
      this.droppedRowCount += rowCount;
      throw error;
    }
  }

  private writeOut(): void {
    let doneBytes = 0;
    try {
      while (doneBytes < this.bufferedBytes) {
        doneBytes += writeSync(this.descriptor, this.buffer, doneBytes, this.bufferedBytes - doneBytes);
      }
    } catch (error) {
      this.failed = true;
      this.keepWholePackets(doneBytes);
      throw fileFailure(error, this.path, 'write');
    }
    this.writtenBytes += doneBytes;
    this.bufferedBytes = 0;
  }

  // After a refused write the file may end inside a packet: cut it back to the last packet that is whole, and count the rest.
  private keepWholePackets(doneBytes: number): void {
    let at = 0;
    let wholeBytes = 0;
    while (at < this.bufferedBytes) {
      const rowCount = this.buffer.readUInt32LE(at + HEADER_AT.rowCount);
      at += HEADER_BYTES + this.buffer.readUInt32LE(at + HEADER_AT.bodyBytes);
      if (at <= doneBytes) {
        wholeBytes = at;
      } else {
        this.droppedPacketCount++;
        this.droppedRowCount += rowCount;
      }
    }
    this.packetCount -= this.droppedPacketCount;
    this.rowCount -= this.droppedRowCount;
    this.writtenBytes += wholeBytes;
    this.bufferedBytes = 0;
    try {
      ftruncateSync(this.descriptor, this.writtenBytes);
    } catch {
      // A reader recovers from a cut packet at the end, so a file that cannot be shortened is still a valid session.
    }
  }
}

/** What `from` holds behind the end of `to`, up to `byteCount`. */
function copyTail(from: string, to: string, byteCount: number): void {
  const [source, target] = [openSync(from, 'r'), openSync(to, 'r+')];
  try {
    const piece = Buffer.allocUnsafe(BUFFER_BYTES);
    for (let at = fstatSync(target).size; at < byteCount; ) {
      const read = readSync(source, piece, 0, Math.min(piece.length, byteCount - at), at);
      if (read === 0) break;
      for (let done = 0; done < read; ) done += writeSync(target, piece, done, read - done, at + done);
      at += read;
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
}
