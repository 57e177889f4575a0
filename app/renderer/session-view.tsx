// The panels of one session in a dock whose layout is remembered.

import {
  type DockviewApi,
  DockviewReact,
  type DockviewReadyEvent,
  type IDockviewPanelProps,
  themeDark,
  themeLight,
} from 'dockview-react';
import 'dockview-react/dist/styles/dockview.css';
import { useEffect, useRef } from 'react';
import { dockCommands } from './commands/commands';
import { useApp, useFacts } from './context';
import { buildDefaultLayout, isCompleteLayout, PANEL_TITLES, type PanelId } from './layout';
import { ConnectionPanel } from './panels/connection/connection-panel';
import { DetailsPanel } from './panels/details/details-panel';
import { LaboratoryDock } from './panels/laboratory/laboratory-dock';
import { LaunchPanel } from './panels/launch/launch-panel';
import { MemoryDock } from './panels/memory/memory-dock';
import { NotesPanel } from './panels/notes/notes-panel';
import { OutputPanel } from './panels/output/output-panel';
import { SchedulerDock } from './panels/scheduler/scheduler-dock';
import { TablesDock } from './panels/tables/tables-dock';
import { TimelinePanel } from './panels/timeline/timeline-panel';

const LAYOUT_KEY = 'hookanalyzer.layout.3';

const PANELS: Readonly<Record<PanelId, () => React.ReactNode>> = {
  timeline: TimelinePanel,
  tables: TablesDock,
  memory: MemoryDock,
  launch: LaunchPanel,
  output: OutputPanel,
  details: DetailsPanel,
  laboratory: LaboratoryDock,
  scheduler: SchedulerDock,
  connection: ConnectionPanel,
  notes: NotesPanel,
};

const components = Object.fromEntries(
  Object.entries(PANELS).map(([id, Panel]) => [id, (_props: IDockviewPanelProps) => <Panel />]),
);

function restore(api: DockviewApi, isLive: boolean): void {
  try {
    const kept = JSON.parse(localStorage.getItem(LAYOUT_KEY) ?? 'null');
    if (isCompleteLayout(kept)) {
      api.fromJSON(kept);
      return;
    }
  } catch {
    // a layout of another version: begin with the default one
  }
  buildDefaultLayout(api, isLive);
}

export function SessionView({ isActive }: { readonly isActive: boolean }) {
  const theme = useApp((state) => state.theme);
  const isLive = useFacts(({ description }) => description.kind === 'live');
  const dock = useRef<DockviewApi | undefined>(undefined);

  useEffect(() => {
    if (!isActive) return;
    dockCommands.showPanel = (id) => {
      const api = dock.current;
      const panel = api?.getPanel(id) ?? api?.addPanel({ id, component: id, title: PANEL_TITLES[id as PanelId] });
      panel?.api.setActive();
    };
    dockCommands.resetLayout = () => {
      if (dock.current) buildDefaultLayout(dock.current, isLive);
    };
  }, [isActive, isLive]);

  const onReady = ({ api }: DockviewReadyEvent) => {
    dock.current = api;
    restore(api, isLive);
    api.onDidLayoutChange(() => localStorage.setItem(LAYOUT_KEY, JSON.stringify(api.toJSON())));
  };
  return (
    <div className="dock" data-testid="session-view">
      <DockviewReact components={components} onReady={onReady} theme={theme === 'dark' ? themeDark : themeLight} />
    </div>
  );
}
