// One experiment of a session for programs: plain numbers in the units of the table `point`, null where something is not known.

import type { Table } from '../../../shared/model/column';
import { type EnumName, enumWord } from '../../../shared/model/enums';
import { POINT_METRICS } from '../../../shared/rpc/experiment';
import { tables } from '../../../shared/wire/tables';
import type { Cell, Store } from '../session/store';

type Plain = number | string | boolean | null;

export interface ExperimentResult {
  readonly experiment: number;
  /** How it ended: done, failed, cancelled; unfinished when nothing said so. */
  readonly state: 'done' | 'failed' | 'cancelled' | 'unfinished';
  /** As the runner understood it; null when it said nothing. */
  readonly spec: unknown;
  readonly device: { readonly name: string | null; readonly kind: string | null };
  readonly doneCount: number;
  readonly pointCount: number;
  /** Columns of the table `point` and the metrics by name; the latest row of each point, in their order. */
  readonly points: readonly Readonly<Record<string, Plain | Readonly<Record<string, number | null>>>>[];
}

/** Why it ended as it did, and what to do. */
export interface ExperimentEnd {
  readonly sentence: string;
  readonly remedy: string;
}

/** 0 where no kernel was launched. */
const LAUNCH_COLUMNS: readonly string[] = ['threadsPerBlock', 'blockCount'];
const ENDINGS: readonly string[] = ['done', 'failed', 'cancelled'];
const LATEST = `(SELECT * FROM point WHERE experiment = $experiment
  QUALIFY row_number() OVER (PARTITION BY "index" ORDER BY rowid DESC) = 1)`;

async function objectsOf(store: Store, sql: string, experiment: number): Promise<Record<string, Cell>[]> {
  const { columns, rows } = await store.query(sql, { experiment });
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
}

function plainCell(name: string, cell: Cell): Plain {
  if (typeof cell === 'string') return cell === '' ? null : cell;
  const value = Number(cell);
  const meaning: string = (tables.point as Table).columns[name]?.meaning ?? '';
  if (meaning.startsWith('enum:')) return enumWord(meaning.slice('enum:'.length) as EnumName, value);
  if (name === 'isNoisy') return value === 1;
  const isUnknown = value === -1 || !Number.isFinite(value) || (LAUNCH_COLUMNS.includes(name) && value === 0);
  return isUnknown ? null : value;
}

function parseSpec(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function loadPoints(store: Store, experiment: number): Promise<ExperimentResult['points']> {
  const rows = await objectsOf(
    store,
    `SELECT * EXCLUDE (source, experiment) FROM ${LATEST} ORDER BY "index"`,
    experiment,
  );
  const counted = await objectsOf(
    store,
    `SELECT "index", metric, arg_max(value, rowid) AS value FROM pointMetric WHERE experiment = $experiment GROUP BY ALL`,
    experiment,
  );
  return rows.map((row) => {
    const metrics: Record<string, number | null> = Object.fromEntries(POINT_METRICS.map((name) => [name, null]));
    for (const { index, metric, value } of counted) {
      if (index === row.index && Number(value) >= 0) metrics[metric as string] = Number(value);
    }
    const plain = Object.entries(row).map(([name, cell]) => [name, plainCell(name, cell)] as const);
    return { ...Object.fromEntries(plain), metrics };
  });
}

/** undefined when the session has no row of it. */
export async function loadExperiment(
  store: Store,
  experiment: number,
): Promise<{ readonly result: ExperimentResult; readonly end: ExperimentEnd } | undefined> {
  const told = await objectsOf(
    store,
    'SELECT * FROM experiment WHERE experiment = $experiment ORDER BY rowid',
    experiment,
  );
  const last = told.at(-1);
  if (!last) return undefined;
  const ending = told.find(({ event }) => ENDINGS.includes(enumWord('experimentEvent', Number(event))));
  const textOf = (name: string) => told.map((row) => row[name] as string).findLast((text) => text !== '');
  const kind = told.map((row) => Number(row.deviceKind)).findLast((each) => each > 0);
  const result: ExperimentResult = {
    experiment,
    state: ending ? (enumWord('experimentEvent', Number(ending.event)) as ExperimentResult['state']) : 'unfinished',
    spec: parseSpec(textOf('spec') ?? ''),
    device: { name: textOf('device') ?? null, kind: kind === undefined ? null : enumWord('deviceKind', kind) },
    doneCount: Number(last.doneCount),
    pointCount: Number(last.pointCount),
    points: await loadPoints(store, experiment),
  };
  const end = { sentence: String(ending?.sentence ?? ''), remedy: String(ending?.remedy ?? '') };
  return { result, end };
}
