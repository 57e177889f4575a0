// How long each layer takes by itself: its kernels launched again and again, one layer after the other, outside of any run.

import type { ComputeDevice } from '../../runner/addon';
import type { LayerTime } from '../engine';
import type { BoundPlan } from './bound-network';

const median = (sorted: readonly number[]) => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** One entry a layer that launches something. Keeps the device, and Node's thread, busy for about `runCount` inferences. */
export function measureLayers(
  device: ComputeDevice,
  { plan, calls }: BoundPlan,
  batchSize: number,
  runCount: number,
): LayerTime[] {
  const sums = plan.layers.map(() => undefined as Float64Array | undefined);
  for (const [index, call] of calls.entries()) {
    const { layer } = plan.calls[index];
    const samplesNs = device.measure({ ...call, sampleCount: runCount });
    const before = sums[layer];
    sums[layer] = before ? before.map((sum, at) => sum + samplesNs[at]) : samplesNs;
  }
  return plan.layers.flatMap(({ name, type }, layer) => {
    const samplesNs = sums[layer];
    if (!samplesNs) return [];
    const totalNs = samplesNs.reduce((sum, each) => sum + each, 0);
    const times = {
      offsetNs: -1,
      averageNs: totalNs / runCount,
      medianNs: median([...samplesNs].sort((a, b) => a - b)),
      totalNs,
    };
    return [{ name, type, batchSize, runCount, ...times, isAlone: true }];
  });
}
