// The window as a whole: which sessions are open, what the host offers, and what a person should read. Made once in main.tsx.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppDescription, Baseline, WindowNotificationParams } from '../../../shared/window/methods';
import type { OpenSession } from './open-session';
import type { Question } from './questions';

export interface Notice {
  readonly id: number;
  readonly severity: 'info' | 'warning' | 'error';
  readonly sentence: string;
  readonly remedy: string;
}

/** What is under way and may be cancelled: connecting, exporting. */
export interface Work {
  readonly title: string;
  readonly doneRatio: number | undefined;
  readonly log: string;
  readonly cancel: () => void;
}

export type Theme = 'dark' | 'light';
export type PaletteName = 'default' | 'colorBlind';
export type Overlay = 'palette' | 'keys' | 'connect' | undefined;

export interface AppState {
  readonly description: AppDescription | undefined;
  readonly sessions: readonly OpenSession[];
  /** Of the session in front; undefined is the start page. */
  readonly activeKey: number | undefined;
  readonly notices: readonly Notice[];
  /** Experiments that were kept to be compared with; empty until somebody asked. */
  readonly baselines: readonly Baseline[];
  readonly questions: readonly Question[];
  readonly work: Work | undefined;
  readonly theme: Theme;
  readonly palette: PaletteName;
  readonly overlay: Overlay;
}

export type AppStore = StoreApi<AppState>;

export function createAppStore(theme: Theme, palette: PaletteName): AppStore {
  return createStore<AppState>()(() => ({
    description: undefined,
    sessions: [],
    activeKey: undefined,
    notices: [],
    baselines: [],
    questions: [],
    work: undefined,
    theme,
    palette,
    overlay: undefined,
  }));
}

let lastNoticeId = 0;

export function addNotice(store: AppStore, notice: Omit<Notice, 'id'>): void {
  lastNoticeId += 1;
  const id = lastNoticeId;
  // What is said already is not said twice.
  const others = (notices: readonly Notice[]) => notices.filter(({ sentence }) => sentence !== notice.sentence);
  store.setState(({ notices }) => ({ notices: [...others(notices).slice(-4), { ...notice, id }] }));
}

export function removeNotice(store: AppStore, id: number): void {
  store.setState(({ notices }) => ({ notices: notices.filter((each) => each.id !== id) }));
}

export function activeSession({ sessions, activeKey }: AppState): OpenSession | undefined {
  return sessions.find((each) => each.key === activeKey);
}

export function noteProgress(
  store: AppStore,
  { step, text, doneRatio }: WindowNotificationParams<'connect/progress'>,
): void {
  store.setState(({ work }) =>
    work ? { work: { ...work, title: step, doneRatio, log: (work.log + (text ?? '')).slice(-20_000) } } : {},
  );
}
