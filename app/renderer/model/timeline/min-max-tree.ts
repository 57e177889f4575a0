// Minimum and maximum of any interval of a growing column in logarithmic time. Level k holds one pair for each whole block of
// 16^(k+1) values; what is no whole block yet is read from the level below.

import { grownCapacity, grownFloats } from './growing';

const FAN = 16;

class Level {
  count = 0;
  min = new Float64Array(0);
  max = new Float64Array(0);

  push(min: number, max: number): void {
    if (this.count === this.min.length) {
      const capacity = grownCapacity(this.min.length, this.count + 1);
      this.min = grownFloats(this.min, capacity);
      this.max = grownFloats(this.max, capacity);
    }
    this.min[this.count] = min;
    this.max[this.count] = max;
    this.count += 1;
  }
}

export class MinMaxTree {
  /** Level 0 is the column itself. */
  private readonly levels: Level[] = [new Level()];
  /** Of the last range(). */
  min = 0;
  max = 0;

  get count(): number {
    return this.levels[0].count;
  }

  push(value: number): void {
    this.levels[0].push(value, value);
    for (let level = 0; this.levels[level].count % FAN === 0; level++) {
      const below = this.levels[level];
      this.levels[level + 1] ??= new Level();
      this.scan(below, below.count - FAN, below.count);
      this.levels[level + 1].push(this.min, this.max);
    }
  }

  /** Keeps the first `count` values. */
  truncate(count: number): void {
    for (const [index, level] of this.levels.entries()) level.count = Math.floor(count / FAN ** index);
  }

  /** Sets `min` and `max` to those of values [first, end); an empty interval leaves +Infinity and -Infinity. */
  range(first: number, end: number): void {
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    let low = first;
    let high = end;
    for (let level = 0; low < high; level++) {
      const nextLow = Math.ceil(low / FAN);
      const nextHigh = Math.floor(high / FAN);
      if (nextLow >= nextHigh) {
        this.widen(this.levels[level], low, high);
        return;
      }
      this.widen(this.levels[level], low, nextLow * FAN);
      this.widen(this.levels[level], nextHigh * FAN, high);
      low = nextLow;
      high = nextHigh;
    }
  }

  private scan(level: Level, first: number, end: number): void {
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.widen(level, first, end);
  }

  private widen(level: Level, first: number, end: number): void {
    for (let index = first; index < end; index++) {
      if (level.min[index] < this.min) this.min = level.min[index];
      if (level.max[index] > this.max) this.max = level.max[index];
    }
  }
}
