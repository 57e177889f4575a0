// Packets out of a stream that is cut anywhere. The cuts are random; the seed in each name brings them back.

import { describe, expect, test } from 'vitest';
import { encodePacket, encodeRows } from '../../../shared/wire/encode';
import { HEADER_AT, type PacketError, type PacketHeader, stampHeader } from '../../../shared/wire/header';
import { BODY_BYTES_MAX, HEADER_BYTES } from '../../../shared/wire/limits';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { tables } from '../../../shared/wire/tables';
import { sampleStream, samples, withHeader } from './packets';
import { SeededRandom } from './seeded';

const SEED = 20_260_101;

interface Received {
  readonly packets: { readonly header: PacketHeader; readonly hex: string; readonly bytes: Uint8Array }[];
  readonly damaged: { readonly header: PacketHeader; readonly error: PacketError }[];
}

function openReader(reuse: boolean): { reader: PacketReader; received: Received } {
  const received: Received = { packets: [], damaged: [] };
  const reader = new PacketReader({
    reuse,
    onPacket: (bytes, header) => {
      expect(bytes.byteOffset % 8).toBe(0);
      received.packets.push({ header, hex: Buffer.from(bytes).toString('hex'), bytes });
    },
    onDamaged: (header, error) => received.damaged.push({ header, error }),
  });
  return { reader, received };
}

const hexOf = (packets: readonly Uint8Array[]) => packets.map((packet) => Buffer.from(packet).toString('hex'));
const sampleHex = hexOf(Object.values(samples));

describe.each([true, false])('reuse %s', (reuse) => {
  test('two merged packets, one behind the other, and all of them in one chunk', () => {
    const { reader, received } = openReader(reuse);
    expect(reader.push(new Uint8Array([...samples.strings, ...samples.kernels]))).toBeUndefined();
    expect(received.packets.map(({ hex }) => hex)).toEqual(hexOf([samples.strings, samples.kernels]));
    expect(reader.push(sampleStream())).toBeUndefined();
    expect(received.packets.slice(2).map(({ hex }) => hex)).toEqual(sampleHex);
    expect(reader.pendingBytes).toBe(0);
  });

  test('one byte at a time', () => {
    const { reader, received } = openReader(reuse);
    for (const byte of sampleStream()) expect(reader.push(new Uint8Array([byte]))).toBeUndefined();
    expect(received.packets.map(({ hex }) => hex)).toEqual(sampleHex);
  });

  test(`random cuts, empty chunks among them (seed ${SEED})`, () => {
    const random = new SeededRandom(SEED);
    const stream = sampleStream();
    for (let round = 0; round < 300; round++) {
      const { reader, received } = openReader(reuse);
      const chunkBytesMax = 1 + random.below(stream.length);
      for (let at = 0; at < stream.length; ) {
        const end = Math.min(stream.length, at + random.below(chunkBytesMax + 1));
        expect(reader.push(stream.slice(at, end))).toBeUndefined();
        at = end;
      }
      expect(
        received.packets.map(({ hex }) => hex),
        `round ${round}`,
      ).toEqual(sampleHex);
    }
  });

  test(`twenty megabytes of the largest and the smallest packets go round the slab (seed ${SEED})`, () => {
    const random = new SeededRandom(SEED);
    const rowCountMax = BODY_BYTES_MAX / 16;
    // No two neighbouring bytes alike, so that one that is left behind shows.
    const columns = {
      timeNs: Float64Array.from({ length: rowCountMax }, () => random.below(2 ** 32) / 3),
      context: Uint32Array.from({ length: rowCountMax }, () => random.below(2 ** 32)),
      device: Uint32Array.from({ length: rowCountMax }, () => random.below(2 ** 32)),
    };
    const { reader, received } = openReader(reuse);
    const sent: Uint8Array[] = [];
    for (let sequence = 1; sequence <= 40; sequence++) {
      const packet = encodePacket(tables.context, columns, random.pick([0, 1, 2, 3, rowCountMax - 1, rowCountMax]));
      stampHeader(packet, sequence, 1);
      sent.push(packet);
    }
    const stream = Buffer.concat(sent);
    for (let at = 0; at < stream.length; ) {
      const end = at + 1 + random.below(3_000_000);
      expect(reader.push(stream.subarray(at, end))).toBeUndefined();
      at = end;
    }
    expect(received.packets.map(({ header }) => header.sequence)).toEqual(sent.map((_, index) => index + 1));
    expect(received.packets.every(({ hex }, index) => hex === Buffer.from(sent[index]).toString('hex'))).toBe(true);
  });

  test('a damaged packet is reported and skipped, and the ones around it arrive', () => {
    const broken = samples.kernels.slice();
    broken[broken.length - 1] ^= 1;
    const { reader, received } = openReader(reuse);
    expect(reader.push(new Uint8Array([...samples.strings, ...broken, ...samples.streams]))).toBeUndefined();
    expect(received.packets.map(({ hex }) => hex)).toEqual(hexOf([samples.strings, samples.streams]));
    expect(received.damaged).toMatchObject([{ header: { sequence: 2, sourceId: 5 }, error: { kind: 'badChecksum' } }]);
  });

  test('a kind of a later version goes through, for the reader of tables to count', () => {
    const { reader, received } = openReader(reuse);
    expect(reader.push(withHeader(samples.streams, { kind: 500 }))).toBeUndefined();
    expect(received.packets).toMatchObject([{ header: { kind: 500 } }]);
  });

  test.each([
    ['badMagic', { magic: 1 }],
    ['newerVersion', { version: 2 }],
    ['badVersion', { version: 0 }],
    ['tooLarge', { bodyBytes: BODY_BYTES_MAX + 8 }],
    ['tooManyRows', { rowCount: 2 ** 32 - 1 }],
  ] as const)('%s ends the stream for good, behind the packets before it', (kind, fields) => {
    const { reader, received } = openReader(reuse);
    const error = reader.push(new Uint8Array([...samples.strings, ...withHeader(samples.kernels, fields)]));
    expect(error).toMatchObject({ kind });
    expect(reader.push(samples.streams)).toBe(error);
    expect(received.packets.map(({ hex }) => hex)).toEqual(hexOf([samples.strings]));
  });
});

test('without reuse a packet stays what it was while later ones go round the slab', () => {
  const { reader, received } = openReader(false);
  const chunk = Buffer.concat(Array.from({ length: 4_000 }, () => sampleStream()));
  for (let round = 0; round < 4; round++) reader.push(chunk);
  const changed = received.packets.filter(({ hex, bytes }) => Buffer.from(bytes).toString('hex') !== hex);
  expect(received.packets).toHaveLength(4 * 4_000 * sampleHex.length);
  expect(changed).toEqual([]);
});

test('a header that promises the largest body costs no memory until the bytes are there', () => {
  const header = encodeRows(tables.health, []);
  new DataView(header.buffer).setUint32(HEADER_AT.bodyBytes, BODY_BYTES_MAX, true);
  const { reader } = openReader(true);
  const beforeBytes = process.memoryUsage().arrayBuffers;
  expect(reader.push(header)).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - beforeBytes).toBeLessThan(BODY_BYTES_MAX / 2);
  expect(reader.pendingBytes).toBe(HEADER_BYTES);
});
