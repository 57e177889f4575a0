// A workload on our own kernels: its batches' kernels are found in the recording, by external correlation and, the same ones, by the range of
// the batch, its thread and its time.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rangeOfBatch } from '../../probe/engines/kernels/engine';
import { DecodedRows } from '../unit/addon/packets';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';
import { RecordingServer } from './runner-server';

const folder = mkdtempSync(join(tmpdir(), 'hka-workload-kernels-'));
let words: string[] = [];
beforeAll(async () => {
  const text = JSON.stringify({
    ...{ name: 'test', seconds: 1 },
    models: { detect: { engine: 'kernels', file: 'generated:yolov8n-shaped?sidePx=32&batch=free', maxBatchSize: 2 } },
    sources: { steady: { target: 'detect', arrival: { kind: 'periodic', ratePerSec: 20 } } },
  });
  const { addonPath } = ensureNativeBuilt();
  const runner = join(await ensureBuilt(), 'runner.js');
  words = [runner, 'workload', '--text', text, '--device', 'cpu', '--threads', '2', '--addon', addonPath];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every batch has its kernels by external correlation, the same in its range, and nothing is allocated between them', async () => {
  const server = await RecordingServer.open();
  try {
    const env = { ...process.env, XDG_CACHE_HOME: folder, HOOKANALYZER_SOCKET: server.socketPath };
    const kinds = { HOOKANALYZER_KINDS: 'kernel,api,nvtx,memory' };
    const [exitCode] = await once(
      spawn(process.execPath, words, { env: { ...env, ...kinds }, stdio: 'ignore' }),
      'close',
    );
    expect(exitCode).toBe(0);
    await server.closed();
    const rows = new DecodedRows(server.packets);
    const batches = rows.of('batch').map(({ batch }) => batch);
    expect(batches.length).toBeGreaterThan(10);
    const ranges = new Map(rows.of('range').map((row) => [rows.text(row.name) ?? '', row]));
    const own = batches.map((batch) => ranges.get(rangeOfBatch(batch)));
    const kernels = rows.of('kernel');
    const externals = rows.of('external');
    for (const [index, range] of own.entries()) {
      if (!range) throw new Error('a batch has no range');
      const endNs = range.startNs + range.durationNs;
      const calls = rows
        .of('api')
        .filter((row) => row.thread === range.thread && row.startNs >= range.startNs && row.startNs < endNs);
      const correlations = new Set(calls.map(({ correlation }) => correlation));
      const inRange = kernels.filter(({ correlation }) => correlations.has(correlation));
      expect(inRange.length).toBeGreaterThan(80);
      const marked = new Set(
        externals.filter(({ external }) => external === batches[index]).map(({ correlation }) => correlation),
      );
      expect(kernels.filter(({ correlation }) => marked.has(correlation))).toEqual(inRange);
    }
    // Of the copies in and out there are no kernels; the warm-up belongs to no batch.
    expect(new Set(externals.map(({ external }) => external))).toEqual(new Set(batches));
    expect(externals.length).toBe(3 * batches.length);
    const starts = own.map((range) => range?.startNs ?? Number.NaN);
    const [first, last] = [Math.min(...starts), Math.max(...starts)];
    expect(rows.of('memory').filter(({ timeNs }) => timeNs > first && timeNs < last)).toEqual([]);
  } finally {
    await server.close();
  }
});

test('prints its layers, as measured alone', () => {
  const env = { ...process.env, XDG_CACHE_HOME: folder, HOOKANALYZER_SOCKET: '' };
  const { stdout, status } = spawnSync(process.execPath, [...words, '--print'], { env, encoding: 'utf8' });
  expect(status).toBe(0);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.filter((line) => line.includes('Conv + SiLU')).length).toBeGreaterThanOrEqual(57);
});
