// The highest level first, and the earliest deadline inside a level. What keeps the low levels alive is the scheduler's aging.

import type { Request } from '../request';
import { firstLane, INDIFFERENT, type Policy } from './policy';

const isBefore = (left: Request, right: Request) => {
  if (left.priority !== right.priority) return left.priority < right.priority;
  return left.deadlineNs < right.deadlineNs || (left.deadlineNs === right.deadlineNs && left.id < right.id);
};

export function strictPriority(): Policy {
  return {
    ...INDIFFERENT,
    name: 'strict-priority',
    levelOf: ({ priority }) => priority,
    keyOf: ({ deadlineNs }) => deadlineNs,
    choose: (ready) => firstLane(ready, isBefore),
  };
}
