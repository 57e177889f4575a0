// Numbers from a fixed seed, and small models to ask.

import { createBatch, type SliceBatch } from '../../../../app/renderer/model/timeline/slice-track';

/** Whole numbers in [0, below). */
export function seededIntegers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export interface Slice {
  readonly startNs: number;
  readonly endNs: number;
  readonly name: number;
}

export function batchOf(slices: readonly Slice[]): SliceBatch {
  const batch = createBatch(slices.length);
  for (const [row, { startNs, endNs, name }] of slices.entries()) {
    batch.startNs[row] = startNs;
    batch.endNs[row] = endNs;
    batch.name[row] = name;
    batch.correlation[row] = name;
  }
  return batch;
}

/** Every letter is a slice from its first to after its last place; `.` is nothing. Lines are drawn in one row of time. */
export function slicesFromDrawing(drawing: string): Slice[] {
  return drawing
    .trim()
    .split('\n')
    .flatMap((line) => {
      const text = line.trim();
      const letters = [...new Set(text.replaceAll('.', ''))];
      return letters.map((letter) => ({
        startNs: text.indexOf(letter),
        endNs: text.lastIndexOf(letter) + 1,
        name: letter.charCodeAt(0),
      }));
    });
}
