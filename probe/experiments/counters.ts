// The pass that reads hardware counters: each point's kernel once, repeated and restored by CUPTI as often as its counters need.

import type { PointMetric } from '../../shared/rpc/experiment';
import type { KernelCall } from '../runner/addon';
import { withCall } from './measure-call';
import type { PointTools } from './measure-point';
import type { PointPlan, WorkerMessage } from './point';

const PERCENT = 100;

/** Our name of a metric, Nsight Compute's, and what its unit is divided by. */
const METRICS: readonly (readonly [ours: PointMetric, theirs: string, divisor: number])[] = [
  ['achieved_occupancy_ratio', 'sm__warps_active.avg.pct_of_peak_sustained_active', PERCENT],
  ['load_sectors_per_request', 'l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio', 1],
  ['store_sectors_per_request', 'l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio', 1],
  ['l2_hit_ratio', 'lts__t_sector_hit_rate.pct', PERCENT],
  ['dram_read_bytes', 'dram__bytes_read.sum', 1],
  ['dram_write_bytes', 'dram__bytes_write.sum', 1],
  ['sm_throughput_ratio', 'sm__throughput.avg.pct_of_peak_sustained_elapsed', PERCENT],
];

export class CounterPass {
  /** What was told already: the next points usually fail for the same reason. */
  private readonly told = new Set<string>();

  private constructor(
    private readonly tools: PointTools,
    private readonly tell: (message: WorkerMessage) => void,
  ) {}

  /** Takes the device's counters. undefined, with the reason told, where they cannot be had: times were measured already. */
  static open(tools: PointTools, tell: (message: WorkerMessage) => void): CounterPass | undefined {
    const { problem, absent } = tools.device.openCounters(METRICS.map(([, theirs]) => theirs));
    for (const { sentence, remedy } of problem ? [problem] : absent) tell({ kind: 'notice', sentence, remedy });
    return problem ? undefined : new CounterPass(tools, tell);
  }

  /** The metrics that have a value, by our names; undefined for a point that launches no kernel of its own, and, with the reason told, for one
   * whose counters cannot be read. */
  async measure({ series, label, work }: PointPlan): Promise<Record<string, number> | undefined> {
    const { device, contents, compiled } = this.tools;
    const count = (call: KernelCall) => device.measureCounters(call);
    try {
      if (work.kind === 'call') return named(await withCall(device, work, contents, count));
      if (work.kind === 'compiled' && compiled) return named(await compiled.withCall(work.blockSize, count));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.told.has(reason)) {
        const sentence = `The hardware counters of ${series}, ${label}, were not read: ${reason}`;
        this.tell({ kind: 'notice', sentence, remedy: 'Times were measured without them.' });
      }
      this.told.add(reason);
    }
    return undefined;
  }
}

function named(values: Float64Array): Record<string, number> {
  const known = METRICS.map(([ours, , divisor], index) => [ours, values[index] / divisor] as const);
  return Object.fromEntries(known.filter(([, value]) => !Number.isNaN(value)));
}
