// Which panels there are and where they stand at first.

import type { DockviewApi } from 'dockview-react';

export const PANEL_TITLES = {
  timeline: 'Timeline',
  tables: 'Tables',
  memory: 'Memory',
  launch: 'Launch',
  output: 'Output',
  details: 'Details',
  laboratory: 'Laboratory',
  scheduler: 'Scheduler',
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
  add('timeline');
  add('laboratory', { referencePanel: 'timeline', direction: 'within' });
  add('scheduler', { referencePanel: 'timeline', direction: 'within' });
  add('details', { referencePanel: 'timeline', direction: 'right' }, 330);
  add('launch', { referencePanel: 'details', direction: 'within' });
  add('connection', { referencePanel: 'details', direction: 'within' });
  add('notes', { referencePanel: 'details', direction: 'within' });
  add('tables', { referencePanel: 'timeline', direction: 'below' });
  add('memory', { referencePanel: 'tables', direction: 'within' });
  add('output', { referencePanel: 'tables', direction: 'within' });
  api.getPanel('timeline')?.api.setActive();
  api.getPanel('tables')?.api.setActive();
  api.getPanel('tables')?.api.setSize({ height: 300 });
  api.getPanel(isLive ? 'launch' : 'details')?.api.setActive();
}

/** A layout that was kept is used when it holds at least the timeline. */
export function isCompleteLayout(kept: unknown): kept is Parameters<DockviewApi['fromJSON']>[0] {
  const { panels } = (kept ?? {}) as { panels?: Record<string, unknown> };
  return panels !== undefined && Object.hasOwn(panels, 'timeline');
}
