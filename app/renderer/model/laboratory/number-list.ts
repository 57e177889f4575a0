// Lists of whole numbers as a person types them.
//
//   256, 512 1024      each of them
//   32..1024           doubled from the first to the last: 32, 64, 128 … 1024
//   64..256:64         in steps: 64, 128, 192, 256
//   4K, 1M, 2G         times 1024, 1024², 1024³; also 4KiB
//   2^20               a power

import { fail, ok, type Result } from '../../../../shared/util/result';

export interface ListLimits {
  /** As in "A size must be a whole number from 1 to 16,384." */
  readonly noun: string;
  readonly min: number;
  readonly max: number;
}

/** As many as one field of an experiment takes. */
export const LIST_COUNT_MAX = 64;

const FACTORS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

const format = (value: number) => value.toLocaleString('en-US');

/** One whole number, or undefined when the word is none. */
export function parseWhole(word: string): number | undefined {
  const power = /^(\d{1,4})\^(\d{1,3})$/.exec(word);
  if (power) return Number(power[1]) ** Number(power[2]);
  const plain = /^(\d{1,15})(?:([kmg])(?:i?b)?)?$/i.exec(word);
  if (!plain) return undefined;
  return Number(plain[1]) * (plain[2] === undefined ? 1 : FACTORS[plain[2].toLowerCase()]);
}

/** One number in its limits, or the sentence that says what is wrong. */
export function parseNumber(text: string, limits: ListLimits): Result<number, string> {
  const value = parseWhole(text.trim());
  if (value === undefined || !isWithin(value, limits)) return fail(limitSentence(text.trim(), limits));
  return ok(value);
}

const isWithin = (value: number, { min, max }: ListLimits) => value >= min && value <= max;

function limitSentence(word: string, { noun, min, max }: ListLimits): string {
  return `${noun} must be a whole number from ${format(min)} to ${format(max)}${word === '' ? '' : `, not “${word}”`}.`;
}

/** Numbers of "a..b" or "a..b:step"; undefined when the word is none. More than fit are cut, which the caller sees by their count. */
function rangeOf(word: string): number[] | undefined {
  const [, fromWord, toWord, stepWord] = /^([^.:]+)\.\.([^.:]+)(?::([^.:]+))?$/.exec(word) ?? [];
  if (fromWord === undefined) return undefined;
  const [from, to] = [parseWhole(fromWord), parseWhole(toWord)];
  const step = stepWord === undefined ? 0 : parseWhole(stepWord);
  if (from === undefined || to === undefined || step === undefined) return undefined;
  if (from < 1 || to < from || (stepWord !== undefined && step < 1)) return undefined;
  const values: number[] = [];
  for (let value = from; value <= to && values.length <= LIST_COUNT_MAX; value = step > 0 ? value + step : value * 2) {
    values.push(value);
  }
  return values;
}

/** Words between commas and spaces. */
export const wordsOf = (text: string) => text.split(/[\s,;]+/).filter((word) => word !== '');

/** A list in the order typed, each number once. The error is one sentence. */
export function parseNumberList(text: string, limits: ListLimits): Result<number[], string> {
  const values: number[] = [];
  for (const word of wordsOf(text)) {
    const range = rangeOf(word);
    if (word.includes('..') && !range) return fail(`“${word}” is no range; write it as 32..1024 or 64..512:64.`);
    for (const value of range ?? [parseWhole(word)]) {
      if (value === undefined || !isWithin(value, limits)) {
        return fail(limitSentence(range && value !== undefined ? String(value) : word, limits));
      }
      values.push(value);
    }
  }
  return checkCount([...new Set(values)], limits.noun);
}

/** One to 64 of them. */
export function checkCount<T>(values: readonly T[], noun: string): Result<T[], string> {
  if (values.length === 0) return fail(`${noun} is missing: write at least one.`);
  if (values.length > LIST_COUNT_MAX) return fail(`${values.length} are too many; at most ${LIST_COUNT_MAX} fit.`);
  return ok([...values]);
}

type Sides = number | [number, number, number];

/** Sizes of matrices: sides of squares, ranges of them, and "512x256x128" for rows × columns × depth. */
export function parseSizes(text: string, sideMax: number): Result<Sides[], string> {
  const limits = { noun: 'A side', min: 1, max: sideMax };
  const sizes: Sides[] = [];
  for (const word of wordsOf(text.replace(/\s*[×x]\s*/g, 'x'))) {
    if (!word.includes('x')) {
      const list = parseNumberList(word, limits);
      if (!list.ok) return list;
      sizes.push(...list.value);
      continue;
    }
    const sides: number[] = [];
    for (const part of word.split('x')) {
      const side = parseNumber(part, limits);
      if (!side.ok) return side;
      sides.push(side.value);
    }
    if (sides.length !== 3)
      return fail(`“${word}” has ${sides.length} sides; write rows × columns × depth as 512x256x128.`);
    sizes.push([sides[0], sides[1], sides[2]]);
  }
  return checkCount(sizes, 'A size');
}
