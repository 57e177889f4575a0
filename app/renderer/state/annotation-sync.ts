// Notes and marks of one session between the window and the host's sidecar: loaded once, written when a person changes them.

import type { StoreApi } from 'zustand/vanilla';
import type { Annotations } from '../../../shared/window/methods';
import type { HostClient } from '../bridge/host-client';

const WRITE_MS = 500;

export interface AnnotationSync {
  /** Writes what was not written yet. */
  flush(): Promise<void>;
  /** Nothing is read or written any more. */
  stop(): void;
}

/** Bound to the host that opened the session: another one may call something else by the same key. */
export function syncAnnotations(
  key: number,
  store: StoreApi<Annotations>,
  host: Pick<HostClient, 'request'>,
  tell: (error: unknown) => void,
): AnnotationSync {
  let isLoaded = false;
  let unwritten: Annotations | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    const next = unwritten;
    unwritten = undefined;
    if (next) await host.request('session/annotate', { session: key, annotations: next }).then(() => {}, tell);
  };
  // What was made before the sidecar was read stays, behind what it holds.
  const load = async () => {
    const kept = await host.request('session/annotations', { session: key });
    const made = store.getState();
    const isNew = made.notes !== '' || made.marks.length > 0;
    isLoaded = true;
    if (kept.notes === '' && kept.marks.length === 0) {
      if (isNew) change(made);
      return;
    }
    const marks = [...kept.marks, ...made.marks];
    const notes = [kept.notes, made.notes].filter((text) => text !== '').join('\n');
    if (isNew) store.setState({ notes, marks });
    else {
      isLoaded = false; // what comes from the sidecar is not written back
      store.setState({ notes, marks });
      isLoaded = true;
    }
  };
  const change = (next: Annotations) => {
    if (!isLoaded) return; // not read yet, or it cannot be read: then it is never written over
    unwritten = next;
    timer ??= setTimeout(() => void flush(), WRITE_MS);
  };
  const unsubscribe = store.subscribe((next, before) => {
    if (next.notes !== before.notes || next.marks !== before.marks) change(next);
  });
  load().catch(tell);
  return {
    flush,
    stop: () => {
      unsubscribe();
      clearTimeout(timer);
      unwritten = undefined;
    },
  };
}
