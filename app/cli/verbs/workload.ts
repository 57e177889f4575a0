import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import {
  POLICY_CHOICES,
  type PolicyChoice,
  WORKLOAD_PRESETS,
  WORKLOAD_SECONDS_MAX,
} from '../../../shared/rpc/workload-control';
import { failure } from '../../../shared/util/failure';
import { formatTable, type TableFormat } from '../../host/analysis/format-table';
import { reportTitle, runReport } from '../../host/analysis/reports';
import { compareRuns, compareThroughput, loadRun, type RunSample } from '../../host/analysis/workload-compare';
import { RUNNER_DEVICES, type WorkloadLaunchChoice, workloadLaunch } from '../../host/runner-launch';
import { fileFailure } from '../../host/session/file-failure';
import type { Store } from '../../host/session/store';
import { oneOf, type Parsed, positiveNumber, type Terminal, usage, type Verb } from '../command';
import { choices, oneNumber } from '../experiment-values';
import { openForReading } from '../open-session';
import { recordJob } from '../record-session';
import { type OpenRunner, openRunner } from '../runner-place';
import { tellRecording } from '../session-text';
import { defaultFileName } from './record';

const FORMATS = ['table', 'json', 'csv'] as const;
const REPORTS = ['workload_latency', 'workload_misses', 'workload_batches', 'workload_streams', 'workload_ab'] as const;
/** Of the arrivals and of the bootstrap, where the command names none and several policies are compared. */
const SEED_DEFAULT = 1;

type Named = Pick<WorkloadLaunchChoice, 'workload' | 'folder'> & { readonly name: string };

/** A preset, or the text of a file. Throws FailureError for a word that is neither. */
function namedBy(word: string, on: string | undefined): Named {
  const isFile = existsSync(word) && statSync(word).isFile();
  const preset = WORKLOAD_PRESETS.find((each) => each === word);
  if (preset && !isFile) return { workload: { preset }, name: preset };
  if (!isFile) {
    throw failure(
      'noWorkload',
      `There is no workload file ${word}, and no preset of that name.`,
      `The presets are: ${WORKLOAD_PRESETS.join(', ')}.`,
    );
  }
  const name = word.replace(/^.*\//, '').slice(0, -extname(word).length || undefined);
  try {
    // Paths in it are those of the machine that runs it, where this folder is not.
    const folder = on === undefined ? { folder: dirname(resolve(word)) } : {};
    return { workload: { text: readFileSync(word, 'utf8') }, name, ...folder };
  } catch (error) {
    throw fileFailure(error, word, 'read');
  }
}

/** run.hka and fifo make run-fifo.hka. */
function fileOf(path: string, policy: string): string {
  return path.endsWith('.hka') ? `${path.slice(0, -4)}-${policy}.hka` : `${path}-${policy}`;
}

interface Run {
  readonly choice: WorkloadLaunchChoice;
  readonly filePath: string;
  readonly overwrite: boolean;
}

/** Records one run and gives what it left to `use`. Returns the runner's exit code. */
async function recordRun(
  { choice, filePath, overwrite }: Run,
  { transport, runner }: OpenRunner,
  terminal: Terminal,
  use: (store: Store) => Promise<void>,
): Promise<number> {
  const launch = workloadLaunch(runner, choice);
  const recorded = await recordJob(
    {
      launch: choice.folder === undefined ? launch : { ...launch, cwd: process.cwd() },
      ...{ filePath, overwrite, transport },
      ...{ durationMs: undefined, on: undefined, socket: undefined, isOutputAside: true, showsBuilds: true },
    },
    terminal,
  );
  if (recorded.exitCode !== 0 && !recorded.rows.build) {
    // Not one model was looked at: the runner has said why, and there is nothing to read in the file.
    rmSync(filePath, { force: true });
    return recorded.exitCode;
  }
  const { store } = await openForReading(filePath, terminal);
  try {
    await use(store);
    await tellRecording(filePath, terminal, { isWorkload: true });
  } finally {
    await store.close();
  }
  return recorded.exitCode;
}

async function printReports(store: Store, format: TableFormat, terminal: Terminal): Promise<void> {
  const tables = await Promise.all(REPORTS.map(async (name) => [name, await runReport(store, name)] as const));
  if (format === 'json') {
    const all = tables.map(([name, table]) => [name, JSON.parse(formatTable(table, 'json'))]);
    terminal.out(`${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
    return;
  }
  for (const [name, table] of tables) {
    if (table.rows.length === 0) continue;
    terminal.out(format === 'table' ? `\n ** ${reportTitle(name)} (${name}):\n\n` : `# ${name}\n`);
    terminal.out(formatTable(table, format));
  }
}

function printComparison(runs: readonly RunSample[], seed: number, format: TableFormat, terminal: Terminal): void {
  const tables = { throughput: compareThroughput(runs), latency: compareRuns(runs, seed) };
  if (format === 'json') {
    const all = Object.entries(tables).map(([name, table]) => [name, JSON.parse(formatTable(table, 'json'))]);
    terminal.out(`${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
    return;
  }
  const titles = {
    throughput: 'Throughput, and its share of the first policy’s',
    latency: `Latency; ratios to ${runs[0].policy} with 95 % confidence from a block bootstrap`,
  };
  for (const [name, table] of Object.entries(tables)) {
    terminal.out(format === 'table' ? `\n ** ${titles[name as keyof typeof titles]}:\n\n` : `# ${name}\n`);
    terminal.out(formatTable(table, format));
  }
}

function policiesOf(parsed: Parsed): { policy: PolicyChoice | undefined; compared: PolicyChoice[] | undefined } {
  const compared = choices(parsed, 'compare', POLICY_CHOICES);
  const policy = parsed.text('policy') === undefined ? undefined : oneOf(parsed, 'policy', POLICY_CHOICES, 'fifo');
  if (compared && policy) throw usage('--policy and --compare exclude each other.');
  if (compared && compared.length < 2) throw usage('--compare takes two policies or more, such as fifo,latency-aware.');
  return { policy, compared };
}

/** `hookanalyzer workload`: several models under the scheduler, recorded and summarised. */
export const workload: Verb = {
  name: 'workload',
  summary: 'Serve several models under the scheduler, here or on a board, record it and say what was late and why.',
  usage: 'FILE.yaml|PRESET [--compare POLICY,POLICY] [options]',
  wordCount: [1, 1],
  examples: [
    'hookanalyzer workload three-cameras',
    'hookanalyzer workload overload --compare fifo,latency-aware --seconds 20',
    'hookanalyzer workload my-board.yaml --on nvidia@orin -o run.hka',
  ],
  notes: () =>
    `Presets: ${WORKLOAD_PRESETS.join(', ')}.\nPolicies: ${POLICY_CHOICES.join(', ')}.\nprobe/workloads/README.md says what stands in a file.`,
  options: {
    compare: { type: 'string', value: 'POLICY,POLICY', help: 'one run after another on the same arrivals' },
    policy: { type: 'string', value: 'POLICY', help: 'in place of the one that the workload names' },
    seconds: { type: 'string', short: 'd', value: 'N', help: 'how long the sources ask' },
    seed: { type: 'string', value: 'N', help: 'of the arrivals' },
    device: { type: 'string', value: 'auto|cpu|cuda', help: 'where engines run that do not say it (default auto)' },
    on: { type: 'string', value: 'USER@HOST[:PORT]', help: 'the machine that runs it; the probe is installed there' },
    format: { type: 'string', value: 'table|json|csv', help: 'how to print the reports (default table)' },
    output: {
      type: 'string',
      short: 'o',
      value: 'FILE.hka',
      help: 'where to write (default workload-NAME-DATE-TIME.hka; with --compare one a policy)',
    },
    force: { type: 'boolean', short: 'f', help: 'replace the file if it exists' },
  },
  run: async (parsed, terminal) => {
    const on = parsed.text('on');
    const { name, ...named } = namedBy(parsed.words[0], on);
    const { policy, compared } = policiesOf(parsed);
    const seconds = positiveNumber(parsed, 'seconds');
    if (seconds !== undefined && seconds > WORKLOAD_SECONDS_MAX) throw usage('--seconds takes a day at most.');
    const seed = oneNumber(parsed, 'seed');
    const format = oneOf(parsed, 'format', FORMATS, 'table');
    const device = oneOf(parsed, 'device', RUNNER_DEVICES, 'auto');
    const filePath = parsed.text('output') ?? defaultFileName(`workload-${name}`, new Date());
    const overwrite = parsed.flag('force');
    const place = await openRunner(on, terminal);
    try {
      const choice: WorkloadLaunchChoice = { ...named, seconds, seed, device };
      if (!compared) {
        const run = { choice: { ...choice, policy }, filePath, overwrite };
        return await recordRun(run, place, terminal, (store) => printReports(store, format, terminal));
      }
      const runs: RunSample[] = [];
      for (const each of compared) {
        const run = { choice: { ...choice, policy: each }, filePath: fileOf(filePath, each), overwrite };
        const exitCode = await recordRun(run, place, terminal, async (store) => {
          runs.push(await loadRun(store, each));
        });
        if (exitCode !== 0) return exitCode;
      }
      printComparison(runs, seed ?? SEED_DEFAULT, format, terminal);
      return 0;
    } finally {
      await place.transport.close();
    }
  },
};
