// Values of the options of an experiment. All throw UsageError with one sentence that names the option.

import { type KernelArgument, kernelArgument, SIDE_MAX } from '../../shared/rpc/experiment';
import { type Parsed, usage } from './command';

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** The words between the commas, each once; undefined when the option is absent. */
export function wordsOf(parsed: Parsed, name: string): string[] | undefined {
  const words = parsed
    .text(name)
    ?.split(',')
    .map((word) => word.trim());
  return words && [...new Set(words)];
}

function wholeNumber(name: string, word: string): number {
  if (!/^\d{1,15}$/.test(word)) throw usage(`--${name} takes whole numbers, not "${word}".`);
  return Number(word);
}

/** A size in bytes: 4096, 4K, 4KiB, 1M, 1MiB, 1G. The units are binary. Throws UsageError. */
export function parseBytes(name: string, word: string): number {
  const [, digits, unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)(?:([KMG])(?:iB)?|B)?$/.exec(word) ?? [];
  const bytes = digits === undefined ? Number.NaN : Number(digits) * UNIT_BYTES[unit];
  if (!Number.isInteger(bytes)) throw usage(`--${name} takes bytes such as 4096, 4K or 1.5M, not "${word}".`);
  return bytes;
}

/** Whole numbers with commas between them. */
export function numbers(parsed: Parsed, name: string, otherwise: string): number[] {
  return (wordsOf(parsed, name) ?? otherwise.split(',')).map((word) => wholeNumber(name, word));
}

export function byteSizes(parsed: Parsed, otherwise: string): number[] {
  return (wordsOf(parsed, 'bytes') ?? otherwise.split(',')).map((word) => parseBytes('bytes', word));
}

export function oneNumber(parsed: Parsed, name: string): number | undefined {
  const text = parsed.text(name);
  return text === undefined ? undefined : wholeNumber(name, text);
}

export function choices<T extends string>(parsed: Parsed, name: string, allowed: readonly T[]): T[] | undefined {
  return wordsOf(parsed, name)?.map((word) => {
    const found = allowed.find((each) => each === word);
    if (!found) throw usage(`--${name} takes ${allowed.join(', ')}, not "${word}".`);
    return found;
  });
}

/** The side of a matrix. */
export function sideOf(word: string): number {
  const side = /^\d{1,5}$/.test(word) ? Number(word) : 0;
  if (side < 1 || side > SIDE_MAX) {
    throw usage(
      `--sizes takes sides from 1 to ${SIDE_MAX}, or rows x columns x depth such as 1024x768x512, not "${word}".`,
    );
  }
  return side;
}

/** Sides, or rows × columns × depth. */
export function matrixSizes(parsed: Parsed, otherwise: string): (number | [number, number, number])[] {
  return (wordsOf(parsed, 'sizes') ?? otherwise.split(',')).map((word) => {
    const sides = word.split(/[x×]/);
    if (sides.length === 1) return sideOf(word);
    if (sides.length !== 3) throw usage(`--sizes takes three sides such as 1024x768x512, not "${word}".`);
    return [sideOf(sides[0]), sideOf(sides[1]), sideOf(sides[2])];
  });
}

/** One argument of a kernel: buffer:f32:1024[:zero], i32:5, u32:5 or f32:0.5. */
export function argumentOf(word: string): KernelArgument {
  const [kind, ...rest] = word.split(':');
  const [element, count, fill] = rest;
  const number = (text: string | undefined) => (text?.trim() ? Number(text) : Number.NaN);
  const input = kind === 'buffer' ? { kind, element, count: number(count), fill } : { kind, value: number(rest[0]) };
  const parsed = kernelArgument.safeParse(input);
  const isWhole = rest.length <= (kind === 'buffer' ? 3 : 1);
  if (parsed.success && isWhole) return parsed.data;
  throw usage(`--arg takes buffer:f32|i32|u32|u8:COUNT[:zero|random], i32:N, u32:N or f32:X, not "${word}".`);
}
