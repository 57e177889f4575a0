// From a call, kernel or copy to the batch that it was for, and to that batch's requests.

import type { WindowTable } from '../../../../shared/window/methods';
import type { RequestRef } from './misses';
import { readingsOf } from './records';

export interface BatchLink {
  readonly batch: number;
  readonly model: string;
  readonly version: string;
  readonly requestCount: number;
  /** The latest first; as many as are answered, at most REQUESTS_MAX. */
  readonly requests: readonly RequestRef[];
}

export const REQUESTS_MAX = 8;

/** The batch of a row that has this correlation in its source. */
export const batchLinkSql = ({ source, correlation }: { readonly source: number; readonly correlation: number }) =>
  `SELECT c.source, c.batch, b.model, b.version, b.requestCount, r.request,
    (SELECT count(*) FROM batch_call WHERE callSource = ${source}) AS calls
  FROM (SELECT 1) LEFT JOIN (SELECT * FROM batch_call WHERE callSource = ${source} AND correlation = ${correlation} LIMIT 1) c ON true
  LEFT JOIN batch b ON b.source = c.source AND b.batch = c.batch
  LEFT JOIN request r ON r.source = c.source AND r.batch = c.batch
  ORDER BY CASE WHEN r.deadlineNs >= 0 THEN r.completionNs - r.deadlineNs END DESC NULLS LAST, r.request LIMIT ${REQUESTS_MAX}`;

/** The batch; a sentence where the source has batches and this row is of none; undefined where nothing is to be said. */
export function batchLinkOf(table: WindowTable | undefined): BatchLink | string | undefined {
  const rows = readingsOf(table);
  const [first] = rows;
  if (!first || !(first.number('calls') > 0)) return undefined;
  if (!(first.number('batch') > 0))
    return 'It was launched for no batch of the scheduler: in the warm-up, or beside it.';
  const requests = rows.map((row) => ({ source: row.number('source'), request: row.number('request') }));
  return {
    batch: first.number('batch'),
    model: first.text('model'),
    version: first.text('version'),
    requestCount: first.number('requestCount'),
    requests: requests.filter(({ request }) => request > 0),
  };
}
