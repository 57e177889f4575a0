// The TensorRT adapter against a fake TensorRT and a fake driver. The fakes end the program with code 5 when something is leaked, released
// twice, copied past its end, or when a context is changed whose graph is in use.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sanitizer } from '../built';
import { buildTensorrtTests, type TensorrtTests } from './built';
import { makeModelFolder } from './models';

type Line = Readonly<Record<string, unknown>>;

const variants: Sanitizer[] = ['', 'address', 'thread'];
const PROFILE = 'profile=images:1x3x2x2:2x3x2x2:4x3x2x2';
const CLEAN = { HOOKANALYZER_TENSORRT: '', ASAN_OPTIONS: 'exitcode=77:detect_leaks=1' };

const models = makeModelFolder();
const detector = models.detector('detector.onnx');
afterAll(() => models.remove());

describe.each(variants)('TensorRT adapter %s', (sanitizer) => {
  let built: TensorrtTests;
  beforeAll(() => {
    built = buildTensorrtTests(sanitizer);
  });

  function run(words: string[], env: Record<string, string> = {}, program = built.program): Line[] {
    const places = { LD_LIBRARY_PATH: built.libraries };
    const ran = spawnSync(program, words, { env: { ...process.env, ...CLEAN, ...places, ...env } });
    expect({ code: ran.status, stderr: ran.stderr.toString() }).toEqual({ code: 0, stderr: '' });
    const lines = ran.stdout.toString().trim().split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  const problemsOf = (lines: Line[]) => lines.filter((line) => 'problem' in line);
  const build = (model: string, plan: string, ...more: string[]) => [
    'build',
    `model=${model}`,
    `plan=${models.path(plan)}`,
    ...more,
  ];
  const load = (plan: string, ...more: string[]) => ['load', `plan=${models.path(plan)}`, ...more];
  const outputs = (lines: Line[]) => lines.filter((line) => 'outputs' in line);
  const told = (lines: Line[]) => lines.find((line) => 'Told' in line)?.Told;

  test('builds with progress, log and figures, and what it built infers', () => {
    const lines = run([
      ...build(detector, 'plan', PROFILE),
      ...load('plan'),
      ...['infer', 'images=2x3x2x2', 'allocations'],
      ...['infer', 'images=2x3x2x2', 'infer', 'images=2x3x2x2', 'allocations', 'memory'],
      ...Array(3).fill(['infer', 'images=2x3x2x2', 'profiled=1']).flat(),
      'layers',
    ]);
    expect(lines[0]).toEqual({ version: '10.16.0' });
    const steps = lines.filter(({ phase, isFinished }) => phase === 'Building' && !isFinished);
    expect(steps.map(({ step, stepCount }) => [step, stepCount])).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    expect(lines).toContainEqual({
      phase: 'Timing relu1',
      parent: 'Building',
      step: 2,
      stepCount: 2,
      isFinished: true,
    });
    expect(lines).toContainEqual({ log: 3, text: 'Total Weights Memory: 4096 bytes' });
    expect(lines.find((line) => 'built' in line)).toMatchObject({
      weightsBytes: 4096,
      activationsBytes: 1024,
      workspaceBytes: 256,
    });
    expect(lines.find((line) => 'loaded' in line)).toEqual({
      loaded: 'detector',
      tensors: ['in images [-1,3,2,2]', 'out scores [-1,3]'],
      profiles: ['images [1,3,2,2][2,3,2,2][4,3,2,2]'],
      layerCount: 2,
    });
    const scores = { shape: [2, 3], values: [12, 13, 14, 12, 13, 14] };
    // The profiled ones have a context of their own, which begins without a graph.
    expect(outputs(lines)).toEqual(
      [false, true, true, false, true, true].map((isGraph) => ({
        outputs: { scores },
        isGraph,
        refusal: '',
        isTimed: true,
      })),
    );
    // Nothing is allocated between the first inference and the last.
    const [first, last] = lines.filter((line) => 'allocationCount' in line);
    expect(last).toEqual(first);
    expect(lines.filter((line) => 'layer' in line)).toEqual([
      { layer: 'conv1', meanNs: 500_000, count: 3 },
      { layer: 'relu1', meanNs: 1_000_000, count: 3 },
    ]);
    expect(lines).toContainEqual({ weightsBytes: 4096, areWeightsExact: true, activationsBytes: 1024 });
  });

  test('every option reaches the builder, and the inspector tells of it', () => {
    const options = ['precision=fp16', 'sparsity=1', 'workspace=65536', 'level=5', 'dla=1'];
    const lines = run([...build(detector, 'all', PROFILE, ...options), ...load('all'), 'inspect'], {
      FAKE_DLA_CORES: '2',
    });
    expect(told(lines)).toEqual([
      'option fp16',
      'option sparseWeights',
      'option dla',
      'option dlaCore 1',
      'option gpuFallback',
      'option workspace 65536',
      'option level 5',
      'option verbosity 2',
      'profile images 1x3x2x2 2x3x2x2 4x3x2x2',
    ]);
    const tensor = (Name: string, Dimensions: number[], format: string) => {
      return { Name, Location: 'Device', Dimensions, 'Format/Datatype': format };
    };
    const images = tensor('images', [-1, 3, 2, 2], 'Row major linear FP32');
    const between = tensor('from conv1', [-1, 8], 'Channel major FP16 format where channel % 8 == 0');
    const scores = tensor('scores', [-1, 3], 'Row major linear FP32');
    expect(lines.at(-1)?.Layers).toEqual([
      { Name: 'conv1', LayerType: 'CaskConvolution', Inputs: [images], Outputs: [between] },
      { Name: 'relu1', LayerType: 'CaskConvolution', Inputs: [between], Outputs: [scores] },
    ]);
  });

  test('a build is cancelled at its next step', () => {
    const lines = run(build(detector, 'cancelled', PROFILE, 'cancelAt=3'));
    expect(lines.at(-1)).toEqual({ problem: 'buildCancelled', sentence: 'The build was cancelled.', remedy: '' });
    expect(lines.filter(({ phase }) => phase === 'Timing relu1')).toEqual([]);
  });

  test('a build that fails says why', () => {
    const stubborn = models.detector('stubborn.onnx', 'noTactic conv1');
    const hungry = models.detector('hungry.onnx', 'hungry');
    const [noTactic, noMemory] = problemsOf(run([...build(stubborn, 'x', PROFILE), ...build(hungry, 'x', PROFILE)]));
    expect(noTactic).toMatchObject({
      problem: 'noTactic',
      sentence: expect.stringContaining('implementation for conv1'),
    });
    expect(noMemory).toMatchObject({ problem: 'outOfMemory' });
  });

  test('a model that is missing, foreign, or has a node that TensorRT cannot run', () => {
    const foreign = models.write('foreign.onnx', 'a picture\n');
    const unsupported = models.detector(
      'unsupported.onnx',
      'refuse 7 /head/nms NonMaxSuppression 8 No importer registered for op',
      'refuse 9 /head/topk TopK 8 why',
    );
    const broken = models.detector('broken.onnx', 'refuse 3 /conv Conv 6 kernel weights are missing');
    const problems = problemsOf(
      run([
        ...build(models.path('nowhere.onnx'), 'x'),
        ...build(foreign, 'x'),
        ...build(unsupported, 'x'),
        ...build(broken, 'x'),
      ]),
    );
    expect(problems.map(({ problem, sentence }) => [problem, sentence])).toEqual([
      ['modelMissing', `There is no readable file ${models.path('nowhere.onnx')}.`],
      ['modelForeign', `${foreign} is no ONNX file: Failed to parse the ONNX model.`],
      [
        'unsupportedOperator',
        'TensorRT cannot run the operator NonMaxSuppression of node 7 (/head/nms): No importer registered for op. 1 more nodes have errors.',
      ],
      ['modelRefused', 'TensorRT cannot take node 3 (/conv), operator Conv: kernel weights are missing.'],
    ]);
  });

  test('profiles that do not fit', () => {
    const fixed = models.detector('fixed.onnx', 'input mask float32 1x4');
    const shapes = models.detector('shapes.onnx', 'input shape float32 2');
    const sentences = problemsOf(
      run([
        ...build(detector, 'x'),
        ...build(detector, 'x', 'profile=image:1x3x2x2:2x3x2x2:4x3x2x2'),
        ...build(detector, 'x', `${PROFILE},image:1:1:1`),
        ...build(detector, 'x', 'profile=images:1x3x2:1x3x2:1x3x2'),
        ...build(detector, 'x', 'profile=images:2x3x2x2:1x3x2x2:4x3x2x2'),
        ...build(detector, 'x', PROFILE, 'profile=images:1x3x2x2:2x3x4x2:4x3x4x2'),
        ...build(fixed, 'x', `${PROFILE},mask:1x4:2x4:2x4`),
        ...build(shapes, 'x', PROFILE),
      ]),
    ).map(({ sentence }) => sentence);
    expect(sentences).toEqual([
      'The input images has the open shape ?x3x2x2, and no profile says its range.',
      'Profile 0: the input images (?x3x2x2) has no range.',
      'Profile 0: the model has no input image.',
      'Profile 0: the input images has the shape ?x3x2x2, and 1x3x2 was given.',
      'Profile 0: the input images goes from 2x3x2x2 by 1x3x2x2 to 4x3x2x2, which does not rise.',
      'Profile 1: the input images is fixed to ?x3x2x2, and goes to 4x3x4x2 here.',
      'Profile 0: the input mask is fixed to 1x4, and goes to 2x4 here.',
      'The input shape gives a shape by its values, which this adapter does not support.',
    ]);
  });

  test('each shape finds its profile, keeps its own graph, and a shape without a profile is refused', () => {
    const second = 'profile=images:8x3x2x2:8x3x2x2:16x3x2x2';
    const batches = [2, 2, 9, 9, 2, 9, 5];
    const lines = run([
      ...build(detector, 'two', PROFILE, second),
      ...load('two'),
      ...batches.flatMap((batch) => ['infer', `images=${batch}x3x2x2`]),
    ]);
    expect(outputs(lines).map(({ isGraph }) => isGraph)).toEqual([false, true, false, true, true, true]);
    expect(lines.at(-1)?.sentence).toBe(
      'No profile of the engine takes the shape 5x3x2x2; it takes images 1x3x2x2 to 4x3x2x2, images 8x3x2x2 to 16x3x2x2.',
    );
  });

  test('twenty shapes in turn: the eldest goes, and all answers are right', () => {
    const wide = 'profile=images:1x3x2x2:2x3x2x2:20x3x2x2';
    const batches = [...Array(20).keys(), ...Array(20).keys()].map((index) => index + 1);
    const lines = run([
      ...build(detector, 'wide', wide),
      ...load('wide'),
      ...batches.flatMap((batch) => ['infer', `images=${batch}x3x2x2`]),
    ]);
    const lengths = outputs(lines).map(({ outputs: all }) => (all as { scores: { shape: number[] } }).scores.shape[0]);
    expect(lengths).toEqual(batches);
  });

  test('values that do not fit', () => {
    const lines = run([
      ...build(detector, 'plan', PROFILE),
      ...load('plan'),
      ...['infer', 'images=2x3x2x2', 'mask=1x1', 'infer', 'mask=1x1', 'infer', 'images=1x1x1x1x1x1x1x1x1'],
    ]);
    expect(problemsOf(lines).map(({ problem }) => problem)).toEqual(['inputForeign', 'inputMissing', 'shapeMisfit']);
  });

  test.each([
    ['uncapturable', 'TensorRT cannot run this engine inside a capture'],
    ['breaksCapture', 'The capture was broken off (CUDA error 901).'],
  ])('%s: falls back to plain launches and says so', (line, refusal) => {
    const model = models.detector(`${line}.onnx`, line);
    const infer = ['infer', 'images=1x3x2x2'];
    const lines = run([...build(model, line, PROFILE), ...load(line), ...infer, ...infer, ...infer]);
    expect(outputs(lines).map(({ isGraph }) => isGraph)).toEqual([false, false, false]);
    expect(outputs(lines).at(-1)).toMatchObject({
      outputs: { scores: { values: [12, 13, 14] } },
      refusal: expect.stringContaining(refusal),
    });
  });

  test('a driver that cannot capture, and graphs that nobody wants', () => {
    const infer = ['infer', 'images=1x3x2x2', 'infer', 'images=1x3x2x2'];
    const refused = run([...build(detector, 'plan', PROFILE), ...load('plan'), ...infer], {
      FAKE_CUDA_REFUSES_CAPTURE: '1',
    });
    expect(outputs(refused).at(-1)).toMatchObject({ isGraph: false, refusal: expect.stringContaining('error 801') });
    const unwanted = run([...load('plan', 'noGraphs=1'), ...infer]);
    expect(outputs(unwanted).at(-1)).toMatchObject({ isGraph: false, refusal: '' });
  });

  test('an output whose shape depends on values', () => {
    const model = models.detector('boxes.onnx', 'output boxes float32 *x2');
    const infer = ['infer', 'images=1x3x2x2'];
    const lines = run([...build(model, 'boxes', PROFILE), ...load('boxes'), ...infer, ...infer]);
    const rows = Array.from({ length: 12 }, (_, row) => [row, row]).flat();
    expect(outputs(lines).at(-1)).toMatchObject({
      outputs: { scores: { values: [12, 13, 14] }, boxes: { shape: [12, 2], values: rows } },
      isGraph: false,
    });
  });

  test('an inference that fails leaves the next engine alone', () => {
    const failing = models.detector('failing.onnx', 'failsToRun');
    const infer = ['infer', 'images=1x3x2x2'];
    const lines = run([
      ...build(failing, 'failing', PROFILE),
      ...build(detector, 'plan', PROFILE),
      ...[...load('failing'), ...infer, ...load('plan'), ...infer],
    ]);
    expect(problemsOf(lines).map(({ problem }) => problem)).toEqual(['inferFailed']);
    expect(outputs(lines)).toHaveLength(1);
  });

  test('plans of another version, another device, none, and inputs that the host cannot fill', () => {
    const host = models.detector('host.onnx', 'input sizes float32 2 host');
    const packed = models.detector('packed.onnx', 'packed');
    run([...build(detector, 'plan', PROFILE), ...build(host, 'host', PROFILE), ...build(packed, 'packed', PROFILE)]);
    const sentence = (words: string[], env = {}) => run(words, env).at(-1)?.sentence;
    expect(sentence(load('plan'), { FAKE_TENSORRT_VERSION: '100300' })).toBe(
      'The plan was built by TensorRT 10.16.0, and here is TensorRT 10.3.0.',
    );
    expect(sentence(load('plan'), { FAKE_COMPUTE: '7.2' })).toBe(
      'The plan was built for a GPU of compute capability 8.7, and here is one of 7.2.',
    );
    expect(sentence(load('detector.onnx'))).toBe('The file is no plan of TensorRT.');
    expect(sentence(load('host'))).toContain('The input sizes is a shape tensor on the host');
    expect(sentence(load('packed'))).toContain('has a packed format');
    expect(sentence(load('plan', 'device=3'))).toContain('There is no CUDA device 3 here');
  });

  test('a library older than 10.14 is not asked for the weights; they are measured', () => {
    const env = { FAKE_TENSORRT_VERSION: '100300' };
    const lines = run([...build(detector, 'old', PROFILE), ...load('old'), 'memory'], env);
    expect(lines.at(-1)).toEqual({ weightsBytes: 4096, areWeightsExact: false, activationsBytes: 1024 });
  });

  test('a version-compatible plan needs leave to run its own code', () => {
    const lines = run(
      [...build(detector, 'free', PROFILE, 'compatible=1'), ...load('free'), ...load('free', 'hostCode=1')],
      {},
    );
    expect(problemsOf(lines).map(({ problem }) => problem)).toEqual(['planHostCode']);
    expect(lines.at(-1)).toMatchObject({ loaded: 'detector' });
  });

  test('memory runs out at load while another engine goes on', () => {
    const large = models.detector('large.onnx', 'weights 100000');
    const wide = models.detector('wide.onnx', 'activations 100000');
    run([...build(detector, 'plan', PROFILE), ...build(large, 'large', PROFILE), ...build(wide, 'wide', PROFILE)]);
    const infer = ['infer', 'images=1x3x2x2'];
    const lines = run([...load('plan'), ...infer, ...load('large'), ...infer, ...load('wide'), ...infer], {
      FAKE_CUDA_BYTES: '50000',
    });
    expect(problemsOf(lines).map(({ problem, sentence }) => [problem, sentence])).toEqual([
      ['outOfMemory', 'There is not enough GPU memory to load the plan.'],
      ['outOfMemory', 'There is not enough GPU memory for the activations.'],
    ]);
    expect(outputs(lines)).toHaveLength(3);
  });

  test('INT8 by a calibration cache, by Q/DQ nodes, and by neither', () => {
    const cache = models.write('good.cache', 'TRT-100300-EntropyCalibration2\nimages: 3c010a14\n');
    const foreign = models.write('foreign.cache', 'something else');
    const quantized = models.detector('quantized.onnx', 'layer q QuantizeLinear');
    const written = models.path('written.cache');
    const lines = run([
      ...build(detector, 'c', PROFILE, 'precision=int8', `calibration=${cache}`, `calibrationOut=${written}`),
      ...[...load('c'), 'inspect'],
      ...build(detector, 'n', PROFILE, 'precision=int8'),
      ...build(detector, 'f', PROFILE, 'precision=int8', `calibration=${foreign}`),
      ...build(quantized, 'q', PROFILE, 'precision=int8', `calibration=${cache}`),
      ...[...load('q'), 'inspect'],
    ]);
    expect(told(lines)).toEqual(expect.arrayContaining(['option fp16', 'option int8', 'option calibrated 48']));
    expect(readFileSync(written, 'utf8')).toBe(readFileSync(cache, 'utf8'));
    expect(problemsOf(lines).map(({ problem }) => problem)).toEqual(['noCalibration', 'calibrationForeign']);
    expect(lines.at(-1)?.Told).not.toContain('option calibrated 48');
  });

  test('DLA where there is none, no such core, or FP32', () => {
    const dla = (core: number, precision: string, cores: string) =>
      run(build(detector, 'd', PROFILE, `dla=${core}`, `precision=${precision}`), { FAKE_DLA_CORES: cores }).at(-1);
    expect(dla(0, 'fp16', '0')?.sentence).toBe('This board has no DLA, as every Orin Nano.');
    expect(dla(2, 'fp16', '2')?.sentence).toBe('This board has 2 DLA cores, counted from 0; there is no core 2.');
    expect(dla(0, 'fp32', '2')?.problem).toBe('noDla');
    expect(dla(0, 'fp16', '2')).toHaveProperty('built');
  });

  test('a timing cache is read, merged and written; a foreign one is left out with a warning', () => {
    const out = models.path('timing');
    const other = models.write('other', 'FAKE-TIMING 101600\npool1\n');
    const foreign = models.write('foreign', 'FAKE-TIMING 100300\nconv1\n');
    const verbose = ['verbose=1', PROFILE];
    const first = run(build(detector, 'plan', ...verbose, `timing=${foreign}`, `timingOut=${out}`));
    expect(first).toContainEqual({ log: 4, text: 'timed conv1' });
    expect(first.find(({ log }) => log === 2)?.text).toMatch(/^Timing cache 0 was made by another version or device/);
    const again = run([
      ...build(detector, 'plan', ...verbose, `timing=${out}`, `timing=${other}`, `timingOut=${out}`),
      ...['merge', `timing=${out}`, `timing=${foreign}`],
    ]);
    expect(again).toContainEqual({ log: 4, text: 'found the timing of conv1' });
    expect(again.filter(({ text }) => text === 'timed conv1')).toEqual([]);
    expect(readFileSync(out, 'utf8')).toBe('FAKE-TIMING 101600\nconv1\npool1\nrelu1\n');
    expect(again.at(-1)).toEqual({ merged: 'FAKE-TIMING 101600 conv1 pool1 relu1 ' });
  });

  test('no TensorRT, one of another major, one that is too old, and a build without the adapter', () => {
    const problemOf = (env: Record<string, string>, program?: string) => run(['merge'], env, program).at(-1);
    expect(problemOf({ LD_LIBRARY_PATH: '' })).toMatchObject({
      problem: 'tensorrtMissing',
      sentence: 'TensorRT is not installed: libnvinfer.so.10 was not found.',
    });
    expect(problemOf({ HOOKANALYZER_TENSORRT: '/nowhere' })?.sentence).toContain('was not found in /nowhere.');
    expect(problemOf({ LD_LIBRARY_PATH: built.oldLibraries })).toMatchObject({
      problem: 'tensorrtOtherVersion',
      sentence: 'TensorRT 8.5.2 is installed, and this build drives TensorRT 10 only.',
    });
    expect(problemOf({ FAKE_TENSORRT_VERSION: '110100' })?.sentence).toContain('TensorRT 11.1.0 is installed');
    expect(problemOf({ FAKE_TENSORRT_VERSION: '100001' })?.problem).toBe('tensorrtTooOld');
    expect(problemOf({}, built.stubProgram)).toMatchObject({
      problem: 'tensorrtNotBuilt',
      sentence: 'This build has no TensorRT adapter, because NvInfer.h of TensorRT 10 was not found when it was built.',
    });
    const broken = models.write('libnvinfer.so.10', 'no library');
    expect(problemOf({ HOOKANALYZER_TENSORRT: broken.replace('/libnvinfer.so.10', '') })?.problem).toBe(
      'tensorrtBroken',
    );
  });
});
