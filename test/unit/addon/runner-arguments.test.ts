import { expect, test } from 'vitest';
import { parseRunnerArguments, UsageError } from '../../../probe/runner/arguments';
import { placeOfModel } from '../../../probe/runner/engine-arguments';

/** What only an experiment is given. */
const NO_EXPERIMENT = {
  spec: '',
  experiment: undefined,
  isPrinting: false,
  pointSeconds: 60,
  fromIndex: 0,
  pass: 'times',
  engine: undefined,
  workload: undefined,
};

test('defaults', () => {
  expect(parseRunnerArguments(['demo'])).toEqual({
    verb: 'demo',
    device: 'auto',
    addonPath: undefined,
    threads: undefined,
    seconds: 3,
    count: undefined,
    seed: 1,
    ...NO_EXPERIMENT,
  });
});

test('every option', () => {
  const words = 'check --device cpu --threads 3 --seconds 0.5 --count 7 --seed 9 --addon /a.node';
  expect(parseRunnerArguments(words.split(' '))).toEqual({
    verb: 'check',
    device: 'cpu',
    addonPath: '/a.node',
    threads: 3,
    seconds: 0.5,
    count: 7,
    seed: 9,
    ...NO_EXPERIMENT,
  });
});

test('an experiment', () => {
  const words = 'experiment --spec {} --experiment 77 --print --point-seconds 2 --from 3 --pass counters';
  expect(parseRunnerArguments(words.split(' '))).toMatchObject({
    verb: 'experiment',
    spec: '{}',
    experiment: 77,
    isPrinting: true,
    pointSeconds: 2,
    fromIndex: 3,
    pass: 'counters',
  });
});

test('an engine', () => {
  const words = 'engine --model yolo:320 --engine onnxruntime --batch 4 --one-by-one';
  expect(parseRunnerArguments(words.split(' ')).engine).toEqual({
    model: 'yolo:320',
    engine: 'onnxruntime',
    precision: 'fp32',
    batchSize: 4,
    isGraph: false,
  });
  expect(parseRunnerArguments(['engine', '--model', 'a.onnx']).engine).toMatchObject({
    engine: 'kernels',
    precision: 'fp32',
    isGraph: true,
  });
  const half = ['engine', '--model', 'a.onnx', '--precision', 'fp16'];
  expect(parseRunnerArguments(half).engine).toMatchObject({ engine: 'kernels', precision: 'fp16' });
  expect(placeOfModel('yolo:320')).toBe('generated:yolov8n-shaped?sidePx=320&batch=free');
  expect(placeOfModel('a.onnx')).toBe('a.onnx');
});

test.each([
  ['engine', 'Say which model with --model'],
  ['engine --model a.onnx --engine tensorrt', '--engine must be kernels or onnxruntime, not "tensorrt"'],
  ['engine --model a.onnx --precision int8', '--precision must be fp32 or fp16, not "int8"'],
  [
    'engine --model a.onnx --engine onnxruntime --precision fp16',
    '--precision fp16 is for the engine kernels; the others compute in what the model is stored in',
  ],
  ['', 'Say what to run: demo, check, experiment, engine or workload'],
  ['dance', 'Say what to run: demo, check, experiment, engine or workload, not "dance"'],
  ['experiment', 'An experiment needs --spec with the JSON of what to measure'],
  ['workload', 'A workload needs exactly one of --file, --preset and --text'],
  ['workload --preset a --file b', 'A workload needs exactly one of --file, --preset and --text'],
  [
    'workload --preset a --policy x',
    '--policy must be fifo, strict-priority, edf, weighted-fair, latency-aware, not "x"',
  ],
  ['demo now', '"now" is one word too many'],
  ['demo --device gpu', '--device must be auto, cpu, cuda, not "gpu"'],
  ['demo --seconds soon', '--seconds must be a number from 0.001 to 86400, not "soon"'],
  ['demo --seconds=', '--seconds must be a number from 0.001 to 86400, not ""'],
  ['demo --count 1.5', '--count must be a whole number, not "1.5"'],
  ['demo --threads 0', '--threads must be a number from 1 to 256, not "0"'],
  ['demo --fly', "Unknown option '--fly'"],
])('runner %s: one sentence', (line, sentence) => {
  const parse = () => parseRunnerArguments(line.split(' ').filter(Boolean));
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(new UsageError(sentence));
});

test('a workload: what its file may say stays undefined', () => {
  const words = 'workload --preset overload --policy edf --control /c.jsonl --print';
  const { verb, workload, isPrinting } = parseRunnerArguments(words.split(' '));
  expect({ verb, isPrinting }).toEqual({ verb: 'workload', isPrinting: true });
  expect(workload).toEqual({
    presetName: 'overload',
    filePath: undefined,
    text: undefined,
    folder: undefined,
    policy: 'edf',
    seconds: undefined,
    seed: undefined,
    controlPath: '/c.jsonl',
    sensorsRoot: undefined,
  });
});
