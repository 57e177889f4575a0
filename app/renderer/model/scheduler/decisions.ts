// What the scheduler decided besides running batches: images that were dropped, tiers, limits, pressure, engines. Lateness and versions have
// views of their own.

import type { WindowTable } from '../../../../shared/window/methods';
import { reasonWords } from './causes';
import type { Range } from './range';
import { readingsOf } from './records';

export interface DecisionFigures {
  /** dropped, delayed, rejected, tier, batch-limit, pressure, engine */
  readonly kind: string;
  /** Model, or the source that dropped. */
  readonly model: string;
  readonly because: string;
  readonly count: number;
  readonly lastNs: number;
  /** Of the last one: tier or limit after it. */
  readonly to: number;
}

export const decisionsSql = ({ fromNs, toNs }: Range) => `SELECT kind, model, because, count(*) AS decisions,
  max(timeNs) AS lastNs, arg_max("to", timeNs) AS "to" FROM decision
  WHERE kind NOT IN ('late', 'version') AND timeNs >= ${fromNs} AND timeNs < ${toNs}
  GROUP BY kind, model, because ORDER BY decisions DESC, kind, model LIMIT 50`;

export const decisionsOf = (table: WindowTable | undefined): DecisionFigures[] =>
  readingsOf(table).map((row) => ({
    kind: row.text('kind'),
    model: row.text('model'),
    because: row.text('because'),
    count: row.number('decisions'),
    lastNs: row.number('lastNs'),
    to: row.number('to'),
  }));

const DROPS: Readonly<Record<string, string>> = {
  oldest: 'a newer image replaced it',
  newest: 'the buffer was full',
  'every-nth': 'only every so many are taken',
  deadline: 'it could not have met its deadline',
};

/** What it was, in words. */
export function decisionWords({ kind, because, to }: DecisionFigures): string {
  switch (kind) {
    case 'dropped':
      return `Image dropped: ${DROPS[because] ?? because}`;
    case 'delayed':
      return 'Request put behind the others: it waited longer than its priority allows';
    case 'rejected':
      return reasonWords(because);
    case 'tier':
      return `Tier changed, the last time to ${to}: ${because}`;
    case 'batch-limit':
      return `Largest batch changed, the last time to ${to}`;
    case 'pressure':
      return because === '' ? 'Sources asked to slow down or go on' : `Pressure: ${because}`;
    case 'engine':
      return `Engine ${because}`;
    default:
      return because === '' ? kind : `${kind}: ${because}`;
  }
}
