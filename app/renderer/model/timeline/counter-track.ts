// A value over time: readings of a sensor, or a level that allocations raise and frees lower. It holds from one row to the next.

import { grownCapacity, grownFloats, lowerBound } from './growing';
import { MinMaxTree } from './min-max-tree';

/** `level`: amounts are the values. `sum`: amounts are changes; the value is their sum and never below 0, because what was there before the
 * recording began is not known. */
export type CounterMode = 'level' | 'sum';

export interface CounterRow {
  readonly timeNs: number;
  readonly amount: number;
}

export class CounterTrack {
  count = 0;
  timeNs = new Float64Array(0);
  value = new Float64Array(0);
  readonly tree = new MinMaxTree();
  private amount = new Float64Array(0);

  constructor(readonly mode: CounterMode) {}

  get rowCount(): number {
    return this.count;
  }

  /** Takes rows in any order; rows of the same moment keep the order in which they came. */
  append(rows: readonly CounterRow[]): void {
    const sorted = [...rows].sort((left, right) => left.timeNs - right.timeNs);
    if (sorted.length === 0) return;
    const isLate = this.count > 0 && sorted[0].timeNs < this.timeNs[this.count - 1];
    const all = isLate ? this.takeTail(sorted[0].timeNs, sorted) : sorted;
    for (const { timeNs, amount } of all) this.push(timeNs, amount);
  }

  /** The value at a moment; undefined before the first row. */
  valueAt(ns: number): number | undefined {
    const row = lowerBound(this.timeNs, ns, 0, this.count);
    if (row < this.count && this.timeNs[row] === ns) return this.value[this.lastOfMoment(row)];
    return row === 0 ? undefined : this.value[row - 1];
  }

  /** Smallest and largest value of all; 0 and 0 without rows. */
  bounds(): { readonly min: number; readonly max: number } {
    if (this.count === 0) return { min: 0, max: 0 };
    this.tree.range(0, this.count);
    return { min: this.tree.min, max: this.tree.max };
  }

  private lastOfMoment(row: number): number {
    let last = row;
    while (last + 1 < this.count && this.timeNs[last + 1] === this.timeNs[row]) last += 1;
    return last;
  }

  private takeTail(fromNs: number, sorted: readonly CounterRow[]): CounterRow[] {
    const first = lowerBound(this.timeNs, fromNs, 0, this.count);
    const tail: CounterRow[] = [];
    for (let row = first; row < this.count; row++) tail.push({ timeNs: this.timeNs[row], amount: this.amount[row] });
    this.count = first;
    this.tree.truncate(first);
    return [...tail, ...sorted].sort((left, right) => left.timeNs - right.timeNs);
  }

  private push(timeNs: number, amount: number): void {
    const row = this.count;
    if (row === this.timeNs.length) {
      const capacity = grownCapacity(row, row + 1);
      this.timeNs = grownFloats(this.timeNs, capacity);
      this.value = grownFloats(this.value, capacity);
      this.amount = grownFloats(this.amount, capacity);
    }
    const before = row === 0 ? 0 : this.value[row - 1];
    const value = this.mode === 'level' ? amount : Math.max(0, before + amount);
    this.timeNs[row] = timeNs;
    this.amount[row] = amount;
    this.value[row] = value;
    this.tree.push(value);
    this.count = row + 1;
  }
}
