// Runs of pipelines: how each stage's latency stands to its share of the deadline.

import type { WindowTable } from '../../../../shared/window/methods';
import type { Range } from './range';
import { readingsOf } from './records';

export interface StageFigures {
  readonly stage: number;
  readonly model: string;
  /** Percentiles over the runs. */
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** Mean share of the deadline; NaN without one. */
  readonly budgetNs: number;
  /** Of the runs with a budget, 0 to 1; NaN without one. */
  readonly overBudgetRatio: number;
}

export interface PipelineFigures {
  readonly pipeline: string;
  readonly runCount: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** NaN without deadlines. */
  readonly deadlineNs: number;
  readonly inTimeRatio: number;
  readonly stages: readonly StageFigures[];
}

const runsOf = ({ fromNs, toNs }: Range) => `(SELECT *, completionNs - arrivalNs AS latencyNs FROM pipeline
  WHERE completionNs >= ${fromNs} AND completionNs < ${toNs})`;

export const pipelinesSql = (range: Range) => `SELECT pipeline, count(*) AS runs, quantile_cont(latencyNs, 0.5) AS p50,
  quantile_cont(latencyNs, 0.99) AS p99, median(deadlineNs - arrivalNs) FILTER (deadlineNs >= 0) AS deadline,
  avg(CASE WHEN isOk = 1 AND completionNs <= deadlineNs THEN 1.0 ELSE 0.0 END) FILTER (deadlineNs >= 0) AS inTime
  FROM ${runsOf(range)} GROUP BY pipeline ORDER BY pipeline`;

/** `stages` of the rows is JSON; without a deadline the budget of a stage is null or below 0 there. */
export const stagesSql = (range: Range) => `SELECT pipeline, stage, model, quantile_cont(latencyNs, 0.5) AS p50,
  quantile_cont(latencyNs, 0.99) AS p99, avg(budgetNs) AS budget,
  avg(CASE WHEN latencyNs > budgetNs THEN 1.0 ELSE 0.0 END) FILTER (budgetNs IS NOT NULL) AS overBudget FROM (
    SELECT pipeline, stage, json_extract_string(stages, '$[' || stage || '].model') AS model,
      CAST(json_extract_string(stages, '$[' || stage || '].latencyNs') AS DOUBLE) AS latencyNs,
      CASE WHEN TRY_CAST(json_extract_string(stages, '$[' || stage || '].budgetNs') AS DOUBLE) >= 0
        THEN CAST(json_extract_string(stages, '$[' || stage || '].budgetNs') AS DOUBLE) END AS budgetNs
    FROM (SELECT pipeline, stages, unnest(range(json_array_length(stages)::BIGINT)) AS stage FROM ${runsOf(range)}))
  GROUP BY pipeline, stage, model ORDER BY pipeline, stage`;

export function pipelinesOf(runs: WindowTable | undefined, stages: WindowTable | undefined): PipelineFigures[] {
  const stageRows = readingsOf(stages);
  return readingsOf(runs).map((row) => ({
    pipeline: row.text('pipeline'),
    runCount: row.number('runs'),
    p50Ns: row.number('p50'),
    p99Ns: row.number('p99'),
    deadlineNs: row.number('deadline'),
    inTimeRatio: row.number('inTime'),
    stages: stageRows
      .filter((each) => each.text('pipeline') === row.text('pipeline'))
      .map((each) => ({
        stage: each.number('stage'),
        model: each.text('model'),
        p50Ns: each.number('p50'),
        p99Ns: each.number('p99'),
        budgetNs: each.number('budget'),
        overBudgetRatio: each.number('overBudget'),
      })),
  }));
}
