// The runner's experiments on the CPU device: points arrive one by one, and what hangs or crashes costs one point.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureNativeBuilt } from './native-built';
import { bundleRunner, type RunnerBundle } from './runner-bundle';

let bundle: RunnerBundle;
let addonPath: string;
beforeAll(async () => {
  addonPath = ensureNativeBuilt().addonPath;
  bundle = await bundleRunner();
});
afterAll(() => bundle.remove());

interface Line {
  readonly experiment?: { event: string; doneCount: number; pointCount: number; sentence: string; deviceKind: number };
  readonly point?: {
    index: number;
    role: string;
    series: string;
    label: string;
    correctness: string;
    medianNs: number;
    failure: string;
  };
  readonly notice?: { sentence: string };
}

class Run {
  readonly lines: Line[] = [];
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  said = '';

  constructor(spec: object, words: readonly string[] = []) {
    const { HOOKANALYZER_SOCKET: _socket, ...env } = process.env;
    const all = ['experiment', '--device', 'cpu', '--threads', '2', '--addon', addonPath, '--print', ...words];
    this.child = spawn(process.execPath, [bundle.path, ...all, '--spec', JSON.stringify(spec)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.child.stdout) {
      createInterface(this.child.stdout).on('line', (line) => this.lines.push(JSON.parse(line)));
    }
    this.child.stderr?.on('data', (chunk) => {
      this.said += chunk;
    });
    this.exitCode = new Promise((resolve) => this.child.once('close', resolve));
  }

  get points() {
    return this.lines.flatMap(({ point }) => (point ? [point] : []));
  }

  get end() {
    return this.lines.at(-1)?.experiment;
  }

  /** The process that measures: a child of the runner. */
  worker(): number | undefined {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .find((pid) => {
        try {
          return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) === this.child.pid;
        } catch {
          return false;
        }
      });
  }
}

const GEMM = { kind: 'gemm', sizes: [32, 48], variants: ['tile_8', 'tile_16'], sampleCount: 5 };

test('GEMM on the CPU: every point is right and has a time, the ceilings come first', async () => {
  const run = new Run(GEMM);
  expect(await run.exitCode).toBe(0);
  expect(run.points.map(({ role, series, label }) => `${role} ${series} ${label}`)).toEqual([
    'ceiling copy copy bandwidth',
    'ceiling fma multiply-adds',
    'measured tile_8 32 × 32 × 32',
    'measured tile_16 32 × 32 × 32',
    'measured tile_8 48 × 48 × 48',
    'measured tile_16 48 × 48 × 48',
  ]);
  for (const point of run.points) expect(point).toMatchObject({ failure: '', medianNs: expect.any(Number) });
  for (const point of run.points.slice(2)) expect(point.correctness).toBe('right');
  expect(run.end).toMatchObject({ event: 'done', doneCount: 6, pointCount: 6 });
});

test.each([
  ['copy', { kind: 'copy', bytes: [4096, 65_536] }, 2],
  ['launch', { kind: 'launch', launchCounts: [1, 10] }, 2],
  ['allocation', { kind: 'allocation', bytes: [4096] }, 1],
  ['streams', { kind: 'streams', streamCounts: [1, 2], side: 32, launchCount: 2 }, 2],
  ['batch', { kind: 'batch', batchSizes: [1, 2] }, 2],
  ['more streams over all points than a device has', { kind: 'streams', streamCounts: [20, 21, 22, 23], side: 8 }, 4],
  ['block sizes', { kind: 'blockSize', blockSizes: [64, 256], elementCount: 10_000 }, 4],
])('%s', async (_, spec, pointCount) => {
  const run = new Run({ ...spec, sampleCount: 3 });
  expect(await run.exitCode).toBe(0);
  expect(run.points.filter(({ failure }) => failure !== '')).toEqual([]);
  expect(run.points).toHaveLength(pointCount);
  expect(run.points.every(({ medianNs }) => medianNs > 0)).toBe(true);
});

test.each(['relu', 'silu', 'add', 'add_relu'])('%s is right with every block size', async (kernel) => {
  const run = new Run({ kind: 'blockSize', kernel, blockSizes: [33, 256], elementCount: 100_001, sampleCount: 3 });
  expect(await run.exitCode).toBe(0);
  expect(run.points.map(({ role, correctness }) => `${role} ${correctness}`)).toEqual([
    'ceiling unchecked',
    'ceiling unchecked',
    'measured right',
    'measured right',
  ]);
});

test('a variant that is not there costs its points a sentence, and the others go on', async () => {
  const run = new Run({ ...GEMM, variants: ['tile_9', 'tile_8'] });
  expect(await run.exitCode).toBe(0);
  const failures = run.points.slice(2).map(({ series, failure }) => [series, failure === '']);
  expect(failures).toEqual([
    ['tile_9', false],
    ['tile_8', true],
    ['tile_9', false],
    ['tile_8', true],
  ]);
  expect(run.points[2].failure).toMatch(/^gemm: variant must be one of naive, tile_8/);
});

test('a point that takes too long is given up, and the next one is measured', async () => {
  const run = new Run({ ...GEMM, sizes: [2048, 32], variants: ['tile_8'] }, ['--point-seconds', '0.5']);
  expect(await run.exitCode).toBe(0);
  const [slow, quick] = run.points.slice(-2);
  expect(slow.failure).toBe('It did not end within 0.5 s, and its worker was ended.');
  expect(quick).toMatchObject({ failure: '', correctness: 'right' });
});

test('a worker that crashes costs the point it was at', async () => {
  const run = new Run({ ...GEMM, sizes: [1024, 32], variants: ['tile_8'], sampleCount: 10_000 });
  await expect.poll(() => run.points.length).toBe(2); // the ceilings; the first size is under way for seconds
  process.kill(run.worker() as number, 'SIGSEGV');
  expect(await run.exitCode).toBe(0);
  expect(run.points).toHaveLength(4);
  expect(run.points[2].failure).toBe('The worker was ended by SIGSEGV while it was measured.');
  expect(run.points[3]).toMatchObject({ failure: '', correctness: 'right' });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s cancels: what was measured stays', async (signal) => {
  const run = new Run({ ...GEMM, sizes: [32, 1024], variants: ['tile_8'], sampleCount: 10_000 });
  await expect.poll(() => run.points.length).toBe(3);
  run.child.kill(signal);
  expect(await run.exitCode).toBe(0);
  expect(run.end).toMatchObject({ event: 'cancelled', doneCount: 3 });
});

test('a kernel of one’s own needs a GPU, and so do counters', async () => {
  const kernel = { kind: 'kernel', source: '__global__ void f() {}', arguments: [], blockSizes: [32], threadCount: 32 };
  const run = new Run(kernel);
  expect(await run.exitCode).toBe(1);
  expect(run.end).toMatchObject({ event: 'failed', sentence: 'A kernel of your own runs on a CUDA device only.' });
  // What was asked for is told even so, and nothing of a device that was never reached: 0 is neither cuda nor cpu.
  expect(run.end).toMatchObject({ deviceKind: 0, device: '' });
  expect(run.lines.flatMap(({ experiment }) => experiment?.event ?? [])).toEqual(['started', 'failed']);
  const counted = new Run({ ...GEMM, readCounters: true });
  expect(await counted.exitCode).toBe(0);
  expect(counted.lines.find(({ notice }) => notice)?.notice?.sentence).toBe(
    'A CPU device has no hardware counters of CUDA.',
  );
  expect(counted.end?.event).toBe('done');
});

test.each([
  ['no JSON', '{', /--spec is no JSON/],
  ['an impossible size', '{"kind":"gemm","sizes":[99999]}', /--spec is wrong at sizes\.0/],
])('%s ends with exit code 2 and one sentence', async (_, text, sentence) => {
  const child = spawn(process.execPath, [bundle.path, 'experiment', '--spec', text]);
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(2);
  expect(said).toMatch(sentence);
});
