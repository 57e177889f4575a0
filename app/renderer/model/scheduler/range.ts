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
  { id: 'run', title: 'Last run', hint: 'All of the workload that ran last' },
  { id: 'all', title: 'All', hint: 'From the first request to the last' },
  { id: 'selection', title: 'Selection', hint: 'What is selected on the timeline' },
] as const;
export type RangeChoice = (typeof RANGE_CHOICES)[number]['id'];

const LAST_SEC: Readonly<Partial<Record<RangeChoice, number>>> = { last1: 1, last10: 10, last30: 30, last120: 120 };

/** First and last moment of the scheduler's rows; its answer is for extentOf. Counts tell whether anything came. */
export const EXTENT_SQL = `SELECT
  (SELECT min(arrivalNs) FROM request
    WHERE source = (SELECT arg_max(source, completionNs) FROM request)) AS runFromNs,
  least((SELECT min(arrivalNs) FROM request), (SELECT min(timeNs) FROM queue), (SELECT min(startNs) FROM batch)) AS fromNs,
  greatest((SELECT max(completionNs) FROM request), (SELECT max(timeNs) FROM queue),
    (SELECT max(startNs + greatest(durationNs, 0)) FROM batch)) AS toNs,
  (SELECT count(*) FROM request) AS requests, (SELECT count(*) FROM batch) AS batches,
  (SELECT count(*) FROM queue) AS queues, (SELECT count(*) FROM layer) AS layers,
  (SELECT count(*) FROM decision) AS decisions, (SELECT count(*) FROM pipeline) AS pipelines,
  (SELECT count(*) FROM edge) AS edges, (SELECT count(*) FROM build) AS builds,
  (SELECT max(timeNs) FROM build) AS builtNs, (SELECT max(timeNs) FROM health) AS readNs`;

export interface Extent extends Range {
  /** When the first request came to the runner that answered last. */
  readonly runFromNs: number;
}

/** The newest moment of the session that rows tell of, of those that have to do with engines: builds, requests, readings of the machine. */
export function newestNs(table: WindowTable | undefined): number {
  const [reading] = readingsOf(table);
  const moments = ['toNs', 'builtNs', 'readNs'].map((name) => reading?.number(name) ?? Number.NaN);
  return Math.max(0, ...moments.filter(Number.isFinite));
}

const ENGINE_COUNTS = ['layers', 'edges'] as const;
const BUILD_COUNTS = ['builds'] as const;
const REQUEST_COUNTS = ['requests', 'batches', 'queues', 'layers', 'decisions', 'pipelines', 'toNs'] as const;

/** What changes when there are more rows, by who draws them: thousands of layers are read no oftener than they come. */
export function stampsOf(table: WindowTable | undefined) {
  const [reading] = readingsOf(table);
  const stamp = (names: readonly string[]) => names.map((name) => reading?.number(name) ?? 0).join(' ');
  return { requests: stamp(REQUEST_COUNTS), engines: stamp(ENGINE_COUNTS), builds: stamp(BUILD_COUNTS) };
}

/** undefined while there are no rows with a time. */
export function extentOf(table: WindowTable | undefined): Extent | undefined {
  const [reading] = readingsOf(table);
  if (!reading) return undefined;
  const [fromNs, toNs] = [reading.number('fromNs'), reading.number('toNs')];
  if (!Number.isFinite(fromNs) || !(toNs >= fromNs)) return undefined;
  const runFromNs = reading.number('runFromNs');
  return { fromNs, toNs: toNs + 1, runFromNs: Number.isFinite(runFromNs) ? runFromNs : fromNs };
}

/** The chosen part of what there is; a selection that is gone is the whole. */
export function rangeOf(choice: RangeChoice, extent: Extent, selection: Range | undefined): Range {
  const { fromNs, toNs, runFromNs } = extent;
  if (choice === 'selection') return selection ?? { fromNs, toNs };
  if (choice === 'run') return { fromNs: runFromNs, toNs };
  const lastSec = LAST_SEC[choice];
  return { fromNs: lastSec === undefined ? fromNs : Math.max(fromNs, toNs - lastSec * NS_PER_SEC), toNs };
}
