// Which part of the session the panel shows.

import { NS_PER_SEC } from '../../../../shared/units/units';
import type { WindowTable } from '../../../../shared/window/methods';
import { readingsOf } from './records';

/** SessionNs, [fromNs, toNs). */
export interface Range {
  readonly fromNs: number;
  readonly toNs: number;
}

export const RANGE_CHOICES = [
  { id: 'last1', title: '1 s', hint: 'The last second of the rows' },
  { id: 'last10', title: '10 s', hint: 'The last 10 seconds of the rows' },
  { id: 'last30', title: '30 s', hint: 'The last 30 seconds of the rows' },
  { id: 'last120', title: '2 min', hint: 'The last 2 minutes of the rows' },
  { id: 'all', title: 'All', hint: 'From the first request to the last' },
  { id: 'selection', title: 'Selection', hint: 'What is selected on the timeline' },
] as const;
export type RangeChoice = (typeof RANGE_CHOICES)[number]['id'];

const LAST_SEC: Readonly<Partial<Record<RangeChoice, number>>> = { last1: 1, last10: 10, last30: 30, last120: 120 };

/** First and last moment of the scheduler's rows; its answer is for extentOf. Counts tell whether anything came. */
export const EXTENT_SQL = `SELECT
  least((SELECT min(arrivalNs) FROM request), (SELECT min(timeNs) FROM queue), (SELECT min(startNs) FROM batch)) AS fromNs,
  greatest((SELECT max(completionNs) FROM request), (SELECT max(timeNs) FROM queue),
    (SELECT max(startNs + greatest(durationNs, 0)) FROM batch)) AS toNs,
  (SELECT count(*) FROM request) AS requests, (SELECT count(*) FROM batch) AS batches,
  (SELECT count(*) FROM queue) AS queues, (SELECT count(*) FROM layer) AS layers,
  (SELECT count(*) FROM decision) AS decisions, (SELECT count(*) FROM pipeline) AS pipelines`;

/** undefined while there are no rows with a time. */
export function extentOf(table: WindowTable | undefined): Range | undefined {
  const [reading] = readingsOf(table);
  if (!reading) return undefined;
  const [fromNs, toNs] = [reading.number('fromNs'), reading.number('toNs')];
  return Number.isFinite(fromNs) && toNs >= fromNs ? { fromNs, toNs: toNs + 1 } : undefined;
}

/** The chosen part of what there is; a selection that is gone is the whole. */
export function rangeOf(choice: RangeChoice, extent: Range, selection: Range | undefined): Range {
  if (choice === 'selection') return selection ?? extent;
  const lastSec = LAST_SEC[choice];
  if (lastSec === undefined) return extent;
  return { fromNs: Math.max(extent.fromNs, extent.toNs - lastSec * NS_PER_SEC), toNs: extent.toNs };
}
