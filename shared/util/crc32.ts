// CRC-32 with zlib's polynomial (reversed 0xEDB88320, initial and final complement), sliced by eight in plain TypeScript so
// that it runs in the window too. Where the runtime is a Node that carries zlib.crc32 (20.15 and later), that one is used.

type Crc32 = (bytes: Uint8Array, seed?: number) => number;

const SLICE_COUNT = 8;

function makeTables(): Uint32Array[] {
  const tables = Array.from({ length: SLICE_COUNT }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[0][byte] = crc;
  }
  for (let slice = 1; slice < SLICE_COUNT; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const previous = tables[slice - 1][byte];
      tables[slice][byte] = tables[0][previous & 0xff] ^ (previous >>> 8);
    }
  }
  return tables;
}

const TABLES = makeTables();

/** The portable version, exported so that a test can compare it with the runtime's own. */
export const crc32Portable: Crc32 = (bytes, seed = 0) => {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let crc = ~seed;
  let at = 0;
  const end = bytes.length;
  for (; end - at >= 8; at += 8) {
    const low = crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    crc =
      t7[low & 0xff] ^
      t6[(low >>> 8) & 0xff] ^
      t5[(low >>> 16) & 0xff] ^
      t4[low >>> 24] ^
      t3[bytes[at + 4]] ^
      t2[bytes[at + 5]] ^
      t1[bytes[at + 6]] ^
      t0[bytes[at + 7]];
  }
  for (; at < end; at++) crc = t0[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
};

function runtimeCrc32(): Crc32 | undefined {
  const process = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process;
  const zlib = process?.getBuiltinModule?.('node:zlib') as { crc32?: Crc32 } | undefined;
  return zlib?.crc32;
}

/** CRC-32 of `bytes`, continued from `seed`; an unsigned 32-bit number. */
export const crc32: Crc32 = runtimeCrc32() ?? crc32Portable;
