// `hookanalyzer workload` end to end on the CPU: command, probe, runner, engines, file, reports.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHka } from '../../app/host/session/hka-reader';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';

const folder = mkdtempSync(join(tmpdir(), 'hka-workload-'));
let cliPath: string;
beforeAll(async () => {
  ensureNativeBuilt();
  cliPath = join(await ensureBuilt(), 'cli.js');
  const models = { classify: { file: 'generated:classifier-shaped?sidePx=32&batch=free', maxBatchSize: 4 } };
  const sources = { users: { target: 'classify', arrival: { kind: 'poisson', ratePerSec: 60 }, deadlineMs: 500 } };
  writeFileSync(join(folder, 'mine.yaml'), JSON.stringify({ name: 'mine', seconds: 1, models, sources }));
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function command(line: string, verb = 'workload') {
  const child = spawn(process.execPath, [cliPath, verb, ...line.split(' ')], {
    cwd: folder,
    env: { ...process.env, XDG_CACHE_HOME: folder },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, out, err };
}

test('a file: recorded, then what was late and why', async () => {
  const { code, out, err } = await command('mine.yaml -o run.hka --format json');
  expect(code).toBe(0);
  const reports = JSON.parse(out);
  const [latency] = reports.workload_latency;
  expect(latency).toMatchObject({ Model: 'classify', Priority: 1, Failed: 0 });
  expect(latency.Requests).toBeGreaterThan(20);
  expect(latency['p99 (ns)']).toBeGreaterThan(latency['p50 (ns)']);
  expect(reports.workload_batches.every((row: { Size: number }) => row.Size <= 4)).toBe(true);
  const { tables } = await readHka(join(folder, 'run.hka'), { onPacket: () => {} });
  expect(tables.request?.rows).toBe(latency.Requests);
  expect(tables.layer?.rows).toBeGreaterThan(10);
  expect(err).toContain(`${latency.Requests} requests`);
});

test('two policies on the same arrivals, a file each', async () => {
  const { code, out } = await command('mine.yaml --compare fifo,latency-aware --seed 3 -o two.hka --format json');
  expect(code).toBe(0);
  const { throughput, latency } = JSON.parse(out);
  expect(throughput.map((row: { Policy: string }) => row.Policy)).toEqual(['fifo', 'latency-aware']);
  expect(latency[0].Requests).toBe(latency[1].Requests);
  expect(latency[1]['p99 Low (%)']).toBeLessThanOrEqual(latency[1]['p99 High (%)']);
  for (const policy of ['fifo', 'latency-aware']) expect(existsSync(join(folder, `two-${policy}.hka`))).toBe(true);
});

test('the demo: a workload with kernels of the CPU device, classified by ONNX Runtime', async () => {
  const { code, out, err } = await command('-o demo.hka --seconds 2 --device cpu', 'demo');
  expect([code, err]).toEqual([0, expect.stringContaining('kernels on the CPU')]);
  expect(out).toContain('conv_nchw<3');
  const { tables } = await readHka(join(folder, 'demo.hka'), { onPacket: () => {} });
  expect(tables.kernel?.rows).toBeGreaterThan(100);
  expect(tables.request?.rows).toBeGreaterThan(20);
  expect(tables.pipeline?.rows).toBeGreaterThan(5);
});

test('a wrong file: said once, and no recording of nothing', async () => {
  writeFileSync(join(folder, 'wrong.yaml'), 'name: wrong\nmodels: {}\nsources: {}\n');
  const { code, out, err } = await command('wrong.yaml -o wrong.hka');
  expect([code, out]).toEqual([1, '']);
  expect(err.split('\n').filter((text) => text.includes('must name at least one model'))).toHaveLength(1);
  expect(existsSync(join(folder, 'wrong.hka'))).toBe(false);
});

test.each([
  ['nothing.yaml', 1, 'There is no workload file nothing.yaml, and no preset of that name. The presets are: three-'],
  ['mine.yaml --compare fifo', 2, '--compare takes two policies or more'],
  ['mine.yaml --compare fifo,fair', 2, '--compare takes fifo, strict-priority'],
  ['mine.yaml --compare fifo,edf --policy edf', 2, '--policy and --compare exclude each other'],
])('%s: exit code %i, one sentence', async (line, exitCode, sentence) => {
  const { code, err } = await command(line);
  expect([code, err]).toEqual([exitCode, expect.stringContaining(sentence)]);
});

test('a wrong file ends with the sentence of the machine that read it', async () => {
  writeFileSync(join(folder, 'wrong.yaml'), 'name: wrong\nmodels: { m: { file: a.onnx, spede: 1 } }\nsources: {}\n');
  const { code, err } = await command('wrong.yaml');
  expect(code).toBe(1);
  expect(err).toContain('wrong at models.m: there is no key "spede". The keys there are: engine, file,');
});
