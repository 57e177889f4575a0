import { existsSync, rmSync } from 'node:fs';
import { FailureError, failure } from '../../../shared/util/failure';
import { formatTable } from '../../host/analysis/format-table';
import { runReport } from '../../host/analysis/reports';
import { findInstallation } from '../../host/installation';
import { demoLaunch, localRunner, RUNNER_DEVICES } from '../../host/runner-launch';
import { oneOf, type Parsed, positiveNumber, type Terminal, type Verb } from '../command';
import { whyNoDisplay } from '../electron-runtime';
import { openForReading } from '../open-session';
import { recordJob } from '../record-session';
import { tellRecording } from '../session-text';
import { openWindow } from './open';

const DEMO_FILE = 'demo.hka';
const SECONDS_DEFAULT = 3;

// What asks for a file or a length is meant for the command; the rest is best seen live.
function wantsWindow(parsed: Parsed): boolean {
  const isForCommand = ['seconds', 'device', 'output'].some((name) => parsed.text(name) !== undefined);
  return !isForCommand && !parsed.flag('no-window') && whyNoDisplay() === undefined;
}

/** The exit code of the window, or undefined when it could not be had, which was said. */
async function tryWindow(terminal: Terminal): Promise<number | undefined> {
  try {
    return await openWindow(['--demo'], terminal);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    terminal.err(`hookanalyzer: ${error.failure.sentence} Going on without the window.\n`);
    return undefined;
  }
}

/** `hookanalyzer demo`: the built-in workload (two models under the scheduler), recorded and summarised. */
export const demo: Verb = {
  name: 'demo',
  summary: 'Show the built-in workload live, or record and summarise it without a display; needs no GPU.',
  usage: '[--no-window] [--seconds N] [--device cpu|cuda|auto] [-o FILE.hka]',
  wordCount: [0, 0],
  examples: ['hookanalyzer demo', 'hookanalyzer demo --seconds 10 -o run.hka'],
  options: {
    'no-window': { type: 'boolean', help: 'record and summarise here, although there is a display' },
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
    const runner = localRunner(findInstallation());
    if (!runner) throw failure('notBuilt', 'The native parts are not built.', 'Build them with: npm run build:native');
    const windowCode = wantsWindow(parsed) ? await tryWindow(terminal) : undefined;
    if (windowCode !== undefined) return windowCode;
    const filePath = parsed.text('output') ?? DEMO_FILE;
    const device = oneOf(parsed, 'device', RUNNER_DEVICES, 'auto');
    const seconds = positiveNumber(parsed, 'seconds') ?? SECONDS_DEFAULT;
    if (!parsed.text('output') && existsSync(filePath)) rmSync(filePath);
    const result = await recordJob(
      {
        launch: { ...demoLaunch(runner, { seconds, device }), cwd: process.cwd() },
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
      for (const name of ['cuda_gpu_kern_sum', 'workload_latency']) {
        terminal.out(`\n${formatTable(await runReport(store, name, {}), 'table')}`);
      }
    } finally {
      await store.close();
    }
    await tellRecording(filePath, terminal, { isWorkload: true });
    terminal.err(
      `hookanalyzer: next, try: hookanalyzer stats ${filePath}, or export it for Perfetto: hookanalyzer export ${filePath}\n`,
    );
    return 0;
  },
};
