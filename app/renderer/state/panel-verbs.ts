// What the verbs of one panel share: the window's own verbs, questions to the session, and notices.

import type { AppBridge } from '../../../shared/window/bridge';
import type { WindowTable } from '../../../shared/window/methods';
import type { HostClient } from '../bridge/host-client';
import { type AppStore, addNotice } from './app-store';
import type { OpenSession } from './open-session';

/** What a panel needs of the window's other verbs. */
export interface WindowVerbs {
  readonly store: AppStore;
  readonly bridge: AppBridge;
  readonly request: HostClient['request'];
  stop(session: OpenSession, targetId: number, signal: 'SIGTERM'): Promise<void>;
  tell(error: unknown): void;
}

export class PanelVerbs {
  constructor(protected readonly actions: WindowVerbs) {}

  query({ key }: OpenSession, sql: string): Promise<WindowTable> {
    return this.actions.request('session/query', { session: key, sql });
  }

  protected say(sentence: string): void {
    addNotice(this.actions.store, { severity: 'info', sentence, remedy: '' });
  }

  /** A failure becomes a notice. */
  protected async try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.actions.tell(error);
    }
  }
}
