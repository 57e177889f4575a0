// Everything that serving is measured by, in one command: what a request costs in the scheduler and in real time, throughput beside the
// bare engine loop, and the overload workload beside FIFO, simulated and on real models.

import type { BenchResult, BenchSize } from './bench-result';
import * as overload from './overload';
import * as cost from './scheduler-cost';
import * as serving from './serving';

export async function run(size: BenchSize): Promise<BenchResult[]> {
  return [...(await cost.run(size)), ...(await serving.run(size)), ...(await overload.run(size))];
}
