// Points as lines over the axis that is swept, one a series, and what baselines had there.

import { comparedPoints, type Point } from './experiments';
import { type Measure, measuredValue } from './measures';

export interface LinePoint {
  readonly x: number;
  readonly value: number;
  readonly label: string;
  /** undefined for one of a baseline. */
  readonly point: Point | undefined;
}

export interface Line {
  readonly name: string;
  /** Place among the series: a baseline's line has the colour of its series. */
  readonly series: number;
  /** Name of the baseline; undefined for the experiment's own. */
  readonly baseline: string | undefined;
  readonly points: readonly LinePoint[];
}

export interface BaselineLines {
  readonly name: string;
  readonly points: readonly {
    readonly series: string;
    readonly label: string;
    readonly x: number;
    readonly medianNs: number;
    readonly flopsPerSec: number;
    readonly bytesPerSec: number;
  }[];
}

const byX = (left: LinePoint, right: LinePoint) => left.x - right.x;

/** Lines of the experiment, then those of each baseline for the series that the experiment has too. */
export function linesOf(points: readonly Point[], measure: Measure, baselines: readonly BaselineLines[] = []): Line[] {
  const compared = comparedPoints(points);
  const names = [...new Set(compared.map(({ series }) => series))];
  const own = names.map((name, series) => ({
    name,
    series,
    baseline: undefined,
    points: compared
      .filter((point) => point.series === name)
      .flatMap((point) => {
        const value = measuredValue(point, measure);
        return value === undefined ? [] : [{ x: point.x, value, label: point.label, point }];
      })
      .sort(byX),
  }));
  const then = baselines.flatMap((baseline) =>
    names.map((name, series) => ({
      name,
      series,
      baseline: baseline.name,
      points: baseline.points
        .filter((point) => point.series === name)
        .flatMap((point) => {
          const value = measure.read(point);
          return value === undefined ? [] : [{ x: point.x, value, label: point.label, point: undefined }];
        })
        .sort(byX),
    })),
  );
  return [...own, ...then].filter((line) => line.points.length > 0);
}
