// What may be chosen when a workload is started, and what may be changed while it runs. A change reaches the runner as JSON,
// by the control channel and the probe's connection to it (here as on a board), or as a line of the control file that its launch may name. What
// it does not understand it tells and leaves out.

import { z } from 'zod';

export const WORKLOAD_PRESETS = ['three-cameras', 'detect-classify-track', 'overload', 'ab-rollout', 'demo'] as const;
export type WorkloadPreset = (typeof WORKLOAD_PRESETS)[number];

export const POLICY_CHOICES = ['fifo', 'strict-priority', 'edf', 'weighted-fair', 'latency-aware'] as const;
export type PolicyChoice = (typeof POLICY_CHOICES)[number];

export const WORKLOAD_SECONDS_MAX = 86_400;
/** Of a workload file: it must fit into one argument of a command. */
export const WORKLOAD_TEXT_BYTES_MAX = 100_000;

const modelName = z.string().min(1).max(200);
const versionName = z.string().min(1).max(200);
/** Shares of the askers by version. */
export const trafficWeights = z
  .record(versionName, z.number().min(0).max(1_000_000))
  .refine((all) => Object.values(all).some((weight) => weight > 0), 'must give one version a share above 0');
const count = z.number().int().min(0).max(1_000_000);

/** One change of a workload that runs. */
export const workloadChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('policy'), policy: z.enum(POLICY_CHOICES) }),
  /** What is left out stays as it is. maxQueueSize 0 is no limit. */
  z.object({
    kind: z.literal('limits'),
    model: modelName,
    maxBatchSize: count.min(1).max(1024).optional(),
    maxQueueSize: count.optional(),
  }),
  /** Shares of the requests by version; only their ratio counts. */
  z.object({
    kind: z.literal('traffic'),
    model: modelName,
    weights: trafficWeights,
  }),
  /** Back to the version that served before. */
  z.object({ kind: z.literal('roll-back'), model: modelName }),
  /** Of a version that the workload names. It serves when traffic is given to it, or all at once by a swap. */
  z.object({ kind: z.literal('load'), model: modelName, version: versionName }),
  z.object({ kind: z.literal('swap'), model: modelName, version: versionName }),
]);
export type WorkloadChange = z.infer<typeof workloadChange>;
