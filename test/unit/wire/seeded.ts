// Random numbers that a printed seed brings back.

/** Draws whole numbers. The same seed gives the same numbers. */
export class SeededRandom {
  constructor(private state: number) {}

  /** A whole number from 0 up to, not including, `end`. mulberry32, 32 bits a draw, so `end` is at most 2^32. */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
