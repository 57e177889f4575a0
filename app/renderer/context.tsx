// What every component may need, handed down once: the verbs, and hooks over the stores.

import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Actions } from './state/actions';
import type { AppState } from './state/app-store';
import type { OpenSession, SessionFacts } from './state/open-session';
import type { SessionChoices } from './state/session-store';

export const ActionsContext = createContext<Actions | undefined>(undefined);
export const SessionContext = createContext<OpenSession | undefined>(undefined);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('no Actions above this component');
  return actions;
}

export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useActions().store, select);
}

export function useSession(): OpenSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session above this component');
  return session;
}

export function useFacts<T>(select: (facts: SessionFacts) => T): T {
  return useStore(useSession().facts, select);
}

export function useChoices<T>(select: (choices: SessionChoices) => T): T {
  return useStore(useSession().choices, select);
}
