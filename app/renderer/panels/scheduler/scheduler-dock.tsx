// The scheduler of the session in the dock: joins what was chosen, what the rows say, and the verbs.

import './scheduler-panel.css';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { WorkloadChange } from '../../../../shared/rpc/workload-control';
import { dockCommands } from '../../commands/commands';
import { useActions, useApp, useFacts, useSession } from '../../context';
import { isMissMark } from '../../model/scheduler/misses';
import { workloadEnd } from '../../model/scheduler/workload-end';
import { openGraphLayouts } from '../../state/graph-layouts';
import { runningWorkload } from '../../state/scheduler-actions';
import { Notice } from '../../widgets/notice';
import { LiveControls } from './live-controls';
import { SchedulerMain } from './scheduler-main';
import { useHighlight } from './use-highlight';
import { useScheduler } from './use-scheduler';
import { WorkloadForm } from './workload-form';

export function SchedulerDock() {
  const { scheduler, laboratory } = useActions();
  const session = useSession();
  const choices = useStore(session.scheduler);
  const hasMarks = useStore(session.annotations, ({ marks }) => marks.some(isMissMark));
  const isLive = useFacts(({ description, status }) => description.kind === 'live' && status?.state !== 'ended');
  const targets = useFacts((facts) => facts.targets);
  const output = useFacts((facts) => facts.output);
  const ended = useMemo(() => workloadEnd(targets, output), [targets, output]);
  const running = runningWorkload(targets);
  const hasLaunched = targets.some(({ isWorkload }) => isWorkload);
  const hasSelection = useStore(session.choices, ({ selection }) => selection !== undefined);
  const palette = useApp((app) => app.palette);
  const theme = useApp((app) => app.theme);
  const { rows, failure } = useScheduler();
  const layouts = useMemo(openGraphLayouts, []);
  useEffect(() => layouts.close, [layouts]);
  useHighlight(rows?.life);
  const choose = session.scheduler.setState;
  const onChange = (change: WorkloadChange) => void scheduler.change(session, change);
  const controlObstacle = obstacleOf(isLive, running !== undefined);
  return (
    <div className="laboratory scheduler" data-testid="scheduler-panel">
      <div className="laboratory-columns">
        <div className="laboratory-side">
          <WorkloadForm
            draft={choices.draft}
            onChange={(change) => choose(({ draft }) => ({ draft: { ...draft, ...change } }))}
            obstacle={isLive ? undefined : 'This session is recorded. Connect to a machine to run workloads there.'}
            isRunning={running !== undefined || choices.isStarting}
            onRun={() => void scheduler.run(session)}
            onStop={() => void scheduler.stop(session)}
            onOpenFile={() => void scheduler.openFile(session)}
          />
          {isLive && (
            <>
              <h3>Change it while it runs</h3>
              <LiveControls models={rows?.liveModels ?? []} obstacle={controlObstacle} onChange={onChange} />
            </>
          )}
        </div>
        <div className="laboratory-main">
          {failure && <Notice severity="error" {...failure} />}
          {ended && <Notice severity="error" {...ended} />}
          <SchedulerMain
            rows={rows}
            choices={choices}
            isLive={isLive}
            isRunning={running !== undefined}
            isAlive={isLive && (running !== undefined || !hasLaunched)}
            layOut={layouts.layOut}
            hasMarks={hasMarks}
            hasSelection={hasSelection}
            controlObstacle={controlObstacle}
            onChoose={choose}
            onChange={onChange}
            onPickBatch={(batch) => void scheduler.pickBatch(session, batch)}
            onMark={(misses) => scheduler.markMisses(session, misses)}
            onUnmark={() => scheduler.removeMissMarks(session)}
            onShowOnTimeline={(life) => {
              scheduler.showOnTimeline(session, life);
              dockCommands.showPanel?.('timeline');
            }}
            colors={{ palette, theme }}
            onPickWork={(work) => {
              scheduler.showWork(session, work);
              dockCommands.showPanel?.('timeline');
              dockCommands.showPanel?.('details');
            }}
            onSavePng={(title, url) => void laboratory.savePng(title, url)}
            onSaveCsv={(name, csv) => void laboratory.saveText(name, csv)}
          />
        </div>
      </div>
    </div>
  );
}

function obstacleOf(isLive: boolean, isRunning: boolean): string | undefined {
  if (!isLive) return 'This session is recorded: nothing runs that could be changed.';
  return isRunning ? undefined : 'Run a workload first.';
}
