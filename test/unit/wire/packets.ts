// Packets for the tests of this folder: drawn ones, and ways to damage them.

import type { RowOf, Table } from '../../../shared/model/column';
import { decodePacket, type Packet } from '../../../shared/wire/decode';
import { encodeMark, encodeRows } from '../../../shared/wire/encode';
import { HEADER_AT, packetChecksum, stampHeader } from '../../../shared/wire/header';
import { HEADER_BYTES } from '../../../shared/wire/limits';
import { tables } from '../../../shared/wire/tables';
import { type AnyRow, edgeRows } from './golden-rows';

/** One packet of rows whose table is known at run time only. */
export function encodeAnyRows(table: Table, rows: readonly AnyRow[], sourceId = 0): Uint8Array {
  return encodeRows(table, rows as readonly RowOf<Table>[], sourceId);
}

function stamped(packet: Uint8Array, sequence: number): Uint8Array {
  stampHeader(packet, sequence, 5);
  return packet;
}

/** A few packets that together have every column type, text first, last and alone, and a body of no bytes. */
export const samples: Readonly<Record<string, Uint8Array>> = {
  strings: stamped(
    encodeRows(tables.string, [
      { id: 1, text: '' },
      { id: 7, text: 'µs' },
      { id: 2 ** 32 - 1, text: '_Z3addPf' },
    ]),
    1,
  ),
  kernels: stamped(encodeAnyRows(tables.kernel, edgeRows(tables.kernel).slice(0, 2)), 2),
  diagnostics: stamped(
    encodeRows(tables.diagnostic, [
      { timeNs: 5, severity: 1, code: 'ringFull', sentence: 'The ring is full.', remedy: '' },
      { timeNs: 2 ** 53 - 1, severity: 3, code: '', sentence: '漢字', remedy: 'Wait.' },
    ]),
    2 ** 33 + 3,
  ),
  streams: stamped(encodeAnyRows(tables.stream, edgeRows(tables.stream).slice(0, 3)), 4),
  noRows: stamped(encodeRows(tables.health, []), 5),
  mark: encodeMark(6),
};

/** The samples behind one another, as a stream carries them. */
export function sampleStream(): Uint8Array {
  return new Uint8Array(Buffer.concat(Object.values(samples)));
}

/** Gives the packet the checksum of what it now holds: what a hostile writer would do. */
export function reseal(packet: Uint8Array): Uint8Array {
  new DataView(packet.buffer, packet.byteOffset).setUint32(HEADER_AT.crc32, packetChecksum(packet), true);
  return packet;
}

/** A copy of `packet` with some header fields overwritten, resealed. */
export function withHeader(
  packet: Uint8Array,
  fields: Partial<Record<'magic' | 'version' | 'kind' | 'rowCount' | 'bodyBytes', number>>,
): Uint8Array {
  const copy = packet.slice();
  const view = new DataView(copy.buffer);
  for (const [name, value] of Object.entries(fields)) {
    const at = HEADER_AT[name as keyof typeof fields];
    if (name === 'version' || name === 'kind') view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
  }
  return reseal(copy);
}

/** Decodes packets that stand behind one another and must be right. */
export function packetsOf(bytes: Uint8Array): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const decoded = decodePacket(bytes.subarray(at));
    if (!decoded.ok) throw new Error(`at byte ${at}: ${JSON.stringify(decoded.error)}`);
    packets.push(decoded.value);
    at += HEADER_BYTES + decoded.value.header.bodyBytes;
  }
  return packets;
}
