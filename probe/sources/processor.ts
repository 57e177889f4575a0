// CPU load from /proc/stat: busy time between two readings over all time between them, per core and in all.

import { join } from 'node:path';
import { readText } from './files';
import type { Reading, Source } from './reading';

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

function parse(text: string): Map<string, Ticks> {
  const ticks = new Map<string, Ticks>();
  for (const line of text.split('\n')) {
    const match = /^(cpu\d*)\s+(.*)$/.exec(line);
    if (!match) continue;
    const [user, nice, system, idle, ioWait, irq, softIrq, steal] = match[2].split(/\s+/).map(Number);
    const busy = user + nice + system + irq + softIrq + (steal || 0);
    ticks.set(match[1], { busy, all: busy + idle + ioWait });
  }
  return ticks;
}

/** cpu_load_ratio and cpuN_load_ratio; nothing at the first reading and while no tick has passed. */
export function processorSource(root: string): Source {
  let before = new Map<string, Ticks>();
  return async () => {
    const now = parse((await readText(join(root, 'proc/stat'))) ?? '');
    const readings: Reading[] = [];
    for (const [name, { busy, all }] of now) {
      const last = before.get(name);
      if (last && all > last.all)
        readings.push({ metric: `${name}_load_ratio`, value: (busy - last.busy) / (all - last.all) });
    }
    before = now;
    return readings;
  };
}
