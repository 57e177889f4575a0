import type { Source } from './source';

const US_PER_SEC = 1e6;
const NS_PER_US = 1e3;

/** What the probe itself costs: probe_cpu_ratio (1 is one CPU) since the reading before, and probe_rss_bytes. */
export function ownCostSource(): Source {
  let usage = process.cpuUsage();
  let atNs = process.hrtime.bigint();
  return {
    read: () => {
      const spent = process.cpuUsage(usage);
      const nowNs = process.hrtime.bigint();
      const passedUs = Number(nowNs - atNs) / NS_PER_US;
      usage = process.cpuUsage();
      atNs = nowNs;
      const value = Math.min((spent.user + spent.system) / passedUs, US_PER_SEC);
      return [
        { metric: 'probe_cpu_ratio', value },
        { metric: 'probe_rss_bytes', value: process.memoryUsage.rss() },
      ];
    },
  };
}
