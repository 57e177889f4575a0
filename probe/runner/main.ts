// `node out/node/runner.js demo|check|experiment|engine|workload`: the child process that runs workloads, so that one that hangs or crashes takes nothing with it.
// On a CUDA device the injected collector records it; on the CPU device it records itself and talks to the probe named by
// $HOOKANALYZER_SOCKET. Without that it just runs.

import { type ExperimentSpec, experimentSpec } from '../../shared/rpc/experiment';
import { FailureError } from '../../shared/util/failure';
import type { WorkerMessage } from '../experiments/point';
import { runExperiment } from '../experiments/run-experiment';
import { runWorker } from '../experiments/worker';
import { loadAddon } from './addon';
import { parseRunnerArguments, type RunnerArguments, USAGE, UsageError } from './arguments';
import { checkKernels, checkSentence } from './check/check';
import { demoSentence, runDemo } from './demo';
import { engineLines, runEngine } from './engine-run';
import { connectIfAsked, sendExit, tell, withDevice } from './recorded-device';
import { serveWorkload } from './serve-workload';
import { stopSignal } from './stop-signal';

async function demo(options: RunnerArguments): Promise<number> {
  const addon = loadAddon(options.addonPath);
  const stop = stopSignal();
  await withDevice(addon, options, async (device) => {
    const result = await runDemo(device, { ...options, shouldStop: () => stop.aborted });
    process.stdout.write(`${demoSentence(device, result)}\n`);
  });
  return 0;
}

async function check(options: RunnerArguments): Promise<number> {
  const addon = loadAddon(options.addonPath);
  const results = await withDevice(addon, options, (device) => checkKernels(addon, device));
  for (const result of results) process.stdout.write(`${checkSentence(result)}\n`);
  return results.every((result) => result.isGood) ? 0 : 1;
}

function parseSpec(text: string): ExperimentSpec {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('--spec is no JSON');
  }
  const parsed = experimentSpec.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new UsageError(`--spec is wrong${path.length > 0 ? ` at ${path.join('.')}` : ''}: ${message}`);
}

async function experiment(options: RunnerArguments): Promise<number> {
  const spec = parseSpec(options.spec);
  const connection = await connectIfAsked();
  const words = ['experiment-worker', '--spec', options.spec, '--device', options.device];
  if (options.addonPath !== undefined) words.push('--addon', options.addonPath);
  if (options.threads !== undefined) words.push('--threads', String(options.threads));
  const outcome = await runExperiment({
    spec,
    experiment: options.experiment ?? 1 + Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
    connection,
    modulePath: process.argv[1],
    words,
    pointMsMax: options.pointSeconds * 1000,
    signal: stopSignal(),
    print: options.isPrinting ? (line) => process.stdout.write(`${line}\n`) : undefined,
  });
  if (connection) sendExit(connection);
  await connection?.close();
  if (outcome.kind === 'failed') tell(`${outcome.sentence} ${outcome.remedy}`);
  return outcome.kind === 'failed' ? 1 : 0;
}

async function experimentWorker(options: RunnerArguments): Promise<number> {
  const spec = parseSpec(options.spec);
  const { fromIndex, pass } = options;
  const stop = stopSignal();
  let sent: Promise<unknown> = Promise.resolve();
  const say = (message: WorkerMessage) => {
    sent = new Promise((resolve) => process.send?.(message, resolve) ?? resolve(undefined));
  };
  const work = { spec, fromIndex, pass, tell: say, shouldStop: () => stop.aborted };
  let isAlive = true;
  try {
    const addon = loadAddon(options.addonPath);
    isAlive = await withDevice(addon, options, (device) => runWorker({ addon, device, ...work }));
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    say({ kind: 'failed', ...error.failure });
  }
  await sent;
  process.disconnect?.();
  return isAlive ? 0 : 1;
}

async function engine(options: RunnerArguments): Promise<number> {
  const { engine: chosen } = options;
  if (!chosen) throw new UsageError('Say which model with --model');
  const addon = loadAddon(options.addonPath);
  const stop = stopSignal();
  await withDevice(addon, options, async (device) => {
    const run = await runEngine(device, { ...options, ...chosen, shouldStop: () => stop.aborted });
    const lines = options.isPrinting ? [JSON.stringify(run)] : engineLines(run);
    process.stdout.write(`${lines.join('\n')}\n`);
  });
  return 0;
}

const RUN = {
  demo,
  check,
  experiment,
  engine,
  'experiment-worker': experimentWorker,
  workload: serveWorkload,
} as const;

async function run(words: readonly string[]): Promise<number> {
  try {
    const options = parseRunnerArguments(words);
    return await RUN[options.verb](options);
  } catch (error) {
    if (error instanceof UsageError) {
      tell(`${error.message}. ${USAGE}`);
      return 2;
    }
    tell(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

run(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
