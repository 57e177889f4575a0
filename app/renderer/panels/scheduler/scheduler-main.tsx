// What the panel shows of the rows: the range, the tabs, the chosen view, and the life of the chosen request.

import { useId } from 'react';
import type { WorkloadChange } from '../../../../shared/rpc/workload-control';
import type { Batch } from '../../model/scheduler/batches';
import type { Life } from '../../model/scheduler/life';
import type { Work } from '../../model/scheduler/life-work';
import type { Miss } from '../../model/scheduler/misses';
import { RANGE_CHOICES } from '../../model/scheduler/range';
import type { LayOut } from '../../state/graph-layouts';
import { SCHEDULER_TABS, type SchedulerChoices } from '../../state/scheduler-store';
import { Button } from '../../widgets/button';
import { EmptyState } from '../../widgets/empty-state';
import { Progress } from '../../widgets/progress';
import { Segmented } from '../../widgets/segmented';
import { Tabs } from '../../widgets/tabs';
import { BuildStrip } from './engines/build-strip';
import { BuildsView } from './engines/builds-view';
import { EnginesView } from './engines-view';
import { LifeView } from './life-view';
import type { WorkColors } from './life-work-lanes';
import { MissesView } from './misses-view';
import { PipelinesView } from './pipelines-view';
import { QueuesView } from './queues-view';
import { StreamsView } from './streams-view';
import type { SchedulerRows } from './use-scheduler';
import { VersionsView } from './versions-view';

export interface SchedulerMainProps {
  /** undefined until the first answer. */
  readonly rows: SchedulerRows | undefined;
  readonly choices: SchedulerChoices;
  readonly isLive: boolean;
  readonly isRunning: boolean;
  /** An engine that is being built may still come to an end. */
  readonly isAlive: boolean;
  /** Misses are marked on the timeline. */
  readonly hasMarks: boolean;
  readonly hasSelection: boolean;
  /** Why a workload cannot be changed now. */
  readonly controlObstacle: string | undefined;
  readonly layOut: LayOut;
  readonly onChoose: (change: Partial<SchedulerChoices>) => void;
  readonly onChange: (change: WorkloadChange) => void;
  readonly onPickBatch: (batch: Batch) => void;
  readonly onMark: (misses: readonly Miss[]) => void;
  readonly onUnmark: () => void;
  readonly colors: WorkColors;
  readonly onShowOnTimeline: (life: Life) => void;
  readonly onPickWork: (work: Work) => void;
  readonly onSavePng: (title: string, url: string) => void;
  readonly onSaveCsv: (name: string, csv: string) => void;
}

export function SchedulerMain(props: SchedulerMainProps) {
  const { rows, choices, hasSelection, onChoose } = props;
  const panelId = useId();
  if (!rows) {
    return (
      <EmptyState title="Reading the rows of the scheduler">
        <Progress label="Reading" />
      </EmptyState>
    );
  }
  // Engines may have told their layers before the first request.
  if (!rows.range && rows.models.length === 0) return <Nothing {...props} rows={rows} />;
  const { life } = rows;
  const ranges = RANGE_CHOICES.filter(({ id }) => id !== 'selection' || hasSelection || choices.range === 'selection');
  return (
    <div className="laboratory-results">
      <BuildStrip
        builds={rows.builds}
        nowNs={rows.nowNs}
        isAlive={props.isAlive}
        onShow={() => onChoose({ tab: 'engines', engineView: 'builds' })}
      />
      <div className="laboratory-tabs">
        <Tabs
          label="Views of the scheduler"
          tabs={SCHEDULER_TABS}
          activeId={choices.tab}
          onChange={(tab) => onChoose({ tab })}
          panelId={panelId}
        />
        {choices.tab !== 'engines' && (
          <Segmented label="Range" options={ranges} value={choices.range} onChange={(range) => onChoose({ range })} />
        )}
      </div>
      <div
        className="scheduler-body"
        role="tabpanel"
        id={panelId}
        aria-label={choices.tab}
        data-testid="scheduler-body"
      >
        {rows.tab !== choices.tab ? (
          <Progress label="Reading" />
        ) : rows.range || rows.tab === 'engines' ? (
          <View {...props} rows={rows} />
        ) : (
          <EmptyState title="No request was scheduled in this session">
            It has layers of engines, as trtexec exports them.{' '}
            <Button onClick={() => onChoose({ tab: 'engines' })}>Show the engines</Button>
          </EmptyState>
        )}
      </div>
      {choices.picked && life && life.request === choices.picked.request && (
        <LifeView
          life={life}
          models={rows.models}
          colors={props.colors}
          onPickWork={props.onPickWork}
          onPick={({ source, request }) => onChoose({ picked: { source, request } })}
          onShowOnTimeline={() => props.onShowOnTimeline(life)}
          onClose={() => onChoose({ picked: undefined })}
        />
      )}
    </div>
  );
}

/** Before the first request: how the engines come up, once they say so. */
function Nothing({ isLive, isRunning, isAlive, choices, rows }: SchedulerMainProps & { readonly rows: SchedulerRows }) {
  if (rows.builds.length > 0) {
    return (
      <div className="scheduler-body scheduler-first-builds">
        <p className="laboratory-hint">
          {isRunning
            ? 'The models are being loaded. Requests come when one is ready.'
            : 'No request was scheduled in this session.'}
        </p>
        <BuildsView builds={rows.builds} nowNs={rows.nowNs} isAlive={isAlive} />
      </div>
    );
  }
  if (isRunning || choices.isStarting) {
    return (
      <EmptyState title="Loading the models">
        <Progress label="Loading the models of the workload" />
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No request was scheduled in this session">
      {isLive
        ? 'Choose a workload at the left and press “Run”: queues, latencies and missed deadlines appear here while it runs.'
        : 'This recording holds none. Connect to a machine and run a workload there.'}
    </EmptyState>
  );
}

/** Of the engines' page, which has none. */
const NO_RANGE = { fromNs: 0, toNs: 1 };

function View({ rows, choices, onChoose, ...props }: SchedulerMainProps & { readonly rows: SchedulerRows }) {
  const range = rows.range ?? NO_RANGE;
  const { onSavePng, onSaveCsv } = props;
  switch (rows.tab) {
    case 'queues':
      return (
        <QueuesView
          rows={rows}
          range={range}
          measure={choices.measure}
          onMeasure={(measure) => onChoose({ measure })}
          onSavePng={onSavePng}
        />
      );
    case 'streams':
      return <StreamsView rows={rows} range={range} onPickBatch={props.onPickBatch} />;
    case 'misses':
      return (
        <MissesView
          rows={rows}
          picked={choices.picked}
          hasMarks={props.hasMarks}
          onPick={(picked) => onChoose({ picked })}
          onMark={props.onMark}
          onUnmark={props.onUnmark}
          onSaveCsv={onSaveCsv}
        />
      );
    case 'pipelines':
      return <PipelinesView rows={rows} />;
    case 'versions':
      return <VersionsView rows={rows} obstacle={props.controlObstacle} onChange={props.onChange} />;
    case 'engines':
      return (
        <EnginesView
          rows={rows}
          view={choices.engineView}
          onView={(engineView) => onChoose({ engineView })}
          isAlive={props.isAlive}
          layOut={props.layOut}
          model={choices.model}
          onModel={(model) => onChoose({ model })}
          onSavePng={onSavePng}
          onSaveCsv={onSaveCsv}
        />
      );
  }
}
