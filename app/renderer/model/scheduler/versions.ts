// A/B: what each version of a model was given and how it did, and what happened to versions.

import type { WindowTable } from '../../../../shared/window/methods';
import type { Range } from './range';
import { readingsOf } from './records';

export interface VersionFigures {
  readonly model: string;
  readonly version: string;
  readonly requestCount: number;
  /** Of the model's requests in the range, 0 to 1. */
  readonly shareRatio: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** NaN without deadlines. */
  readonly inTimeRatio: number;
  readonly failedRatio: number;
  /** The last that was said of it: serving, draining and so on; '' when nothing was. */
  readonly state: string;
}

export interface VersionEvent {
  readonly timeNs: number;
  readonly model: string;
  readonly version: string;
  readonly state: string;
}

export const versionsSql = ({ fromNs, toNs }: Range) => `SELECT r.model, r.version, count(*) AS requests,
  count(*) / sum(count(*)) OVER (PARTITION BY r.model) AS share,
  quantile_cont(completionNs - arrivalNs, 0.5) FILTER (outcome <= 2) AS p50,
  quantile_cont(completionNs - arrivalNs, 0.99) FILTER (outcome <= 2) AS p99,
  avg(CASE WHEN outcome <= 2 AND completionNs <= deadlineNs THEN 1.0 ELSE 0.0 END) FILTER (deadlineNs >= 0) AS inTime,
  avg(CASE WHEN outcome = 4 THEN 1.0 ELSE 0.0 END) AS failed,
  (SELECT arg_max(d.because, d.rowid) FROM decision d WHERE d.kind = 'version' AND d.model = r.model AND d.version = r.version) AS state
  FROM request r WHERE completionNs >= ${fromNs} AND completionNs < ${toNs} AND version <> ''
  GROUP BY r.model, r.version ORDER BY r.model, r.version`;

/** The newest first. */
export const VERSION_EVENTS_SQL = `SELECT timeNs, model, version, because FROM decision WHERE kind = 'version'
  ORDER BY timeNs DESC, rowid DESC LIMIT 50`;

export const versionsOf = (table: WindowTable | undefined): VersionFigures[] =>
  readingsOf(table).map((row) => ({
    model: row.text('model'),
    version: row.text('version'),
    requestCount: row.number('requests'),
    shareRatio: row.number('share'),
    p50Ns: row.number('p50'),
    p99Ns: row.number('p99'),
    inTimeRatio: row.number('inTime'),
    failedRatio: row.number('failed'),
    state: row.text('state'),
  }));

export const versionEventsOf = (table: WindowTable | undefined): VersionEvent[] =>
  readingsOf(table).map((row) => ({
    timeNs: row.number('timeNs'),
    model: row.text('model'),
    version: row.text('version'),
    state: row.text('because'),
  }));
