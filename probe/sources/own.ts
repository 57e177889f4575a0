// What the probe itself costs: CPU as a share of one core, and resident memory.

import type { Source } from './reading';

const US_PER_NS = 1e-3;

export function ownSource(): Source {
  let before = process.cpuUsage();
  let beforeNs = process.hrtime.bigint();
  return async () => {
    const used = process.cpuUsage(before);
    const nowNs = process.hrtime.bigint();
    const passedUs = Number(nowNs - beforeNs) * US_PER_NS;
    before = process.cpuUsage();
    beforeNs = nowNs;
    return [
      { metric: 'probe_cpu_ratio', value: (used.user + used.system) / passedUs },
      { metric: 'probe_rss_bytes', value: process.memoryUsage.rss() },
    ];
  };
}
