// Load of each CPU and of all, from the times in /proc/stat: the busy part of what passed since the reading before. A CPU that is
// offline has no line there and no row here.

import { join } from 'node:path';
import { readTextSync } from './files';
import type { Reading, Source } from './source';

interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

// user nice system idle iowait irq softirq steal; guest times are part of user.
const IDLE_FIELD = 3;
const IOWAIT_FIELD = 4;
const FIELD_COUNT = 8;

/** Times by name, `cpu` for all. In ticks. */
export function parseCpuTimes(stat: string): Map<string, CpuTimes> {
  const times = new Map<string, CpuTimes>();
  for (const line of stat.split('\n')) {
    if (!line.startsWith('cpu')) continue;
    const [name, ...fields] = line.split(/\s+/);
    const ticks = fields.slice(0, FIELD_COUNT).map(Number);
    const all = ticks.reduce((sum, each) => sum + each, 0);
    times.set(name, { busy: all - ticks[IDLE_FIELD] - (ticks[IOWAIT_FIELD] ?? 0), all });
  }
  return times;
}

/** cpu_load_ratio of all CPUs together (0..1) and cpuN_load_ratio of each. */
export function cpuSource(root: string): Source {
  const path = join(root, 'proc/stat');
  let before = parseCpuTimes(readTextSync(path) ?? '');
  return {
    read: () => {
      const now = parseCpuTimes(readTextSync(path) ?? '');
      const readings: Reading[] = [];
      for (const [name, times] of now) {
        const past = before.get(name);
        if (!past || times.all <= past.all) continue;
        // iowait can go backwards, so the ratio is kept within its bounds.
        const ratio = (times.busy - past.busy) / (times.all - past.all);
        readings.push({ metric: `${name}_load_ratio`, value: Math.min(1, Math.max(0, ratio)) });
      }
      before = now;
      return readings;
    },
  };
}
