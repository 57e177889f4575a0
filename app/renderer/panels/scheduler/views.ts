// What every view of the panel is given.

import type { Range } from '../../model/scheduler/range';
import type { SchedulerRows } from './use-scheduler';

export interface SchedulerView {
  readonly rows: SchedulerRows;
  readonly range: Range;
  readonly onSavePng: (title: string, url: string) => void;
}
