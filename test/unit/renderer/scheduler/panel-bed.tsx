// The panel's main part for tests, with callbacks that remember, and rows as objects.

import { cleanup, fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, vi } from 'vitest';
import { layOutGraph } from '../../../../app/renderer/model/scheduler/graph/layout';
import { SchedulerMain, type SchedulerMainProps } from '../../../../app/renderer/panels/scheduler/scheduler-main';
import type { SchedulerRows } from '../../../../app/renderer/panels/scheduler/use-scheduler';
import { createSchedulerStore } from '../../../../app/renderer/state/scheduler-store';
import type { WindowTable } from '../../../../shared/window/methods';
import { giveElementsSize } from '../element-size';
import { MS } from './rows';

/** What ECharts needs of a canvas, which happy-dom does not have. */
function fakeCanvas(): void {
  const context: object = new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'measureText' ? () => ({ width: 10 }) : name === 'canvas' ? undefined : () => context,
      set: () => true,
    },
  );
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as CanvasRenderingContext2D);
}

/** What the panel called back with, in order. */
export const happened: unknown[] = [];

/** Before and after each test: elements with a size, a canvas that draws nothing, nothing remembered. */
export function preparePanel(): void {
  beforeEach(() => {
    giveElementsSize(1000, 400);
    fakeCanvas();
    happened.length = 0;
  });
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
  });
}

/** Objects as the window gets rows. */
export function tableOf(rows: readonly object[]): WindowTable {
  const names = Object.keys(rows[0] ?? {});
  return {
    columns: names.map((name) => ({ name, isText: typeof (rows[0] as Record<string, unknown>)[name] === 'string' })),
    rows: rows.map((row) => names.map((name) => (row as Record<string, string | number>)[name])),
  };
}

export const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
export const isDisabled = (name: string) => (screen.getByRole('button', { name }) as HTMLButtonElement).disabled;

const RANGE = { fromNs: 0, toNs: 100 * MS };
export const NO_ROWS: SchedulerRows = {
  tab: 'queues',
  range: undefined,
  levels: [],
  models: [],
  tables: {},
  life: undefined,
  liveModels: [],
  builds: [],
  nowNs: 0,
};
export const ROWS: SchedulerRows = { ...NO_ROWS, range: RANGE, models: ['caption', 'detect'] };

/** The panel with choices of its own; every callback is remembered. */
export function Main(props: Partial<SchedulerMainProps>) {
  const [choices, setChoices] = useState(createSchedulerStore({ isLive: true }).getState());
  return (
    <SchedulerMain
      rows={props.rows && { ...props.rows, tab: choices.tab }}
      choices={props.choices ?? choices}
      isLive={props.isLive ?? true}
      isRunning={props.isRunning ?? false}
      isAlive={props.isAlive ?? true}
      layOut={async (shape) => layOutGraph(shape)}
      hasMarks={false}
      hasSelection={false}
      controlObstacle={props.controlObstacle}
      onChoose={(change) => {
        happened.push(change);
        setChoices((before) => ({ ...before, ...change }));
      }}
      onChange={(change) => happened.push(change)}
      onPickBatch={({ batch }) => happened.push(`batch ${batch}`)}
      onMark={(misses) => happened.push(`mark ${misses.length}`)}
      onUnmark={() => happened.push('unmark')}
      colors={{ palette: 'default', theme: 'dark' }}
      onPickWork={({ name }) => happened.push(`work ${name}`)}
      onShowOnTimeline={({ request }) => happened.push(`timeline ${request}`)}
      onSavePng={() => {}}
      onSaveCsv={() => {}}
    />
  );
}
