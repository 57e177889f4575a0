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
  /** The last that was said of it by the newest runner: serving, draining and so on; '' when nothing was. */
  readonly state: string;
}

/** Whether requests can be given to it. */
export const canServe = ({ state }: VersionFigures) => state === 'ready' || state === 'serving';

export interface VersionEvent {
  readonly timeNs: number;
  readonly model: string;
  readonly version: string;
  readonly state: string;
}

/** Versions that answered in the range, and those of the newest runner that did not yet. */
export const versionsSql = ({ fromNs, toNs }: Range) => `WITH answered AS (SELECT model, version, count(*) AS requests,
  quantile_cont(completionNs - arrivalNs, 0.5) FILTER (outcome <= 2) AS p50,
  quantile_cont(completionNs - arrivalNs, 0.99) FILTER (outcome <= 2) AS p99,
  avg(CASE WHEN outcome <= 2 AND completionNs <= deadlineNs THEN 1.0 ELSE 0.0 END) FILTER (deadlineNs >= 0) AS inTime,
  avg(CASE WHEN outcome = 4 THEN 1.0 ELSE 0.0 END) AS failed
  FROM request WHERE completionNs >= ${fromNs} AND completionNs < ${toNs} AND version <> '' GROUP BY model, version),
  current AS (SELECT model, version, arg_max(because, rowid) AS state FROM decision WHERE kind = 'version'
    AND source = (SELECT arg_max(source, timeNs) FROM decision WHERE kind = 'version') GROUP BY model, version)
  SELECT model, version, coalesce(requests, 0) AS requests,
    coalesce(requests / sum(requests) OVER (PARTITION BY model), 0) AS share, p50, p99, inTime, failed, state
  FROM answered FULL JOIN current USING (model, version) ORDER BY model, version`;

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
