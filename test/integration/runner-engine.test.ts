// `runner engine`: one model on either engine, the same numbers, and a sentence when it cannot be.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineRun } from '../../probe/runner/engine-run';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';

const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-runner-engine-'));
let runner = '';
beforeAll(async () => {
  runner = join(await ensureBuilt(), 'runner.js');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]) {
  const { addonPath } = ensureNativeBuilt();
  const args = [runner, 'engine', '--device', 'cpu', '--threads', '2', '--addon', addonPath, ...words];
  const env = { ...process.env, XDG_CACHE_HOME: folder, HOOKANALYZER_SOCKET: '' };
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}

const result = (...words: string[]) => JSON.parse(run('--model', 'yolo:64', '--print', ...words).stdout) as EngineRun;

test('both engines give the same numbers; the kernels as a graph and one by one exactly the same', () => {
  const graph = result('--count', '3', '--batch', '2');
  const plain = result('--count', '1', '--batch', '2', '--one-by-one');
  const other = result('--count', '1', '--batch', '2', '--engine', 'onnxruntime');
  expect(graph).toMatchObject({ engine: 'kernels', way: 'graph', batchCount: 3, batchSize: 2 });
  expect(plain).toMatchObject({ way: 'one by one', checksum: graph.checksum, launchCount: graph.launchCount });
  expect(Math.abs(other.checksum - graph.checksum)).toBeLessThan(1e-5 * Math.abs(graph.checksum));
  expect(graph.p50Ns).toBeLessThanOrEqual(graph.p99Ns);
  expect(graph.itemsPerSec).toBeCloseTo(6 / graph.seconds, 6);
  expect(graph.layers.length).toBeGreaterThan(80);
});

test('in FP16: the same within rounding, in half of the memory for weights', () => {
  const half = result('--count', '1', '--precision', 'fp16');
  const single = result('--count', '1');
  expect([half.precision, single.precision]).toEqual(['fp16', 'fp32']);
  expect(half.checksum).not.toBe(single.checksum);
  expect(Math.abs(half.checksum - single.checksum)).toBeLessThan(1e-4 * Math.abs(single.checksum));
  expect(half.weightsBytes / single.weightsBytes).toBeLessThan(0.55);
  expect(half.launchCount).toBeLessThan(single.launchCount);
});

test('for people: the figures, then a line a layer, longest first', () => {
  const { stdout, status } = run('--model', 'yolo:32', '--count', '1');
  const lines = stdout.trim().split('\n');
  expect(status).toBe(0);
  expect(lines[0]).toMatch(/^kernels on .*, fp32, graph, \d+ launches: [\d.]+ inferences\/s of 1 batches of 1$/);
  expect(lines[2]).toMatch(/^layers, each measured alone, [\d.]+ ms together:$/);
  const times = lines.slice(3).map((line) => Number.parseFloat(line));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('a model that is not there is one sentence and exit code 1', () => {
  const { stderr, status } = run('--model', join(folder, 'none.onnx'));
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('none.onnx');
});
