// Earliest deadline first over all models, whatever their level. Those without a deadline go last, oldest first.

import type { Request } from '../request';
import { firstLane, INDIFFERENT, type Policy } from './policy';

const isBefore = (left: Request, right: Request) =>
  left.deadlineNs < right.deadlineNs || (left.deadlineNs === right.deadlineNs && left.id < right.id);

export function edf(): Policy {
  return {
    ...INDIFFERENT,
    name: 'edf',
    levelOf: () => 0,
    keyOf: ({ deadlineNs }) => deadlineNs,
    choose: (ready) => firstLane(ready, isBefore),
  };
}
