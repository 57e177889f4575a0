// What every benchmark gives back: one figure, beside a baseline of the same run wherever one exists.

export type BenchSize = 'smoke' | 'real';

export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** The same unit, measured in the same run; with the words that say of what. */
  readonly baseline?: number;
  readonly baselineName?: string;
  /** Value over baseline, pair by pair in turns: the median, and its 95 % interval or the range of a few seeds. */
  readonly ratio?: { readonly median: number; readonly low: number; readonly high: number };
  /** Of the work done, so that nobody times nothing. */
  readonly checksum?: string;
  /** The figure to hold, in words. */
  readonly goal?: string;
  readonly detail?: string;
}

export interface Bench {
  readonly run: (size: BenchSize) => Promise<BenchResult[]>;
}
