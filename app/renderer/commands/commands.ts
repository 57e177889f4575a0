// Every command of the window, once: the palette, the keys and the menu are made from this list.

import { EXPORT_FORMATS, type ExportFormat } from '../../../shared/window/methods';
import { PANEL_TITLES } from '../layout';
import type { Actions } from '../state/actions';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** As shown to a person: Ctrl+Shift+P. */
  readonly keys?: string;
  readonly run: (actions: Actions) => void;
  /** Whether it makes sense now; always when undefined. */
  readonly isEnabled?: (actions: Actions) => boolean;
}

const hasSession = (actions: Actions) => actions.active !== undefined;
const hasLiveSession = (actions: Actions) => actions.active?.facts.getState().description.kind === 'live';
const onSession = (act: (actions: Actions, session: NonNullable<Actions['active']>) => void) => (actions: Actions) => {
  const { active } = actions;
  if (active) act(actions, active);
};
const EXPORT_TITLES: Readonly<Record<ExportFormat, string>> = {
  chrome: 'Export as Chrome trace (Perfetto)',
  speedscope: 'Export for speedscope',
  parquet: 'Export as Parquet',
  csv: 'Export as CSV',
};

/** Layout commands need the dock, which the session view registers here while it is shown. */
export const dockCommands: { showPanel?: (id: string) => void; resetLayout?: () => void } = {};

export const COMMANDS: readonly Command[] = [
  { id: 'file.open', title: 'Open a session file…', keys: 'Ctrl+O', run: (actions) => void actions.openFile() },
  {
    id: 'file.connect',
    title: 'Connect…',
    keys: 'Ctrl+Shift+O',
    run: ({ store }) => store.setState({ overlay: 'connect' }),
  },
  {
    id: 'file.save',
    title: 'Save the session',
    keys: 'Ctrl+S',
    isEnabled: hasSession,
    run: onSession((actions, session) => void actions.save(session)),
  },
  {
    id: 'file.close',
    title: 'Close the session',
    keys: 'Ctrl+W',
    isEnabled: hasSession,
    run: onSession((actions, session) => void actions.close(session)),
  },
  ...EXPORT_FORMATS.map((format) => ({
    id: `export.${format}`,
    title: `${EXPORT_TITLES[format]}…`,
    isEnabled: hasSession,
    run: onSession((actions, session) => void actions.export(session, format)),
  })),
  {
    id: 'demo.run',
    title: 'Run the built-in workload on this machine',
    run: (actions) => void actions.startDemo(),
  },
  {
    id: 'laboratory.run',
    title: 'Laboratory: run the experiment',
    keys: 'Ctrl+Shift+E',
    isEnabled: hasLiveSession,
    run: onSession((actions, session) => {
      dockCommands.showPanel?.('laboratory');
      void actions.laboratory.run(session);
    }),
  },
  {
    id: 'laboratory.cancel',
    title: 'Laboratory: cancel the experiment',
    isEnabled: hasLiveSession,
    run: onSession((actions, session) => void actions.laboratory.cancel(session)),
  },
  {
    id: 'laboratory.csv',
    title: 'Laboratory: export the points as CSV…',
    isEnabled: hasSession,
    run: onSession((actions, session) => void actions.laboratory.saveCsv(session)),
  },
  {
    id: 'scheduler.run',
    title: 'Scheduler: run the workload',
    isEnabled: hasLiveSession,
    run: onSession((actions, session) => {
      dockCommands.showPanel?.('scheduler');
      void actions.scheduler.run(session);
    }),
  },
  {
    id: 'scheduler.stop',
    title: 'Scheduler: stop the workload',
    isEnabled: hasLiveSession,
    run: onSession((actions, session) => void actions.scheduler.stop(session)),
  },
  { id: 'start.show', title: 'Start page', run: (actions) => actions.activate(undefined) },
  {
    id: 'palette.open',
    title: 'Command palette',
    keys: 'Ctrl+Shift+P',
    run: ({ store }) => store.setState({ overlay: 'palette' }),
  },
  { id: 'keys.show', title: 'Keys', keys: '?', run: ({ store }) => store.setState({ overlay: 'keys' }) },
  {
    id: 'view.theme',
    title: 'Light or dark',
    run: ({ store }) => store.setState(({ theme }) => ({ theme: theme === 'dark' ? 'light' : 'dark' })),
  },
  {
    id: 'view.palette',
    title: 'Colour-blind palette on or off',
    run: ({ store }) =>
      store.setState(({ palette }) => ({ palette: palette === 'default' ? 'colorBlind' : 'default' })),
  },
  {
    id: 'view.undo',
    title: 'Undo view change',
    keys: 'Ctrl+Z',
    isEnabled: hasSession,
    run: onSession((_, { history }) => history.undo()),
  },
  {
    id: 'view.redo',
    title: 'Redo view change',
    keys: 'Ctrl+Shift+Z',
    isEnabled: hasSession,
    run: onSession((_, { history }) => history.redo()),
  },
  {
    id: 'view.reset-layout',
    title: 'Reset the layout',
    isEnabled: hasSession,
    run: () => dockCommands.resetLayout?.(),
  },
  ...Object.entries(PANEL_TITLES).map(([id, title]) => ({
    id: `panel.${id}`,
    title: `Show ${title}`,
    isEnabled: hasSession,
    run: () => dockCommands.showPanel?.(id),
  })),
];

export function runCommand(actions: Actions, id: string): void {
  const command = COMMANDS.find((each) => each.id === id);
  if (command && (command.isEnabled?.(actions) ?? true)) command.run(actions);
}

/** "Ctrl+Shift+P" for a key press; the Command key counts as Ctrl. */
export function keysOf({ ctrlKey, metaKey, shiftKey, altKey, key }: KeyboardEvent): string {
  const words = [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shiftKey && key !== '?' ? 'Shift' : ''];
  return [...words.filter((word) => word !== ''), key.length === 1 ? key.toUpperCase() : key].join('+');
}

/** Bare keys do nothing while a person types. */
export function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.matches) return false;
  return (
    element.isContentEditable ||
    element.matches('input:not([type=range],[type=checkbox],[type=radio]), textarea, select')
  );
}
