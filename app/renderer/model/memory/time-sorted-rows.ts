// Columns of rows that come nearly in order of time and are read in order of time. Late rows are merged into the tail when somebody
// reads; rows of the same moment stay in the order in which they came.

import { GrowingColumns, type RowTypes } from './growing-columns';

/** The first row of `count` sorted times that is later than timeNs. */
export function rowAfter(times: Float64Array, count: number, timeNs: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first row of `count` sorted times that is at timeNs or later. */
export function rowFrom(times: Float64Array, count: number, timeNs: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class TimeSortedRows<T extends RowTypes & { readonly timeNs: 'f64' }> extends GrowingColumns<T> {
  private sortedCount = 0;

  /** Sorts what was added. Returns the first row that is new or has moved; rowCount when there is none. */
  settle(): number {
    const firstNew = this.sortedCount;
    if (firstNew === this.rowCount) return firstNew;
    const times = this.times();
    let earliestNs = Number.POSITIVE_INFINITY;
    let isInOrder = true;
    for (let row = firstNew; row < this.rowCount; row++) {
      if (row > 0 && times[row] < times[row - 1]) isInOrder = false;
      earliestNs = Math.min(earliestNs, times[row]);
    }
    const from = isInOrder ? firstNew : rowAfter(times, firstNew, earliestNs);
    if (!isInOrder) this.sortFrom(from);
    this.sortedCount = this.rowCount;
    return from;
  }

  // Array.sort and not that of typed arrays: it finds the runs that are in order, and nearly all of them are.
  private sortFrom(from: number): void {
    const times = this.times();
    const order = Array.from({ length: this.rowCount - from }, (_, index) => from + index);
    order.sort((left, right) => times[left] - times[right]);
    for (const column of Object.values(this.columns)) {
      const tail = column.slice(from, this.rowCount);
      for (let index = 0; index < order.length; index++) column[from + index] = tail[order[index] - from];
    }
  }

  private times(): Float64Array {
    return this.columns.timeNs as Float64Array;
  }
}
