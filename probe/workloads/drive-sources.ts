// Who asks, in real time: the simulator's sources. Each draws from a random stream of its own, so that the same seed asks at the same
// moments whatever the policy does.

import { Random } from '../scheduler/simulator/random';
import { driveSource as drive, type Targets } from '../scheduler/simulator/source-driver';
import type { WorkloadSource } from './workload';

export interface Asked extends Targets {
  readonly seed: number;
}

/** Random streams of a seed: the sources count from here. */
const SOURCE_STREAM = 16;

/** Starts a source, the `index`th of its workload: it asks from `startNs` until `endNs` of the clock, or until it is stopped. */
export function driveSource(
  source: WorkloadSource,
  index: number,
  asked: Asked,
  [startNs, endNs]: readonly [number, number],
): () => void {
  return drive(source, index, asked, new Random(asked.seed, SOURCE_STREAM + index), startNs, endNs);
}
