// Marks the CUDA calls that ONNX Runtime makes in its run() with their batch. run() makes them on the thread that called it, and that thread does
// nothing else meanwhile, so the mark lasts until run() has answered.

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { OnnxruntimeOptions } from './messages';

/** What this file needs of hookanalyzer.node. */
interface BatchAddon {
  pushBatch(batch: number): void;
  popBatch(): void;
}

export interface BatchMarks {
  /** Batch 0 is none. */
  during<T>(batch: number, run: () => Promise<T>): Promise<T>;
}

/** Without CUDA, or without the addon in this thread, nothing is marked: batches then have no rows in `external`. */
export function openBatchMarks({ provider = 'cpu', addonPath }: OnnxruntimeOptions): BatchMarks {
  if (provider === 'cpu' || addonPath === undefined) return { during: (_, run) => run() };
  let addon: BatchAddon;
  try {
    const path = resolve(addonPath);
    addon = createRequire(path)(path);
  } catch {
    return { during: (_, run) => run() }; // the network runs all the same, and the panel says that the link is missing
  }
  return {
    async during(batch, run) {
      if (batch === 0) return run();
      addon.pushBatch(batch);
      try {
        return await run();
      } finally {
        addon.popBatch();
      }
    },
  };
}
