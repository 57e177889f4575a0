// Pictures of files, by what lies in them: PNG with 8 bits a channel, binary PPM and PGM, and NPY with bytes of [height, width, 3] or a
// row of such. No library decodes them; JPEG is refused.

import { inflateSync } from 'node:zlib';
import { failure } from '../../../shared/util/failure';
import type { Picture } from './picture';

/** Pixels of one picture: what 8,000 × 8,000 has. */
const PIXEL_COUNT_MAX = 64e6;

const REMEDY = 'Give PNG (8 bits, not interlaced), PPM, PGM or NPY (bytes of height × width × 3).';
const unreadable = (path: string, why: string) =>
  failure('badPicture', `The picture ${path} cannot be read: ${why}.`, REMEDY);

/** Grey (1), grey and alpha (2), red green blue (3) or with alpha (4) to three channels; alpha is left out. */
function withThreeChannels(bytes: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return bytes;
  const count = bytes.length / channels;
  const made = new Uint8Array(3 * count);
  for (let index = 0; index < count; index++) {
    for (let channel = 0; channel < 3; channel++) {
      made[3 * index + channel] = bytes[index * channels + (channels < 3 ? 0 : channel)];
    }
  }
  return made;
}

// PNG, W3C Recommendation, 9.2: each line is told as differences to its left (a), to the line above (b) and to the pixel above its left (c).
function paeth(a: number, b: number, c: number): number {
  const estimate = a + b - c;
  const [toA, toB, toC] = [Math.abs(estimate - a), Math.abs(estimate - b), Math.abs(estimate - c)];
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}

function unfilter(raw: Uint8Array, lineBytes: number, lineCount: number, pixelBytes: number): Uint8Array | undefined {
  const made = new Uint8Array(lineBytes * lineCount);
  for (let line = 0; line < lineCount; line++) {
    const filter = raw[line * (lineBytes + 1)];
    if (filter > 4) return undefined;
    for (let index = 0; index < lineBytes; index++) {
      const to = line * lineBytes + index;
      const a = index < pixelBytes ? 0 : made[to - pixelBytes];
      const b = line === 0 ? 0 : made[to - lineBytes];
      const c = index < pixelBytes || line === 0 ? 0 : made[to - lineBytes - pixelBytes];
      const before = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
      made[to] = raw[line * (lineBytes + 1) + 1 + index] + before;
    }
  }
  return made;
}

const PNG_CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };

function readPng(file: Buffer, path: string): Picture {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const bytes = file.readUInt32BE(at);
    if (file.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + bytes));
    at += 12 + bytes;
  }
  const [widthPx, heightPx] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [bitCount, colours, interlace] = [file[24], file[25], file[28]];
  const channels = PNG_CHANNELS[colours];
  if (bitCount !== 8 || !channels || interlace !== 0) throw unreadable(path, 'it is a PNG of another kind');
  if (widthPx * heightPx > PIXEL_COUNT_MAX) throw unreadable(path, `it has ${widthPx} × ${heightPx} pixels`);
  const lineBytes = widthPx * channels;
  const rawBytes = (lineBytes + 1) * heightPx;
  const raw = inflateSync(Buffer.concat(parts), { maxOutputLength: rawBytes });
  const bytes = raw.length === rawBytes ? unfilter(raw, lineBytes, heightPx, channels) : undefined;
  if (!bytes) throw unreadable(path, 'it is cut off or damaged');
  return { widthPx, heightPx, bytes: withThreeChannels(bytes, channels) };
}

function readPpm(file: Buffer, path: string): Picture {
  const head = /^P([56])\s+(?:#.*\s+)*(\d+)\s+(?:#.*\s+)*(\d+)\s+(?:#.*\s+)*255\s/.exec(
    file.toString('latin1', 0, 1000),
  );
  if (!head) throw unreadable(path, 'it is no PPM or PGM with 255 as its greatest value');
  const [channels, widthPx, heightPx] = [head[1] === '6' ? 3 : 1, Number(head[2]), Number(head[3])];
  const count = channels * widthPx * heightPx;
  const bytes = new Uint8Array(file.subarray(head[0].length, head[0].length + count));
  if (count === 0 || bytes.length !== count) throw unreadable(path, 'it is cut off');
  return { widthPx, heightPx, bytes: withThreeChannels(bytes, channels) };
}

// NumPy's format: "\x93NUMPY", version, bytes of the header (two in version 1, four in 2 and 3), the header as a Python literal, numbers.
function readNpy(file: Buffer, path: string): Picture[] {
  const isFirst = file[6] === 1;
  const begin = (isFirst ? 10 : 12) + (isFirst ? file.readUInt16LE(8) : file.readUInt32LE(8));
  const head = file.toString('latin1', 10, begin);
  const shape = (/'shape':\s*\(([\d,\s]*)\)/.exec(head)?.[1] ?? '')
    .split(',')
    .filter((word) => word.trim() !== '')
    .map(Number);
  const isBytes = /'descr':\s*'\|u1'/.test(head) && /'fortran_order':\s*False/.test(head);
  const [heightPx, widthPx, channels] = shape.slice(-3);
  const count = shape.length === 4 ? shape[0] : 1;
  if (!isBytes || (shape.length !== 3 && shape.length !== 4) || channels !== 3) {
    throw unreadable(path, 'it holds something else than bytes of height × width × 3');
  }
  const pictureBytes = heightPx * widthPx * 3;
  if (pictureBytes === 0 || file.length - begin !== count * pictureBytes) throw unreadable(path, 'it is cut off');
  return Array.from({ length: count }, (_, index) => {
    const from = begin + index * pictureBytes;
    return { widthPx, heightPx, bytes: new Uint8Array(file.subarray(from, from + pictureBytes)) };
  });
}

/** The pictures of a file's bytes; `path` names it in sentences. Throws FailureError badPicture. */
export function parsePictures(file: Buffer, path: string): Picture[] {
  const magic = file.toString('latin1', 0, 6);
  try {
    if (magic.startsWith('\x89PNG')) return [readPng(file, path)];
    if (magic === '\x93NUMPY') return readNpy(file, path);
    if (/^P[56]\s/.test(magic)) return [readPpm(file, path)];
  } catch (error) {
    // Lengths that point beyond the end, and what zlib says.
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code !== undefined) {
      throw unreadable(path, 'it is cut off or damaged');
    }
    throw error;
  }
  throw unreadable(path, 'it is of no kind that is known here');
}
