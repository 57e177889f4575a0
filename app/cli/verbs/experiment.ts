import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { failure } from '../../../shared/util/failure';
import { loadExperiment } from '../../host/analysis/experiment-result';
import { type ExperimentChoice, experimentLaunch, RUNNER_DEVICES, randomExperiment } from '../../host/runner-launch';
import { fileFailure } from '../../host/session/file-failure';
import type { RecordResult } from '../../host/session/recorder';
import { oneOf, type Terminal, type Verb } from '../command';
import {
  EXPERIMENT_FORMATS,
  type ExperimentFormat,
  endingText,
  experimentText,
  flawsOf,
  progressText,
} from '../experiment-text';
import { type KernelSource, KIND_WORDS, kindOf, parseExperiment, SWEEP_OPTIONS } from '../experiment-words';
import { openForReading } from '../open-session';
import { type RecordJob, recordJob } from '../record-session';
import { openRunner } from '../runner-place';
import { tellRecording } from '../session-text';
import { defaultFileName } from './record';

function readKernel(path: string | undefined): KernelSource {
  if (path === undefined) return { source: '', fileName: '' };
  try {
    return { source: readFileSync(path, 'utf8'), fileName: basename(path) };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw isMissing
      ? failure('noFile', `There is no file ${path}.`, 'Check the name.')
      : fileFailure(error, path, 'read');
  }
}

interface MeasureOptions {
  readonly filePath: string;
  readonly overwrite: boolean;
  readonly on: string | undefined;
}

async function measure(
  choice: ExperimentChoice,
  { filePath, overwrite, on }: MeasureOptions,
  terminal: Terminal,
): Promise<RecordResult> {
  const { transport, runner } = await openRunner(on, terminal);
  let shown = 'starting';
  try {
    const job: RecordJob = {
      launch: experimentLaunch(runner, choice),
      filePath,
      overwrite,
      durationMs: undefined,
      on: undefined,
      socket: undefined,
      transport,
      isOutputAside: true,
      isEndedAtOnce: true,
      onExperiment: (row) => {
        if (row.experiment === choice.experiment) shown = progressText(row);
      },
      progressText: ({ linkState }) => (linkState === 'live' ? shown : `${linkState}; ${shown}`),
    };
    return await recordJob(job, terminal);
  } finally {
    await transport.close();
  }
}

/** Prints what the file holds of the experiment. Returns the exit code: 1 unless it was done and a point has a right result. */
async function printResult(
  recorded: RecordResult,
  experiment: number,
  format: ExperimentFormat,
  terminal: Terminal,
): Promise<number> {
  const { store } = await openForReading(recorded.filePath, terminal);
  try {
    const found = await loadExperiment(store, experiment);
    if (!found) {
      const sentence = recorded.stopped
        ? 'It was stopped before anything was measured.'
        : `The runner ended with exit code ${recorded.exitCode} before anything was measured.`;
      throw failure('noExperiment', sentence, recorded.stopped ? '' : 'What it said above names the reason.');
    }
    terminal.out(await experimentText(store, found.result, format));
    await tellRecording(recorded.filePath, terminal);
    const { sentences, isUseless } = flawsOf(found.result);
    for (const sentence of sentences) terminal.err(`hookanalyzer experiment: ${sentence}\n`);
    if (found.result.state === 'done') return isUseless ? 1 : 0;
    terminal.err(`hookanalyzer experiment: ${endingText(found.result, found.end, recorded)}\n`);
    return 1;
  } finally {
    await store.close();
  }
}

/** `hookanalyzer experiment`: a sweep, measured here or on a board, as a table. */
export const experiment: Verb = {
  name: 'experiment',
  summary: 'Measure kernels, copies, launches or allocations over a sweep, here or on a board.',
  usage: `${KIND_WORDS.slice(0, -1).join('|')}|kernel FILE.cu [options]`,
  wordCount: [1, 2],
  examples: [
    'hookanalyzer experiment gemm --sizes 256,512,1024x768x512 --variants tile_16,tile_32',
    'hookanalyzer experiment copy --bytes 4K,1M,64M --format csv --on nvidia@orin',
    'hookanalyzer experiment kernel scale.cu --arg buffer:f32:1048576 --arg f32:2 --blocks 64,128,256',
  ],
  options: {
    ...SWEEP_OPTIONS,
    device: {
      type: 'string',
      value: 'auto|cpu|cuda',
      help: 'where the kernels run (default auto: the GPU if there is one)',
    },
    on: { type: 'string', value: 'USER@HOST[:PORT]', help: 'the machine that measures; the probe is installed there' },
    format: { type: 'string', value: 'table|json|csv', help: 'how to print the points (default table)' },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE.hka',
      help: 'where to write (default experiment-KIND-DATE-TIME.hka)',
    },
    force: { type: 'boolean', short: 'f', help: 'replace the file if it exists' },
  },
  run: async (parsed, terminal) => {
    const { word, sourcePath } = kindOf(parsed.words);
    const spec = parseExperiment(word, parsed, readKernel(sourcePath));
    const device = oneOf(parsed, 'device', RUNNER_DEVICES, 'auto');
    const format = oneOf(parsed, 'format', EXPERIMENT_FORMATS, 'table');
    const filePath = parsed.text('output') ?? defaultFileName(`experiment-${word}`, new Date());
    const number = randomExperiment();
    const measurement = { spec, device, experiment: number };
    const options = { filePath, overwrite: parsed.flag('force'), on: parsed.text('on') };
    const recorded = await measure(measurement, options, terminal);
    return printResult(recorded, number, format, terminal);
  },
};
