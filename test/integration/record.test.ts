// The main job on this machine: probe, target, recorder, file.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LocalProbe, startLocalProbe } from '../../app/host/link/local-probe';
import { readHka } from '../../app/host/session/hka-reader';
import { recordTarget } from '../../app/host/session/recorder';
import { KERNELS_PER_INFERENCE } from '../../probe/runner/network';
import { textAt } from '../../shared/model/column';
import { isPacketOf } from '../../shared/wire/decode';
import { ensureBuilt } from './build';

const root = join(__dirname, '..', '..');
let folder: string;
let probe: LocalProbe;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hka-record-'));
  probe = await startLocalProbe({
    probePath: join(root, 'out/node/probe.js'),
    collectorPath: undefined,
    spoolDir: join(folder, 'spool'),
    socketPath: join(folder, 'probe.sock'),
  });
});
afterEach(async () => {
  await probe.stop();
  rmSync(folder, { recursive: true, force: true });
});

const record = (command: string, args: string[], more: object = {}) => {
  const said = { stdout: '', stderr: '' };
  return recordTarget({
    transport: probe.transport,
    launch: { command, args, kinds: ['kernel', 'memcpy', 'memory', 'api', 'nvtx'], cwd: folder },
    filePath: join(folder, 'run.hka'),
    onOutput: (stream, text) => {
      said[stream] += text;
    },
    ...more,
  }).then((result) => ({ ...result, ...said }));
};

test('a program’s output and exit code are its own', async () => {
  const result = await record('sh', ['-c', 'echo out; echo err >&2; exit 7']);
  expect(result).toMatchObject({ exitCode: 7, stdout: 'out\n', stderr: 'err\n', lost: 0 });
});

test('a program that a signal ended has the shell’s exit code', async () => {
  expect(await record('sh', ['-c', 'kill -SEGV $$'])).toMatchObject({ exitCode: 139, signal: 'SIGSEGV' });
});

test('a missing program is one sentence with a remedy, and leaves no file', async () => {
  await expect(record('./no-such-program', [])).rejects.toMatchObject({ failure: { code: 'programMissing' } });
  await expect(readHka(join(folder, 'run.hka'), { onPacket: () => {} })).rejects.toMatchObject({
    failure: { code: 'noFile' },
  });
});

test('a program whose time is over is ended, and its children with it', async () => {
  const result = await record('sh', ['-c', 'sleep 1000 & sleep 1000'], { durationMs: 300 });
  expect(result).toMatchObject({ endedByDuration: true, signal: 'SIGTERM', exitCode: 143 });
});

test('all that a program says is in the file, whole and in order', async () => {
  const result = await record(process.execPath, [
    '-e',
    'for (let i = 0; i < 50000; i++) console.log("zeile " + i + " äöü")',
  ]);
  const expected = Array.from({ length: 50000 }, (_, i) => `zeile ${i} äöü\n`).join('');
  expect(result.stdout).toBe(expected);
  let stored = '';
  const summary = await readHka(join(folder, 'run.hka'), {
    onPacket: (packet) => {
      if (isPacketOf(packet, 'output'))
        for (let row = 0; row < packet.rowCount; row++) stored += textAt(packet.columns.text, row);
    },
  });
  expect(stored).toBe(expected);
  expect(summary).toMatchObject({ isClosed: true, missingPackets: 0, damagedPackets: 0, truncatedBytes: 0 });
  expect(summary.session?.hostName).not.toBe('');
});

test('the built-in workload on the CPU: kernels, copies, allocations and ranges with their calls', async () => {
  const addon = join(root, 'out/native/lib/hookanalyzer.node');
  const result = await record(process.execPath, [
    join(root, 'out/node/runner.js'),
    'demo',
    '--addon',
    addon,
    '--seconds',
    '1',
  ]);
  expect(result.stderr).toBe('');
  const inferences = Number(/^(\d+) inferences/.exec(result.stdout)?.[1]);
  expect(inferences).toBeGreaterThan(2);
  // An inference is 2 convolutions, 2 ReLUs, 3 products and a softmax, each in its range, and a range around them and one for the result.
  expect(result.rows).toMatchObject({ kernel: KERNELS_PER_INFERENCE * inferences, range: 10 * inferences, device: 1 });
  const { memcpy = 0, memory = 0, api = 0, kernel = 0 } = result.rows;
  expect(memcpy - 2 * inferences).toBeGreaterThan(0); // a picture in and scores out, and the weights before
  expect(memory % 2).toBe(0);
  expect(api).toBeGreaterThanOrEqual(kernel + memcpy);
});

test('Ctrl-C in a terminal, which reaches the whole process group: the program gets it, and the file is whole', async () => {
  const out = await ensureBuilt();
  const path = join(folder, 'interrupted.hka');
  const script = 'trap "echo got it; exit 3" INT; echo begun; while :; do sleep 0.05; done';
  const words = [join(out, 'cli.js'), 'record', '-o', path, '--', 'sh', '-c', script];
  const command = spawn(process.execPath, words, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  command.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = once(command, 'close');
  await expect.poll(() => said, { timeout: 20_000 }).toContain('begun');
  process.kill(-(command.pid as number), 'SIGINT');
  const [exitCode] = await ended;
  expect([exitCode, said]).toEqual([3, 'begun\ngot it\n']);
  expect(await readHka(path, { onPacket: () => {} })).toMatchObject({ isClosed: true, missingPackets: 0 });
});
