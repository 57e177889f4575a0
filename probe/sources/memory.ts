// Memory of the machine from /proc/meminfo. On a Jetson this is the GPU's memory too.

import { join } from 'node:path';
import { KIB } from '../../shared/units/units';
import { readText } from './files';
import type { Source } from './reading';

const METRICS: Readonly<Record<string, string>> = {
  MemTotal: 'memory_total_bytes',
  MemAvailable: 'memory_available_bytes',
  MemFree: 'memory_free_bytes',
  Cached: 'memory_cached_bytes',
  SwapTotal: 'swap_total_bytes',
  SwapFree: 'swap_free_bytes',
};

export function memorySource(root: string): Source {
  return async () => {
    const text = (await readText(join(root, 'proc/meminfo'))) ?? '';
    return [...text.matchAll(/^(\w+):\s+(\d+) kB$/gm)].flatMap(([, name, kib]) => {
      const metric = METRICS[name];
      return metric ? [{ metric, value: Number(kib) * KIB }] : [];
    });
  };
}
