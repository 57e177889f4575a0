// Columns that grow. A third again each time: at most a quarter of a column is empty, so 42 bytes a row stay below 64.

const ROWS_MIN = 64;

/** How many rows to make room for, so that `needed` fit. */
export function grownCapacity(capacity: number, needed: number): number {
  return Math.max(ROWS_MIN, needed, Math.ceil(capacity * 1.33));
}

/** A copy of the column with room for `capacity` rows. */
export function grownFloats(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(column);
  return grown;
}

/** A copy of the column with room for `capacity` rows. */
export function grownWords(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(capacity);
  grown.set(column);
  return grown;
}

/** The first index in [from, to) where the ascending column is at least `value`; `to` when there is none. */
export function lowerBound(column: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The same, searched in growing steps up or down from a guess: the cost depends on how good the guess is, not on how long the column
 * is. Steps near the guess touch the same few cache lines, which is what counts in columns of millions of rows.
 */
export function lowerBoundNear(column: Float64Array, value: number, from: number, to: number, guess: number): number {
  const begin = Math.min(Math.max(guess, from), to);
  let low = from;
  let high = to;
  if (begin < to && column[begin] < value) {
    low = begin + 1;
    for (let step = 1; low + step < to; step *= 2) {
      if (column[low + step] >= value) {
        high = low + step;
        break;
      }
      low += step + 1;
    }
  } else {
    high = begin;
    for (let step = 1; high - step >= from; step *= 2) {
      if (column[high - step] < value) {
        low = high - step + 1;
        break;
      }
      high -= step;
    }
  }
  return lowerBound(column, value, low, high);
}
