// Pictures: read from files, drawn, and made to the numbers of a network's input.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../probe/scheduler/simulator/random';
import { drawSigns } from '../../../probe/workloads/pictures/draw-signs';
import { type Picture, tensorOf, wholeOf } from '../../../probe/workloads/pictures/picture';
import { loadPictures } from '../../../probe/workloads/pictures/place';
import { parsePictures } from '../../../probe/workloads/pictures/read-picture';

/** A grey picture of letters: a is 10, b is 20, and so on. */
function drawn(...rows: string[]): Picture {
  const bytes = rows.flatMap((row) =>
    [...row].flatMap((letter) => new Array(3).fill(10 * (letter.charCodeAt(0) - 96))),
  );
  return { widthPx: rows[0].length, heightPx: rows.length, bytes: Uint8Array.from(bytes) };
}
/** The first of the three planes, as rows of letters; a dot is 0. */
function rowsOf(values: ArrayLike<number>, widthPx: number): string[] {
  const letters = Array.from(values).map((value) =>
    value === 0 ? '.' : String.fromCharCode(96 + Math.round(value / 10)),
  );
  const plane = letters.slice(0, values.length / 3);
  return Array.from({ length: plane.length / widthPx }, (_, y) => plane.slice(y * widthPx, (y + 1) * widthPx).join(''));
}
const bytesInput = (widthPx: number, heightPx: number) => ({ name: 'x', element: 'uint8' as const, widthPx, heightPx });

describe('an area as numbers', () => {
  const picture = drawn('abcd', 'efgh');

  test('the whole keeps its ratio, at the top left; the rest is zero', () => {
    expect(rowsOf(tensorOf(wholeOf(picture), bytesInput(4, 4), 'unit'), 4)).toEqual(['abcd', 'efgh', '....', '....']);
    expect(rowsOf(tensorOf(wholeOf(picture), bytesInput(6, 2), 'unit'), 6)).toEqual(['abcd..', 'efgh..']);
  });

  test('a part is cut out and nothing beside it is seen', () => {
    const area = { leftPx: 1, topPx: 0, widthPx: 2, heightPx: 2 };
    expect(rowsOf(tensorOf({ picture, area }, bytesInput(2, 2), 'unit'), 2)).toEqual(['bc', 'fg']);
    // Twice as large: between two pixels lies their mean, at the edge the edge's own.
    const wide = tensorOf({ picture, area: { ...area, heightPx: 1 } }, bytesInput(4, 2), 'unit');
    expect(Array.from(wide).slice(0, 4)).toEqual([20, 22, 27, 30]);
  });

  test('bytes become numbers as the network was taught', () => {
    const white = { widthPx: 1, heightPx: 1, bytes: Uint8Array.of(255, 255, 0) };
    const input = { ...bytesInput(1, 1), element: 'float32' as const };
    const numbersOf = (pixels: 'unit' | 'signed' | 'imagenet') =>
      Array.from(tensorOf(wholeOf(white), input, pixels), (value) => Math.round(value * 1000) / 1000);
    expect(numbersOf('unit')).toEqual([1, 1, 0]);
    expect(numbersOf('signed')).toEqual([1, 1, -1]);
    // (1 - 0.485) / 0.229, (1 - 0.456) / 0.224, -0.406 / 0.225
    expect(numbersOf('imagenet')).toEqual([2.249, 2.429, -1.804]);
  });
});

const word = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const part = (kind: string, body: Buffer) => {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  return Buffer.concat([word(body.length), named, word(crc32(named))]);
};
/** A PNG whose every line has the filter byte before it. */
function png(widthPx: number, heightPx: number, colours: number, lines: readonly number[], interlace = 0): Buffer {
  const head = Buffer.concat([word(widthPx), word(heightPx), Buffer.from([8, colours, 0, 0, interlace])]);
  const parts = [part('IHDR', head), part('IDAT', deflateSync(Buffer.from(lines))), part('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
}
const npy = (shape: string, bytes: readonly number[], descr = '|u1') => {
  const head = `${`{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117)}\n`;
  const magic = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
  return Buffer.concat([magic, Buffer.from([head.length, 0]), Buffer.from(head), Buffer.from(bytes)]);
};
const greysOf = ({ bytes }: Picture) => Array.from(bytes).filter((_, index) => index % 3 === 0);

describe('files', () => {
  test('PNG: every filter tells the same picture', () => {
    // Two pixels a line, grey: 10 20 each; none, left, above, mean of both, Paeth.
    const lines = [0, 10, 20, 1, 10, 10, 2, 0, 0, 3, 5, 5, 4, 0, 0];
    const [picture] = parsePictures(png(2, 5, 0, lines), 'a.png');
    expect([picture.widthPx, picture.heightPx]).toEqual([2, 5]);
    expect(greysOf(picture)).toEqual(new Array(5).fill([10, 20]).flat());
  });

  test('PNG with alpha, PPM, PGM and NPY', () => {
    expect(Array.from(parsePictures(png(1, 1, 6, [0, 1, 2, 3, 255]), 'a.png')[0].bytes)).toEqual([1, 2, 3]);
    const ppm = Buffer.concat([Buffer.from('P6\n# by hand\n2 1\n255\n'), Buffer.from([1, 2, 3, 4, 5, 6])]);
    expect(parsePictures(ppm, 'a.ppm')).toEqual([{ widthPx: 2, heightPx: 1, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) }]);
    expect(greysOf(parsePictures(Buffer.from('P5 2 1 255\n\x07\x08', 'latin1'), 'a.pgm')[0])).toEqual([7, 8]);
    const two = parsePictures(npy('2, 1, 1, 3', [1, 2, 3, 4, 5, 6]), 'a.npy');
    expect(two.map(({ bytes }) => Array.from(bytes))).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  test.each([
    ['a JPEG', Buffer.from('\xff\xd8\xff\xe0 JFIF', 'latin1'), 'of no kind that is known here'],
    ['nothing', Buffer.alloc(0), 'of no kind that is known here'],
    ['an interlaced PNG', png(1, 1, 0, [0, 1], 1), 'a PNG of another kind'],
    ['a PNG that is cut off', png(2, 2, 0, [0, 1]).subarray(0, 50), 'cut off or damaged'],
    ['a PNG with too few lines', png(2, 2, 0, [0, 1, 2]), 'cut off or damaged'],
    ['a PPM that is cut off', Buffer.from('P6 2 2 255\n123'), 'it is cut off'],
    ['an NPY of floats', npy('1, 1, 3', [1, 2, 3], '<f4'), 'something else than bytes'],
    ['an NPY that is cut off', npy('4, 4, 3', [1]), 'it is cut off'],
  ])('%s is refused in one sentence', (_what, bytes, why) => {
    expect(() => parsePictures(bytes, 'x')).toThrow(`The picture x cannot be read: `);
    expect(() => parsePictures(bytes, 'x')).toThrow(why);
  });
});

test('a folder: its pictures by name, whatever else lies there; an empty one is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hka-pictures-'));
  try {
    expect(() => loadPictures('.', folder, 1, 0)).toThrow(`There is no picture in ${folder}.`);
    writeFileSync(join(folder, 'b.png'), png(1, 1, 0, [0, 9]));
    writeFileSync(join(folder, 'a.pgm'), Buffer.from('P5 1 1 255\n\x07', 'latin1'));
    writeFileSync(join(folder, 'notes.txt'), 'none');
    const { pictures, description } = loadPictures('.', folder, 1, 0);
    expect(pictures.map(greysOf)).toEqual([[7], [9]]);
    expect(description).toBe(`2 pictures of ${folder}`);
    expect(loadPictures('b.png', folder, 1, 0).pictures.map(greysOf)).toEqual([[9]]);
    mkdirSync(join(folder, 'c.png'));
    expect(() => loadPictures('.', folder, 1, 0)).toThrow(
      `The picture ${join(folder, 'c.png')} cannot be read (EISDIR).`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('drawn pictures are the same for the same seed; wrong places are refused', () => {
  const draw = (seed: number) => drawSigns({ widthPx: 64, heightPx: 64, signCountMax: 3 }, new Random(seed, 1));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  const load = (place: string) => loadPictures(place, '/nowhere', 1, 0);
  expect(load('generated:signs?count=3&widthPx=40&heightPx=30').pictures).toHaveLength(3);
  expect(() => load('generated:signs?count=0')).toThrow('unknown option count=0. Use count (1 to 64)');
  expect(() => load('generated:cats')).toThrow('There are no generated pictures cats. There are: signs, noise.');
  expect(() => load('street')).toThrow('There is no /nowhere/street with pictures.');
});
