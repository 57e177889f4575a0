// Finds the whole packets at the beginning of a spool file: what a crash leaves behind.

import { checkPacket, type PacketHeader, parseHeader } from '../../shared/wire/header';
import { HEADER_BYTES } from '../../shared/wire/limits';

/** Calls `onPacket` for each whole packet with the next expected sequence (any, when undefined). Returns the bytes they take. */
export function wholePackets(
  bytes: Uint8Array,
  firstSequence: number | undefined,
  onPacket: (packet: Uint8Array, header: PacketHeader, offset: number) => void,
): number {
  let at = 0;
  let sequence = firstSequence;
  while (bytes.length - at >= HEADER_BYTES) {
    const parsed = parseHeader(bytes.subarray(at));
    if (!parsed.ok) break;
    const packetBytes = HEADER_BYTES + parsed.value.bodyBytes;
    if (bytes.length - at < packetBytes) break;
    const packet = bytes.subarray(at, at + packetBytes);
    if (checkPacket(packet, parsed.value) || (sequence !== undefined && parsed.value.sequence !== sequence)) break;
    onPacket(packet, parsed.value, at);
    at += packetBytes;
    if (sequence !== undefined) sequence++;
  }
  return at;
}
