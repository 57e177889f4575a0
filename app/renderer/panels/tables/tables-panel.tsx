// The reports of the session, restricted to the selected range. The rows are the host's: this panel asks, shows, and tells the timeline
// what to point out.

import './tables-panel.css';
import { useId, useState } from 'react';
import { useStore } from 'zustand';
import type { WindowTable } from '../../../../shared/window/methods';
import type { Cell, TimeUnit } from '../../model/table/columns';
import type { SessionStore, TimeRange } from '../../state/session-store';
import { Tabs } from '../../widgets/tabs';
import type { KernelChoice, KernelDurations } from './kernel-durations';
import { type KernelAnswer, KernelHistogram } from './kernel-histogram';
import { cellUnder, KERNELS_BY_LAUNCH, REPORT_TABS, type ReportTabId } from './report-tabs';
import { type ReportAnswer, ReportView } from './report-view';
import { useLiveAnswer } from './use-live-answer';

export interface TablesPanelProps {
  /** Asks for a report over the rows that begin in the range; undefined is the whole session. */
  readonly ask: (report: string, range: TimeRange | undefined) => Promise<WindowTable>;
  /** Durations of one kernel in the range; `launch` restricts them to one grid and block (see kernelDurationsSql). */
  readonly askDurations: (
    name: string,
    range: TimeRange | undefined,
    launch: KernelChoice['launch'],
  ) => Promise<KernelDurations>;
  readonly store: SessionStore;
  /** Counts up when there are more rows. */
  readonly revision: number;
  readonly isLive: boolean;
  /** Shows the slices of this name on the timeline. */
  readonly onZoomTo: (name: string) => void;
  /** Saves a file; `name` is a proposal for it. */
  readonly onSaveCsv: (name: string, text: string) => void;
  /** The command line that prints the same report. */
  readonly commandFor: (report: string) => string;
}

const keyOf = (...parts: readonly unknown[]) => JSON.stringify(parts);

function kernelOf(table: WindowTable, cells: readonly Cell[]): KernelChoice | undefined {
  const name = cellUnder(table, cells, 'Name');
  const grid = cellUnder(table, cells, 'GridXYZ');
  const block = cellUnder(table, cells, 'BlockXYZ');
  if (typeof name !== 'string') return undefined;
  return typeof grid === 'string' && typeof block === 'string' ? { name, launch: { grid, block } } : { name };
}

/** Tabs of reports, and the histogram of the kernel that is selected in them. */
export function TablesPanel(props: TablesPanelProps) {
  const { ask, store, onZoomTo, onSaveCsv, commandFor } = props;
  const [tabId, setTabId] = useState<ReportTabId>('kernels');
  const [isByLaunch, setByLaunch] = useState(false);
  const [timeUnit, setTimeUnit] = useState<TimeUnit>('auto');
  const [kernel, setKernel] = useState<KernelChoice>();
  const range = useStore(store, ({ selection }) => selection);
  const nameFilter = useStore(store, (choices) => choices.nameFilter);
  const panelId = useId();
  const tab = REPORT_TABS.find(({ id }) => id === tabId) ?? REPORT_TABS[0];
  const report = tabId === 'kernels' && isByLaunch ? KERNELS_BY_LAUNCH : tab.report;
  const answer = useLiveAnswer<ReportAnswer>(
    keyOf(report, range),
    async () => ({ report, range, table: await ask(report, range) }),
    props,
  );
  return (
    <div className="tables-panel" data-testid="tables-panel">
      <div className="tables-panel-bar">
        <Tabs label="Reports" tabs={REPORT_TABS} activeId={tabId} onChange={setTabId} panelId={panelId} />
        {tabId === 'kernels' && (
          <label className="tables-panel-switch">
            <input
              type="checkbox"
              checked={isByLaunch}
              onChange={(event) => {
                setByLaunch(event.target.checked);
                setKernel(undefined);
              }}
              data-testid="by-grid-and-block"
            />
            by grid and block
          </label>
        )}
      </div>
      <div className="tables-panel-body" role="tabpanel" id={panelId} aria-label={tab.title}>
        <ReportView
          tab={tab}
          report={report}
          answer={answer}
          timeUnit={timeUnit}
          onTimeUnit={setTimeUnit}
          nameFilter={nameFilter}
          onFilterName={(name) => store.setState({ nameFilter: name })}
          onZoomTo={onZoomTo}
          onSelect={(table, cells) => tabId === 'kernels' && setKernel(kernelOf(table, cells))}
          onSaveCsv={(csv) => onSaveCsv(`${report}.csv`, csv)}
          command={commandFor(report)}
        />
        {tabId === 'kernels' && kernel && (
          <KernelSide {...props} kernel={kernel} range={range} onClose={() => setKernel(undefined)} />
        )}
      </div>
    </div>
  );
}

interface KernelSideProps extends TablesPanelProps {
  readonly kernel: KernelChoice;
  readonly range: TimeRange | undefined;
  readonly onClose: () => void;
}

function KernelSide({ kernel, range, onClose, askDurations, revision, isLive }: KernelSideProps) {
  const durations = useLiveAnswer<KernelAnswer>(
    keyOf(kernel, range),
    async () => ({ kernel, durations: await askDurations(kernel.name, range, kernel.launch) }),
    { revision, isLive },
  );
  return <KernelHistogram durations={durations} name={(durations.answer?.kernel ?? kernel).name} onClose={onClose} />;
}
