// What an experiment measures, as the window and the command ask for it and as the session keeps it. The answer comes as rows of the tables
// `experiment`, `point` and `pointMetric`.

import { z } from 'zod';

/** Of a matrix. A side of 16,384 in float32 is 1 GiB. */
export const SIDE_MAX = 16_384;
export const POINT_COUNT_MAX = 2000;
const BYTES_MAX = 2 ** 36;
const SOURCE_CHARS_MAX = 100_000;

const side = z.number().int().min(1).max(SIDE_MAX);
const word = z.string().regex(/^[\w.-]{1,64}$/, 'must be a word of letters, digits, "_", "." and "-"');
const threads = z.number().int().min(1).max(1024);
const bytes = z.number().int().min(1).max(BYTES_MAX);
const few = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(64);

export const PRECISIONS = ['fp32', 'fp16'] as const;
export const COPY_MEMORIES = ['pageable', 'pinned', 'managed'] as const;
export const COPY_WAYS = ['hostToDevice', 'deviceToHost', 'deviceToDevice'] as const;
export const ALLOCATORS = ['device', 'pool', 'pinned', 'managed'] as const;
/** Kernels of ours whose block size can be chosen. */
export const BLOCK_KERNELS = ['relu', 'silu', 'add', 'add_relu'] as const;

/** One argument of a user's own kernel: a buffer of so many elements, or a number. */
export const kernelArgument = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('buffer'),
    element: z.enum(['f32', 'i32', 'u32', 'u8']),
    count: z
      .number()
      .int()
      .min(1)
      .max(2 ** 32),
    /** What stands in it at first: random numbers from 0 to 1, or zeros. */
    fill: z.enum(['random', 'zero']).default('random'),
  }),
  z.object({
    kind: z.literal('i32'),
    value: z
      .number()
      .int()
      .min(-(2 ** 31))
      .max(2 ** 31 - 1),
  }),
  z.object({
    kind: z.literal('u32'),
    value: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
  }),
  z.object({ kind: z.literal('f32'), value: z.number() }),
]);
export type KernelArgument = z.infer<typeof kernelArgument>;

const common = {
  /** Samples a point; the time budget of a point may end it earlier. */
  sampleCount: z.number().int().min(3).max(10_000).default(50),
  /** Whether each point is measured with swept caches too. */
  measureCold: z.boolean().default(true),
  /** Whether hardware counters are read in a second pass, where they may be. */
  readCounters: z.boolean().default(false),
};

export const experimentSpec = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('gemm'),
    /** Sides of square matrices, or rows × columns × depth. */
    sizes: few(z.union([side, z.tuple([side, side, side])])),
    /** Names of variants; all that the device can run when absent. */
    variants: few(word).optional(),
    precision: z.enum(PRECISIONS).default('fp32'),
    ...common,
  }),
  z.object({
    kind: z.literal('blockSize'),
    kernel: z.enum(BLOCK_KERNELS).default('relu'),
    blockSizes: few(threads),
    elementCount: z
      .number()
      .int()
      .min(1)
      .max(2 ** 30)
      .default(2 ** 22),
    ...common,
  }),
  z.object({
    kind: z.literal('batch'),
    /** Images a launch of the demo's network. */
    batchSizes: few(z.number().int().min(1).max(1024)),
    ...common,
  }),
  z.object({
    kind: z.literal('streams'),
    streamCounts: few(z.number().int().min(1).max(32)),
    /** Side of the matrices that each stream multiplies. */
    side: side.default(256),
    /** Launches a stream in one sample. */
    launchCount: z.number().int().min(1).max(1000).default(8),
    ...common,
  }),
  z.object({
    kind: z.literal('copy'),
    bytes: few(bytes),
    memories: z
      .array(z.enum(COPY_MEMORIES))
      .min(1)
      .default([...COPY_MEMORIES]),
    ways: z
      .array(z.enum(COPY_WAYS))
      .min(1)
      .default([...COPY_WAYS]),
    ...common,
  }),
  z.object({
    kind: z.literal('launch'),
    /** Kernels in one chain. */
    launchCounts: few(z.number().int().min(1).max(10_000)),
    ...common,
  }),
  z.object({
    kind: z.literal('allocation'),
    bytes: few(bytes),
    allocators: z
      .array(z.enum(ALLOCATORS))
      .min(1)
      .default([...ALLOCATORS]),
    ...common,
  }),
  z.object({
    kind: z.literal('kernel'),
    /** CUDA C++, compiled on the machine that measures. */
    source: z.string().min(1).max(SOURCE_CHARS_MAX),
    /** Name of the file it came from, for messages. */
    fileName: z.string().max(4096).default('kernel.cu'),
    /** Of the kernel in it; may be left out when there is one only. */
    entry: z.string().max(1024).optional(),
    arguments: z.array(kernelArgument).max(32),
    blockSizes: few(threads),
    /** Work items: the grid has so many threads, rounded up to whole blocks. */
    threadCount: z
      .number()
      .int()
      .min(1)
      .max(2 ** 31),
    dynamicSharedBytes: z.number().int().min(0).max(262_144).default(0),
    /** Of one launch, for FLOP/s and bytes a second; 0 when not known. */
    flops: z.number().min(0).default(0),
    bytes: z.number().min(0).default(0),
    ...common,
  }),
]);
export type ExperimentSpec = z.infer<typeof experimentSpec>;
/** As a person or a program writes it: what has a default may be left out. */
export type ExperimentInput = z.input<typeof experimentSpec>;
export type ExperimentKind = ExperimentSpec['kind'];

/** The names that pointMetric rows carry. Ratios are 0 to 1. */
export const POINT_METRICS = [
  'achieved_occupancy_ratio',
  'load_sectors_per_request',
  'store_sectors_per_request',
  'l2_hit_ratio',
  'dram_read_bytes',
  'dram_write_bytes',
  'sm_throughput_ratio',
] as const;
export type PointMetric = (typeof POINT_METRICS)[number];
