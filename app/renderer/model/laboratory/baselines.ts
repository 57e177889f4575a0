// Experiments that were kept, and how the points of now stand against them.

import type { Baseline } from '../../../../shared/window/methods';
import { comparedPoints, type Experiment, type Point, pointKey } from './experiments';
import type { RooflinePoint } from './roofline';
import { deviceWords, experimentTitle } from './words';

type BaselinePoint = Baseline['points'][number];

/** What a person who pins does not have to type: "GEMM fp32 · 3 sizes · all variants, orin-lab, 2026-11-21". */
export function baselineName(experiment: Experiment, hostName: string, measuredUnixMs: number): string {
  const day = new Date(measuredUnixMs).toISOString().slice(0, 10);
  return [experimentTitle(experiment), hostName, day]
    .filter((part) => part !== '')
    .join(', ')
    .slice(0, 200);
}

/** What is pinned: the points that have a result. undefined when there are none, or when nobody knows what was measured. */
export function baselineOf(
  experiment: Experiment,
  points: readonly Point[],
  { name, hostName, measuredUnixMs }: Pick<Baseline, 'name' | 'hostName' | 'measuredUnixMs'>,
): Omit<Baseline, 'id'> | undefined {
  const kept = points.filter(({ failure }) => failure === '').slice(0, 2000);
  if (!experiment.spec || comparedPoints(kept).length === 0) return undefined;
  return {
    name: name.trim().slice(0, 200),
    hostName: hostName.slice(0, 200),
    device: experiment.device.slice(0, 200),
    deviceKind: experiment.deviceKind,
    measuredUnixMs,
    spec: experiment.spec,
    points: kept.map((point) => ({
      series: point.series.slice(0, 200),
      x: point.x,
      label: point.label.slice(0, 200),
      precision: point.precision.slice(0, 20),
      medianNs: point.medianNs,
      spreadRatio: point.spreadRatio,
      flopsPerSec: point.flopsPerSec,
      bytesPerSec: point.bytesPerSec,
      occupancyRatio: point.occupancyRatio,
    })),
  };
}

/** Where and when it was measured; a baseline of a processor says so. */
export function baselineWords({ hostName, device, deviceKind, measuredUnixMs }: Baseline): string {
  const day = new Date(measuredUnixMs).toISOString().slice(0, 10);
  return [deviceWords(device, deviceKind), hostName, day].filter((part) => part !== '').join(' · ');
}

/** How much faster than then: 0.25 says that it takes 1/1.25 of the time; below 0 is slower. undefined when a time is not known. */
export function changeRatio(now: Point, then: BaselinePoint): number | undefined {
  return now.failure === '' && now.medianNs > 0 && then.medianNs > 0 ? then.medianNs / now.medianNs - 1 : undefined;
}

/** By pointKey, for the points that both have. */
export function changesAgainst(points: readonly Point[], baseline: Baseline): Map<string, number> {
  const then = new Map(baseline.points.map((point) => [pointKey(point), point]));
  const changes = new Map<string, number>();
  for (const point of comparedPoints(points)) {
    const before = then.get(pointKey(point));
    const ratio = before && changeRatio(point, before);
    if (ratio !== undefined) changes.set(pointKey(point), ratio);
  }
  return changes;
}

/** FLOP/s of each baseline by pointKey, for the marks of a roofline. */
export function flopsBefore(baselines: readonly Baseline[]): Map<string, RooflinePoint['before']> {
  const found = new Map<string, RooflinePoint['before'][number][]>();
  for (const { name, points } of baselines) {
    for (const point of points) {
      if (point.flopsPerSec <= 0) continue;
      found.set(pointKey(point), [...(found.get(pointKey(point)) ?? []), { name, flopsPerSec: point.flopsPerSec }]);
    }
  }
  return found;
}

/** Those of the same kind of experiment, the latest first; others have no point in common. */
export function comparableBaselines(baselines: readonly Baseline[], experiment: Experiment): Baseline[] {
  return baselines.filter(({ spec }) => spec.kind === experiment.spec?.kind);
}
