import { join } from 'node:path';
import { KIB } from '../../shared/units/units';
import { readTextSync } from './files';
import type { Source } from './source';

/** Lines of /proc/meminfo that are read, and their metrics. On a board with unified memory this is the GPU's memory too. */
const METRICS: Readonly<Record<string, string>> = {
  MemTotal: 'memory_total_bytes',
  MemAvailable: 'memory_available_bytes',
  MemFree: 'memory_free_bytes',
  Cached: 'memory_cached_bytes',
  SwapTotal: 'swap_total_bytes',
  SwapFree: 'swap_free_bytes',
};

/** Memory of the machine, from /proc/meminfo. */
export function memorySource(root: string): Source {
  return {
    read: () => {
      const lines = (readTextSync(join(root, 'proc/meminfo')) ?? '').matchAll(/^(\w+):\s+(\d+) kB$/gm);
      return [...lines].flatMap(([, name, kib]) => {
        const metric = METRICS[name];
        return metric ? [{ metric, value: Number(kib) * KIB }] : [];
      });
    },
  };
}
