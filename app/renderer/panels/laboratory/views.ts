// What every view of the results is given.

import type { Baseline } from '../../../../shared/window/methods';
import type { Experiment, Point } from '../../model/laboratory/experiments';
import type { Measure } from '../../model/laboratory/measures';

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
