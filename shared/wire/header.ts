// The 32 bytes in front of every packet. README.md in this folder is the law; native/wire/layout.h is its C++ side.

import { crc32 } from '../util/crc32';
import { fail, ok, type Result } from '../util/result';
import { BODY_BYTES_MAX, FORMAT_VERSION, HEADER_BYTES, MAGIC, ROW_COUNT_MAX } from './limits';

export interface PacketHeader {
  readonly version: number;
  readonly kind: number;
  readonly sourceId: number;
  readonly rowCount: number;
  readonly sequence: number;
  readonly bodyBytes: number;
  readonly crc32: number;
}

export type PacketError =
  | { readonly kind: 'truncated'; readonly haveBytes: number; readonly needBytes: number }
  | { readonly kind: 'badMagic'; readonly magic: number }
  | { readonly kind: 'newerVersion'; readonly packetVersion: number; readonly readerVersion: number }
  | { readonly kind: 'badVersion'; readonly packetVersion: number }
  | { readonly kind: 'tooLarge'; readonly bodyBytes: number; readonly bodyBytesMax: number }
  | { readonly kind: 'tooManyRows'; readonly rowCount: number; readonly rowCountMax: number }
  | { readonly kind: 'badSequence' }
  | { readonly kind: 'badChecksum'; readonly stated: number; readonly computed: number }
  | { readonly kind: 'badLayout'; readonly table: string; readonly sentence: string }
  | { readonly kind: 'unknownKind'; readonly tableKind: number };

/** Byte offsets in the header. */
export const HEADER_AT = {
  magic: 0,
  version: 4,
  kind: 6,
  sourceId: 8,
  rowCount: 12,
  sequence: 16,
  bodyBytes: 24,
  crc32: 28,
} as const;

const SEQUENCE_HIGH_MAX = 2 ** 21; // sequences stay below 2^53, so that a float64 holds them

/**
 * Reads the header at the start of `bytes`. Checks magic, version and every size before anything is allocated from them;
 * the checksum is not looked at, because it covers the body too.
 */
export function parseHeader(bytes: Uint8Array): Result<PacketHeader, PacketError> {
  if (bytes.length < HEADER_BYTES) return fail({ kind: 'truncated', haveBytes: bytes.length, needBytes: HEADER_BYTES });
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const magic = view.getUint32(HEADER_AT.magic, true);
  if (magic !== MAGIC) return fail({ kind: 'badMagic', magic });
  const version = view.getUint16(HEADER_AT.version, true);
  if (version > FORMAT_VERSION) {
    return fail({ kind: 'newerVersion', packetVersion: version, readerVersion: FORMAT_VERSION });
  }
  if (version === 0) return fail({ kind: 'badVersion', packetVersion: version });
  const rowCount = view.getUint32(HEADER_AT.rowCount, true);
  if (rowCount > ROW_COUNT_MAX) return fail({ kind: 'tooManyRows', rowCount, rowCountMax: ROW_COUNT_MAX });
  const bodyBytes = view.getUint32(HEADER_AT.bodyBytes, true);
  if (bodyBytes > BODY_BYTES_MAX || bodyBytes % 8 !== 0) {
    return fail({ kind: 'tooLarge', bodyBytes, bodyBytesMax: BODY_BYTES_MAX });
  }
  const sequenceHigh = view.getUint32(HEADER_AT.sequence + 4, true);
  if (sequenceHigh >= SEQUENCE_HIGH_MAX) return fail({ kind: 'badSequence' });
  return ok({
    version,
    kind: view.getUint16(HEADER_AT.kind, true),
    sourceId: view.getUint32(HEADER_AT.sourceId, true),
    rowCount,
    sequence: sequenceHigh * 2 ** 32 + view.getUint32(HEADER_AT.sequence, true),
    bodyBytes,
    crc32: view.getUint32(HEADER_AT.crc32, true),
  });
}

/** Writes sequence and source into the header at the start of `bytes`: what intake does. Neither is part of the checksum. */
export function stampHeader(bytes: Uint8Array, sequence: number, sourceId: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  view.setUint32(HEADER_AT.sourceId, sourceId, true);
  view.setUint32(HEADER_AT.sequence, sequence >>> 0, true);
  view.setUint32(HEADER_AT.sequence + 4, Math.floor(sequence / 2 ** 32), true);
}

/**
 * The checksum of a whole packet: CRC-32 of the header without sourceId, sequence and the checksum itself (bytes 0-7, 12-15
 * and 24-27), continued over the body. Kind and sizes are covered, so that no flipped bit turns one table into another.
 */
export function packetChecksum(packet: Uint8Array): number {
  let crc = crc32(packet.subarray(HEADER_AT.magic, HEADER_AT.sourceId));
  crc = crc32(packet.subarray(HEADER_AT.rowCount, HEADER_AT.sequence), crc);
  crc = crc32(packet.subarray(HEADER_AT.bodyBytes, HEADER_AT.crc32), crc);
  return crc32(packet.subarray(HEADER_BYTES), crc);
}

/** Checks the checksum of one whole packet whose header was parsed. */
export function checkPacket(packet: Uint8Array, header: PacketHeader): PacketError | undefined {
  const computed = packetChecksum(packet);
  return computed === header.crc32 ? undefined : { kind: 'badChecksum', stated: header.crc32, computed };
}

/** One sentence for people about a packet that cannot be read. */
export function packetErrorSentence(error: PacketError): string {
  switch (error.kind) {
    case 'truncated':
      return `A packet is cut off: ${error.haveBytes} of ${error.needBytes} bytes are there.`;
    case 'badMagic':
      return 'These bytes are not HookAnalyzer data.';
    case 'newerVersion':
      return `The data has format version ${error.packetVersion}; this program reads up to version ${error.readerVersion}.`;
    case 'badVersion':
      return `The data names format version ${error.packetVersion}, which never existed.`;
    case 'tooLarge':
      return `A packet names a body of ${error.bodyBytes} bytes; the limit is ${error.bodyBytesMax}, in steps of 8.`;
    case 'tooManyRows':
      return `A packet names ${error.rowCount} rows; the limit is ${error.rowCountMax}.`;
    case 'badSequence':
      return 'A packet has an impossible sequence number.';
    case 'badChecksum':
      return 'A packet does not match its checksum.';
    case 'badLayout':
      return `A ${error.table} packet is malformed: ${error.sentence}.`;
    case 'unknownKind':
      return `A packet has the unknown table kind ${error.tableKind}.`;
  }
}
