import { formatTable } from '../../host/analysis/format-table';
import { reportNames, reportTitle, runReport } from '../../host/analysis/reports';
import { oneOf, type Verb } from '../command';
import { openForReading } from '../open-session';

/** What nsys prints when no report is named, in its order; ours behind. */
const DEFAULT_REPORTS = [
  'nvtx_sum',
  'cuda_api_sum',
  'cuda_gpu_kern_sum',
  'cuda_gpu_mem_time_sum',
  'cuda_gpu_mem_size_sum',
  'losses',
];

/** `hookanalyzer stats`: reports named as in nsys. */
export const stats: Verb = {
  name: 'stats',
  summary: 'Print reports of a session file, named as in nsys.',
  usage: 'FILE.hka [--report NAME[,NAME]] [--format table|csv|json]',
  wordCount: [1, 1],
  examples: [
    'hookanalyzer stats session.hka',
    'hookanalyzer stats session.hka --report cuda_gpu_kern_sum --format csv',
  ],
  options: {
    report: { type: 'string', short: 'r', value: 'NAME', help: 'one report, or several with commas' },
    format: { type: 'string', short: 'f', value: 'table|csv|json', help: 'how to print it (default table)' },
  },
  notes: () => `Reports:\n${reportNames.map((name) => `  ${name.padEnd(24)} ${reportTitle(name)}`).join('\n')}`,
  run: async (parsed, terminal) => {
    const format = oneOf(parsed, 'format', ['table', 'csv', 'json'], 'table');
    const names = parsed.text('report')?.split(',') ?? DEFAULT_REPORTS;
    const { store } = await openForReading(parsed.words[0], terminal);
    try {
      for (const name of names) {
        const table = await runReport(store, name, {});
        if (format === 'table') terminal.out(`\n ** ${reportTitle(name)} (${name}):\n\n`);
        terminal.out(formatTable(table, format));
      }
      return 0;
    } finally {
      await store.close();
    }
  },
};
