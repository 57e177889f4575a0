// The reports: one .sql file each, named and with columns as in nsys where nsys has it. `$fromNs` and `$toNs` bound the moments at which
// rows begin.

import { failure } from '../../../shared/util/failure';
import type { ResultTable, Store } from '../session/store';
import apiSum from './cuda_api_sum.sql?raw';
import gpuKernGbSum from './cuda_gpu_kern_gb_sum.sql?raw';
import gpuKernSum from './cuda_gpu_kern_sum.sql?raw';
import gpuMemSizeSum from './cuda_gpu_mem_size_sum.sql?raw';
import gpuMemTimeSum from './cuda_gpu_mem_time_sum.sql?raw';
import gpuTrace from './cuda_gpu_trace.sql?raw';
import kernExecSum from './cuda_kern_exec_sum.sql?raw';
import experimentPoints from './experiment_points.sql?raw';
import experiments from './experiments.sql?raw';
import losses from './losses.sql?raw';
import memoryLive from './memory_live.sql?raw';
import nvtxSum from './nvtx_sum.sql?raw';
import workloadAb from './workload_ab.sql?raw';
import workloadBatches from './workload_batches.sql?raw';
import workloadKernels from './workload_kernels.sql?raw';
import workloadLatency from './workload_latency.sql?raw';
import workloadLayers from './workload_layers.sql?raw';
import workloadMisses from './workload_misses.sql?raw';
import workloadPrecision from './workload_precision.sql?raw';
import workloadSla from './workload_sla.sql?raw';
import workloadStreams from './workload_streams.sql?raw';

interface Report {
  readonly title: string;
  readonly sql: string;
}

const REPORTS: Readonly<Record<string, Report>> = {
  cuda_gpu_kern_sum: { title: 'GPU kernel summary', sql: gpuKernSum },
  cuda_gpu_kern_gb_sum: { title: 'GPU kernel, grid and block summary', sql: gpuKernGbSum },
  cuda_gpu_mem_time_sum: { title: 'GPU memory operations by time', sql: gpuMemTimeSum },
  cuda_gpu_mem_size_sum: { title: 'GPU memory operations by size', sql: gpuMemSizeSum },
  cuda_api_sum: { title: 'API summary', sql: apiSum },
  cuda_gpu_trace: { title: 'GPU trace', sql: gpuTrace },
  cuda_kern_exec_sum: { title: 'Kernel launch and execution summary', sql: kernExecSum },
  nvtx_sum: { title: 'NVTX range summary', sql: nvtxSum },
  memory_live: { title: 'Memory that is still allocated at the end', sql: memoryLive },
  experiments: { title: 'Experiments', sql: experiments },
  experiment_points: { title: 'What experiments measured', sql: experimentPoints },
  workload_latency: { title: 'Latency of requests by model, priority and stage', sql: workloadLatency },
  workload_misses: { title: 'Missed deadlines by cause', sql: workloadMisses },
  workload_sla: { title: 'Deadlines kept over sliding windows', sql: workloadSla },
  workload_batches: { title: 'Batch sizes', sql: workloadBatches },
  workload_streams: { title: 'Occupancy and overlap of the scheduler’s streams', sql: workloadStreams },
  workload_kernels: { title: 'Kernels of the batches by model, version and size', sql: workloadKernels },
  workload_layers: { title: 'Layers of the engines', sql: workloadLayers },
  workload_precision: { title: 'Precisions side by side', sql: workloadPrecision },
  workload_ab: { title: 'Versions of the models', sql: workloadAb },
  losses: { title: 'Losses, gaps and diagnostics', sql: losses },
};

export const reportNames: readonly string[] = Object.keys(REPORTS);

function reportOf(name: string): Report {
  const report = Object.hasOwn(REPORTS, name) ? REPORTS[name] : undefined;
  if (!report) throw failure('noReport', `There is no report "${name}".`, `The reports are ${reportNames.join(', ')}.`);
  return report;
}

export function reportTitle(name: string): string {
  return reportOf(name).title;
}

export interface ReportRange {
  /** SessionNs; the whole session by default. */
  readonly fromNs?: number;
  readonly toNs?: number;
}

/** Runs a report over the rows that begin in [fromNs, toNs). Throws a FailureError for a name that is none. */
export function runReport(
  store: Store,
  name: string,
  { fromNs = -Number.MAX_VALUE, toNs = Number.MAX_VALUE }: ReportRange = {},
): Promise<ResultTable> {
  return store.query(reportOf(name).sql, { fromNs, toNs });
}
