// What a torn, newer or hostile packet can say. Each answer is a typed error, given before anything is allocated.

import { describe, expect, test } from 'vitest';
import type { Table } from '../../../shared/model/column';
import { decodePacket, rowsOf } from '../../../shared/wire/decode';
import { encodeRows } from '../../../shared/wire/encode';
import { HEADER_AT, parseHeader } from '../../../shared/wire/header';
import { BODY_BYTES_MAX, HEADER_BYTES, ROW_COUNT_MAX } from '../../../shared/wire/limits';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { TABLE_NAMES, tables } from '../../../shared/wire/tables';
import { edgeRows } from './golden-rows';
import { encodeAnyRows, reseal, samples, withHeader } from './packets';

const errorOf = (bytes: Uint8Array) => {
  const decoded = decodePacket(bytes);
  return decoded.ok ? 'no error' : decoded.error;
};

describe.each(Object.entries(samples))('%s', (_, packet) => {
  test('each prefix is truncated, and says how much is missing', () => {
    for (let haveBytes = 0; haveBytes < packet.length; haveBytes++) {
      const needBytes = haveBytes < HEADER_BYTES ? HEADER_BYTES : packet.length;
      expect(errorOf(packet.slice(0, haveBytes))).toEqual({ kind: 'truncated', haveBytes, needBytes });
    }
  });

  test('a reader that gets a prefix waits for the rest', () => {
    for (let cut = 0; cut < packet.length; cut++) {
      let packetCount = 0;
      const reader = new PacketReader({
        reuse: true,
        onPacket: () => packetCount++,
        onDamaged: (_header, error) => expect(error).toBe('not damaged'),
      });
      expect(reader.push(packet.subarray(0, cut))).toBeUndefined();
      expect([packetCount, reader.pendingBytes]).toEqual([0, cut]);
      expect(reader.push(packet.subarray(cut))).toBeUndefined();
      expect([packetCount, reader.pendingBytes]).toEqual([1, 0]);
    }
  }, 60_000);
});

describe('the header', () => {
  const refusal = (fields: Parameters<typeof withHeader>[1]) => errorOf(withHeader(samples.strings, fields));

  test.each([
    [{ magic: 0x32414b48 }, { kind: 'badMagic', magic: 0x32414b48 }],
    [{ version: 0 }, { kind: 'badVersion', packetVersion: 0 }],
    [{ version: 2 }, { kind: 'newerVersion', packetVersion: 2, readerVersion: 1 }],
    [{ version: 65_535 }, { kind: 'newerVersion', packetVersion: 65_535, readerVersion: 1 }],
    [{ kind: 0 }, { kind: 'unknownKind', tableKind: 0 }],
    [{ kind: 999 }, { kind: 'unknownKind', tableKind: 999 }],
    [{ kind: 0xffff }, { kind: 'unknownKind', tableKind: 0xffff }],
    [{ rowCount: ROW_COUNT_MAX + 1 }, { kind: 'tooManyRows', rowCount: 65_537, rowCountMax: 65_536 }],
    [{ rowCount: 2 ** 32 - 1 }, { kind: 'tooManyRows', rowCount: 4_294_967_295, rowCountMax: 65_536 }],
    [{ bodyBytes: BODY_BYTES_MAX + 8 }, { kind: 'tooLarge', bodyBytes: 1_048_584, bodyBytesMax: 1_048_576 }],
    [{ bodyBytes: 2 ** 32 - 8 }, { kind: 'tooLarge', bodyBytes: 4_294_967_288, bodyBytesMax: 1_048_576 }],
    [{ bodyBytes: 20 }, { kind: 'tooLarge', bodyBytes: 20, bodyBytesMax: 1_048_576 }],
  ])('%j is refused', (fields, error) => expect(refusal(fields)).toEqual(error));

  test('sequences end below 2^53', () => {
    const packet = samples.strings.slice();
    const view = new DataView(packet.buffer);
    view.setBigUint64(HEADER_AT.sequence, 2n ** 53n - 1n, true);
    expect(parseHeader(packet)).toMatchObject({ ok: true, value: { sequence: 2 ** 53 - 1 } });
    view.setBigUint64(HEADER_AT.sequence, 2n ** 53n, true);
    expect(parseHeader(packet)).toEqual({ ok: false, error: { kind: 'badSequence' } });
  });

  test('a body and a row count at their limits are read', () => {
    const rows = Array.from({ length: ROW_COUNT_MAX }, (_, context) => ({ timeNs: 1, context, device: 0 }));
    const packet = encodeRows(tables.context, rows);
    expect(packet.length).toBe(HEADER_BYTES + BODY_BYTES_MAX);
    const decoded = decodePacket(packet);
    expect(decoded).toMatchObject({ ok: true, value: { rowCount: ROW_COUNT_MAX } });
  });
});

describe('sizes that do not fit together', () => {
  test.each(TABLE_NAMES)('%s with one row less or more, or 8 bytes less or more, is malformed', (name) => {
    const table: Table = tables[name];
    const rows = edgeRows(table).slice(0, 8); // so that a row more or less moves every column
    const packet = encodeAnyRows(table, rows);
    const longer = new Uint8Array(packet.length + 8);
    longer.set(packet);
    const malformed = { kind: 'badLayout', table: name };
    expect(errorOf(withHeader(packet, { rowCount: 7 }))).toMatchObject(malformed);
    expect(errorOf(withHeader(packet, { rowCount: 9 }))).toMatchObject(malformed);
    expect(errorOf(withHeader(packet, { rowCount: ROW_COUNT_MAX }))).toMatchObject(malformed);
    expect(errorOf(withHeader(longer, { bodyBytes: longer.length - HEADER_BYTES }))).toMatchObject(malformed);
    const shorter = packet.slice(0, -8);
    expect(errorOf(withHeader(shorter, { bodyBytes: shorter.length - HEADER_BYTES }))).toMatchObject(malformed);
    expect(errorOf(withHeader(packet.slice(0, HEADER_BYTES), { bodyBytes: 0 }))).toMatchObject(malformed);
  });

  // The text ends of samples.strings are 0, 3 and 11, behind the header and the padded ids.
  const withTextEnd = (row: number, byteEnd: number) => {
    const packet = samples.strings.slice();
    new DataView(packet.buffer).setUint32(HEADER_BYTES + 16 + 4 * row, byteEnd, true);
    return errorOf(reseal(packet));
  };
  const malformed = (sentence: string) => ({ kind: 'badLayout', table: 'string', sentence });

  test('text ends that go backwards', () => {
    expect(withTextEnd(1, 12)).toEqual(malformed('its text ends go backwards'));
    expect(withTextEnd(0, 2 ** 32 - 1)).toEqual(malformed('its text ends go backwards'));
  });

  test('text ends past the end', () => {
    expect(withTextEnd(2, 17)).toEqual(malformed('its text is cut off'));
    expect(withTextEnd(2, 2 ** 31)).toEqual(malformed('its text is cut off'));
    expect(withTextEnd(2, 2 ** 32 - 1)).toEqual(malformed('its text is cut off'));
  });

  test('a last text that ends early leaves bytes over', () => {
    expect(withTextEnd(2, 3)).toEqual(malformed('8 bytes are left over'));
  });
});

test('columns are views of the packet, so no size in it is ever allocated', () => {
  for (const name of TABLE_NAMES) {
    const packet = encodeAnyRows(tables[name], edgeRows(tables[name]));
    const decoded = decodePacket(packet);
    if (!decoded.ok) throw new Error(decoded.error.kind);
    for (const column of Object.values(decoded.value.columns)) {
      const arrays = 'byteEnd' in column ? [column.byteEnd, column.bytes] : [column];
      for (const array of arrays) expect(array.buffer).toBe(packet.buffer);
    }
  }
});

test('a packet on an odd address is copied once and read, from a Node Buffer too', () => {
  for (const shift of [1, 2, 4, 7]) {
    const buffer = Buffer.alloc(shift + samples.kernels.length);
    buffer.set(samples.kernels, shift);
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset + shift, samples.kernels.length);
    for (const packet of [buffer.subarray(shift), bytes]) {
      const decoded = decodePacket(packet);
      expect(decoded.ok && rowsOf(decoded.value)).toEqual(edgeRows(tables.kernel).slice(0, 2));
    }
  }
});

test('two merged packets: the first is decoded, the second is not looked at', () => {
  const merged = new Uint8Array([...samples.streams, ...samples.strings.slice(0, 40)]);
  const decoded = decodePacket(merged);
  expect(decoded.ok && rowsOf(decoded.value)).toEqual(edgeRows(tables.stream).slice(0, 3));
});
