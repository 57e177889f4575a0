// The laboratory of the session in the dock: joins what was chosen, what was measured, and the verbs.

import './laboratory-panel.css';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { dockCommands } from '../../commands/commands';
import { useActions, useApp, useFacts, useSession } from '../../context';
import { baselineName } from '../../model/laboratory/baselines';
import { EmptyState } from '../../widgets/empty-state';
import { Notice } from '../../widgets/notice';
import { Progress } from '../../widgets/progress';
import { ExperimentForm } from './experiment-form';
import { ExperimentList } from './experiment-list';
import { Results } from './results';
import { type LaboratoryRows, useLaboratory } from './use-laboratory';
import { useResources } from './use-resources';

export function LaboratoryDock() {
  const { laboratory } = useActions();
  const session = useSession();
  const choices = useStore(session.laboratory);
  const isLive = useFacts(({ description, status }) => description.kind === 'live' && status?.state !== 'ended');
  const rows = useLaboratory();
  const { listed, experiment, isBusy } = rows;
  useEffect(() => void laboratory.refreshBaselines(), [laboratory]);
  return (
    <div className="laboratory" data-testid="laboratory-panel">
      <div className="laboratory-columns">
        <div className="laboratory-side">
          <ExperimentForm
            draft={choices.draft}
            onChange={(change) => session.laboratory.setState(({ draft }) => ({ draft: { ...draft, ...change } }))}
            obstacle={isLive ? undefined : 'This session is recorded. Connect to a machine to run experiments there.'}
            isRunning={isBusy || choices.isStarting}
            onRun={() => void laboratory.run(session)}
            onCancel={() => void laboratory.cancel(session)}
            onOpenSource={() => void laboratory.openSource(session)}
          />
          <h3>Experiments of this session</h3>
          {listed ? (
            <ExperimentList
              listed={listed}
              shown={experiment?.experiment}
              onChoose={(chosen) => session.laboratory.setState({ chosen, pickedIndex: undefined, measure: undefined })}
            />
          ) : (
            <Progress label="Reading experiments" />
          )}
        </div>
        <div className="laboratory-main">
          {rows.failure && <Notice severity="error" {...rows.failure} />}
          <Main rows={rows} isStarting={choices.isStarting} isLive={isLive} />
        </div>
      </div>
    </div>
  );
}

interface MainProps {
  readonly rows: LaboratoryRows;
  readonly isStarting: boolean;
  readonly isLive: boolean;
}

function Main({ rows, isStarting, isLive }: MainProps) {
  const { listed, experiment, isBusy } = rows;
  const chosen = useStore(useSession().laboratory, (state) => state.chosen);
  if (experiment) return <Shown rows={rows} />;
  if (!listed) return <EmptyState title="Reading experiments" />;
  if (isStarting || (isBusy && chosen !== undefined)) {
    return (
      <EmptyState title="Starting">
        <Progress label="Starting the experiment" />
      </EmptyState>
    );
  }
  if (chosen !== undefined) {
    return (
      <EmptyState title="The experiment ended before it measured anything">
        What its program said is in the panel “Output”.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No experiments in this session">
      {isLive
        ? 'Choose what to measure at the left and press “Run”: points appear here as they are measured.'
        : 'This recording holds none. Connect to a machine and run one there.'}
    </EmptyState>
  );
}

function Shown({ rows }: { readonly rows: LaboratoryRows }) {
  const { laboratory } = useActions();
  const session = useSession();
  const { tab, measure, pickedIndex, baselineIds } = useStore(session.laboratory);
  const baselines = useApp((state) => state.baselines);
  const { hostName, epochUnixMs } = useFacts(({ description }) => description);
  const { resources, failure: resourceFailure } = useResources();
  const { experiment, points, listed } = rows;
  if (!experiment) return undefined;
  const choose = session.laboratory.setState;
  const phase = listed?.find((each) => each.experiment.experiment === experiment.experiment)?.phase ?? 'running';
  return (
    <Results
      experiment={experiment}
      phase={phase}
      points={points}
      notices={rows.notices}
      computeCapability={rows.computeCapabilities.get(experiment.device)}
      resources={resources}
      resourceFailure={resourceFailure}
      baselines={baselines}
      baselineIds={baselineIds}
      suggestedName={baselineName(experiment, hostName, epochUnixMs + Math.max(0, experiment.startedNs) / 1e6)}
      tab={tab ?? (experiment.spec?.kind === 'gemm' ? 'map' : 'curves')}
      measureId={measure}
      pickedIndex={pickedIndex}
      onTab={(next) => choose({ tab: next })}
      onMeasure={(next) => choose({ measure: next })}
      onPick={(next) => choose({ pickedIndex: next })}
      onChooseBaselines={(next) => choose({ baselineIds: next })}
      onPin={(name) => void laboratory.pin(session, experiment, points, name)}
      onRemoveBaseline={(id) => void laboratory.removeBaseline(session, id)}
      onShowOnTimeline={(point) => {
        laboratory.showOnTimeline(session, point);
        dockCommands.showPanel?.('timeline');
      }}
      onSavePng={(title, url) => void laboratory.savePng(title, url)}
      onSaveCsv={(name, csv) => void laboratory.saveText(name, csv)}
      onExport={() => void laboratory.saveCsv(session)}
    />
  );
}
