// One session that is open in the window: what a person chose, its worker, and what the host says of it.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TargetExited, TargetState } from '../../../shared/rpc/methods';
import type { Annotations, LinkStatus, SessionDescription } from '../../../shared/window/methods';
import type { HostClient } from '../bridge/host-client';
import { WorkerClient } from '../worker/client';
import type { SessionMethods } from '../worker/main';
import { type AnnotationSync, syncAnnotations } from './annotation-sync';
import { createLaboratoryStore, type LaboratoryStore } from './laboratory-store';
import { createSchedulerStore, type SchedulerStore } from './scheduler-store';
import { createSessionStore, type SessionStore } from './session-store';
import { ViewHistory } from './view-history';

export interface OutputPiece {
  /** Counts up. */
  readonly id: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** A program that was started from the window. */
export interface LaunchedTarget {
  readonly targetId: number;
  readonly pid: number;
  readonly title: string;
  readonly kinds: readonly string[];
  readonly exited: TargetExited | undefined;
  /** Of the laboratory, when that is what it measures. */
  readonly experiment?: number;
  /** A workload under the scheduler. */
  readonly isWorkload?: boolean;
}

export interface SessionFacts {
  readonly description: SessionDescription;
  readonly status: LinkStatus | undefined;
  readonly output: readonly OutputPiece[];
  readonly targets: readonly LaunchedTarget[];
  readonly failure: { readonly sentence: string; readonly remedy: string } | undefined;
  /** All rows of the file are in the worker. */
  readonly isComplete: boolean;
}

export interface OpenSession {
  readonly key: number;
  readonly choices: SessionStore;
  readonly facts: StoreApi<SessionFacts>;
  readonly worker: WorkerClient<SessionMethods>;
  readonly history: ViewHistory;
  readonly annotations: StoreApi<Annotations>;
  readonly notes: AnnotationSync;
  readonly laboratory: LaboratoryStore;
  readonly scheduler: SchedulerStore;
}

/** Text of a program's output that is kept; the whole is in the session's file. */
const OUTPUT_PIECES_MAX = 4000;

/** Starts a worker and asks the host for the session's rows. */
export function openSession(
  description: SessionDescription,
  host: HostClient,
  tell: (error: unknown) => void,
): OpenSession {
  const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  const client = new WorkerClient<SessionMethods>(worker);
  const choices = createSessionStore({ isLive: description.kind === 'live' });
  const facts = createStore<SessionFacts>()(() => ({
    description,
    status: undefined,
    output: [],
    targets: [],
    failure: undefined,
    isComplete: false,
  }));
  const annotations = createStore<Annotations>()(() => ({ notes: '', marks: [] }));
  client.onRevision(({ revision, isComplete }) => {
    choices.setState({ revision });
    if (isComplete !== facts.getState().isComplete) facts.setState({ isComplete });
  });
  const notes = syncAnnotations(description.session, annotations, host, tell);
  attachRows(description.session, client, host);
  return {
    key: description.session,
    choices,
    facts,
    worker: client,
    history: new ViewHistory(choices),
    annotations,
    notes,
    laboratory: createLaboratoryStore(),
    scheduler: createSchedulerStore({ isLive: description.kind === 'live' }),
  };
}

function attachRows(key: number, client: WorkerClient<SessionMethods>, host: HostClient): void {
  const { port1, port2 } = new MessageChannel();
  client.attach(port1);
  host.attach(key, port2);
}

export function addOutput({ facts }: OpenSession, piece: Omit<OutputPiece, 'id'>): void {
  facts.setState(({ output }) => {
    const id = (output.at(-1)?.id ?? 0) + 1;
    return { output: [...output, { ...piece, id }].slice(-OUTPUT_PIECES_MAX) };
  });
}

/** The programs as the probe knows them: those that another page started too. */
export function noteTargets({ facts }: OpenSession, known: readonly TargetState[]): void {
  facts.setState(({ targets }) => ({
    targets: known.map(({ targetId, pid, command, args, kinds, exited }) => {
      const shown = targets.find((each) => each.targetId === targetId);
      const experiment = shown?.experiment ?? experimentOf(args);
      const isWorkload = shown?.isWorkload ?? isWorkloadOf(args);
      const otherwise = isWorkload ? 'Workload' : titleOf(command, args);
      const title = shown?.title ?? (experiment === undefined ? otherwise : 'Experiment');
      const state = { kinds: shown?.kinds ?? kinds, exited: exited ?? shown?.exited };
      return { targetId, pid, title, ...state, experiment, isWorkload };
    }),
  }));
}

/** Whether these are the arguments of a runner that serves a workload: its program, then the verb. */
const isWorkloadOf = (args: readonly string[]) => args[1] === 'workload';

/** The experiment that a runner measures, from its arguments. */
function experimentOf(args: readonly string[]): number | undefined {
  const at = args.indexOf('--experiment');
  const experiment = at < 0 ? Number.NaN : Number(args[at + 1]);
  return Number.isSafeInteger(experiment) ? experiment : undefined;
}

/** What a program is called in the window: its name without its folder, and its arguments. */
export function titleOf(command: string, args: readonly string[]): string {
  return [command.split('/').pop() ?? command, ...args].join(' ');
}

export function noteExit({ facts }: OpenSession, exited: TargetExited): void {
  facts.setState(({ targets }) => ({
    targets: targets.map((each) => (each.targetId === exited.targetId ? { ...each, exited } : each)),
  }));
}
