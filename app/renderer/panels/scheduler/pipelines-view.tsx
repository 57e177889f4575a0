// Where the time of a pipeline's deadline goes, stage by stage.

import { useMemo } from 'react';
import { formatCount } from '../../../../shared/units/format';
import { seriesColor } from '../../charts/chart-colors';
import { type PipelineFigures, pipelinesOf, type StageFigures } from '../../model/scheduler/pipelines';
import { EmptyState } from '../../widgets/empty-state';
import type { SchedulerView } from './views';
import { IN_TIME_RATIO_LOW, nsWords, percentWords } from './words';

export function PipelinesView({ rows }: Pick<SchedulerView, 'rows'>) {
  const { runs, stages } = rows.tables;
  const pipelines = useMemo(() => pipelinesOf(runs, stages), [runs, stages]);
  if (pipelines.length === 0) {
    return (
      <EmptyState title="No pipeline ended in this range">
        The workload “Detect, classify, track” runs one: the budget of each stage is shown here.
      </EmptyState>
    );
  }
  return (
    <div className="scheduler-view" data-testid="scheduler-pipelines">
      {pipelines.map((pipeline) => (
        <Pipeline key={pipeline.pipeline} pipeline={pipeline} models={rows.models} />
      ))}
    </div>
  );
}

function Pipeline({ pipeline, models }: { readonly pipeline: PipelineFigures; readonly models: readonly string[] }) {
  const { stages, deadlineNs, p99Ns } = pipeline;
  const fullNs = Math.max(deadlineNs || 0, p99Ns, ...stages.map((stage) => Math.max(stage.p99Ns, stage.budgetNs || 0)));
  return (
    <section className="scheduler-pipeline" aria-label={`Pipeline ${pipeline.pipeline}`}>
      <h3>{pipeline.pipeline}</h3>
      <p className="laboratory-hint">
        {formatCount(pipeline.runCount)} runs: p50 {nsWords(pipeline.p50Ns)}, p99 {nsWords(p99Ns)}
        {deadlineNs > 0 && (
          <>
            , deadline {nsWords(deadlineNs)},{' '}
            <span data-is-bad={pipeline.inTimeRatio < IN_TIME_RATIO_LOW}>
              {percentWords(pipeline.inTimeRatio)} in time
            </span>
          </>
        )}
        .
      </p>
      <div className="scheduler-table-box">
        <table className="scheduler-table">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col" className="scheduler-budget-head">
                p50, p99 and budget
              </th>
              <th scope="col">p50</th>
              <th scope="col">p99</th>
              <th scope="col">Budget</th>
              <th scope="col">Over budget</th>
            </tr>
          </thead>
          <tbody>
            {stages.map((stage) => (
              <tr key={`${stage.stage} ${stage.model}`}>
                <th scope="row">
                  {stage.stage + 1}. {stage.model}
                </th>
                <td>
                  <BudgetBar stage={stage} fullNs={fullNs} color={seriesColor(models.indexOf(stage.model))} />
                </td>
                <td>{nsWords(stage.p50Ns)}</td>
                <td data-is-bad={stage.p99Ns > stage.budgetNs}>{nsWords(stage.p99Ns)}</td>
                <td>{nsWords(stage.budgetNs)}</td>
                <td data-is-bad={stage.overBudgetRatio > 1 - IN_TIME_RATIO_LOW}>
                  {percentWords(stage.overBudgetRatio)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** A full bar to the p50, a pale one to the p99, and a line at the budget. */
function BudgetBar({ stage, fullNs, color }: { stage: StageFigures; fullNs: number; color: string }) {
  const percent = (ns: number) => `${Math.min(100, (ns / fullNs) * 100)}%`;
  return (
    <div className="scheduler-budget" aria-hidden="true">
      <span style={{ width: percent(stage.p99Ns), background: color, opacity: 0.4 }} />
      <span style={{ width: percent(stage.p50Ns), background: color }} />
      {stage.budgetNs > 0 && <i style={{ left: percent(stage.budgetNs) }} />}
    </div>
  );
}
