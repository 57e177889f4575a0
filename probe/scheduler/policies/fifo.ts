// First come, first served, over all models and levels: the baseline.

import type { Request } from '../request';
import { firstLane, INDIFFERENT, type Policy } from './policy';

const isBefore = (left: Request, right: Request) => left.id < right.id;

export function fifo(): Policy {
  return {
    ...INDIFFERENT,
    name: 'fifo',
    levelOf: () => 0,
    keyOf: ({ id }) => id,
    choose: (ready) => firstLane(ready, isBefore),
  };
}
