// The words behind `runner`. Wrong ones end in one sentence and exit code 2.

import { parseArgs } from 'node:util';
import { POLICY_CHOICES, type PolicyChoice } from '../../shared/rpc/workload-control';
import { ENGINE_CHOICES, ENGINE_OPTIONS, type EngineArguments, PRECISION_CHOICES } from './engine-arguments';

export const DEVICE_CHOICES = ['auto', 'cpu', 'cuda'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

export interface RunnerArguments {
  readonly verb: (typeof VERBS)[number];
  readonly device: DeviceChoice;
  readonly addonPath: string | undefined;
  /** CPU threads; undefined for one a processor. */
  readonly threads: number | undefined;
  readonly seconds: number;
  /** Inferences to run; undefined to run for `seconds`. */
  readonly count: number | undefined;
  readonly seed: number;
  /** JSON of shared/rpc/experiment.ts. */
  readonly spec: string;
  /** Joins the rows of the experiment; random when it is not given. */
  readonly experiment: number | undefined;
  /** Whether an experiment prints its points, and a workload its rows, as JSON, a line each. */
  readonly isPrinting: boolean;
  /** A point whose worker says nothing for so long is given up. */
  readonly pointSeconds: number;
  /** Of a worker: the first point, and what it reads. */
  readonly fromIndex: number;
  readonly pass: 'times' | 'counters';
  /** Of the verb engine. */
  readonly engine: EngineArguments | undefined;
  /** Of a workload; undefined where its file is to say it. */
  readonly workload: WorkloadArguments | undefined;
}

/** Exactly one of presetName, filePath and text is given. */
export interface WorkloadArguments {
  readonly presetName: string | undefined;
  readonly filePath: string | undefined;
  readonly text: string | undefined;
  /** Paths in `text` count from here; the current folder when undefined. */
  readonly folder: string | undefined;
  readonly policy: PolicyChoice | undefined;
  readonly seconds: number | undefined;
  readonly seed: number | undefined;
  readonly controlPath: string | undefined;
  /** Where the machine's sys folder stands; / unless a test says otherwise. */
  readonly sensorsRoot: string | undefined;
}

/** experiment-worker is what experiment starts for itself. */
const VERBS = ['demo', 'check', 'experiment', 'experiment-worker', 'engine', 'workload'] as const;

const DEVICE_WORDS = '[--device auto|cpu|cuda] [--threads N] [--addon PATH]';
export const USAGE = `Usage: runner demo [--seconds N] [--count N] [--seed N] ${DEVICE_WORDS}, or runner check ${DEVICE_WORDS}, or runner experiment --spec JSON [--experiment ID] [--print] [--point-seconds N] ${DEVICE_WORDS}, or runner engine --model FILE|yolo:SIDE [--engine kernels|onnxruntime] [--precision fp32|fp16] [--seconds N] [--count N] [--batch N] [--one-by-one] [--print] ${DEVICE_WORDS}, or runner workload --file PATH|--preset NAME|--text YAML [--folder PATH] [--policy NAME] [--seconds N] [--seed N] [--control PATH] [--sensors ROOT] [--print] [--device auto|cpu|cuda]`;

/** Wrong usage; the message is one sentence. */
export class UsageError extends Error {}

const OPTIONS = {
  seconds: { type: 'string' },
  count: { type: 'string' },
  seed: { type: 'string' },
  device: { type: 'string' },
  threads: { type: 'string' },
  addon: { type: 'string' },
  spec: { type: 'string' },
  experiment: { type: 'string' },
  print: { type: 'boolean' },
  'point-seconds': { type: 'string' },
  from: { type: 'string' },
  pass: { type: 'string' },
  ...ENGINE_OPTIONS,
  file: { type: 'string' },
  preset: { type: 'string' },
  text: { type: 'string' },
  folder: { type: 'string' },
  policy: { type: 'string' },
  control: { type: 'string' },
  sensors: { type: 'string' },
} as const;

const SECONDS_DEFAULT = 3;
const SECONDS_MAX = 86_400;
const COUNT_MAX = 1e9;
const SEED_DEFAULT = 1;
const THREADS_MAX = 256; // of createCpuDevice
const POINT_SECONDS_DEFAULT = 60;
const POINT_COUNT_MAX = 1e6;
const BATCH_MAX = 1024;
const VERB_WORDS = 'Say what to run: demo, check, experiment, engine or workload';

function numberOf(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max))
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not "${text}"`);
  return value;
}

function wholeNumberOf(name: string, text: string | undefined, min: number, max: number): number | undefined {
  const value = numberOf(name, text, min, max);
  if (value !== undefined && !Number.isInteger(value))
    throw new UsageError(`--${name} must be a whole number, not "${text}"`);
  return value;
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // Node's message is several sentences; the first says what is wrong.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split('. ')[0].replace(/\.$/, ''));
  }
}

function engineOf({ model, engine: word, ...values }: ReturnType<typeof parse>['values']): EngineArguments {
  if (model === undefined) throw new UsageError('Say which model with --model');
  const engine = ENGINE_CHOICES.find((choice) => choice === (word ?? 'kernels'));
  if (!engine) throw new UsageError(`--engine must be ${ENGINE_CHOICES.join(' or ')}, not "${word}"`);
  const batchSize = wholeNumberOf('batch', values.batch, 1, BATCH_MAX) ?? 1;
  const precision = PRECISION_CHOICES.find((choice) => choice === (values.precision ?? 'fp32'));
  if (!precision)
    throw new UsageError(`--precision must be ${PRECISION_CHOICES.join(' or ')}, not "${values.precision}"`);
  if (precision === 'fp16' && engine !== 'kernels')
    throw new UsageError(
      '--precision fp16 is for the engine kernels; the others compute in what the model is stored in',
    );
  return { model, engine, precision, batchSize, isGraph: !values['one-by-one'] };
}

function workloadOf(values: ReturnType<typeof parse>['values']): WorkloadArguments {
  const { preset, file, text, folder, control } = values;
  if ([preset, file, text].filter((each) => each !== undefined).length !== 1)
    throw new UsageError('A workload needs exactly one of --file, --preset and --text');
  const policy = POLICY_CHOICES.find((each) => each === values.policy);
  if (values.policy !== undefined && !policy)
    throw new UsageError(`--policy must be ${POLICY_CHOICES.join(', ')}, not "${values.policy}"`);
  return {
    ...{ presetName: preset, filePath: file, text, folder, policy, controlPath: control, sensorsRoot: values.sensors },
    seconds: numberOf('seconds', values.seconds, 0.001, SECONDS_MAX),
    seed: wholeNumberOf('seed', values.seed, 0, 2 ** 32 - 1),
  };
}

/** Parses the words behind the program's name. Throws UsageError. */
export function parseRunnerArguments(words: readonly string[]): RunnerArguments {
  const { values, positionals } = parse(words);
  const [verb, ...others] = positionals;
  const known = VERBS.find((each) => each === verb);
  if (!known) throw new UsageError(verb === undefined ? VERB_WORDS : `${VERB_WORDS}, not "${verb}"`);
  if (others.length > 0) throw new UsageError(`"${others[0]}" is one word too many`);
  const device = DEVICE_CHOICES.find((choice) => choice === (values.device ?? 'auto'));
  if (!device) throw new UsageError(`--device must be ${DEVICE_CHOICES.join(', ')}, not "${values.device}"`);
  if (known.startsWith('experiment') && values.spec === undefined)
    throw new UsageError('An experiment needs --spec with the JSON of what to measure');
  return {
    verb: known,
    device,
    addonPath: values.addon,
    threads: wholeNumberOf('threads', values.threads, 1, THREADS_MAX),
    seconds: numberOf('seconds', values.seconds, 0.001, SECONDS_MAX) ?? SECONDS_DEFAULT,
    count: wholeNumberOf('count', values.count, 1, COUNT_MAX),
    seed: wholeNumberOf('seed', values.seed, 0, 2 ** 32 - 1) ?? SEED_DEFAULT,
    spec: values.spec ?? '',
    experiment: wholeNumberOf('experiment', values.experiment, 1, Number.MAX_SAFE_INTEGER),
    isPrinting: values.print ?? false,
    pointSeconds: numberOf('point-seconds', values['point-seconds'], 0.1, SECONDS_MAX) ?? POINT_SECONDS_DEFAULT,
    fromIndex: wholeNumberOf('from', values.from, 0, POINT_COUNT_MAX) ?? 0,
    pass: values.pass === 'counters' ? 'counters' : 'times',
    engine: known === 'engine' ? engineOf(values) : undefined,
    workload: known === 'workload' ? workloadOf(values) : undefined,
  };
}
