// How long each layer takes by itself: its kernels launched again and again, one layer after the other, outside of any run.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ComputeDevice } from '../../runner/addon';
import type { LayerTime } from '../engine';
import type { BoundPlan } from './bound-network';

const median = (sorted: readonly number[]) => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export interface LayerRuns {
  readonly batchSize: number;
  readonly runCount: number;
  /** Asked between two launches; it throws when nobody wants the times any more. */
  readonly check: () => void;
}

/**
 * One entry a layer that launches something. Keeps the device busy for about `runCount` inferences, and Node's thread for those of one launch at
 * a time: signals and other engines get their turn between them. Throws what `check` throws.
 */
export async function measureLayers(
  device: ComputeDevice,
  { plan, calls }: BoundPlan,
  { batchSize, runCount, check }: LayerRuns,
): Promise<LayerTime[]> {
  const sums = plan.layers.map(() => undefined as Float64Array | undefined);
  for (const [index, call] of calls.entries()) {
    await nextTurn();
    check();
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
