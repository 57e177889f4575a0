// The policies by name.

import { failure } from '../../../shared/util/failure';
import { edf } from './edf';
import { fifo } from './fifo';
import { LatencyAware } from './latency-aware';
import type { Policy, PolicyName } from './policy';
import { strictPriority } from './strict-priority';
import { weightedFair } from './weighted-fair';

const MAKERS: Readonly<Record<PolicyName, () => Policy>> = {
  fifo,
  'strict-priority': strictPriority,
  edf,
  'weighted-fair': weightedFair,
  'latency-aware': () => new LatencyAware(),
};

export const POLICY_NAMES = Object.keys(MAKERS) as readonly PolicyName[];

/** A new policy; each scheduler needs its own, since some keep accounts. Throws a FailureError for a name that is not there. */
export function makePolicy(name: string): Policy {
  if (!Object.hasOwn(MAKERS, name)) {
    throw failure('unknownPolicy', `There is no policy "${name}".`, `Choose one of ${POLICY_NAMES.join(', ')}.`);
  }
  return MAKERS[name as PolicyName]();
}
