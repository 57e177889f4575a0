// The workload file as it is written: YAML (or JSON), every key known. Queue and batching words are those of Triton's model configuration in
// camel case, with its meaning; times carry their unit in the name.

import { z } from 'zod';
import {
  POLICY_CHOICES,
  trafficWeights,
  WORKLOAD_SECONDS_MAX,
  workloadChange,
} from '../../shared/rpc/workload-control';
import { FEEDS } from './feeds/feed';
import { tensorrtKeys } from './tensorrt-keys';

/** A source that asks more often than this asks for nothing that one runner can give. */
export const RATE_PER_SEC_MAX = 100_000;
const MS_MAX = 3_600_000;

const count = z.number().int().min(0).max(1_000_000);
const positiveCount = count.min(1);
const ms = z.number().min(0).max(MS_MAX);
const positiveMs = z.number().positive().max(MS_MAX);
const ratio = z.number().min(0).max(1);
const priority = z.number().int().min(1).max(15);
const word = z.string().regex(/^[\w.-]{1,64}$/, 'must be a word of at most 64 letters, digits, "_", "." and "-"');
const named = <T extends z.ZodType>(item: T) => z.record(word, item);

const place = z.string().min(1).max(1000);
/** Sizes of inputs that the model leaves free, -1 being the batch. */
const shapes = z.record(z.string(), z.array(z.number().int().min(-1).max(65_536)).max(8));
/** Of several the first one that is there; each has its own inputs, and so its own shapes. */
const files = z.union([
  place,
  z
    .array(z.union([place, z.strictObject({ place, shapes })]))
    .min(1)
    .max(8),
]);

/** In what an engine computes where it can: the engines kernels (fp32, fp16) and tensorrt; onnxruntime takes that of its file. */
const precision = z.enum(['fp32', 'fp16', 'int8']);

/** What stands behind one version or tier; what is left out is the model's. `shapes` are those of a single file. */
const enginePart = z.strictObject({
  file: files.optional(),
  shapes: shapes.optional(),
  precision: precision.optional(),
});

const queuePolicy = z.strictObject({
  timeoutAction: z.enum(['REJECT', 'DELAY']).optional(),
  defaultTimeoutMicroseconds: count.max(3.6e9).optional(),
  allowTimeoutOverride: z.boolean().optional(),
  maxQueueSize: count.optional(),
});

const dynamicBatching = z.strictObject({
  preferredBatchSize: z.array(positiveCount).max(64).optional(),
  maxQueueDelayMicroseconds: count.max(60e6).optional(),
  priorityLevels: z.number().int().min(0).max(15).optional(),
  defaultPriorityLevel: priority.optional(),
  preserveOrdering: z.boolean().optional(),
  defaultQueuePolicy: queuePolicy.optional(),
  priorityQueuePolicy: z.record(z.string().regex(/^\d{1,2}$/, 'must be a priority level'), queuePolicy).optional(),
});

const degradation = z.strictObject({
  missRatioHigh: ratio.optional(),
  missRatioLow: ratio.optional(),
  windowMs: positiveMs.optional(),
  calmMs: ms.optional(),
  hotCelsius: z.number().min(-50).max(200).optional(),
  coolCelsius: z.number().min(-50).max(200).optional(),
  refreshEvery: positiveCount.optional(),
});

const rollBack = z.strictObject({
  answerCountMin: positiveCount.optional(),
  probationCount: positiveCount.optional(),
  failedRatioMax: ratio.optional(),
  failedCountMin: positiveCount.optional(),
  missedRatioMax: ratio.optional(),
  p99RatioMax: z.number().positive().optional(),
});

const model = z.strictObject({
  engine: z.enum(['onnxruntime', 'kernels', 'tensorrt']).default('onnxruntime'),
  file: files,
  shapes: shapes.optional(),
  /** CPU threads of one engine. */
  threads: z.number().int().min(1).max(256).default(1),
  provider: z.enum(['cpu', 'cuda', 'tensorrt']).optional(),
  precision: precision.optional(),
  ...tensorrtKeys,
  /** How a byte of a picture becomes a number of the input. */
  pixels: z.enum(['unit', 'signed', 'imagenet']).default('unit'),
  maxBatchSize: positiveCount.max(1024).default(1),
  dynamicBatching: dynamicBatching.optional(),
  weight: z.number().positive().optional(),
  latencyTargetMs: positiveMs.optional(),
  admission: z.enum(['off', 'deadline']).optional(),
  pressureDepth: count.optional(),
  tiers: z
    .strictObject({
      'smaller-input': enginePart.optional(),
      'lighter-model': enginePart.optional(),
      'reuse-last': z.strictObject({}).optional(),
    })
    .optional(),
  degradation: degradation.optional(),
  hangMsMin: positiveMs.optional(),
  hangFactor: z.number().min(1).optional(),
  restartCountMax: count.optional(),
  rollBack: rollBack.optional(),
  /** In the order of loading; the first one serves unless `traffic` says otherwise. */
  versions: named(enginePart).optional(),
  /** Shares of the askers by version. */
  traffic: trafficWeights.optional(),
});

const ratePerSec = z.number().positive().max(RATE_PER_SEC_MAX);
const arrival = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('periodic'), ratePerSec, jitterRatio: z.number().min(0).max(0.5).optional() }),
  z.strictObject({ kind: z.literal('poisson'), ratePerSec }),
  z.strictObject({ kind: z.literal('burst'), count: positiveCount, periodMs: positiveMs }),
  /** Moments from the start: in the file, or one a line in a text file. */
  z.strictObject({
    kind: z.literal('trace'),
    timesMs: z.array(z.number().min(0)).max(1_000_000).optional(),
    timesFile: place.optional(),
  }),
  z.strictObject({ kind: z.literal('closed'), concurrency: positiveCount.max(10_000), thinkMs: ms.default(0) }),
]);

const source = z.strictObject({
  /** A model or a pipeline. */
  target: word,
  arrival,
  priority: priority.optional(),
  deadlineMs: positiveMs.optional(),
  timeoutMs: positiveMs.optional(),
  /** So many askers take turns; left out: the source is one asker. */
  keyCount: positiveCount.optional(),
  /** Shown in turn: a folder, a file, generated:signs or generated:noise. Left out: seeded numbers, of a pipeline seeded pictures. */
  pictures: place.optional(),
  /** A camera: its images go through a buffer, and what does not fit is thrown away. */
  video: z
    .strictObject({
      policy: z.enum(['drop-oldest', 'drop-newest', 'every-nth', 'deadline-aware']),
      bufferCount: positiveCount.max(1000).optional(),
      inFlightMax: positiveCount.max(1000).optional(),
      everyNth: positiveCount.max(1000).optional(),
    })
    .optional(),
});

const stage = z.strictObject({
  model: word,
  priority: priority.optional(),
  share: ratio.optional(),
  /** What the next stage gets of an answer; probe/workloads/feeds. Left out: crops where the outputs say where objects are, else picture. */
  feeds: z.enum(FEEDS).optional(),
  /** The most requests of the next stage that one answer makes; of `drawn` how many is drawn evenly from 0 to this. */
  fanOutMax: count.max(1000).optional(),
  /** Of `crops`: an object counts from this score on. */
  scoreMin: ratio.optional(),
});

const [policyChange, limitsChange, trafficChange, rollBackChange, loadChange, swapChange] = workloadChange.options;

/** What may be changed while it runs, by an event of the file or from outside. */
export const change = z.discriminatedUnion('kind', [
  policyChange.strict(),
  limitsChange.strict(),
  trafficChange.strict(),
  rollBackChange.strict(),
  loadChange.strict(),
  swapChange.strict(),
]);
export type Change = z.infer<typeof change>;

export const workloadFile = z.strictObject({
  name: word,
  seconds: z.number().positive().max(WORKLOAD_SECONDS_MAX).default(10),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  policy: z.enum(POLICY_CHOICES).default('latency-aware'),
  streams: z
    .array(z.strictObject({ cudaPriority: z.number().int().min(-10).max(10), lowestLevel: priority.optional() }))
    .min(1)
    .max(32)
    .optional(),
  agingMs: positiveMs.optional(),
  agedEvery: positiveCount.optional(),
  models: named(model).refine((all) => Object.keys(all).length > 0, 'must name at least one model'),
  pipelines: named(z.strictObject({ stages: z.array(stage).min(1).max(16) })).default({}),
  sources: named(source).refine((all) => Object.keys(all).length > 0, 'must name at least one source'),
  events: z
    .array(z.strictObject({ atSec: z.number().min(0), change }))
    .max(1000)
    .default([]),
});
export type WorkloadFile = z.infer<typeof workloadFile>;
export type ModelEntry = WorkloadFile['models'][string];
export type SourceEntry = WorkloadFile['sources'][string];
