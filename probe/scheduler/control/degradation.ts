// Which tier a model runs on. It steps down when deadlines are missed or the board is hot, and climbs when it has been calm for a
// while; the gap between the two thresholds, and a calm that must last longer after each climb that failed, keep it from swinging.
//
//   full ─▶ smaller-input ─▶ lighter-model ─▶ reuse-last
//        ◀─               ◀─               ◀─

import type { DegradationRule } from '../configuration';
import type { TierDecision } from '../listener';

/** With fewer answers a window says nothing about misses. */
const ANSWER_COUNT_MIN = 4;
/** After failed climbs the calm must last up to this many times longer. */
const PATIENCE_MAX = 8;

export type TierChange = (from: number, to: number, because: TierDecision['because']) => void;

export class Degradation {
  tier = 0;
  private celsius = Number.NEGATIVE_INFINITY;
  private windowStartNs = 0;
  private answerCount = 0;
  private missCount = 0;
  private calmSinceNs = 0;
  private climbedNs = Number.NEGATIVE_INFINITY;
  private patience = 1;

  constructor(
    private readonly rule: DegradationRule,
    private readonly changed: TierChange,
  ) {}

  /** Whether there is anything to step down to. */
  get isActive(): boolean {
    return this.rule.tiers.length > 1;
  }

  setTemperature(celsius: number, nowNs: number): void {
    this.celsius = celsius;
    this.evaluate(nowNs);
  }

  /** Takes one answer: was its deadline missed? */
  record(isMiss: boolean, nowNs: number): void {
    this.evaluate(nowNs);
    this.answerCount++;
    if (isMiss) this.missCount++;
  }

  /** Steps when a window is over. */
  evaluate(nowNs: number): void {
    const { rule } = this;
    if (!this.isActive || nowNs - this.windowStartNs < rule.windowNs) return;
    const missRatio = this.answerCount >= ANSWER_COUNT_MIN ? this.missCount / this.answerCount : 0;
    this.windowStartNs = nowNs;
    this.answerCount = 0;
    this.missCount = 0;
    if (this.celsius >= rule.hotCelsius) this.stepDown(nowNs, 'temperature');
    else if (missRatio > rule.missRatioHigh) this.stepDown(nowNs, 'misses');
    else if (missRatio > rule.missRatioLow || this.celsius >= rule.coolCelsius) this.calmSinceNs = nowNs;
    else if (nowNs - this.calmSinceNs >= rule.calmNs * this.patience) this.climb(nowNs);
  }

  private stepDown(nowNs: number, because: TierDecision['because']): void {
    this.calmSinceNs = nowNs;
    if (this.tier === this.rule.tiers.length - 1) return;
    const isFailedClimb = nowNs - this.climbedNs < this.rule.calmNs;
    this.patience = isFailedClimb ? Math.min(PATIENCE_MAX, 2 * this.patience) : 1;
    this.move(this.tier + 1, because);
  }

  private climb(nowNs: number): void {
    this.calmSinceNs = nowNs;
    if (this.tier === 0) return;
    this.climbedNs = nowNs;
    this.move(this.tier - 1, 'recovered');
  }

  private move(to: number, because: TierDecision['because']): void {
    const from = this.tier;
    this.tier = to;
    this.changed(from, to, because);
  }
}
