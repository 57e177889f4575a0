// Which panels there are and where they stand at first.

import type { DockviewApi } from 'dockview-react';

export const PANEL_TITLES = {
  tables: 'Tables',
  memory: 'Memory',
  launch: 'Launch',
  output: 'Output',
  details: 'Details',
  connection: 'Connection',
  notes: 'Notes',
} as const;

export type PanelId = keyof typeof PANEL_TITLES;

/** Timeline above, tables below, what is about one thing at the right. */
export function buildDefaultLayout(api: DockviewApi, isLive: boolean): void {
  api.clear();
  const add = (
    id: PanelId,
    position?: { referencePanel: PanelId; direction?: 'right' | 'below' | 'within' },
    width?: number,
  ) => api.addPanel({ id, component: id, title: PANEL_TITLES[id], position, initialWidth: width });
  add('output');
  add('tables', { referencePanel: 'output', direction: 'within' });
  add('memory', { referencePanel: 'output', direction: 'within' });
  add('details', { referencePanel: 'output', direction: 'right' }, 330);
  add('launch', { referencePanel: 'details', direction: 'within' });
  add('connection', { referencePanel: 'details', direction: 'within' });
  add('notes', { referencePanel: 'details', direction: 'within' });
  api.getPanel(isLive ? 'launch' : 'details')?.api.setActive();
}

/** A layout that was kept is used when it holds at least the timeline. */
export function isCompleteLayout(kept: unknown): kept is Parameters<DockviewApi['fromJSON']>[0] {
  const { panels } = (kept ?? {}) as { panels?: Record<string, unknown> };
  return panels !== undefined && Object.hasOwn(panels, 'timeline');
}
