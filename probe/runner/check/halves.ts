// Bits of IEEE binary16, for checks: random ones, and back to numbers.

import { randomFloats } from '../random';

/** Halves of random sign and size below 1, with 10 random bits each. */
export function randomHalves(random: () => number, count: number): Uint16Array {
  const scales = randomFloats(random, count, 1);
  return Uint16Array.from(scales, (scale) => (scale < 0 ? 0x8000 : 0) | Math.floor(Math.abs(scale) * 0x3c00));
}

/** The number of each half, exact. */
export function floatsOfHalves(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}

/** What an output of halves holds before a kernel writes it. */
export const HALF_NAN = 0x7e00;
