/** A source of numbers from 0 up to 1 that is the same for the same seed (mulberry32: 32 bits of state, good enough for weights). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` numbers, even between -amplitude and amplitude. */
export function randomFloats(random: () => number, count: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: count }, () => (2 * random() - 1) * amplitude);
}
