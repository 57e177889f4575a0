// How many requests wait, by model and priority, as one value a bin of time. Rows come when a depth changes, so a bin without rows has
// the depth that the last one left.
//
//   rows   0──3──1─────────0        (one lane)
//   bins  │ 3   │ 1   │ 1   │ 1,0 → 1 │      the highest of each bin is drawn: a short jam must be seen

import type { WindowTable } from '../../../../shared/window/methods';
import { type Level, placeOfLevel } from './levels';
import type { Range } from './range';
import { readingsOf } from './records';

export const DEPTH_BIN_COUNT = 150;

export interface DepthSeries {
  readonly level: Level;
  /** Its place in the list of levels. */
  readonly place: number;
  /** One a bin: the most requests that waited in it. */
  readonly depths: readonly number[];
  /** Requests that wait at the end of the range. */
  readonly lastDepth: number;
}

/** Bin -1 is what was there before the range. */
export function depthSql({ fromNs, toNs }: Range, binCount = DEPTH_BIN_COUNT): string {
  const binNs = (toNs - fromNs) / binCount;
  return `SELECT source, model, version, priority, bin, max(depth) AS highest, arg_max(depth, timeNs) AS last FROM (
    SELECT *, CASE WHEN timeNs < ${fromNs} THEN -1 ELSE least(${binCount - 1}, floor((timeNs - ${fromNs}) / ${binNs})) END AS bin
    FROM queue WHERE timeNs < ${toNs}) GROUP BY ALL ORDER BY bin`;
}

/** The answer of depthSql, versions of a model summed. Levels without any waiting request are left out. */
export function depthSeries(
  table: WindowTable | undefined,
  levels: readonly Level[],
  binCount = DEPTH_BIN_COUNT,
): DepthSeries[] {
  const lanes = new Map<string, { level: Level; highest: (number | undefined)[]; last: (number | undefined)[] }>();
  for (const row of readingsOf(table)) {
    const level = { model: row.text('model'), priority: row.number('priority') };
    const key = JSON.stringify([row.number('source'), level, row.text('version')]);
    const lane = lanes.get(key) ?? { level, highest: [], last: [] };
    lanes.set(key, lane);
    const bin = row.number('bin') + 1;
    lane.highest[bin] = row.number('highest');
    lane.last[bin] = row.number('last');
  }
  const series = new Map<number, { level: Level; depths: number[]; lastDepth: number }>();
  for (const { level, highest, last } of lanes.values()) {
    const place = placeOfLevel(levels, level);
    const sum = series.get(place) ?? { level, depths: new Array<number>(binCount).fill(0), lastDepth: 0 };
    series.set(place, sum);
    let left = last[0] ?? 0;
    for (let bin = 0; bin < binCount; bin++) {
      sum.depths[bin] += Math.max(left, highest[bin + 1] ?? 0);
      left = last[bin + 1] ?? left;
    }
    sum.lastDepth += left;
  }
  return [...series]
    .map(([place, sum]) => ({ place, ...sum }))
    .filter(({ depths }) => depths.some((depth) => depth > 0))
    .sort((left, right) => left.place - right.place);
}
