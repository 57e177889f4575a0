import { existsSync, rmSync } from 'node:fs';
import { TRACE_KINDS_DEFAULT } from '../../../shared/model/enums';
import { failure } from '../../../shared/util/failure';
import { formatTable } from '../../host/analysis/format-table';
import { runReport } from '../../host/analysis/reports';
import { findInstallation } from '../../host/installation';
import { oneOf, positiveNumber, type Verb } from '../command';
import { openForReading } from '../open-session';
import { recordJob } from '../record-session';
import { tellRecording } from '../session-text';

const DEMO_FILE = 'demo.hka';
const SECONDS_DEFAULT = 3;

/** `hookanalyzer demo`: the built-in workload, recorded and summarised. */
export const demo: Verb = {
  name: 'demo',
  summary: 'Record the built-in workload and show what it did; needs no GPU.',
  usage: '[--seconds N] [--device cpu|cuda|auto] [-o FILE.hka]',
  wordCount: [0, 0],
  examples: ['hookanalyzer demo', 'hookanalyzer demo --seconds 10 -o run.hka'],
  options: {
    seconds: { type: 'string', short: 'd', value: 'N', help: `how long to run (default ${SECONDS_DEFAULT})` },
    device: {
      type: 'string',
      value: 'cuda|cpu|auto',
      help: 'where the kernels run (default auto: the GPU if there is one)',
    },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE.hka',
      help: `where to write (default ${DEMO_FILE}, replaced each time)`,
    },
  },
  run: async (parsed, terminal) => {
    const { runnerPath, addonPath, collectorPath } = findInstallation();
    if (!addonPath)
      throw failure('notBuilt', 'The native parts are not built.', 'Build them with: npm run build:native');
    const filePath = parsed.text('output') ?? DEMO_FILE;
    const device = oneOf(parsed, 'device', ['cpu', 'cuda', 'auto'], 'auto');
    const seconds = positiveNumber(parsed, 'seconds') ?? SECONDS_DEFAULT;
    if (!parsed.text('output') && existsSync(filePath)) rmSync(filePath);
    const result = await recordJob(
      {
        launch: {
          command: process.execPath,
          args: [runnerPath, 'demo', '--seconds', String(seconds), '--device', device, '--addon', addonPath],
          cwd: process.cwd(),
          kinds: collectorPath ? [...TRACE_KINDS_DEFAULT] : ['kernel', 'memcpy', 'memory', 'nvtx'],
        },
        filePath,
        overwrite: false,
        durationMs: undefined,
        on: undefined,
        socket: undefined,
      },
      terminal,
    );
    if (result.exitCode !== 0) return result.exitCode;
    const { store } = await openForReading(filePath, terminal);
    try {
      for (const name of ['cuda_gpu_kern_sum', 'nvtx_sum']) {
        terminal.out(`\n${formatTable(await runReport(store, name, {}), 'table')}`);
      }
    } finally {
      await store.close();
    }
    await tellRecording(filePath, terminal);
    terminal.err(
      `hookanalyzer: next, try: hookanalyzer stats ${filePath}, or export it for Perfetto: hookanalyzer export ${filePath}\n`,
    );
    return 0;
  },
};
