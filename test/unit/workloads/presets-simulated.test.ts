// The presets on virtual time: the files as they are, with costs like those of one core of a small machine.

import { expect, test } from 'vitest';
import type { PolicyName } from '../../../probe/scheduler/policies/policy';
import { simulate } from '../../../probe/scheduler/simulator/simulate';
import type { SimulatedWorkload } from '../../../probe/scheduler/simulator/workload';
import { parseWorkload } from '../../../probe/workloads/parse-workload';
import { presetText } from '../../../probe/workloads/presets';
import { NS_PER_MS } from '../../../shared/units/units';

/** Of one image, in ms: PP-OCR's networks on one thread. */
const ITEM_MS: Readonly<Record<string, number>> = { detect: 1, read: 7 };

function simulated(name: string, durationNs: number): SimulatedWorkload {
  const { models, sources, streams } = parseWorkload(presetText(name), { label: name, folder: '/' });
  return {
    ...{ name, durationNs, streams },
    models: models.map(({ options }) => ({
      ...options,
      cost: {
        launchNs: 0.2 * NS_PER_MS,
        perItemNs: ITEM_MS[options.name] * NS_PER_MS,
        ...{ noiseRatio: 0.15, interferenceRatio: 0.2, loadNs: 0 },
      },
    })),
    sources,
  };
}

test.each([1, 2, 3])(
  'overload, seed %i: high priority five times sooner than under FIFO, at the same throughput',
  (seed) => {
    const run = (policy: PolicyName) => simulate(simulated('overload', 60e9), policy, seed).summary;
    const [fifo, aware] = [run('fifo'), run('latency-aware')];
    const p99Of = (summary: typeof fifo) => summary.classOf('detect', 1)!.latency.percentileNs(0.99);
    expect(p99Of(fifo) / p99Of(aware)).toBeGreaterThan(5);
    expect(aware.answeredCount / fifo.answeredCount).toBeGreaterThan(0.95);
    expect(aware.requestCount).toBe(fifo.requestCount);
    expect(fifo.classOf('read', 2)!.outcomes.rejected).toBeGreaterThan(1000);
  },
);
