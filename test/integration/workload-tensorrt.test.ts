// A whole workload on the engine tensorrt, against the fake TensorRT: built from ONNX with progress, reused, cancelled, refused.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RowOf } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import type { Tables } from '../../shared/wire/tables';
import { buildTensorrtTests, type TensorrtTests } from '../native/tensorrt/built';
import { makeModelFolder } from '../native/tensorrt/models';
import { ensureBuilt } from './build';

const models = makeModelFolder();
afterAll(() => models.remove());

let built: TensorrtTests;
let runnerPath = '';
beforeAll(async () => {
  built = buildTensorrtTests('');
  runnerPath = join(await ensureBuilt(), 'runner.js');
  // The test's addon has TensorRT alone; which device there is, a variable says.
  models.write(
    'addon.cjs',
    `const { createTensorrt } = require(${JSON.stringify(built.addon)});
     const [computeMajor, computeMinor] = (process.env.FAKE_COMPUTE ?? '8.7').split('.').map(Number);
     const devices = [{ index: 0, name: 'Orin', computeMajor, computeMinor }];
     module.exports = { createTensorrt, cudaDevices: () => ({ devices }), gpuSensors: () => undefined };`,
  );
  models.detector('detector.onnx');
});
beforeEach(() => rmSync(models.path('hookanalyzer'), { recursive: true, force: true }));

class Run {
  readonly lines: Record<string, never>[] = [];
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  said = '';

  constructor(entry: object, env: NodeJS.ProcessEnv = {}, others: object = {}, parts: object = {}) {
    const profile = { min: [1, 3, 2, 2], best: [2, 3, 2, 2], max: [4, 3, 2, 2] };
    const detect = {
      engine: 'tensorrt',
      file: 'detector.onnx',
      maxBatchSize: 4,
      profiles: [{ images: profile }],
      ...entry,
    };
    const source = (target: string) => ({ target, arrival: { kind: 'periodic', ratePerSec: 50 } });
    const sources = Object.fromEntries(['detect', ...Object.keys(others)].map((name) => [name, source(name)]));
    const text = JSON.stringify({ name: 'test', seconds: 0.5, models: { detect, ...others }, sources, ...parts });
    const words = [runnerPath, 'workload', '--text', text, '--folder', models.path('.'), '--print'];
    this.child = spawn(process.execPath, [...words, '--addon', models.path('addon.cjs')], {
      env: {
        ...process.env,
        ...{ HOOKANALYZER_SOCKET: '', HOOKANALYZER_TENSORRT: '', XDG_CACHE_HOME: models.path('.') },
        LD_LIBRARY_PATH: built.libraries,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface(this.child.stdout!).on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line));
    });
    this.child.stderr?.on('data', (chunk) => {
      this.said += chunk;
    });
    this.exitCode = new Promise((resolve) => this.child.once('close', resolve));
  }

  rows<N extends keyof Tables>(name: N): RowOf<Tables[N]>[] {
    return this.lines.flatMap((line) => (line[name] ? [line[name] as RowOf<Tables[N]>] : []));
  }

  /** The phases of the engine itself, without TensorRT's own. */
  get phases(): string[] {
    return this.rows('build').flatMap(({ kind, phase, parent }) =>
      kind !== 'log' && !parent ? [`${kind} ${phase}`] : [],
    );
  }
}

const plans = () => {
  const folder = models.path('hookanalyzer/plans');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.plan')) : [];
};
const WARMED = ['began loading', 'done loading', 'began warming up', 'done warming up'];
const READ = ['began reading', 'done reading'];

test('an ONNX file is built with progress and log, serves, and its plan is loaded the next time', async () => {
  const first = new Run({ precision: 'fp16', workspaceMiB: 64, optimizationLevel: 2, sparsity: true });
  expect({ code: await first.exitCode, said: first.said }).toEqual({ code: 0, said: '' });
  expect(first.phases).toEqual([...READ, 'began building', 'done building', ...WARMED]);
  const build = first.rows('build');
  expect(build.every(({ timeNs }, index) => index === 0 || timeNs >= build[index - 1].timeNs)).toBe(true);
  expect(build.every((row) => row.model === 'detect' && row.engine === 'tensorrt' && row.precision === 'fp16')).toBe(
    true,
  );
  const steps = build.filter(({ phase }) => phase === 'Building');
  expect(steps[0]).toMatchObject({ kind: 'began', parent: 'building', step: 0, stepCount: 2 });
  expect(steps.at(-1)).toMatchObject({ kind: 'done', step: 2, stepCount: 2 });
  expect(build.some(({ kind, text }) => kind === 'log' && text.startsWith('Engine generation completed'))).toBe(true);
  const requests = first.rows('request');
  expect(requests.length).toBeGreaterThan(10);
  expect(requests.every(({ outcome }) => outcome === enums.requestOutcome.completed)).toBe(true);
  expect(first.rows('layer')).toContainEqual(
    expect.objectContaining({ name: 'relu1', index: 1, precision: 'fp16', engine: 'detect/1/full', batchSize: 4 }),
  );
  const edges = first
    .rows('edge')
    .map(({ fromLayer, toLayer, tensor, shape, bytes }) => [fromLayer, toLayer, tensor, shape, bytes]);
  expect(edges).toEqual([
    [-1, 0, 'images', '1 × 3 × 2 × 2', 48],
    [0, 1, 'from conv1', '1 × 8', 16],
    [1, -1, 'scores', '1 × 3', 12],
  ]);
  expect(plans()).toHaveLength(1);
  const second = new Run({ precision: 'fp16', workspaceMiB: 64, optimizationLevel: 2, sparsity: true });
  expect(await second.exitCode).toBe(0);
  expect(second.phases).toEqual([...READ, ...WARMED]);
  expect(second.rows('request').length).toBeGreaterThan(10);
  const other = new Run({
    precision: 'int8',
    calibrationCache: models.write('scales', 'TRT-100300-EntropyCalibration2\n'),
  });
  expect(await other.exitCode).toBe(0);
  expect(other.phases).toContain('done building');
  expect(plans()).toHaveLength(2);
});

test('a plan is built again for another device, and when it is damaged', async () => {
  expect(await new Run({}).exitCode).toBe(0);
  const [plan] = plans();
  const elsewhere = new Run({}, { FAKE_COMPUTE: '7.2' });
  expect(await elsewhere.exitCode).toBe(0);
  expect(elsewhere.phases).toContain('done building');
  expect(plans()).toHaveLength(2);
  writeFileSync(models.path(`hookanalyzer/plans/${plan}`), 'no plan');
  const again = new Run({});
  expect(await again.exitCode).toBe(0);
  expect(again.rows('build').map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^The plan is built again: /),
  );
  expect(again.rows('request').length).toBeGreaterThan(10);
});

test('one model in three precisions: a version each, and layers of each', async () => {
  models.write('scales', 'TRT-100300-EntropyCalibration2\n');
  const versions = { full: {}, half: { precision: 'fp16' }, small: { precision: 'int8' } };
  const run = new Run({ versions, calibrationCache: 'scales', traffic: { full: 1, half: 1, small: 1 } });
  expect({ code: await run.exitCode, said: run.said }).toEqual({ code: 0, said: '' });
  const told = new Set(run.rows('layer').map(({ engine, precision }) => `${engine} ${precision}`));
  expect([...told].sort()).toEqual(['detect/full/full fp32', 'detect/half/full fp16', 'detect/small/full int8']);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a build, nothing is left behind, nobody is blamed',
  async (signal) => {
    const run = new Run({}, { FAKE_BUILD_STEP_MS: '400' });
    await expect.poll(() => run.rows('build').some(({ phase }) => phase === 'Building')).toBe(true);
    run.child.kill(signal);
    expect({ code: await run.exitCode, said: run.said }).toEqual({ code: 0, said: '' });
    expect(run.rows('build').at(-1)).toMatchObject({
      kind: 'cancelled',
      phase: 'building',
      text: 'The build was cancelled.',
    });
    expect(plans()).toEqual([]);
  },
);

test('a version that is built while it runs holds no other model up', async () => {
  const others = { quick: { file: 'generated:classifier-shaped?sidePx=32&batch=free' } };
  const versions = { first: {}, second: { precision: 'fp16' } };
  const events = [{ atSec: 0.1, change: { kind: 'load', model: 'detect', version: 'second' } }];
  const run = new Run({ versions }, { FAKE_BUILD_STEP_MS: '100' }, others, { seconds: 2, events });
  expect(await run.exitCode).toBe(0);
  const own = run.rows('build').filter(({ version, phase }) => version === 'second' && phase === 'building');
  const build = own.filter(({ kind }) => kind !== 'log');
  expect(build.map(({ kind }) => kind)).toEqual(['began', 'done']);
  const [fromNs, toNs] = build.map(({ timeNs }) => timeNs);
  const quick = run.rows('request').filter(({ model }) => model === 'quick');
  const during = quick.filter(({ arrivalNs, completionNs }) => arrivalNs > fromNs && completionNs < toNs);
  // 50 a second; the build takes 200 ms at least.
  expect(during.length).toBeGreaterThanOrEqual(5);
});

const otherDevice = () => {
  const [plan] = plans();
  mkdirSync(models.path('carried'), { recursive: true });
  for (const end of ['', '.json']) {
    writeFileSync(
      models.path(`carried/detector.plan${end}`),
      readFileSync(models.path(`hookanalyzer/plans/${plan}${end}`)),
    );
  }
};

test('a plan file of another device is refused with both sides named, and the others go on', async () => {
  expect(await new Run({}).exitCode).toBe(0);
  otherDevice();
  const others = { quick: { file: 'generated:classifier-shaped?sidePx=32&batch=free' } };
  const run = new Run({ file: 'carried/detector.plan' }, { FAKE_COMPUTE: '7.2' }, others);
  expect(await run.exitCode).toBe(0);
  const sentence = 'The plan was built for Orin (compute capability 8.7), and here is Orin (7.2).';
  expect(run.said).toContain(sentence);
  expect(run.rows('build')).toContainEqual(
    expect.objectContaining({ kind: 'failed', model: 'detect', phase: 'loading', severity: 3 }),
  );
  expect(run.rows('request').length).toBeGreaterThan(10);
  expect(run.rows('request').every(({ model }) => model === 'quick')).toBe(true);
});

test.each([
  ['no TensorRT', {}, { LD_LIBRARY_PATH: '' }, /TensorRT is not installed: libnvinfer\.so\.10 was not found\./],
  ['a model that the build refuses', { file: 'refused.onnx' }, {}, /NonMaxSuppression/],
  [
    'int8 with a cache that is not there',
    { precision: 'int8', calibrationCache: 'none' },
    {},
    /There is no file .*none\./,
  ],
  ['a free size and no profile', { profiles: undefined }, {}, /detector\.onnx is not an ONNX model/],
])('%s: one sentence, and a row', async (_, entry, env, sentence) => {
  models.detector('refused.onnx', 'refuse 7 /nms NonMaxSuppression 8 why');
  const run = new Run(entry, env as unknown as NodeJS.ProcessEnv);
  expect(await run.exitCode).toBe(1);
  expect(run.said).toMatch(sentence);
  const failed = run.rows('build').filter(({ kind }) => kind === 'failed');
  expect(failed).toHaveLength(1);
  expect(failed[0]).toMatchObject({ severity: enums.severity.error, text: expect.stringMatching(sentence) });
});
