// Occupancy as theory predicts it beside what counters measured.

import { comparedPoints, type Point } from './experiments';
import { shortLabel } from './words';

export interface OccupancyBar {
  readonly title: string;
  readonly predictedRatio: number | undefined;
  readonly achievedRatio: number | undefined;
  /** What limits the prediction; empty when it is not known. */
  readonly limiter: string;
  readonly point: Point;
}

/** The metric that counters write. */
export const ACHIEVED_OCCUPANCY = 'achieved_occupancy_ratio';

const known = (ratio: number | undefined) => (ratio !== undefined && ratio >= 0 ? ratio : undefined);

/** Labels of points that know an occupancy, by x. */
export function occupancyLabels(points: readonly Point[]): string[] {
  const labels = new Map(
    comparedPoints(points)
      .filter(hasOccupancy)
      .map(({ label, x }) => [label, x]),
  );
  return [...labels].sort(([, left], [, right]) => left - right).map(([label]) => label);
}

function hasOccupancy({ occupancyRatio, metrics, failure }: Point): boolean {
  return failure === '' && (occupancyRatio >= 0 || metrics.has(ACHIEVED_OCCUPANCY));
}

/** One bar pair a point: of all series at `label`, or of everything when there is no label. */
export function occupancyBars(points: readonly Point[], label: string | undefined): OccupancyBar[] {
  const shown = comparedPoints(points).filter(
    (point) => hasOccupancy(point) && (label === undefined || point.label === label),
  );
  const isOneSeries = new Set(shown.map(({ series }) => series)).size === 1;
  return shown.map((point) => ({
    title:
      label !== undefined
        ? point.series
        : isOneSeries
          ? shortLabel(point.label)
          : `${point.series} ${shortLabel(point.label)}`,
    predictedRatio: known(point.occupancyRatio),
    achievedRatio: known(point.metrics.get(ACHIEVED_OCCUPANCY)),
    limiter: point.limiter,
    point,
  }));
}
