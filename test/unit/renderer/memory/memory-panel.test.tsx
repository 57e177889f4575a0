// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MemoryPanel } from '../../../../app/renderer/panels/memory/memory-panel';
import { createSessionStore } from '../../../../app/renderer/state/session-store';
import { Transferred } from '../../../../app/renderer/worker/feature';
import { MemoryFeature } from '../../../../app/renderer/worker/memory-feature';
import type { AskMemory } from '../../../../app/renderer/worker/memory-methods';
import { GIB, MIB } from '../../../../shared/units/units';
import {
  apiPacket,
  devicePacket,
  healthPacket,
  memoryPacket,
  type Operation,
  processPacket,
  rangePacket,
  stringPacket,
} from './memory-rows';

const SIZE_PX = 400;

// happy-dom lays nothing out.
beforeEach(() => {
  for (const property of ['clientWidth', 'clientHeight', 'offsetWidth', 'offsetHeight'] as const) {
    vi.spyOn(HTMLElement.prototype, property, 'get').mockReturnValue(SIZE_PX);
  }
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** Answers as the worker's loop does. */
function askOf(feature: MemoryFeature): AskMemory {
  return async (method, params) => {
    const ask = feature.methods[method] as (params: unknown) => unknown;
    const answer = ask(params);
    if (!(answer instanceof Transferred)) return structuredClone(answer) as never;
    return structuredClone(answer.value, { transfer: [...answer.buffers] }) as never;
  };
}

function show(feature: MemoryFeature, marks: Parameters<typeof MemoryPanel>[0]['marks'] = []) {
  const store = createSessionStore();
  const formatTime = (timeNs: number) => `${timeNs} ns`;
  const panel = (revision: number) => (
    <MemoryPanel ask={askOf(feature)} store={store} revision={revision} formatTime={formatTime} marks={marks} />
  );
  const { rerender } = render(panel(0));
  return { store, showRevision: (revision: number) => rerender(panel(revision)) };
}

const block = (timeNs: number, address: number, mib: number, correlation = 0): Operation => {
  return { timeNs, address, bytes: mib * MIB, operation: 'allocate', correlation };
};

function filled(): MemoryFeature {
  const feature = new MemoryFeature();
  feature.append(stringPacket({ 1: 'cudaMalloc', 2: 'infer' }));
  feature.append(devicePacket(8 * GIB, 'Orin'));
  feature.append(
    memoryPacket([
      block(0, 0x10000000, 4, 1),
      block(1000, 0x20000000, 64),
      block(2000, 0x30000000, 16),
      { timeNs: 3000, address: 0x20000000, operation: 'free' },
      { timeNs: 4000, address: 0x20000000, bytes: MIB, operation: 'allocate', kind: 'pinned' },
    ]),
  );
  feature.append(apiPacket([{ startNs: 0, name: 1, thread: 5, correlation: 1 }]));
  feature.append(rangePacket([{ startNs: 900, durationNs: 1500, name: 2, thread: 5 }]));
  return feature;
}

const rowTexts = () => {
  return screen.getAllByTestId('memory-row').map((row) => {
    const [address, size] = within(row).getAllByRole('cell');
    return `${address.textContent} ${size.textContent}`;
  });
};
const tile = (name: string) => screen.getByTestId(`memory-tile-${name}`).textContent;

test('without rows of memory it says what to do', async () => {
  show(new MemoryFeature());
  expect((await screen.findByTestId('memory-empty')).textContent).toContain(
    'Trace the kind memory to see allocations.',
  );
});

test('the newest moment: totals, and live blocks by size', async () => {
  show(filled());
  await waitFor(() => expect(rowTexts().length).toBe(3));
  expect(rowTexts()).toEqual(['0x000030000000 16.00 MiB', '0x000010000000 4.000 MiB', '0x000020000000 1.000 MiB']);
  expect(tile('live')).toBe('Live21.00 MiB3 blocks');
  expect(tile('peak')).toBe('Peak so far84.00 MiBat 2000 ns');
  expect(tile('gap')).toBe('Largest free gap508.0 MiBof 508.0 MiB in 1 gap');
  expect(tile('fragmentation')).toContain('0.0 %');
});

test('the slider shows a past moment, and Newest comes back', async () => {
  const { store } = show(filled());
  const slider = await screen.findByTestId('memory-slider');
  fireEvent.change(slider, { target: { value: '600' } });
  expect(store.getState().memoryAtNs).toBe(2400);
  await waitFor(() => expect(tile('live')).toBe('Live84.00 MiB3 blocks'));
  fireEvent.click(screen.getByTestId('memory-newest'));
  expect(store.getState().memoryAtNs).toBeUndefined();
  await waitFor(() => expect(tile('live')).toBe('Live21.00 MiB3 blocks'));
});

test('the right end of the slider is the newest moment', async () => {
  const { store } = show(filled());
  const slider = await screen.findByTestId('memory-slider');
  fireEvent.change(slider, { target: { value: '10' } });
  fireEvent.change(slider, { target: { value: '1000' } });
  expect(store.getState().memoryAtNs).toBeUndefined();
});

test('the peak is a button that goes to its moment', async () => {
  const { store } = show(filled());
  fireEvent.click(await screen.findByText('at 2000 ns'));
  expect(store.getState().memoryAtNs).toBe(2000);
});

test('heads sort: address upwards, age with the oldest first', async () => {
  show(filled());
  await waitFor(() => expect(rowTexts().length).toBe(3));
  fireEvent.click(screen.getByRole('button', { name: 'Address' }));
  await waitFor(() => expect(rowTexts()[0]).toContain('0x000030000000'));
  fireEvent.click(screen.getByRole('button', { name: /Address/ }));
  await waitFor(() => expect(rowTexts()[0]).toContain('0x000010000000'));
  fireEvent.click(screen.getByRole('button', { name: 'Age' }));
  await waitFor(() => {
    expect(rowTexts().map((each) => each.split(' ')[0])).toEqual([
      '0x000010000000',
      '0x000030000000',
      '0x000020000000',
    ]);
  });
  expect(screen.getByRole('columnheader', { name: /Age/ }).getAttribute('aria-sort')).toBe('descending');
});

test('a row selects its block, arrows go on, and the details tell who allocated it', async () => {
  show(filled());
  await waitFor(() => expect(rowTexts().length).toBe(3));
  fireEvent.click(screen.getByRole('button', { name: '0x000030000000' }));
  const details = screen.getByTestId('memory-details');
  await waitFor(() => expect(details.textContent).toContain('16.00 MiB'));
  expect(details.textContent).toContain('Callnot traced');
  fireEvent.keyDown(screen.getByRole('button', { name: '0x000030000000' }), { key: 'ArrowDown' });
  await waitFor(() => expect(details.textContent).toContain('CallcudaMalloc'));
  const next = screen.getByRole('button', { name: '0x000010000000' });
  expect(next.getAttribute('aria-pressed')).toBe('true');
  expect(document.activeElement).toBe(next);
});

test('pointing at the map tells about a block, a click selects it', async () => {
  const feature = filled();
  show(feature);
  const canvas = await waitFor(() => {
    const found = screen.getByTestId('memory-map').querySelector('canvas');
    expect(found?.style.height).not.toBe('0px');
    return found as HTMLCanvasElement;
  });
  // As wide and high as the panel asks for in a box of SIZE_PX: less the padding, and the addresses on the left.
  const asked = { widthPx: SIZE_PX - 104 - 16, heightPx: SIZE_PX - 16, hasFreed: true };
  const { map, bytes } = feature.methods['memory/map'](asked).value;
  const rect = map.block.findIndex((block) => bytes[block] === 64 * MIB);
  const pointer = { clientX: 104 + map.xPx[rect] + 1, clientY: map.yPx[rect] + 1 };
  fireEvent.mouseMove(canvas, pointer);
  const tooltip = await screen.findByTestId('memory-tooltip');
  expect(tooltip.textContent).toContain('0x000020000000freedSize64.00 MiB');
  await waitFor(() => expect(tooltip.textContent).toContain('Lived2.000 µs'));
  fireEvent.click(canvas, pointer);
  await waitFor(() => expect(screen.getByTestId('memory-details').textContent).toContain('Freed3000 ns'));
  fireEvent.mouseMove(canvas, { clientX: 0, clientY: 0 });
  expect(screen.queryByTestId('memory-tooltip')).toBeNull();
});

test('one kind of memory can be shown alone', async () => {
  show(filled());
  await waitFor(() => expect(rowTexts().length).toBe(3));
  fireEvent.change(screen.getByLabelText('Show'), { target: { value: '1' } });
  await waitFor(() => expect(rowTexts()).toEqual(['0x000020000000 1.000 MiB']));
  expect(tile('gap')).toContain('0 B');
});

test('never freed says whether the program has ended', async () => {
  const feature = filled();
  const { showRevision } = show(feature);
  fireEvent.click(await screen.findByTestId('memory-tab-never'));
  await waitFor(() => expect(rowTexts().length).toBe(3));
  expect(screen.getByText('Not freed so far; the program has not ended.')).toBeDefined();
  feature.append(processPacket(1, 'exited', 5000, 77));
  showRevision(1);
  expect(await screen.findByText('Not freed when the program ended at 5000 ns.')).toBeDefined();
});

test('inside ranges: the selection, the marked ranges, or an NVTX range', async () => {
  const mark = { id: 1, fromNs: 3500, toNs: 4500, text: 'hot' };
  const { store } = show(filled(), [mark]);
  fireEvent.click(await screen.findByTestId('memory-tab-inside'));
  expect(screen.getByText('Nothing is selected. Drag over the timeline to select a range.')).toBeDefined();
  store.setState({ selection: { fromNs: 1500, toNs: 2500 } });
  await waitFor(() => expect(rowTexts()).toEqual(['0x000030000000 16.00 MiB']));
  fireEvent.change(screen.getByTestId('memory-place'), { target: { value: 'marks' } });
  await waitFor(() => expect(rowTexts()).toEqual(['0x000020000000 1.000 MiB']));
  await screen.findByText('infer (1)');
  fireEvent.change(screen.getByTestId('memory-place'), { target: { value: 'range:infer' } });
  await waitFor(() => expect(rowTexts()).toEqual(['0x000020000000 64.00 MiB', '0x000030000000 16.00 MiB']));
});

test('more rows are shown when the revision counts up', async () => {
  const feature = filled();
  const { showRevision } = show(feature);
  await waitFor(() => expect(rowTexts().length).toBe(3));
  feature.append(memoryPacket([block(5000, 0x50000000, 2)]));
  showRevision(1);
  await waitFor(() => expect(rowTexts().length).toBe(4));
});

test('the ledger adds up on a board with unified memory, and says why it is not there elsewhere', async () => {
  const feature = filled();
  feature.append(stringPacket({ 1: 'memory_total_bytes', 2: 'memory_free_bytes' }, 0));
  feature.append(
    healthPacket([
      { timeNs: 10, metric: 1, value: 8 * GIB },
      { timeNs: 10, metric: 2, value: 2 * GIB },
    ]),
  );
  const { showRevision } = show(feature);
  const ledger = await screen.findByTestId('memory-ledger');
  await waitFor(() => expect(ledger.textContent).toContain('RAM 8.000 GiB'));
  expect(ledger.textContent).toContain('CUDA (traced)21.00 MiB · 0.3 %');
  expect(ledger.textContent).toContain('Page cacheunknown');
  expect(ledger.textContent).toContain('Other programs and system + Page cache5.979 GiB together');
  feature.append(devicePacket(24 * GIB, 'NVIDIA L4'));
  showRevision(1);
  await waitFor(() => expect(ledger.textContent).toContain('has memory of its own'));
});

test('an error of the worker is one sentence with a remedy', async () => {
  const store = createSessionStore();
  const ask: AskMemory = () => Promise.reject(new Error('the session was closed'));
  render(<MemoryPanel ask={ask} store={store} revision={0} formatTime={String} />);
  expect((await screen.findByRole('alert')).textContent).toBe(
    'The memory map cannot be shown: the session was closed. Close the session and open it again.',
  );
});
