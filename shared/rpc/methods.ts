// The control channel: JSON-RPC 2.0 (vscode-jsonrpc) over a connection whose hello said role=control. Every method and its
// schemas, once; both sides parse with them.

import { z } from 'zod';
import { TRACE_KINDS } from '../model/enums';
import { workloadChange } from './workload-control';

export const traceKind = z.enum(TRACE_KINDS);

export const launchParams = z.object({
  command: z.string().min(1).max(4096),
  args: z.array(z.string().max(131_072)).max(10_000),
  /** Working directory on the probe's machine; the probe's own when absent. */
  cwd: z.string().max(4096).optional(),
  /** Added to the probe's environment; a null removes a variable. */
  env: z.record(z.string(), z.string().nullable()).optional(),
  kinds: z.array(traceKind),
  /** Begin tracing this long after the start, in milliseconds. */
  delayMs: z.number().min(0).max(86_400_000).optional(),
  /** Opt in to CUPTI's queued and submitted times, which cost extra. */
  latencyTimestamps: z.boolean().optional(),
});
export type LaunchParams = z.infer<typeof launchParams>;

export const launchResult = z.object({ targetId: z.number().int(), pid: z.number().int() });

export const targetExited = z.object({
  targetId: z.number().int(),
  pid: z.number().int(),
  /** -1 when a signal ended it. */
  exitCode: z.number().int(),
  signal: z.string().optional(),
  /** Every row of the target, and of its children whose collectors have closed, lies below this sequence. */
  nextSequence: z.number(),
});
export type TargetExited = z.infer<typeof targetExited>;

export const targetState = z.object({
  targetId: z.number().int(),
  pid: z.number().int(),
  command: z.string(),
  args: z.array(z.string()),
  kinds: z.array(traceKind),
  running: z.boolean(),
  /** When it has ended: a viewer whose link was down learns it here. */
  exited: targetExited.optional(),
});

export type TargetState = z.infer<typeof targetState>;

export const probeDescription = z.object({
  probeVersion: z.string(),
  formatVersion: z.number().int(),
  sessionId: z.string(),
  pid: z.number().int(),
  hostName: z.string(),
  system: z.string(),
  model: z.string(),
  collectorPath: z.string().optional(),
  nextSequence: z.number(),
  /** What the probe costs: seconds of processor since it began, and resident memory. Absent in probes before this field. */
  cpuSec: z.number().optional(),
  memoryBytes: z.number().optional(),
  spool: z.object({
    directory: z.string(),
    bytes: z.number(),
    bytesMax: z.number(),
    oldestSequence: z.number(),
    state: z.enum(['recording', 'diskFull']),
  }),
});
export type ProbeDescription = z.infer<typeof probeDescription>;

const nothing = z.object({});

/** Requests: the viewer asks, the probe answers. */
export const requests = {
  'probe/describe': { params: nothing, result: probeDescription },
  'probe/shutdown': { params: nothing, result: nothing },
  'target/launch': { params: launchParams, result: launchResult },
  'target/stop': {
    params: z.object({ targetId: z.number().int(), signal: z.enum(['SIGINT', 'SIGTERM', 'SIGKILL']).optional() }),
    result: nothing,
  },
  'target/list': { params: nothing, result: z.object({ targets: z.array(targetState) }) },
  /** Changes a workload that runs. What it cannot do it says itself, as a `diagnostic` row. */
  'target/change': { params: z.object({ targetId: z.number().int(), change: workloadChange }), result: nothing },
  'target/kinds': { params: z.object({ targetId: z.number().int(), kinds: z.array(traceKind) }), result: nothing },
} as const;

/** Notifications from the probe. */
export const notifications = { 'target/exited': targetExited } as const;

export type RequestName = keyof typeof requests;
export type NotificationName = keyof typeof notifications;
export type RequestParams<N extends RequestName> = z.input<(typeof requests)[N]['params']>;
export type RequestResult<N extends RequestName> = z.output<(typeof requests)[N]['result']>;

/** The code of a JSON-RPC error that carries a Failure (util/failure.ts) as its data. */
export const FAILURE_CODE = -32_000;
