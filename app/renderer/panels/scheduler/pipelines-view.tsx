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
      {deadlineNs > 0 && <DeadlineBars pipeline={pipeline} models={models} />}
      <div className="scheduler-table-box">
        <table className="scheduler-table">
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col" className="scheduler-budget-head">
                p50 <span className="muted">(full)</span>, p99 <span className="muted">(pale)</span>, budget{' '}
                <span className="muted">(line)</span>
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

/** The stages one after another against the deadline: as it was shared out, and as it went. */
function DeadlineBars({
  pipeline,
  models,
}: {
  readonly pipeline: PipelineFigures;
  readonly models: readonly string[];
}) {
  const { stages, deadlineNs } = pipeline;
  const rows = [
    { name: 'Budget', ns: stages.map(({ budgetNs }) => budgetNs || 0) },
    { name: 'p50', ns: stages.map(({ p50Ns }) => p50Ns || 0) },
    { name: 'p99', ns: stages.map(({ p99Ns }) => p99Ns || 0) },
  ];
  const sumOf = (ns: readonly number[]) => ns.reduce((sum, each) => sum + each, 0);
  const fullNs = Math.max(deadlineNs, ...rows.map(({ ns }) => sumOf(ns))) * 1.02;
  const percent = (ns: number) => `${(ns / fullNs) * 100}%`;
  return (
    <div className="scheduler-deadline-bars" data-testid="scheduler-deadline-bars">
      {rows.map(({ name, ns }) => (
        <div key={name} className="scheduler-deadline-row">
          <span>{name}</span>
          <div
            className="scheduler-stack"
            role="img"
            aria-label={`${name} by stage: ${stages.map(({ model }, index) => `${model} ${nsWords(ns[index])}`).join(', ')}; deadline ${nsWords(deadlineNs)}`}
          >
            {stages.map(({ stage, model }, index) => (
              <span
                key={`${stage} ${model}`}
                style={{ width: percent(ns[index]), background: seriesColor(models.indexOf(model)) }}
                title={`${stage + 1}. ${model}: ${nsWords(ns[index])}`}
              >
                {ns[index] / fullNs > 0.08 && model}
              </span>
            ))}
            <i style={{ left: percent(deadlineNs) }} title={`Deadline ${nsWords(deadlineNs)}`} />
          </div>
          <span className="scheduler-number" data-is-bad={name !== 'Budget' && sumOf(ns) > deadlineNs}>
            {nsWords(sumOf(ns))}
          </span>
        </div>
      ))}
      <p className="laboratory-hint">
        Stages one after another; the line is the deadline of {nsWords(deadlineNs)}. A p99 of stages adds up to more
        than that of runs.
      </p>
    </div>
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
