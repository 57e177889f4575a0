// Percentiles of latency and the share within the deadline, by model and priority: over the whole range, and over windows that slide
// through it. A request is counted in a window by the moment of its answer.

import { NS_PER_MS } from '../../../../shared/units/units';
import type { WindowTable } from '../../../../shared/window/methods';
import { type Level, placeOfLevel } from './levels';
import type { Range } from './range';
import { readingsOf } from './records';

export const WINDOW_COUNT = 60;
/** A window is so many steps long. */
const WINDOW_STEPS = 6;

export const windowNsOf = ({ fromNs, toNs }: Range) => ((toNs - fromNs) / WINDOW_COUNT) * WINDOW_STEPS;

export const LATENCY_MEASURES = [
  { id: 'p50', title: 'p50', hint: 'Half of the requests were answered sooner' },
  { id: 'p90', title: 'p90', hint: 'One of ten took longer' },
  { id: 'p99', title: 'p99', hint: 'One of a hundred took longer' },
  { id: 'inTime', title: 'In time', hint: 'Share answered within the deadline' },
] as const;
export type LatencyMeasure = (typeof LATENCY_MEASURES)[number]['id'];

/** Figures of one level over some time. NaN where there was nothing to count. */
export interface LatencyFigures {
  readonly level: Level;
  readonly place: number;
  readonly requestCount: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  /** From arrival to deadline, the median; NaN without deadlines. */
  readonly deadlineNs: number;
  /** Of those that had a deadline, 0 to 1. */
  readonly inTimeRatio: number;
  readonly rejectedCount: number;
  readonly failedCount: number;
}

export interface WindowFigures extends LatencyFigures {
  /** SessionNs, the end of the window. */
  readonly endNs: number;
}

// Outcomes 1 and 2 have a result: completed, reused. Without one a request with a deadline has missed it.
const FIGURES = `count(*) AS requests,
  quantile_cont(latencyNs, 0.5) FILTER (outcome <= 2) AS p50, quantile_cont(latencyNs, 0.9) FILTER (outcome <= 2) AS p90,
  quantile_cont(latencyNs, 0.99) FILTER (outcome <= 2) AS p99,
  median(deadlineNs - arrivalNs) FILTER (deadlineNs >= 0) AS deadline,
  avg(CASE WHEN outcome <= 2 AND completionNs <= deadlineNs THEN 1.0 ELSE 0.0 END) FILTER (deadlineNs >= 0) AS inTime,
  count(*) FILTER (outcome = 3) AS rejected, count(*) FILTER (outcome = 4) AS failed`;
const REQUESTS = 'SELECT *, completionNs - arrivalNs AS latencyNs FROM request';

/** One row a level. */
export function latencySql({ fromNs, toNs }: Range): string {
  return `SELECT model, priority, ${FIGURES} FROM (${REQUESTS} WHERE completionNs >= ${fromNs} AND completionNs < ${toNs})
    GROUP BY model, priority ORDER BY priority, model`;
}

/** One row a level and window. */
export function latencyWindowsSql(range: Range, windowCount = WINDOW_COUNT): string {
  const { fromNs, toNs } = range;
  const stepNs = (toNs - fromNs) / windowCount;
  return `SELECT endNs, model, priority, ${FIGURES} FROM
    (SELECT ${fromNs} + (i + 1) * ${stepNs} AS endNs FROM range(${windowCount}) AS steps(i)) AS windows
    JOIN (${REQUESTS} WHERE completionNs >= ${fromNs} AND completionNs < ${toNs}) AS answered
      ON completionNs <= endNs AND completionNs > endNs - ${stepNs * WINDOW_STEPS}
    GROUP BY endNs, model, priority ORDER BY endNs`;
}

export function windowFigures(table: WindowTable | undefined, levels: readonly Level[]): WindowFigures[] {
  return readingsOf(table).map((row) => {
    const level = { model: row.text('model'), priority: row.number('priority') };
    return {
      level,
      place: placeOfLevel(levels, level),
      endNs: row.number('endNs'),
      requestCount: row.number('requests'),
      p50Ns: row.number('p50'),
      p90Ns: row.number('p90'),
      p99Ns: row.number('p99'),
      deadlineNs: row.number('deadline'),
      inTimeRatio: row.number('inTime'),
      rejectedCount: row.number('rejected'),
      failedCount: row.number('failed'),
    };
  });
}

export const latencyFigures: (table: WindowTable | undefined, levels: readonly Level[]) => LatencyFigures[] =
  windowFigures;

const VALUE_OF: Readonly<Record<LatencyMeasure, (figures: LatencyFigures) => number>> = {
  p50: ({ p50Ns }) => p50Ns / NS_PER_MS,
  p90: ({ p90Ns }) => p90Ns / NS_PER_MS,
  p99: ({ p99Ns }) => p99Ns / NS_PER_MS,
  inTime: ({ inTimeRatio }) => inTimeRatio * 100,
};

export interface LatencyLine {
  readonly level: Level;
  readonly place: number;
  /** The line of a deadline, to compare with. */
  readonly isDeadline: boolean;
  /** [SessionNs, ms or percent] */
  readonly points: readonly (readonly [number, number])[];
}

/** A line a level, and one for its deadline when latencies are drawn. */
export function latencyLines(windows: readonly WindowFigures[], measure: LatencyMeasure): LatencyLine[] {
  const places = [...new Set(windows.map(({ place }) => place))].sort((left, right) => left - right);
  return places.flatMap((place) => {
    const own = windows.filter((each) => each.place === place);
    const pointsOf = (value: (figures: WindowFigures) => number) =>
      own.map((each) => [each.endNs, value(each)] as const).filter(([, y]) => Number.isFinite(y));
    const line = { level: own[0].level, place };
    const drawn = { ...line, isDeadline: false, points: pointsOf(VALUE_OF[measure]) };
    const deadline = { ...line, isDeadline: true, points: pointsOf(({ deadlineNs }) => deadlineNs / NS_PER_MS) };
    const lines = measure === 'inTime' ? [drawn] : [drawn, deadline];
    return lines.filter(({ points }) => points.length > 0);
  });
}
