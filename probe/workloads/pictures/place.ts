// The pictures that a source shows in turn: files, or drawn from a seed.
//
//   street/                               a folder: its picture files by name        street.npy   a file
//   generated:signs?count=8&signs=4       signs with words, up to so many each       generated:noise   random bytes

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failure } from '../../../shared/util/failure';
import { Random } from '../../scheduler/simulator/random';
import { drawSigns } from './draw-signs';
import type { Picture } from './picture';
import { parsePictures } from './read-picture';

const FILE_COUNT_MAX = 256;
const BYTES_MAX = 512 * 2 ** 20;
const EXTENSIONS = /\.(png|ppm|pgm|npy)$/i;
/** Random streams of a seed: pictures of source N are drawn from this one and N. */
const PICTURE_STREAM = 4096;
const LIMITS = { count: 64, widthPx: 4096, heightPx: 4096, signs: 16 } as const;
const DEFAULTS = { count: 8, widthPx: 384, heightPx: 384, signs: 4 };

export const NOISE = 'generated:noise';

export interface Pictures {
  readonly pictures: readonly Picture[];
  /** What they are, for people. */
  readonly description: string;
}

function optionsOf(place: string, query: string): typeof DEFAULTS {
  const options = { ...DEFAULTS };
  for (const [name, text] of new URLSearchParams(query)) {
    const key = Object.keys(LIMITS).find((each) => each === name) as keyof typeof LIMITS | undefined;
    const value = Number(text);
    if (!key || !Number.isInteger(value) || value < 1 || value > LIMITS[key]) {
      const limits = Object.entries(LIMITS).map(([each, most]) => `${each} (1 to ${most})`);
      const sentence = `The pictures ${place} have the unknown option ${name}=${text}.`;
      throw failure('badPictures', sentence, `Use ${limits.join(', ')}.`);
    }
    options[key] = value;
  }
  return options;
}

function generated(place: string, random: Random): Pictures {
  const [kind, query = ''] = place.slice('generated:'.length).split('?');
  const { count, widthPx, heightPx, signs } = optionsOf(place, query);
  const size = `${widthPx} × ${heightPx}`;
  const each = { length: count };
  if (kind === 'signs') {
    const draw = () => drawSigns({ widthPx, heightPx, signCountMax: signs }, random);
    return { pictures: Array.from(each, draw), description: `${count} drawn pictures of signs, ${size}` };
  }
  if (kind === 'noise') {
    const draw = () => ({
      widthPx,
      heightPx,
      bytes: Uint8Array.from({ length: 3 * widthPx * heightPx }, () => 256 * random.next()),
    });
    return { pictures: Array.from(each, draw), description: `${count} pictures of random bytes, ${size}` };
  }
  throw failure('badPictures', `There are no generated pictures ${kind}.`, 'There are: signs, noise.');
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => EXTENSIONS.test(name))
      .sort()
      .slice(0, FILE_COUNT_MAX)
      .map((name) => join(path, name));
  } catch {
    throw failure(
      'badPictures',
      `There is no ${path} with pictures.`,
      'Check the name; it counts from the workload’s folder.',
    );
  }
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const sentence = `The picture ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`;
    throw failure('badPicture', sentence, 'Check that it is a file and its permissions.');
  }
}

/** The pictures of a place of the workload file. Throws FailureError badPictures or badPicture. */
export function loadPictures(place: string, folder: string, seed: number, sourceIndex: number): Pictures {
  if (place.startsWith('generated:')) return generated(place, new Random(seed, PICTURE_STREAM + sourceIndex));
  const path = resolve(folder, place);
  const pictures: Picture[] = [];
  let bytes = 0;
  for (const file of filesAt(path)) {
    const read = parsePictures(readFile(file), file);
    for (const picture of read) bytes += picture.bytes.length;
    if (bytes > BYTES_MAX) {
      throw failure(
        'badPictures',
        `The pictures of ${path} have more than ${BYTES_MAX / 2 ** 20} MiB.`,
        'Give fewer or smaller ones.',
      );
    }
    pictures.push(...read);
  }
  if (pictures.length === 0) {
    throw failure('badPictures', `There is no picture in ${path}.`, 'Give PNG, PPM, PGM or NPY files.');
  }
  return { pictures, description: `${pictures.length} pictures of ${path}` };
}
