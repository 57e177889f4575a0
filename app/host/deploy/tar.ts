// A tar archive as it is sent: ustar headers and file contents, one after the other, never whole in memory.

import { createReadStream } from 'node:fs';

export interface TarEntry {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly mode: number;
  readonly bytes: number;
  /** The content, or the path of the file that holds it. */
  readonly source: string | Uint8Array;
}

const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;
const CHECKSUM_AT = 148;

/** The 512 bytes in front of a file's content. Throws on a path that one name field cannot hold. */
export function tarHeader({ path, mode, bytes }: TarEntry, modifiedSec: number): Uint8Array {
  if (Buffer.byteLength(path) > NAME_BYTES_MAX) throw new Error(`${path} is too long for an archive`);
  const header = Buffer.alloc(BLOCK_BYTES);
  const writeOctal = (value: number, at: number, digitCount: number) =>
    header.write(value.toString(8).padStart(digitCount, '0'), at);
  header.write(path, 0);
  writeOctal(mode, 100, 7);
  writeOctal(0, 108, 7); // owner and group: whoever unpacks it
  writeOctal(0, 116, 7);
  writeOctal(bytes, 124, 11);
  writeOctal(modifiedSec, 136, 11);
  header.fill(' ', CHECKSUM_AT, CHECKSUM_AT + 8); // counts as spaces in its own sum
  header.write('0', 156); // a plain file
  header.write('ustar\x0000', 257);
  writeOctal(
    header.reduce((sum, byte) => sum + byte, 0),
    CHECKSUM_AT,
    6,
  );
  header[CHECKSUM_AT + 6] = 0;
  return header;
}

async function* contentOf({ source, path, bytes }: TarEntry): AsyncGenerator<Uint8Array> {
  let left = bytes;
  const pieces = typeof source === 'string' ? createReadStream(source, { highWaterMark: 256 * 1024 }) : [source];
  for await (const piece of pieces as AsyncIterable<Uint8Array>) {
    left -= piece.length;
    yield piece;
  }
  if (left !== 0) throw new Error(`${path} changed while it was sent`);
}

/** The archive's bytes. `onBytes` is told how many bytes of content were taken. Throws the system's error of a file. */
export async function* tarBytes(
  entries: readonly TarEntry[],
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  const modifiedSec = Math.floor(Date.now() / 1000);
  for (const entry of entries) {
    yield tarHeader(entry, modifiedSec);
    for await (const piece of contentOf(entry)) {
      onBytes(piece.length);
      yield piece;
    }
    const over = entry.bytes % BLOCK_BYTES;
    if (over > 0) yield new Uint8Array(BLOCK_BYTES - over);
  }
  yield new Uint8Array(2 * BLOCK_BYTES);
}
