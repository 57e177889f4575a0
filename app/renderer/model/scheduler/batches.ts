// Batches: how large they were, and which stream ran which when.

import type { WindowTable } from '../../../../shared/window/methods';
import type { Range } from './range';
import { readingsOf } from './records';

export interface Batch {
  /** Which runner: batches of two runners may have one number. */
  readonly source: number;
  readonly batch: number;
  readonly startNs: number;
  /** Its end; that of the range for one that was ended before it was done. */
  readonly endNs: number;
  readonly predictedNs: number;
  readonly model: string;
  readonly version: string;
  readonly engine: string;
  readonly neighbours: string;
  readonly stream: number;
  readonly requestCount: number;
  readonly isOk: boolean;
}

/** More than this many pixels of a lane cannot be told apart; the newest are drawn. */
export const BATCHES_MAX = 4000;

export const batchSizesSql = ({ fromNs, toNs }: Range) => `SELECT model, requestCount, count(*) AS batches FROM batch
  WHERE startNs >= ${fromNs} AND startNs < ${toNs} GROUP BY model, requestCount ORDER BY requestCount`;

export const batchesSql = ({ fromNs, toNs }: Range) => `SELECT * FROM (SELECT * FROM batch WHERE startNs < ${toNs}
  AND startNs + greatest(durationNs, 0) >= ${fromNs} ORDER BY startNs DESC LIMIT ${BATCHES_MAX}) ORDER BY startNs`;

/** The request of a batch that was latest, or had the least time left. */
export const batchRequestSql = (source: number, batch: number) => `SELECT request FROM request
  WHERE source = ${source} AND batch = ${batch}
  ORDER BY CASE WHEN deadlineNs >= 0 THEN completionNs - deadlineNs END DESC NULLS LAST LIMIT 1`;

/** The share of the range in which each stream ran something; batches of one stream do not overlap. */
export const occupancySql = ({
  fromNs,
  toNs,
}: Range) => `SELECT source, stream, count(*) AS batches, avg(requestCount) AS size,
  sum(least(startNs + greatest(durationNs, 0), ${toNs}) - greatest(startNs, ${fromNs})) / ${toNs - fromNs} AS busy FROM batch
  WHERE startNs < ${toNs} AND startNs + greatest(durationNs, 0) >= ${fromNs} GROUP BY source, stream ORDER BY source, stream`;

export function batchesOf(table: WindowTable | undefined): Batch[] {
  return readingsOf(table).map((row) => ({
    source: row.number('source'),
    batch: row.number('batch'),
    startNs: row.number('startNs'),
    endNs: row.number('startNs') + Math.max(0, row.number('durationNs')),
    predictedNs: row.number('predictedNs'),
    model: row.text('model'),
    version: row.text('version'),
    engine: row.text('engine'),
    neighbours: row.text('neighbours'),
    stream: row.number('stream'),
    requestCount: row.number('requestCount'),
    isOk: row.number('isOk') === 1,
  }));
}

export interface BatchSizes {
  /** Ascending sizes. */
  readonly sizes: readonly number[];
  /** One a model, sorted; `counts` by the place of the size. */
  readonly models: readonly { readonly model: string; readonly counts: readonly number[] }[];
}

export function batchSizesOf(table: WindowTable | undefined): BatchSizes {
  const rows = readingsOf(table).map((row) => ({
    model: row.text('model'),
    size: row.number('requestCount'),
    count: row.number('batches'),
  }));
  const sizes = [...new Set(rows.map(({ size }) => size))].sort((left, right) => left - right);
  const models = [...new Set(rows.map(({ model }) => model))].sort();
  const countOf = (model: string, size: number) =>
    rows.filter((row) => row.model === model && row.size === size).reduce((sum, { count }) => sum + count, 0);
  return { sizes, models: models.map((model) => ({ model, counts: sizes.map((size) => countOf(model, size)) })) };
}

export interface StreamOccupancy {
  readonly source: number;
  readonly stream: number;
  readonly batchCount: number;
  /** Mean requests in a batch. */
  readonly batchSize: number;
  /** 0 to 1. */
  readonly busyRatio: number;
}

export const occupancyOf = (table: WindowTable | undefined): StreamOccupancy[] =>
  readingsOf(table).map((row) => ({
    source: row.number('source'),
    stream: row.number('stream'),
    batchCount: row.number('batches'),
    batchSize: row.number('size'),
    busyRatio: row.number('busy'),
  }));
