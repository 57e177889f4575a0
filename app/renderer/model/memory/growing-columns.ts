// Columns that grow: typed arrays of one capacity, doubled when they are full.

import { ARRAY_TYPE, type ArrayOf, type NumberType } from '../../../../shared/model/column';

export type RowTypes = Readonly<Record<string, NumberType>>;
export type RowArrays<T extends RowTypes> = { -readonly [K in keyof T]: ArrayOf[T[K]] };

const CAPACITY_MIN = 256;

export class GrowingColumns<T extends RowTypes> {
  /** Rows below rowCount are valid. The arrays are replaced when they grow, so they are not held across add(). */
  columns: RowArrays<T>;
  rowCount = 0;
  private capacity = CAPACITY_MIN;

  constructor(private readonly types: T) {
    this.columns = this.map((_, type) => new ARRAY_TYPE[type](CAPACITY_MIN));
  }

  /** Makes room for `count` more rows, which the caller fills in. Returns the first of them. */
  add(count: number): number {
    const first = this.rowCount;
    this.rowCount += count;
    if (this.rowCount > this.capacity) {
      this.capacity = Math.max(this.capacity * 2, this.rowCount);
      this.columns = this.map((name, type) => {
        const grown = new ARRAY_TYPE[type](this.capacity);
        grown.set(this.columns[name]);
        return grown;
      });
    }
    return first;
  }

  /** Forgets all rows from `rowCount` on. */
  truncate(rowCount: number): void {
    this.rowCount = rowCount;
  }

  private map(make: (name: keyof T, type: NumberType) => ArrayOf[NumberType]): RowArrays<T> {
    const made = Object.entries(this.types).map(([name, type]) => [name, make(name, type)]);
    return Object.fromEntries(made) as RowArrays<T>;
  }
}
