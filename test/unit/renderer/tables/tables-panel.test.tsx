// @vitest-environment happy-dom
// The panel with a host that answers from a table in memory.

import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TablesPanel, type TablesPanelProps } from '../../../../app/renderer/panels/tables/tables-panel';
import { createSessionStore, type SessionStore } from '../../../../app/renderer/state/session-store';
import type { WindowTable } from '../../../../shared/window/methods';
import { giveElementsSize } from '../element-size';

const number = (name: string) => ({ name, isText: false });
const text = (name: string) => ({ name, isText: true });

const TABLES: Readonly<Record<string, WindowTable>> = {
  cuda_gpu_kern_sum: {
    columns: [number('Time (%)'), number('Total Time (ns)'), text('Name')],
    rows: [
      [75, 3000, 'alpha'],
      [25, 1000, 'beta [CPU]'],
    ],
  },
  cuda_gpu_kern_gb_sum: {
    columns: [number('Time (%)'), text('GridXYZ'), text('BlockXYZ'), text('Name')],
    rows: [[100, '   4    1    1', ' 128    1    1', 'alpha']],
  },
  cuda_gpu_mem_time_sum: {
    columns: [number('Time (%)'), text('Operation')],
    rows: [[100, '[CUDA memcpy Host-to-Device]']],
  },
  losses: { columns: [number('Time (ns)'), text('What')], rows: [] },
};

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

let store: SessionStore;
let asked: string[];
const happened: string[] = [];

beforeEach(() => {
  giveElementsSize(1200, 400);
  fakeCanvas();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  store = createSessionStore();
  asked = [];
  happened.length = 0;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const settle = (ms = 0) => act(() => vi.advanceTimersByTimeAsync(ms));

function panel(more: Partial<TablesPanelProps> = {}) {
  return (
    <TablesPanel
      store={store}
      revision={0}
      isLive={false}
      ask={async (report, range) => {
        asked.push(range ? `${report} ${range.fromNs}..${range.toNs}` : report);
        return TABLES[report];
      }}
      askDurations={async (name, _, launch) => {
        asked.push(`durations ${name}${launch ? ` ${launch.grid.trim()}` : ''}`);
        return { durationsNs: [10, 20], counts: [3, 1] };
      }}
      onZoomTo={(name) => happened.push(`zoom ${name}`)}
      onSaveCsv={(name, csv) => happened.push(`save ${name}: ${csv.split('\r\n')[1]}`)}
      commandFor={(report) => `hookanalyzer stats FILE --report ${report}`}
      {...more}
    />
  );
}

async function show(more: Partial<TablesPanelProps> = {}) {
  const view = render(panel(more));
  await settle();
  return view;
}

const rows = () => screen.getAllByTestId('table-row');
const names = () => rows().map((row) => within(row).getAllByRole('gridcell').at(-1)?.textContent);

test('kernels of the whole session at first; a selection asks again and is said', async () => {
  await show();
  expect(names()).toEqual(['alpha', 'beta [CPU]']);
  expect(screen.getByTestId('report-range').textContent).toBe('whole session');
  act(() => store.setState({ selection: { fromNs: 1e6, toNs: 3e6 } }));
  await settle();
  expect(asked).toEqual(['cuda_gpu_kern_sum', 'cuda_gpu_kern_sum 1000000..3000000']);
  expect(screen.getByTestId('report-range').textContent).toBe('of the selected range (2.000 ms)');
});

test('tabs and the switch ask for their reports', async () => {
  await show();
  fireEvent.click(screen.getByTestId('by-grid-and-block'));
  await settle();
  expect(screen.getByTestId('column-GridXYZ')).toBeTruthy();
  fireEvent.click(screen.getByTestId('tab-copiesByTime'));
  await settle();
  expect(names()).toEqual(['[CUDA memcpy Host-to-Device]']);
  expect(asked).toEqual(['cuda_gpu_kern_sum', 'cuda_gpu_kern_gb_sum', 'cuda_gpu_mem_time_sum']);
});

test('a click filters the timeline by the name that it knows, a second click clears it', async () => {
  await show();
  fireEvent.click(rows()[1], { detail: 1 });
  expect(store.getState().nameFilter).toBe('beta');
  expect(rows().map((row) => row.dataset.marked)).toEqual(['false', 'true']);
  fireEvent.click(rows()[1], { detail: 1 });
  expect(store.getState().nameFilter).toBe('');
});

test('a double click filters and zooms', async () => {
  await show();
  fireEvent.click(rows()[0], { detail: 1 });
  fireEvent.click(rows()[0], { detail: 2 });
  fireEvent.doubleClick(rows()[0]);
  expect([happened, store.getState().nameFilter]).toEqual([['zoom alpha'], 'alpha']);
});

test('the chosen kernel has a histogram and its figures; its grid and block are asked for too', async () => {
  await show();
  fireEvent.click(rows()[0], { detail: 1 });
  await settle();
  const figures = screen.getByTestId('kernel-figures').textContent ?? '';
  //  10 10 10 20: mean 12.5
  expect(figures).toContain('Count4');
  expect(figures).toContain('Mean12.5 ns');
  expect(figures).toContain('p5010 ns');
  fireEvent.click(screen.getByTestId('by-grid-and-block'));
  await settle();
  expect(screen.queryByTestId('kernel-histogram')).toBeNull();
  fireEvent.click(rows()[0], { detail: 1 });
  await settle();
  expect(asked.filter((each) => each.startsWith('durations'))).toEqual([
    'durations alpha',
    'durations alpha 4    1    1',
  ]);
});

test('while live, newer rows are asked for once a second at most; a file is asked once', async () => {
  const { rerender } = await show({ isLive: true });
  for (let revision = 1; revision <= 30; revision++) {
    rerender(panel({ isLive: true, revision }));
    await settle(100);
  }
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(asked.length).toBeLessThanOrEqual(4);
  await settle(2000);
  asked.length = 0;
  rerender(panel({ isLive: false, revision: 31 }));
  await settle(2000);
  rerender(panel({ isLive: false, revision: 32 }));
  await settle(2000);
  expect(asked).toEqual(['cuda_gpu_kern_sum']);
});

test('a failure is said with its remedy, and can be tried again', async () => {
  let isBroken = true;
  await show({
    ask: async (report) => {
      if (isBroken) throw new Error('The host has stopped.');
      return TABLES[report];
    },
  });
  expect(screen.getByRole('alert').textContent).toContain('The host has stopped. Try it again');
  isBroken = false;
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await settle(2000);
  expect(screen.queryByRole('alert')).toBeNull();
  expect(names()).toEqual(['alpha', 'beta [CPU]']);
});

test('a report without rows says so', async () => {
  await show();
  fireEvent.click(screen.getByTestId('tab-losses'));
  await settle();
  expect(screen.getByTestId('empty-state').textContent).toMatch(/^Nothing was lost in this session\./);
});

test('CSV is named after the report; the header of shares says of what', async () => {
  await show();
  fireEvent.click(screen.getByTestId('table-csv'));
  expect(happened).toEqual(['save cuda_gpu_kern_sum.csv: 75,3000,alpha']);
  const title = within(screen.getByTestId('column-Time (%)')).getByRole('button').title;
  expect(title).toContain('Time % is a share of the listed rows, not of wall time');
});
