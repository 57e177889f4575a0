// The keys of a model that only the engine tensorrt reads, in trtexec's and TensorRT's meaning.

import { z } from 'zod';

const WORKSPACE_MIB_MAX = 1_048_576;
const PROFILE_COUNT_MAX = 16;

const path = z.string().min(1).max(1000);
const dims = z.array(z.number().int().min(0).max(65_536)).min(1).max(8);

export const tensorrtKeys = {
  /** Shapes that the plan takes, a profile for each range, by input. Left out: one from 1 to maxBatchSize, with `shapes`. */
  profiles: z
    .array(z.record(z.string(), z.strictObject({ min: dims, best: dims, max: dims })))
    .min(1)
    .max(PROFILE_COUNT_MAX)
    .optional(),
  workspaceMiB: z.number().int().min(1).max(WORKSPACE_MIB_MAX).optional(),
  /** Layers that DLA cannot run go to the GPU. */
  dlaCore: z.number().int().min(0).max(15).optional(),
  /** Whether tactics for weights with 2:4 sparsity may be chosen. */
  sparsity: z.boolean().optional(),
  /** A file of timings; read where it is there, and written by each build. Left out: one a device in the cache folder. */
  timingCache: path.optional(),
  /** Scales for int8 of a model without Q/DQ nodes. */
  calibrationCache: path.optional(),
  /** 0 builds soonest, 5 tries most. */
  optimizationLevel: z.number().int().min(0).max(5).optional(),
};

export type TensorrtKeys = z.infer<z.ZodObject<typeof tensorrtKeys>>;

/** What of an entry is for TensorRT; without what was not given. */
export function tensorrtKeysOf(entry: TensorrtKeys): TensorrtKeys {
  const names = Object.keys(tensorrtKeys) as (keyof TensorrtKeys)[];
  const given = names.flatMap((name) => (entry[name] === undefined ? [] : [[name, entry[name]] as const]));
  return Object.fromEntries(given);
}

interface Entry extends TensorrtKeys {
  readonly engine: 'onnxruntime' | 'kernels' | 'tensorrt';
}

/** A key, and why its engine cannot heed it; undefined when all is well. */
export function misplacedKey(entry: Entry, precision: string | undefined): { key: string; what: string } | undefined {
  if (entry.engine === 'tensorrt') return undefined;
  const [key] = Object.keys(tensorrtKeysOf(entry));
  if (key !== undefined) return { key, what: `only the engine tensorrt has "${key}", and this is ${entry.engine}` };
  if (precision === undefined) return undefined;
  const what = 'the engine onnxruntime computes in the precision of its file';
  if (entry.engine === 'onnxruntime') return { key: 'precision', what };
  return precision === 'int8' ? { key: 'precision', what: 'the engine kernels has fp32 and fp16' } : undefined;
}
