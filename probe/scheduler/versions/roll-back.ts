// When a version that was just swapped in is taken back.

import { formatNs } from '../../../shared/units/format';
import type { VersionStatistics } from './statistics';

export interface RollBackRule {
  /** Answers before the rule says anything about latency or misses. */
  readonly answerCountMin: number;
  /** Answers after which the version has passed and the previous one is drained. */
  readonly probationCount: number;
  /** Failures among answers; judged from `failedCountMin` failures on, so that a version that answers nothing falls early. */
  readonly failedRatioMax: number;
  readonly failedCountMin: number;
  readonly missedRatioMax: number;
  /** Its 99th percentile of latency over the previous version's. */
  readonly p99RatioMax: number;
}

export const DEFAULT_ROLL_BACK: RollBackRule = {
  answerCountMin: 100,
  probationCount: 1000,
  failedRatioMax: 0.01,
  failedCountMin: 3,
  missedRatioMax: 0.2,
  p99RatioMax: 2,
};

/** Why the version must go, in words; undefined when it may stay. */
export function faultOfVersion(
  rule: RollBackRule,
  candidate: VersionStatistics,
  previous: VersionStatistics,
): string | undefined {
  const { answeredCount, failedCount, missedCount } = candidate;
  if (failedCount >= rule.failedCountMin && failedCount > rule.failedRatioMax * answeredCount) {
    return `${failedCount} of ${answeredCount} requests failed`;
  }
  if (answeredCount < rule.answerCountMin) return undefined;
  if (missedCount > rule.missedRatioMax * answeredCount) {
    return `${missedCount} of ${answeredCount} requests missed their deadline`;
  }
  const p99Ns = candidate.latency.percentileNs(0.99);
  const previousP99Ns = previous.latency.percentileNs(0.99);
  if (previous.latency.count >= rule.answerCountMin && p99Ns > rule.p99RatioMax * previousP99Ns) {
    return `its p99 is ${formatNs(p99Ns)}, the previous version's ${formatNs(previousP99Ns)}`;
  }
  return undefined;
}
