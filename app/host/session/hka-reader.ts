// A .hka file to packets, with everything that can be wrong with it said: cut off, damaged, newer, foreign.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { failure } from '../../../shared/util/failure';
import { decodeChecked, type Packet } from '../../../shared/wire/decode';
import { type PacketError, type PacketHeader, packetErrorSentence } from '../../../shared/wire/header';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { fileFailure } from './file-failure';
import { type HkaSummary, SummaryBuilder } from './hka-summary';

export type { HkaSummary } from './hka-summary';

export interface ReadOptions {
  /** Gets each packet of a known table. Its columns stay valid as long as they are held, unless `reuse`. */
  readonly onPacket: (packet: Packet) => void;
  /** true: columns are valid only inside onPacket. */
  readonly reuse?: boolean;
  /** Share of the file that was read, 0 to 1. */
  readonly onProgress?: (doneRatio: number) => void;
  readonly signal?: AbortSignal;
  /** Begin at this byte, where a packet begins. */
  readonly bytesFrom?: number;
  /** Stop behind this byte, for a file that is being written; the whole file when undefined. */
  readonly bytesMax?: number;
  /** Awaited between pieces of the file: holds reading back while somebody has too much in hand. */
  readonly whenReady?: () => Promise<void> | undefined;
}

const CHUNK_BYTES = 4 * 1024 * 1024;

function openFile(path: string): number {
  try {
    const descriptor = openSync(path, 'r');
    if (!fstatSync(descriptor).isDirectory()) return descriptor;
    closeSync(descriptor);
    throw failure('isFolder', `${path} is a folder.`, 'Name a .hka file in it.');
  } catch (error) {
    throw fileFailure(error, path, 'read');
  }
}

function refusal(path: string, error: PacketError, packetCount: number): Error | undefined {
  if (error.kind === 'newerVersion') {
    return failure(
      'newerFile',
      `${path} was written by a newer HookAnalyzer: it has format version ${error.packetVersion}, this one reads up to version ${error.readerVersion}.`,
      'Update HookAnalyzer to open it.',
    );
  }
  if (packetCount === 0) {
    return failure(
      'foreignFile',
      `${path} is not a HookAnalyzer session.`,
      'Open a .hka file; `hookanalyzer record` makes one.',
    );
  }
  return undefined;
}

/**
 * Reads a session file from its beginning. A file that is cut off or damaged gives every whole packet before the damage, and
 * the summary says how much is missing. Throws a FailureError for a file that cannot be read at all.
 */
export async function readHka(path: string, options: ReadOptions): Promise<HkaSummary> {
  const descriptor = openFile(path);
  const builder = new SummaryBuilder();
  const deliver = (bytes: Uint8Array, header: PacketHeader) => {
    const packet = decodeChecked(bytes, header);
    if (!packet.ok) return builder.addUnreadable(header, packet.error);
    builder.add(packet.value);
    options.onPacket(packet.value);
  };
  const reader = new PacketReader({
    reuse: options.reuse ?? true,
    onPacket: deliver,
    onDamaged: (header) => builder.addDamaged(header),
  });
  try {
    const fileBytes = Math.min(fstatSync(descriptor).size, options.bytesMax ?? Number.POSITIVE_INFINITY);
    if (fileBytes === 0) throw failure('emptyFile', `${path} is empty.`, 'Record again; nothing was written into it.');
    const chunk = new Uint8Array(CHUNK_BYTES);
    let at = options.bytesFrom ?? 0;
    let ended: PacketError | undefined;
    while (at < fileBytes && !ended) {
      if (options.signal?.aborted) throw failure('cancelled', 'Cancelled.', '');
      const byteCount = readSync(descriptor, chunk, 0, Math.min(CHUNK_BYTES, fileBytes - at), at);
      if (byteCount === 0) break;
      at += byteCount;
      ended = reader.push(chunk.subarray(0, byteCount));
      options.onProgress?.(at / fileBytes);
      await new Promise((resolve) => setImmediate(resolve));
      await options.whenReady?.();
    }
    if (ended) {
      const refused = refusal(path, ended, builder.packetCount);
      if (refused) throw refused;
    } else if (builder.packetCount === 0)
      throw failure(
        'foreignFile',
        `${path} is not a HookAnalyzer session, or was cut off before its first packet ended.`,
        'Open a .hka file; `hookanalyzer record` makes one.',
      );
    const unread = fileBytes - at + reader.pendingBytes;
    return builder.finish({ fileBytes, truncatedBytes: unread, ending: ended ? packetErrorSentence(ended) : '' });
  } finally {
    closeSync(descriptor);
  }
}
