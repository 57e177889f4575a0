// Packets to a .hka file, unchanged and in order. Whatever happens, the file ends with a whole packet.

import { closeSync, existsSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { failure } from '../../../shared/util/failure';
import { encodeRows } from '../../../shared/wire/encode';
import { stampHeader } from '../../../shared/wire/header';
import { tables } from '../../../shared/wire/tables';

const BUFFER_BYTES = 1024 * 1024;

function openFailure(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EEXIST') {
    return failure(
      'fileExists',
      `The file ${path} exists already.`,
      'Give another name with -o, or say --force to replace it.',
    );
  }
  if (error.code === 'ENOENT')
    return failure('noFolder', `There is no folder for ${path}.`, 'Make it first, or give another name with -o.');
  return failure('cannotWrite', `${path} cannot be written: ${error.message}.`, 'Give another name with -o.');
}

export class HkaWriter {
  packetCount = 0;
  rowCount = 0;
  /** Bytes handed in so far. */
  byteCount = 0;
  private writtenBytes = 0;
  private readonly buffer = new Uint8Array(BUFFER_BYTES);
  private bufferedBytes = 0;
  private lastSequence = 0;
  private isBroken = false;

  private constructor(
    readonly path: string,
    private readonly descriptor: number,
  ) {}

  /** Makes the file. An existing one is refused unless `overwrite`. Throws a FailureError. */
  static open(path: string, { overwrite = false }: { overwrite?: boolean } = {}): HkaWriter {
    try {
      return new HkaWriter(path, openSync(path, overwrite ? 'w' : 'wx', 0o644));
    } catch (error) {
      throw openFailure(path, error as NodeJS.ErrnoException);
    }
  }

  /** Says no before a program is started for nothing. Throws a FailureError. */
  static check(path: string, { overwrite = false }: { overwrite?: boolean } = {}): void {
    if (!overwrite && existsSync(path)) throw openFailure(path, Object.assign(new Error(), { code: 'EEXIST' }));
  }

  /** Takes whole packets, one or several end to end. Throws a FailureError once when the disk is full; the file stays whole. */
  append(packet: Uint8Array, rowCount: number, sequence: number): void {
    if (this.isBroken) return;
    if (this.bufferedBytes + packet.length > BUFFER_BYTES) this.flush();
    if (packet.length > BUFFER_BYTES) this.write(packet);
    else {
      this.buffer.set(packet, this.bufferedBytes);
      this.bufferedBytes += packet.length;
    }
    this.byteCount += packet.length;
    this.packetCount++;
    this.rowCount += rowCount;
    this.lastSequence = Math.max(this.lastSequence, sequence);
  }

  flush(): void {
    if (this.bufferedBytes === 0) return;
    const bytes = this.buffer.subarray(0, this.bufferedBytes);
    this.bufferedBytes = 0;
    this.write(bytes);
  }

  /** Writes the `end` packet and closes. */
  close(timeNs: number): void {
    try {
      const end = encodeRows(tables.end, [{ timeNs, packetCount: this.packetCount, rowCount: this.rowCount }]);
      stampHeader(end, this.lastSequence + 1, 0);
      this.append(end, 1, this.lastSequence);
      this.flush();
    } finally {
      closeSync(this.descriptor);
    }
  }

  private write(bytes: Uint8Array): void {
    if (this.isBroken) return;
    try {
      for (let at = 0; at < bytes.length; )
        at += writeSync(this.descriptor, bytes, at, bytes.length - at, this.writtenBytes + at);
      this.writtenBytes += bytes.length;
    } catch (error) {
      this.isBroken = true;
      try {
        ftruncateSync(this.descriptor, this.writtenBytes); // how much of these bytes reached the disk is not known
      } catch {
        // What cannot be cut, such as a pipe, keeps a torn tail, which readers pass over.
      }

      const { code, message } = error as NodeJS.ErrnoException;
      const reason = code === 'ENOSPC' ? 'the disk is full' : message;
      throw failure(
        'recordingStopped',
        `Recording into ${this.path} stopped: ${reason}.`,
        'What was recorded until then is in the file and whole.',
      );
    }
  }
}
