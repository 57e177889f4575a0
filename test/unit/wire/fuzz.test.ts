// Mutated packets and random bytes through PacketReader and decodeChecked, for two seconds or for HKA_FUZZ_SEC. The plain run
// has a fixed seed, a longer one a new seed; both print it, and HKA_FUZZ_SEED brings it back.

import { expect, test } from 'vitest';
import { textRows } from '../../../shared/model/column';
import { decodeChecked, type Packet, rowsOf } from '../../../shared/wire/decode';
import { encodePacket } from '../../../shared/wire/encode';
import { type PacketError, type PacketHeader, packetErrorSentence } from '../../../shared/wire/header';
import { BODY_BYTES_MAX, HEADER_BYTES, PACKET_BYTES_MAX, ROW_COUNT_MAX } from '../../../shared/wire/limits';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { reseal, sampleStream, samples } from './packets';
import { SeededRandom } from './seeded';

const FUZZ_SEC = Number(process.env.HKA_FUZZ_SEC ?? 2);
const FIXED_SEED = 20_260_101;
const SEED = Number(process.env.HKA_FUZZ_SEED ?? (process.env.HKA_FUZZ_SEC ? Date.now() % 2 ** 32 : FIXED_SEED));

const stream = sampleStream();
const packets = Object.values(samples);
const EDGE_U32 = [
  0,
  1,
  7,
  8,
  255,
  65_535,
  65_536,
  65_537,
  BODY_BYTES_MAX,
  BODY_BYTES_MAX + 8,
  2 ** 31,
  2 ** 32 - 8,
  2 ** 32 - 1,
];

/** One packet with a few places overwritten; mostly resealed, because the checksum would stop nearly all of them. */
function mutatedPacket(random: SeededRandom): Uint8Array {
  const packet = random.pick(packets).slice();
  const view = new DataView(packet.buffer);
  for (let change = random.below(4); change >= 0; change--) {
    // Mostly in the body: nearly every changed header ends the stream and says nothing about columns.
    const inBody = packet.length > HEADER_BYTES && random.below(8) > 0;
    const at = inBody ? HEADER_BYTES + random.below(packet.length - HEADER_BYTES) : random.below(HEADER_BYTES);
    if (random.below(2) === 0) packet[at] ^= 1 << random.below(8);
    else view.setUint32(Math.min(at & ~3, packet.length - 4), random.pick(EDGE_U32), true);
  }
  return random.below(4) === 0 ? packet : reseal(packet);
}

/** A stream with a piece cut out, doubled, or replaced by noise. */
function mutatedStream(random: SeededRandom): Uint8Array {
  const begin = random.below(stream.length);
  const end = begin + random.below(stream.length - begin);
  const piece = random.pick([new Uint8Array(0), stream.slice(0, end), random.bytes(random.below(64))]);
  return new Uint8Array([...stream.subarray(0, begin), ...piece, ...stream.subarray(end)]);
}

function attack(random: SeededRandom): Uint8Array {
  const choice = random.below(40); // noise and lost bytes end a reader at once, so they are rare
  if (choice === 0) return random.bytes(random.below(300));
  if (choice === 1) return mutatedStream(random);
  return new Uint8Array(Buffer.concat(Array.from({ length: 1 + random.below(4) }, () => mutatedPacket(random))));
}

/** What must hold of a packet that was let through, whatever its bytes. */
function checkDecoded(packet: Packet, bytes: Uint8Array): void {
  expect(packet.rowCount).toBeLessThanOrEqual(ROW_COUNT_MAX);
  for (const column of Object.values(packet.columns)) {
    const numbers = 'byteEnd' in column ? column.byteEnd : column;
    expect(numbers.length).toBe(packet.rowCount);
    if ('byteEnd' in column) expect(textRows(column)).toHaveLength(packet.rowCount);
  }
  expect(rowsOf(packet)).toHaveLength(packet.rowCount);
  // Packed again it has the same size: no byte of it belonged to no column.
  expect(encodePacket(packet.table, packet.columns, packet.rowCount)).toHaveLength(bytes.length);
}

interface Tally {
  decoded: number;
  refused: Partial<Record<PacketError['kind'], number>>;
}

function feed(bytes: Uint8Array, random: SeededRandom, reader: PacketReader): PacketError | undefined {
  let failed: PacketError | undefined;
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(bytes.length);
    failed = reader.push(bytes.subarray(at, end));
    at = end;
  }
  expect(reader.pendingBytes).toBeLessThan(PACKET_BYTES_MAX);
  return failed;
}

function round(random: SeededRandom, tally: Tally): void {
  const refuse = (error: PacketError) => {
    expect(packetErrorSentence(error)).toMatch(/\.$/);
    tally.refused[error.kind] = (tally.refused[error.kind] ?? 0) + 1;
  };
  const onPacket = (bytes: Uint8Array, header: PacketHeader) => {
    expect(bytes.length).toBe(HEADER_BYTES + header.bodyBytes);
    const decoded = decodeChecked(bytes, header);
    if (!decoded.ok) return refuse(decoded.error);
    tally.decoded++;
    checkDecoded(decoded.value, bytes);
  };
  const reader = new PacketReader({ reuse: true, onPacket, onDamaged: (_, error) => refuse(error) });
  // Many attacks a reader, because its slab is large. One that ends the stream is followed by the next reader.
  for (let attackCount = 0; attackCount < 50; attackCount++) {
    const failed = feed(attack(random), random, reader);
    if (!failed) continue;
    refuse(failed);
    break;
  }
}

test(
  `mutated packets and noise for ${FUZZ_SEC} s: typed errors or whole rows (seed ${SEED})`,
  () => {
    const random = new SeededRandom(SEED);
    const tally: Tally = { decoded: 0, refused: {} };
    const stopMs = Date.now() + FUZZ_SEC * 1000;
    let roundCount = 0;
    while (Date.now() < stopMs) {
      try {
        round(random, tally);
      } catch (error) {
        throw new Error(`round ${roundCount} of HKA_FUZZ_SEED=${SEED}`, { cause: error });
      }
      roundCount++;
    }
    console.log(`fuzz: HKA_FUZZ_SEED=${SEED}, ${roundCount} rounds, ${JSON.stringify(tally)}`);
    // A fuzzer that never gets past the door tests the door only.
    expect(tally.decoded).toBeGreaterThan(0);
    expect(Object.keys(tally.refused)).toEqual(
      expect.arrayContaining(['badChecksum', 'badLayout', 'unknownKind', 'badMagic']),
    );
  },
  (FUZZ_SEC + 30) * 1000,
);
