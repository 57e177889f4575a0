// Experiments and their points as the session keeps them: the questions to the store, and its answers as objects. A panel shows some
// hundred of them, so objects are cheap here.

import { enumWord } from '../../../../shared/model/enums';
import { type ExperimentSpec, experimentSpec } from '../../../../shared/rpc/experiment';
import type { WindowTable } from '../../../../shared/window/methods';

export type ExperimentState = 'started' | 'progress' | 'done' | 'failed' | 'cancelled';

export interface Experiment {
  readonly experiment: number;
  readonly state: ExperimentState;
  readonly startedNs: number;
  readonly deviceKind: 'cuda' | 'cpu';
  /** Empty until it is known. */
  readonly device: string;
  readonly doneCount: number;
  readonly pointCount: number;
  /** undefined when it is of a later version, or its row was lost. */
  readonly spec: ExperimentSpec | undefined;
  readonly sentence: string;
  readonly remedy: string;
}

/** One row of the table `point`, with what counters said. -1 is "not known". */
export interface Point {
  readonly index: number;
  readonly role: 'measured' | 'reference' | 'ceiling';
  readonly correctness: 'unchecked' | 'right' | 'wrong';
  readonly isNoisy: boolean;
  readonly startNs: number;
  readonly durationNs: number;
  readonly x: number;
  readonly medianNs: number;
  readonly minNs: number;
  readonly spreadRatio: number;
  readonly coldNs: number;
  readonly sampleCount: number;
  readonly errorMax: number;
  readonly flops: number;
  readonly bytes: number;
  readonly flopsPerSec: number;
  readonly bytesPerSec: number;
  readonly referenceRatio: number;
  readonly ceilingRatio: number;
  readonly threadsPerBlock: number;
  readonly blockCount: number;
  readonly registers: number;
  readonly sharedBytes: number;
  readonly occupancyRatio: number;
  readonly coreClockKhz: number;
  readonly temperatureC: number;
  readonly series: string;
  readonly label: string;
  readonly precision: string;
  readonly kernel: string;
  readonly limiter: string;
  /** Non-empty: there is no result, for this reason. */
  readonly failure: string;
  /** By the names of POINT_METRICS. */
  readonly metrics: ReadonlyMap<string, number>;
}

/** The latest state of each experiment, the newest experiment first. Rows of one time are told apart by the order in which they came. */
export const EXPERIMENTS_SQL = `SELECT e.experiment AS experiment,
  arg_max(e.event, e.rowid) AS event, min(e.timeNs) AS startedNs, arg_max(e.deviceKind, e.rowid) AS deviceKind,
  coalesce(max(e.device) FILTER (WHERE e.device <> ''), '') AS device,
  max(e.doneCount) AS doneCount, max(e.pointCount) AS pointCount,
  coalesce(max(e.spec) FILTER (WHERE e.event = 1), '') AS spec,
  arg_max(e.sentence, e.rowid) AS sentence, arg_max(e.remedy, e.rowid) AS remedy
FROM experiment AS e GROUP BY e.experiment ORDER BY min(e.timeNs) DESC, min(e.rowid) DESC`;

/** The points of one experiment: of each index the row that came last. */
export function pointsSql(experiment: number): string {
  return `SELECT p.* FROM point AS p WHERE p.experiment = ${experiment}
QUALIFY row_number() OVER (PARTITION BY p."index" ORDER BY p.rowid DESC) = 1 ORDER BY p."index"`;
}

/** What counters said of the points of one experiment, the latest of each. */
export function metricsSql(experiment: number): string {
  return `SELECT m."index" AS "index", m.metric AS metric, arg_max(m.value, m.rowid) AS value
FROM pointMetric AS m WHERE m.experiment = ${experiment} GROUP BY m."index", m.metric ORDER BY 1, 2`;
}

/** What the runner said about all points of an experiment, such as that there is no cuBLAS; from its beginning to its last row. */
export function noticesSql(experiment: number): string {
  return `SELECT DISTINCT d.sentence AS sentence, d.remedy AS remedy FROM diagnostic AS d,
  (SELECT min(e.timeNs) AS fromNs, max(e.timeNs) AS toNs FROM experiment AS e WHERE e.experiment = ${experiment}) AS span
WHERE d.code = 'experimentNotice' AND d.timeNs BETWEEN span.fromNs - 1e9 AND span.toNs + 1e9 ORDER BY 1`;
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf({ columns, rows }: WindowTable): Row[] {
  return rows.map((cells) => Object.fromEntries(cells.map((cell, index) => [columns[index].name, cell])));
}

const numberOf = (value: unknown) => (value === null || value === undefined ? -1 : Number(value));
const textOf = (value: unknown) => (value === null || value === undefined ? '' : String(value));

function specOf(text: string): ExperimentSpec | undefined {
  try {
    return experimentSpec.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The answer to EXPERIMENTS_SQL. */
export function experimentsOf(table: WindowTable): Experiment[] {
  return rowsOf(table).map((row) => ({
    experiment: numberOf(row.experiment),
    state: enumWord('experimentEvent', numberOf(row.event)) as ExperimentState,
    startedNs: numberOf(row.startedNs),
    deviceKind: enumWord('deviceKind', numberOf(row.deviceKind)) === 'cpu' ? 'cpu' : 'cuda',
    device: textOf(row.device),
    doneCount: numberOf(row.doneCount),
    pointCount: numberOf(row.pointCount),
    spec: specOf(textOf(row.spec)),
    sentence: textOf(row.sentence),
    remedy: textOf(row.remedy),
  }));
}

const POINT_NUMBERS = [
  'index',
  'startNs',
  'durationNs',
  'x',
  'medianNs',
  'minNs',
  'spreadRatio',
  'coldNs',
  'sampleCount',
  'errorMax',
  'flops',
  'bytes',
  'flopsPerSec',
  'bytesPerSec',
  'referenceRatio',
  'ceilingRatio',
  'threadsPerBlock',
  'blockCount',
  'registers',
  'sharedBytes',
  'occupancyRatio',
  'coreClockKhz',
  'temperatureC',
] as const;
const POINT_TEXTS = ['series', 'label', 'precision', 'kernel', 'limiter', 'failure'] as const;

export interface ExperimentNotice {
  readonly sentence: string;
  readonly remedy: string;
}

/** The answer to noticesSql. */
export function noticesOf(table: WindowTable): ExperimentNotice[] {
  return rowsOf(table).map(({ sentence, remedy }) => ({ sentence: textOf(sentence), remedy: textOf(remedy) }));
}

/** The answers to pointsSql and metricsSql as points, by index. */
export function pointsOf(points: WindowTable, metrics: WindowTable): Point[] {
  const byIndex = new Map<number, Map<string, number>>();
  for (const row of rowsOf(metrics)) {
    const index = numberOf(row.index);
    const known = byIndex.get(index) ?? new Map<string, number>();
    byIndex.set(index, known.set(textOf(row.metric), numberOf(row.value)));
  }
  return rowsOf(points).map((row) => ({
    ...(Object.fromEntries(POINT_NUMBERS.map((name) => [name, numberOf(row[name])])) as Record<
      (typeof POINT_NUMBERS)[number],
      number
    >),
    ...(Object.fromEntries(POINT_TEXTS.map((name) => [name, textOf(row[name])])) as Record<
      (typeof POINT_TEXTS)[number],
      string
    >),
    role: enumWord('pointRole', numberOf(row.role)) as Point['role'],
    correctness: enumWord('correctness', numberOf(row.correctness)) as Point['correctness'],
    isNoisy: numberOf(row.isNoisy) === 1,
    metrics: byIndex.get(numberOf(row.index)) ?? new Map(),
  }));
}

/** Points that were asked for, and what they are compared with; without the ceilings. */
export const comparedPoints = (points: readonly Point[]) => points.filter(({ role }) => role !== 'ceiling');

/** What tells a point from the others of its experiment, and finds it again in another one. */
export const pointKey = ({ series, label, precision }: Pick<Point, 'series' | 'label' | 'precision'>) =>
  `${series}\u0000${label}\u0000${precision}`;
