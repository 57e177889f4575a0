// Seeded numbers for the simulator: sfc32 (Doty-Humphrey, PractRand: 128 bits of state, period at least 2^32), and the two
// distributions that arrivals and service times need.

export class Random {
  private a: number;
  private b: number;
  private c = 0x2545f491;
  private counter = 1;

  /** The same `seed` and `stream` give the same numbers; other streams of a seed are independent of it. */
  constructor(seed: number, stream = 0) {
    this.a = seed | 0;
    this.b = Math.imul(stream + 1, 0x9e3779b1);
    // The state is far from random at first.
    for (let round = 0; round < 16; round++) this.next();
  }

  /** Even in [0, 1). */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  /** Exponential with mean 1: the gaps of a Poisson process. */
  exponential(): number {
    return -Math.log(1 - this.next());
  }

  /** Normal with mean 0 and deviation 1 (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.next());
  }
}
