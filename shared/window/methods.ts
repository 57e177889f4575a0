// What the window and the host say to each other: JSON-RPC 2.0 (vscode-jsonrpc) over one MessagePort, both ways. Every method and its
// schemas, once. Rows do not go this way: each session has a data port (columns.ts).

import { z } from 'zod';
import { experimentSpec } from '../rpc/experiment';
import { launchParams, launchResult, targetExited, targetState, traceKind } from '../rpc/methods';
import {
  POLICY_CHOICES,
  WORKLOAD_PRESETS,
  WORKLOAD_SECONDS_MAX,
  WORKLOAD_TEXT_BYTES_MAX,
  workloadChange,
} from '../rpc/workload-control';

const sessionKey = z.number().int();
const nothing = z.object({});
const inSession = z.object({ session: sessionKey });

export const cell = z.union([z.number(), z.string(), z.boolean(), z.null()]);
/** A report or query as the window shows it. Integers beyond 2^53 come as text. */
export const resultTable = z.object({
  columns: z.array(z.object({ name: z.string(), isText: z.boolean() })),
  rows: z.array(z.array(cell)),
});
export type WindowTable = z.infer<typeof resultTable>;

export const sessionDescription = z.object({
  session: sessionKey,
  kind: z.enum(['file', 'live']),
  title: z.string(),
  /** Of the .hka file that holds it; a live session that was not saved has none. */
  path: z.string().optional(),
  isSaved: z.boolean(),
  /** user@host, or undefined for this machine and for files. */
  target: z.string().optional(),
  sessionId: z.string(),
  hostName: z.string(),
  system: z.string(),
  model: z.string(),
  probeVersion: z.string(),
  /** Wall clock at SessionNs 0. */
  epochUnixMs: z.number(),
  /** Sentences about a file that is cut off or damaged, and about what does not work on a board, with what mends it. */
  warnings: z.array(
    z.object({
      sentence: z.string(),
      remedy: z.string().optional(),
      /** To be run on the board, word for word. */
      command: z.string().optional(),
    }),
  ),
  /** The built-in workload as it is launched there. */
  demo: launchParams.optional(),
});
export type SessionDescription = z.infer<typeof sessionDescription>;

export const linkStatus = z.object({
  state: z.enum(['connecting', 'live', 'reconnecting', 'ended']),
  /** Why it reconnects or has ended, and what to do. */
  sentence: z.string().optional(),
  remedy: z.string().optional(),
  attempt: z.number().optional(),
  roundTripMs: z.number().optional(),
  bytesPerSec: z.number(),
  bytes: z.number(),
  reconnectCount: z.number(),
  damagedCount: z.number(),
  /** Packets at the probe that have not come yet. */
  backlogPackets: z.number().optional(),
  /** Of the probe's own process, when it says so. */
  probeLoadRatio: z.number().optional(),
  probeMemoryBytes: z.number().optional(),
  /** Half the round trip: how far the two machines' clocks may be apart when they are compared. */
  clockErrorMs: z.number().optional(),
  spoolBytes: z.number().optional(),
  isDiskFull: z.boolean().optional(),
});
export type LinkStatus = z.infer<typeof linkStatus>;

export const mark = z.object({
  id: z.number().int(),
  fromNs: z.number(),
  /** Equal to fromNs for a moment. */
  toNs: z.number(),
  text: z.string().max(10_000),
  color: z.number().int().optional(),
});
export type Mark = z.infer<typeof mark>;
export const annotations = z.object({ notes: z.string().max(1_000_000), marks: z.array(mark).max(10_000) });
export type Annotations = z.infer<typeof annotations>;

export const knownHost = z.object({ name: z.string(), target: z.string(), source: z.enum(['sshConfig', 'history']) });

export const appDescription = z.object({
  version: z.string(),
  /** Whether programs on this machine can be captured, and what is missing. */
  localCapture: z.object({ isReady: z.boolean(), sentence: z.string() }),
  hosts: z.array(knownHost),
  recentFiles: z.array(
    z.object({
      path: z.string(),
      exists: z.boolean(),
      /** A recording that nobody saved. */
      isRecording: z.boolean(),
    }),
  ),
  /** The latest first. */
  commands: z.array(launchParams),
  samplePath: z.string().optional(),
  /** The built-in workload as a launch. */
  demo: launchParams.optional(),
});
export type AppDescription = z.infer<typeof appDescription>;

export const EXPORT_FORMATS = ['chrome', 'speedscope', 'parquet', 'csv'] as const;
export const exportFormat = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof exportFormat>;

const range = { fromNs: z.number().optional(), toNs: z.number().optional() };

/** One point of a baseline: what the table `point` says of it. */
export const baselinePoint = z.object({
  series: z.string().max(200),
  x: z.number(),
  label: z.string().max(200),
  precision: z.string().max(20),
  medianNs: z.number(),
  spreadRatio: z.number(),
  flopsPerSec: z.number(),
  bytesPerSec: z.number(),
  occupancyRatio: z.number(),
});
/** An experiment's points, kept beyond its session. */
export const baseline = z.object({
  id: z.string(),
  name: z.string().min(1).max(200),
  /** Of the machine and its device that measured. */
  hostName: z.string().max(200),
  device: z.string().max(200),
  deviceKind: z.enum(['cuda', 'cpu']),
  /** Milliseconds since 1970. */
  measuredUnixMs: z.number(),
  spec: experimentSpec,
  points: z.array(baselinePoint).max(2000),
});
export type Baseline = z.infer<typeof baseline>;

/** A workload as it is asked for: a preset by its name, or the text of a workload file (YAML). */
export const workloadChoice = z.object({
  workload: z.union([
    z.object({ preset: z.enum(WORKLOAD_PRESETS) }),
    z.object({ text: z.string().min(1).max(WORKLOAD_TEXT_BYTES_MAX) }),
  ]),
  /** The workload's own when undefined. */
  policy: z.enum(POLICY_CHOICES).optional(),
  /** The workload's own when undefined. */
  seconds: z.number().positive().max(WORKLOAD_SECONDS_MAX).optional(),
  device: z.enum(['auto', 'cpu', 'cuda']).default('auto'),
});
export type WorkloadChoice = z.infer<typeof workloadChoice>;

/** Requests: the window asks, the host answers. A Failure (util/failure.ts) comes as the data of a FAILURE_CODE error. */
export const windowRequests = {
  'app/describe': { params: nothing, result: appDescription },
  /** Those that are open already: a page that was loaded again takes them up. */
  'app/sessions': { params: nothing, result: z.object({ sessions: z.array(sessionDescription) }) },
  'session/open': { params: z.object({ path: z.string() }), result: sessionDescription },
  /** No target is this machine: the host starts a probe of its own. `install` puts the probe on the board first. */
  'session/connect': {
    params: z.object({
      target: z.string().optional(),
      socketPath: z.string().optional(),
      install: z.boolean().optional(),
    }),
    result: sessionDescription,
  },
  'session/close': { params: inSession, result: nothing },
  /** The versions of the probe on the session's board. */
  'session/versions': {
    params: inSession,
    result: z.object({ versions: z.array(z.object({ name: z.string(), bytes: z.number(), isRunning: z.boolean() })) }),
  },
  'session/remove-versions': { params: inSession.extend({ names: z.array(z.string()) }), result: nothing },
  'session/save': {
    params: inSession.extend({ path: z.string(), overwrite: z.boolean() }),
    result: sessionDescription,
  },
  'session/launch': { params: inSession.extend({ launch: launchParams }), result: launchResult },
  'session/stop': {
    params: inSession.extend({ targetId: z.number().int(), signal: z.enum(['SIGINT', 'SIGTERM', 'SIGKILL']) }),
    result: nothing,
  },
  'session/kinds': {
    params: inSession.extend({ targetId: z.number().int(), kinds: z.array(traceKind) }),
    result: nothing,
  },
  'session/targets': { params: inSession, result: z.object({ targets: z.array(targetState) }) },
  /** A report by its name in app/host/analysis, over the rows that begin in the range. */
  'session/report': { params: inSession.extend({ name: z.string(), ...range }), result: resultTable },
  'session/query': { params: inSession.extend({ sql: z.string().max(100_000) }), result: resultTable },
  'session/export': {
    params: inSession.extend({ format: exportFormat, path: z.string(), overwrite: z.boolean() }),
    result: z.object({ path: z.string() }),
  },
  /** Starts a runner that measures; its rows say the rest. Ended by session/stop. */
  'session/experiment': {
    params: inSession.extend({ spec: experimentSpec, device: z.enum(['auto', 'cpu', 'cuda']).default('auto') }),
    result: launchResult.extend({ experiment: z.number() }),
  },
  /** Starts a runner that serves models under the scheduler; its rows say the rest. Ended by session/stop. */
  'session/workload': { params: inSession.extend(workloadChoice.shape), result: launchResult },
  /** Changes a workload that session/workload started and that still runs; on this machine only. */
  'session/workload-control': {
    params: inSession.extend({ targetId: z.number().int(), change: workloadChange }),
    result: nothing,
  },
  /** What ptxas says of our kernels on other boards: the text of kernels/resources/sm_<computeCapability>.json. */
  'app/kernel-resources': {
    params: z.object({ computeCapability: z.enum(['8.7', '9.0']) }),
    result: z.object({ json: z.string() }),
  },
  /** Experiments that were kept to be compared with, the latest first. */
  'app/baselines': { params: nothing, result: z.object({ baselines: z.array(baseline) }) },
  'app/pin-baseline': { params: z.object({ baseline: baseline.omit({ id: true }) }), result: baseline },
  'app/remove-baseline': { params: z.object({ id: z.string() }), result: nothing },
  'session/annotations': { params: inSession, result: annotations },
  'session/annotate': { params: inSession.extend({ annotations }), result: nothing },
} as const;

/** Notifications: the host tells. */
export const windowNotifications = {
  /** What connecting is doing: of one session/connect at a time. */
  'connect/progress': z.object({
    step: z.string(),
    /** Output of a step that has some, such as the compiler's. */
    text: z.string().optional(),
    doneRatio: z.number().optional(),
  }),
  'session/changed': sessionDescription,
  'session/link': z.object({ session: sessionKey, status: linkStatus }),
  'session/output': z.object({
    session: sessionKey,
    pid: z.number().int(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
  'session/exited': z.object({ session: sessionKey, exited: targetExited }),
  'session/failed': z.object({ session: sessionKey, sentence: z.string(), remedy: z.string() }),
  'export/progress': z.object({ session: sessionKey, doneRatio: z.number() }),
} as const;

const account = { user: z.string(), host: z.string() };

/** Questions: the host asks, the window answers; an answer without its field is "no". Answers are secrets and never logged. */
export const windowQuestions = {
  'ask/hostKey': {
    params: z.object({ host: z.string(), keyType: z.string(), fingerprint: z.string(), knownHostsPath: z.string() }),
    result: z.object({ isTrusted: z.boolean() }),
  },
  /** Yes or no about something that cannot be undone. */
  'ask/confirm': {
    params: z.object({ title: z.string(), sentence: z.string(), yes: z.string() }),
    result: z.object({ isConfirmed: z.boolean() }),
  },
  'ask/password': { params: z.object(account), result: z.object({ password: z.string().optional() }) },
  'ask/passphrase': {
    params: z.object({ keyPath: z.string() }),
    result: z.object({ passphrase: z.string().optional() }),
  },
  'ask/keyboard': {
    params: z.object({
      ...account,
      name: z.string(),
      instructions: z.string(),
      prompts: z.array(z.object({ prompt: z.string(), echo: z.boolean() })),
    }),
    result: z.object({ answers: z.array(z.string()).optional() }),
  },
} as const;

export type WindowRequestName = keyof typeof windowRequests;
export type WindowRequestParams<N extends WindowRequestName> = z.input<(typeof windowRequests)[N]['params']>;
export type WindowRequestResult<N extends WindowRequestName> = z.output<(typeof windowRequests)[N]['result']>;
export type WindowNotificationName = keyof typeof windowNotifications;
export type WindowNotificationParams<N extends WindowNotificationName> = z.output<(typeof windowNotifications)[N]>;
export type WindowQuestionName = keyof typeof windowQuestions;
export type WindowQuestionParams<N extends WindowQuestionName> = z.output<(typeof windowQuestions)[N]['params']>;
export type WindowQuestionResult<N extends WindowQuestionName> = z.output<(typeof windowQuestions)[N]['result']>;

/** The message on the host's port that brings a session's data port with it (as the transferred port). */
export interface AttachDataPort {
  readonly attach: number; // session key
}
