import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32, crc32Portable } from '../../../shared/util/crc32';
import { SeededRandom } from '../wire/seeded';

const SEED = 20_260_101;

test('the check value that every CRC-32 of this polynomial gives', () => {
  const digits = new TextEncoder().encode('123456789');
  expect([crc32Portable(digits), crc32(digits), crc32Portable(new Uint8Array(0))]).toEqual([0xcbf43926, 0xcbf43926, 0]);
});

test(`equals zlib for every length up to 300 and many longer ones, seeds and offsets (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const bytes = random.bytes(70_000);
  for (let round = 0; round < 2_000; round++) {
    const length = round <= 300 ? round : random.below(bytes.length / 8);
    const at = random.below(bytes.length - length);
    const piece = bytes.subarray(at, at + length);
    const seed = random.pick([0, 1, 2 ** 31, 2 ** 32 - 1, random.below(2 ** 32)]);
    expect(crc32Portable(piece, seed), `round ${round}`).toBe(zlibCrc32(piece, seed));
  }
});

test('continues from the checksum of what came before', () => {
  const bytes = new SeededRandom(SEED).bytes(1_000);
  for (const cut of [0, 1, 7, 8, 9, 999, 1_000]) {
    expect(crc32Portable(bytes.subarray(cut), crc32Portable(bytes.subarray(0, cut)))).toBe(crc32(bytes));
  }
});
