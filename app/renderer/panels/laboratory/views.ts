// What every view of the results is given.

import type { Baseline } from '../../../../shared/window/methods';
import type { Experiment, Point } from '../../model/laboratory/experiments';
import type { Measure } from '../../model/laboratory/measures';

/** What would fill a view that has nothing yet, or that nothing will. */
export function waitingWords({ state }: Experiment): string {
  const isOver = state === 'done' || state === 'failed' || state === 'cancelled';
  return isOver
    ? 'This experiment ended before it had one; mend what it says above and run it again.'
    : 'They appear here one by one while they are measured.';
}

export interface ResultView {
  readonly experiment: Experiment;
  readonly points: readonly Point[];
  /** Those that were chosen to be compared with. */
  readonly baselines: readonly Baseline[];
  readonly measure: Measure;
  readonly pickedIndex: number | undefined;
  readonly onPick: (index: number | undefined) => void;
  readonly onSavePng: (title: string, url: string) => void;
}
