// The engine of probe/engines/tensorrt through the addon's binding, against the fake TensorRT. A program of its own loads the addon, as the
// loader reads LD_LIBRARY_PATH only when a process starts.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTensorrtTests, type TensorrtTests } from './built';
import { makeModelFolder } from './models';

interface Answer {
  readonly events?: Record<string, unknown>[];
  readonly [key: string]: unknown;
}

const models = makeModelFolder();
const detector = models.detector('detector.onnx');
const folder = models.path('.');
const program = models.path('engine-program.cjs');
const PROFILES = [[{ input: 'images', min: [1, 3, 2, 2], best: [2, 3, 2, 2], max: [4, 3, 2, 2] }]];
afterAll(() => models.remove());

describe('TensorRT engine', () => {
  let built: TensorrtTests;
  beforeAll(async () => {
    built = buildTensorrtTests('');
    await bundle({
      configFile: false,
      logLevel: 'silent',
      ssr: { noExternal: true },
      build: {
        ssr: join(__dirname, 'engine-program.ts'),
        outDir: folder,
        emptyOutDir: false,
        rollupOptions: { output: { format: 'cjs', entryFileNames: 'engine-program.cjs' } },
      },
    });
  });

  const environment = (env: Record<string, string>) => {
    return { ...process.env, HOOKANALYZER_TENSORRT: '', LD_LIBRARY_PATH: built.libraries, ...env };
  };

  /** One command of engine-program.ts. */
  function run(command: string, order: object, env: Record<string, string> = {}): Answer {
    const words = [program, built.addon, command, JSON.stringify(order)];
    const ran = spawnSync(process.execPath, words, { env: environment(env) });
    expect({ code: ran.status, stderr: ran.stderr.toString() }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(ran.stdout.toString());
  }

  const build = (plan: string, more: object = {}, env: Record<string, string> = {}) =>
    run('build', { onnxPath: detector, planPath: models.path(plan), profiles: PROFILES, ...more }, env);
  const load = (plan: string, more: object = {}, env: Record<string, string> = {}) =>
    run('load', { name: 'detector', planPath: models.path(plan), ...more }, env);

  test('builds with events in order, writes the plan and its facts', () => {
    const { events = [], facts } = build('plan', { precision: 'fp16' });
    expect(events[0]).toEqual({
      kind: 'progress',
      phase: 'Building',
      parent: '',
      step: 0,
      stepCount: 2,
      isFinished: false,
    });
    expect(events.at(-1)).toEqual({
      kind: 'log',
      severity: 'note',
      text: 'Engine generation completed in 0.1 seconds.',
    });
    expect(facts).toMatchObject({
      tensorrtVersion: '10.16.0',
      deviceName: 'Orin',
      computeCapability: '8.7',
      precision: 'fp16',
      profiles: PROFILES,
      onnxFile: 'detector.onnx',
      onnxSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      memory: { weightsBytes: 4096, activationsBytes: 1024, workspaceBytes: 256 },
    });
    expect(JSON.parse(readFileSync(models.path('plan.json'), 'utf8'))).toEqual(facts);
  });

  test('warms up with layer times by batch size, infers in order, tells its memory', () => {
    build('plan', { precision: 'fp16' });
    const answer = load('plan', { batches: [2, 4, 1] });
    expect(answer.facts).toEqual({
      name: 'detector',
      kind: 'tensorrt',
      device: 'cuda',
      precision: 'fp16',
      inputs: [{ name: 'images', element: 'float32', shape: [-1, 3, 2, 2] }],
      outputs: [{ name: 'scores', element: 'float32', shape: [-1, 3] }],
      batchMax: 4,
    });
    // Batch n is filled with n, twelve numbers an item.
    expect(answer.outputs).toEqual([
      [24, 25, 26, 24, 25, 26],
      [48, 49, 50, 48, 49, 50, 48, 49, 50, 48, 49, 50],
      [12, 13, 14],
    ]);
    expect(answer.areTimesInOrder).toBe(true);
    const layer = { type: 'CaskConvolution', runCount: 10, offsetNs: -1 };
    expect(answer.layers).toContainEqual({
      ...{ ...layer, name: 'relu1', batchSize: 4 },
      ...{ averageNs: 1_000_000, medianNs: 1_000_000, totalNs: 10_000_000 },
    });
    expect(answer.layers).toHaveLength(6);
    expect(answer.memory).toMatchObject({ weightsBytes: 4096, activationsBytes: 1024, workspaceBytes: 256 });
    expect(answer.refusal).toBe('');
  });

  test('values that do not fit, too large a batch, an engine that was given up or closed', () => {
    build('plan');
    expect(load('plan', { batches: [1], wrong: true }).problems).toEqual([
      ['shapeMismatch', 'The batch does not fit the model detector: the input images is missing.'],
      ['batchTooLarge', 'A batch of 5 is larger than the model detector takes (4).'],
      ['engineEnded', 'The engine of the model detector is gone: it hangs.'],
      ['engineEnded', 'The engine of the model detector is gone: it hangs.'],
    ]);
  });

  test('a build is cancelled, and the old plan stays', () => {
    writeFileSync(models.path('kept'), 'old');
    const answer = build('kept', { cancelAtEvent: 3 }, { FAKE_BUILD_STEP_MS: '50' });
    expect(answer.problem).toEqual(['buildCancelled', 'The build was cancelled.']);
    expect(readFileSync(models.path('kept'), 'utf8')).toBe('old');
    expect(existsSync(models.path('kept.json'))).toBe(false);
  });

  test('a process that exits during a build ends it', async () => {
    const order = { onnxPath: detector, planPath: models.path('x'), profiles: PROFILES, exitsAtEvent: 2 };
    const child = spawn(process.execPath, [program, built.addon, 'build', JSON.stringify(order)], {
      env: environment({ FAKE_BUILD_STEP_MS: '100' }),
    });
    const code = await new Promise((resolve) => child.on('exit', (exitCode, signal) => resolve(signal ?? exitCode)));
    expect(code).toBe(0);
  });

  test('marks the thread that infers with the batch, and nobody where no collector is', () => {
    build('plan');
    const listener = join(built.libraries, 'libbatch_listener.so');
    const path = models.path('batches.txt');
    const order = { batches: [1, 2, 1] };
    const first = load('plan', order, {
      ...{ LD_PRELOAD: listener, CUDA_INJECTION64_PATH: listener, FAKE_BATCHES: path },
    });
    // Batches are numbered 0, 1 and 2 by engine-program.ts; 0 is none, and neither are those of the warm-up.
    expect(readFileSync(path, 'utf8').trim().split('\n')).toEqual([
      'push 1 pool',
      'pop 0 pool',
      'push 2 pool',
      'pop 0 pool',
    ]);
    // Named but not loaded: nothing is loaded by us.
    rmSync(path);
    expect(load('plan', order, { CUDA_INJECTION64_PATH: listener, FAKE_BATCHES: path }).outputs).toEqual(first.outputs);
    expect(existsSync(path)).toBe(false);
  });

  test('timing and calibration caches are files', () => {
    const timingCachePath = models.path('timing');
    const calibrationCachePath = models.write('scales', 'TRT-100300-EntropyCalibration2\n');
    build('plan', { timingCachePath });
    writeFileSync(timingCachePath, `${readFileSync(timingCachePath, 'utf8')}pool1\n`);
    const { events = [] } = build('int8', {
      ...{ timingCachePath, calibrationCachePath, precision: 'int8', logSeverityMax: 'verbose' },
    });
    expect(events).toContainEqual({ kind: 'log', severity: 'verbose', text: 'found the timing of conv1' });
    expect(readFileSync(timingCachePath, 'utf8')).toBe('FAKE-TIMING 101600\nconv1\npool1\nrelu1\n');
    expect(build('x', { precision: 'int8', calibrationCachePath: '/nowhere' }).problem).toEqual([
      'calibrationMissing',
      'There is no file /nowhere.',
    ]);
  });

  test('one sentence for each plan that cannot be loaded', () => {
    build('plan');
    expect(load('nowhere').problem).toEqual(['planMissing', expect.stringContaining(models.path('nowhere'))]);
    expect(load('plan', {}, { FAKE_TENSORRT_VERSION: '100300' }).problem).toEqual([
      'planOtherVersion',
      'The plan was built by TensorRT 10.16.0, and here is TensorRT 10.3.0.',
    ]);
    expect(load('plan', {}, { FAKE_COMPUTE: '7.2' }).problem).toEqual([
      'planOtherDevice',
      'The plan was built for Orin (compute capability 8.7), and here is Orin (7.2).',
    ]);
    expect(load('plan', {}, { FAKE_CUDA_BYTES: '3000' }).problem).toEqual([
      'outOfMemory',
      'There is not enough GPU memory to load the plan.',
    ]);
    expect(load('plan', {}, { LD_LIBRARY_PATH: '' }).problem).toEqual([
      'tensorrtMissing',
      'TensorRT is not installed: libnvinfer.so.10 was not found.',
    ]);
  });

  test('an output whose size depends on values is refused, and everything is given back', () => {
    build('boxes', { onnxPath: models.detector('boxes.onnx', 'output boxes float32 *x2') });
    expect(load('boxes').problem).toEqual([
      'freeShape',
      'The output boxes has the shape 0x2, which changes with the values.',
    ]);
  });

  test('arguments that are none', () => {
    expect(run('arguments', {}).messages).toEqual([
      'createTensorrt: the argument must be an object.',
      'build: the second argument must be a function.',
      'build: onnxPath must be a string.',
      'build: precision must be one of fp32, fp16, int8.',
      'build: profiles: max must be an array of at most 8.',
      'build: optimizationLevel must be a whole number from 0 to 5.',
      'load: plan must be a typed array.',
      'mergeTimingCaches: the argument must be an array of at most 256.',
    ]);
  });
});
