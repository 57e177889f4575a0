// Marks the CUDA calls that ONNX Runtime makes in its run() with their batch. run() makes them on the thread that called it, and that thread does
// nothing else meanwhile, so the mark lasts until run() has answered.

import { loadAddon, type NativeAddon } from '../../runner/addon';
import type { OnnxruntimeOptions } from './messages';

export interface BatchMarks {
  /** Batch 0 is none. */
  during<T>(batch: number, run: () => Promise<T>): Promise<T>;
}

/** Without CUDA, or without the addon in this thread, nothing is marked: batches then have no rows in `external`. */
export function openBatchMarks({ provider = 'cpu', addonPath }: OnnxruntimeOptions): BatchMarks {
  if (provider === 'cpu') return { during: (_, run) => run() };
  let addon: NativeAddon;
  try {
    addon = loadAddon(addonPath);
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
