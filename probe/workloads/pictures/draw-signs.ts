// Pictures of signs with words on them, drawn from a seed: something that a detector of texts finds, without a file.

import type { Random } from '../../scheduler/simulator/random';
import type { Picture } from './picture';

/** Five pixels by seven, a row a number, the left pixel the highest bit. */
const LETTERS: Readonly<Record<string, readonly number[]>> = {
  A: [0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
  E: [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f],
  H: [0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11],
  L: [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f],
  N: [0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11],
  O: [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
  P: [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10],
  R: [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11],
  S: [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e],
  T: [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
  U: [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e],
  X: [0x11, 0x0a, 0x04, 0x04, 0x04, 0x0a, 0x11],
};
const WORDS = ['STOP', 'EXIT', 'TAXI', 'PORT', 'HALT', 'NORTH', 'SOUTH', 'EAST', 'ROUTE', 'PLAN', 'REST', 'TOUR'];
const LETTER_PX = { width: 6, height: 7 };

export interface SignsOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of one picture; drawn evenly from 0. */
  readonly signCountMax: number;
}

type Colour = readonly [number, number, number];

function fill({ widthPx, bytes }: Picture, [leftPx, topPx, width, height]: readonly number[], colour: Colour): void {
  for (let y = topPx; y < topPx + height; y++) {
    for (let x = leftPx; x < leftPx + width; x++) bytes.set(colour, 3 * (y * widthPx + x));
  }
}

function drawWord(
  picture: Picture,
  word: string,
  [leftPx, topPx]: readonly number[],
  dotPx: number,
  ink: Colour,
): void {
  [...word].forEach((letter, index) => {
    LETTERS[letter]?.forEach((row, y) => {
      for (let x = 0; x < 5; x++) {
        if ((row >> (4 - x)) % 2 === 0) continue;
        fill(picture, [leftPx + (LETTER_PX.width * index + x) * dotPx, topPx + y * dotPx, dotPx, dotPx], ink);
      }
    });
  });
}

function drawSign(picture: Picture, [laneTopPx, lanePx]: readonly number[], random: Random): void {
  const word = WORDS[Math.floor(random.next() * WORDS.length)].replaceAll('I', 'L');
  const dotPx = Math.max(1, Math.floor((lanePx * (0.5 + 0.3 * random.next())) / (LETTER_PX.height + 4)));
  const [width, height] = [(LETTER_PX.width * word.length + 3) * dotPx, (LETTER_PX.height + 4) * dotPx];
  if (width > picture.widthPx || height > lanePx) return;
  const leftPx = Math.floor(random.next() * (picture.widthPx - width));
  const topPx = laneTopPx + Math.floor(random.next() * (lanePx - height));
  const isDark = random.next() < 0.5;
  const [board, ink]: Colour[] = isDark
    ? [
        [30, 60, 140],
        [245, 245, 245],
      ]
    : [
        [240, 236, 220],
        [20, 20, 20],
      ];
  fill(picture, [leftPx, topPx, width, height], board);
  drawWord(picture, word, [leftPx + 2 * dotPx, topPx + 2 * dotPx], dotPx, ink);
}

/** One picture: a grey that gets darker downwards, with grain, and signs below each other. The same for the same seed. */
export function drawSigns({ widthPx, heightPx, signCountMax }: SignsOptions, random: Random): Picture {
  const picture = { widthPx, heightPx, bytes: new Uint8Array(3 * widthPx * heightPx) };
  for (let index = 0; index < picture.bytes.length; index++) {
    const downRatio = index / picture.bytes.length;
    picture.bytes[index] = 150 - 50 * downRatio + 8 * random.next();
  }
  const signCount = Math.floor(random.next() * (signCountMax + 1));
  const lanePx = Math.floor(heightPx / Math.max(1, signCount));
  for (let sign = 0; sign < signCount; sign++) drawSign(picture, [sign * lanePx, lanePx], random);
  return picture;
}
