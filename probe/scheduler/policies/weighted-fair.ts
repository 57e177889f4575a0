// Device time by weight: start-time fair queueing (Goyal, Vin, Cheng 1996). Each lane has a tag that grows by the time it used over
// its weight; the smallest tag goes next. A lane that was idle starts at the present virtual time and saves nothing up.

import type { Lane } from '../lane';
import type { Policy } from './policy';

export function weightedFair(): Policy {
  let virtualNs = 0;
  const tagOf = (lane: Lane) => Math.max(lane.fairTag, virtualNs);
  return {
    name: 'weighted-fair',
    levelOf: ({ priority }) => priority,
    keyOf: ({ deadlineNs }) => deadlineNs,
    choose(ready) {
      let best = ready[0];
      for (const lane of ready) if (tagOf(lane) < tagOf(best)) best = lane;
      return best;
    },
    limitBatch: (_lane, wanted) => wanted,
    dispatched({ plan }) {
      virtualNs = tagOf(plan.lane);
      plan.lane.fairTag = virtualNs + plan.predictedNs / plan.lane.model.weight;
    },
    // The charge was a prediction; what was really used replaces it.
    ended({ plan, durationNs }) {
      if (durationNs >= 0) plan.lane.fairTag += (durationNs - plan.predictedNs) / plan.lane.model.weight;
    },
  };
}
