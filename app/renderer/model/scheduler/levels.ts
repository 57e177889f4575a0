// A level is a model at a priority: what queues, latencies and deadlines are told apart by. Its place in the sorted list of the whole
// session gives its colour, so that it does not change when the range does.

import type { WindowTable } from '../../../../shared/window/methods';
import { readingsOf } from './records';

export interface Level {
  readonly model: string;
  /** 1 is the highest. */
  readonly priority: number;
}

export const LEVELS_SQL = `SELECT DISTINCT model, priority FROM (
  SELECT model, priority FROM request UNION ALL SELECT model, priority FROM queue) ORDER BY priority, model`;

export const MODELS_SQL = `SELECT DISTINCT model FROM (SELECT model FROM request UNION ALL SELECT model FROM batch
  UNION ALL SELECT model FROM layer) ORDER BY model`;

/** Models of the runner that began last: what can be changed while it runs. Every runner tells its versions when it loads them. */
export const LIVE_MODELS_SQL = `SELECT DISTINCT model FROM decision WHERE kind = 'version'
  AND source = (SELECT arg_max(source, timeNs) FROM decision WHERE kind = 'version') ORDER BY model`;

export const levelsOf = (table: WindowTable | undefined): Level[] =>
  readingsOf(table).map((row) => ({ model: row.text('model'), priority: row.number('priority') }));

export const modelsOf = (table: WindowTable | undefined): string[] => readingsOf(table).map((row) => row.text('model'));

export const levelTitle = ({ model, priority }: Level) => `${model} · priority ${priority}`;

/** Where a level stands in the list; behind all when it is not there yet. */
export function placeOfLevel(levels: readonly Level[], { model, priority }: Level): number {
  const place = levels.findIndex((each) => each.model === model && each.priority === priority);
  return place < 0 ? levels.length : place;
}
