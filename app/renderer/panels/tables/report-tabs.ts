// The tabs of the panel: which report each one asks for, and what its rows are called on the timeline.

import type { WindowTable } from '../../../../shared/window/methods';
import type { Cell } from '../../model/table/columns';

export const REPORT_TABS = [
  { id: 'kernels', title: 'Kernels', report: 'cuda_gpu_kern_sum', nameColumn: 'Name' },
  { id: 'copiesByTime', title: 'Copies by time', report: 'cuda_gpu_mem_time_sum', nameColumn: 'Operation' },
  { id: 'copiesBySize', title: 'Copies by size', report: 'cuda_gpu_mem_size_sum', nameColumn: 'Operation' },
  { id: 'api', title: 'API', report: 'cuda_api_sum', nameColumn: 'Name' },
  { id: 'ranges', title: 'Ranges', report: 'nvtx_sum', nameColumn: 'Range' },
  { id: 'launches', title: 'Launch and execution', report: 'cuda_kern_exec_sum', nameColumn: 'Kernel Name' },
  { id: 'losses', title: 'Losses', report: 'losses', nameColumn: undefined },
] as const;

export type ReportTabId = (typeof REPORT_TABS)[number]['id'];

/** Kernels told apart by their launch too. */
export const KERNELS_BY_LAUNCH = 'cuda_gpu_kern_gb_sum';

/** What stands in a tab that has no rows, and what would fill it. */
export const EMPTY_WORDS: Readonly<Record<ReportTabId, readonly [title: string, remedy: string]>> = {
  kernels: ['No kernels', 'Select a longer range, or launch a program that runs some.'],
  copiesByTime: ['No copies and fills', 'Select a longer range, or trace copies when launching.'],
  copiesBySize: ['No copies and fills', 'Select a longer range, or trace copies when launching.'],
  api: ['No calls into CUDA', 'Select a longer range, or trace the API when launching.'],
  ranges: ['No ranges', 'Put NVTX ranges around the parts of the program that you want to tell apart.'],
  launches: ['No launches', 'Select a longer range, or trace kernels and the API when launching.'],
  losses: ['Nothing was lost', 'Records that are dropped anywhere are listed here with their number and the reason.'],
};

/** Column → what its header says. */
export const HEADER_NOTES: Readonly<Record<string, string>> = {
  'Time (%)': 'Time % is a share of the listed rows, not of wall time',
  'Med (ns)': 'exact median',
  'StdDev (ns)': 'standard deviation of a sample (n - 1)',
  QCount: 'launches whose kernel began after the call had returned',
};

/** How the timeline calls what a report calls `text`: without marks for the device, brackets and NVTX domain. */
export function sliceName(tab: ReportTabId, text: string): string {
  switch (tab) {
    case 'copiesByTime':
    case 'copiesBySize':
      return text.replace(/^\[CUDA memcpy (.*)\]$/, 'Memcpy $1').replace(/^\[CUDA memset\]$/, 'Memset');
    case 'ranges':
      return text.slice(text.indexOf(':') + 1);
    case 'kernels':
    case 'launches':
      return text.replace(/ \[CPU\]$/, '');
    default:
      return text;
  }
}

/** The cell of a row under a header; undefined when the report has no such column. */
export function cellUnder(table: WindowTable, cells: readonly Cell[], header: string | undefined): Cell | undefined {
  const index = table.columns.findIndex(({ name }) => name === header);
  return index < 0 ? undefined : cells[index];
}
