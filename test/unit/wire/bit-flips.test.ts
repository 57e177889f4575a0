// Every bit of several packets, flipped one at a time.

import { describe, expect, test } from 'vitest';
import { decodePacket, type Packet, rowsOf } from '../../../shared/wire/decode';
import { HEADER_AT, type PacketError, packetErrorSentence } from '../../../shared/wire/header';
import { HEADER_BYTES } from '../../../shared/wire/limits';
import { reseal, samples } from './packets';

// What intake stamps is outside the checksum: a flip there moves a packet, but never its rows.
function isStamp(at: number): boolean {
  const inSource = at >= HEADER_AT.sourceId && at < HEADER_AT.rowCount;
  return inSource || (at >= HEADER_AT.sequence && at < HEADER_AT.bodyBytes);
}

function flipped(packet: Uint8Array, bit: number): Uint8Array {
  const copy = packet.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}

// The errors a flipped bit may be answered with, by the field it hits; anything else would be luck.
function expectedKinds(at: number): PacketError['kind'][] {
  if (at < HEADER_AT.version) return ['badMagic'];
  if (at < HEADER_AT.kind) return ['newerVersion', 'badVersion'];
  if (at >= HEADER_AT.sequence && at < HEADER_AT.bodyBytes) return ['badSequence'];
  if (at >= HEADER_AT.rowCount && at < HEADER_AT.sequence) return ['tooManyRows', 'badChecksum'];
  if (at >= HEADER_AT.bodyBytes && at < HEADER_AT.crc32) return ['tooLarge', 'truncated', 'badChecksum'];
  return ['badChecksum'];
}

function mustDecode(bytes: Uint8Array): Packet {
  const decoded = decodePacket(bytes);
  if (!decoded.ok) throw new Error(decoded.error.kind);
  return decoded.value;
}

const packets = Object.entries(samples).filter(([name]) => name !== 'mark');

describe.each(packets)('%s', (_, packet) => {
  const rows = rowsOf(mustDecode(packet));

  test('a flipped bit is an error of its field, or lies in the stamp and leaves the rows alone', () => {
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const at = bit >> 3;
      const decoded = decodePacket(flipped(packet, bit));
      if (decoded.ok) {
        expect(isStamp(at), `bit ${bit} went unnoticed`).toBe(true);
        expect(rowsOf(decoded.value)).toEqual(rows);
      } else {
        expect(expectedKinds(at), `bit ${bit}`).toContain(decoded.error.kind);
        expect(packetErrorSentence(decoded.error)).toMatch(/\.$/);
      }
    }
  });

  test('a flipped bit under a right checksum is a packet of whole rows or a typed error, never an exception', () => {
    for (let bit = 0; bit < packet.length * 8; bit++) {
      const decoded = decodePacket(reseal(flipped(packet, bit)));
      if (!decoded.ok) continue;
      const { header, rowCount } = decoded.value;
      expect(rowsOf(decoded.value)).toHaveLength(rowCount);
      expect(HEADER_BYTES + header.bodyBytes).toBe(packet.length);
    }
  });
});
