import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { syncAnnotations } from '../../../app/renderer/state/annotation-sync';
import type { Annotations } from '../../../shared/window/methods';

const NONE: Annotations = { notes: '', marks: [] };
const MARK = { id: 1, fromNs: 5, toNs: 5, text: '' };

function bed(kept: Annotations | Error) {
  const written: Annotations[] = [];
  const told: unknown[] = [];
  const store = createStore<Annotations>()(() => NONE);
  const request = async (name: string, params: { annotations?: Annotations }) => {
    if (name === 'session/annotate') written.push(params.annotations as Annotations);
    else if (kept instanceof Error) throw kept;
    return kept;
  };
  const sync = syncAnnotations(7, store, { request } as never, (error) => told.push(error));
  return { store, sync, written, told };
}

const settle = () => vi.advanceTimersByTimeAsync(1000);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('what the sidecar holds is shown and not written back', async () => {
  const { store, written } = bed({ notes: 'why', marks: [MARK] });
  await settle();
  expect([store.getState().notes, written]).toEqual(['why', []]);
});

test('many changes are one write of the last', async () => {
  const { store, written } = bed(NONE);
  await settle();
  for (const notes of ['a', 'ab', 'abc']) store.setState({ notes });
  await settle();
  expect(written).toEqual([{ notes: 'abc', marks: [] }]);
});

test('a mark that was made before the sidecar was read joins what it holds', async () => {
  const { store, written } = bed({ notes: 'why', marks: [MARK] });
  store.setState({ marks: [{ ...MARK, id: 2 }] });
  await settle();
  expect(written.at(-1)).toEqual({ notes: 'why', marks: [MARK, { ...MARK, id: 2 }] });
});

test('a sidecar that cannot be read is never written over', async () => {
  const { store, written, told } = bed(new Error('damaged'));
  await settle();
  store.setState({ notes: 'typed' });
  await settle();
  expect([written, told.length]).toEqual([[], 1]);
});

test('closing writes what was typed last, and nothing after it', async () => {
  const { store, sync, written } = bed(NONE);
  await settle();
  store.setState({ notes: 'last' });
  await sync.flush();
  sync.stop();
  store.setState({ notes: 'too late' });
  await settle();
  expect(written).toEqual([{ notes: 'last', marks: [] }]);
});
