// Columns that grow. Half as much again each time: at most a third of a column is empty, so 40 bytes a row stay below 64.

const ROWS_MIN = 64;

/** How many rows to make room for, so that `needed` fit. */
export function grownCapacity(capacity: number, needed: number): number {
  return Math.max(ROWS_MIN, needed, Math.ceil(capacity * 1.5));
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

/** The same, searched in growing steps from `from`: its cost depends on how far the answer is, not on how long the column is. */
export function lowerBoundNear(column: Float64Array, value: number, from: number, to: number, firstStep = 1): number {
  let low = from;
  let step = firstStep;
  while (low + step < to && column[low + step] < value) {
    low += step + 1;
    step *= 2;
  }
  return lowerBound(column, value, low, Math.min(to, low + step));
}
