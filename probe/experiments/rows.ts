// A point's result as a row: what is derived from several points, such as the share of a ceiling, is derived here.

import type { RowOf } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { sessionFromMonotonic } from '../../shared/units/units';
import type { tables } from '../../shared/wire/tables';
import { type PointPlan, type PointResult, UNKNOWN } from './point';

export type PointRow = RowOf<typeof tables.point>;

const NS_PER_SEC = 1e9;

function perSec(amount: number, medianNs: number): number {
  return amount >= 0 && medianNs > 0 ? (amount / medianNs) * NS_PER_SEC : UNKNOWN;
}

/** What was measured of earlier points of the experiment, for the ratios of later ones. */
export class Ratios {
  private flopsPerSecMax = UNKNOWN;
  private bytesPerSecMax = UNKNOWN;
  /** Median of the reference by place and precision; matrices of other sides can have the same x. */
  private readonly referenceNs = new Map<string, number>();

  /** Takes note of a ceiling or a reference. */
  note({ role, series, label, precision }: PointPlan, { medianNs, flops, bytes, failure }: PointResult): void {
    if (failure !== '') return;
    if (role === 'reference') this.referenceNs.set(`${precision} ${label}`, medianNs);
    if (role !== 'ceiling') return;
    if (series === 'fma') this.flopsPerSecMax = perSec(flops, medianNs);
    else this.bytesPerSecMax = perSec(bytes, medianNs);
  }

  /** The reference's median at the same place over this one's. */
  ofReference({ label, precision }: PointPlan, medianNs: number): number {
    const referenceNs = this.referenceNs.get(`${precision} ${label}`);
    return referenceNs === undefined || medianNs <= 0 ? UNKNOWN : referenceNs / medianNs;
  }

  /**
   * Share of the roofline: the least time that the ceilings allow for these operations and bytes, over the time it took (Williams, Waterman
   * and Patterson, Roofline, 2009). Half precision has no measured ceiling of its own, so nothing is said of it.
   */
  ofCeiling({ role, precision }: PointPlan, { flops, bytes, medianNs }: PointResult): number {
    if (role === 'ceiling' || precision === 'fp16' || medianNs <= 0 || (flops < 0 && bytes < 0)) return UNKNOWN;
    if (this.flopsPerSecMax <= 0 || this.bytesPerSecMax <= 0) return UNKNOWN;
    const leastSec = Math.max(Math.max(flops, 0) / this.flopsPerSecMax, Math.max(bytes, 0) / this.bytesPerSecMax);
    return (leastSec * NS_PER_SEC) / medianNs;
  }
}

/** The row of a point, numbered `index`, of the experiment. Every column of the table `point`. */
export function pointRow(
  experiment: number,
  index: number,
  plan: PointPlan,
  result: PointResult,
  ratios: Ratios,
  epochNs: bigint,
): PointRow {
  const { startMonotonicNs, correctness, isNoisy, ...measured } = result;
  const isMeasured = result.failure === '';
  return {
    ...measured,
    startNs: sessionFromMonotonic(startMonotonicNs, epochNs),
    experiment,
    index,
    role: enums.pointRole[plan.role],
    correctness: enums.correctness[correctness],
    isNoisy: isNoisy ? 1 : 0,
    x: plan.x,
    series: plan.series,
    label: plan.label,
    precision: plan.precision,
    flopsPerSec: perSec(result.flops, result.medianNs),
    bytesPerSec: perSec(result.bytes, result.medianNs),
    referenceRatio: isMeasured ? ratios.ofReference(plan, result.medianNs) : UNKNOWN,
    ceilingRatio: isMeasured ? ratios.ofCeiling(plan, result) : UNKNOWN,
  };
}
