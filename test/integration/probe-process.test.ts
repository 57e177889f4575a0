// The probe as a process of its own: its one line, its exit codes, its socket, and what is there again after kill -9.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureBuilt } from './build';
import { kernelPacket, shout, TestCollector, TestControl, TestViewer } from './probe-kit';

const ROWS = 1000;
let program: string;
let folder: string;
let socketPath: string;
let children: ChildProcess[];

beforeAll(async () => {
  program = join(await ensureBuilt(), 'probe.js');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-process-'));
  socketPath = join(folder, 'own', 'probe.sock');
  children = [];
});
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly sessionId: string;
}

function start(args: string[] = []): ChildProcess {
  const words = [program, 'serve', '--socket', socketPath, '--spool', join(folder, 'spool'), ...args];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function startReady(args: string[] = []): Promise<Started> {
  const child = start(args);
  const [line] = await once(child.stdout!, 'data');
  const ready = JSON.parse(String(line));
  expect(ready).toEqual({ ready: true, socket: socketPath, sessionId: expect.stringMatching(/^\w+$/) });
  return { child, sessionId: ready.sessionId };
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

test('the socket is only for its user, and is gone after SIGTERM', async () => {
  const { child } = await startReady();
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'own')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'spool')).mode & 0o777).toBe(0o700);
  child.kill('SIGTERM');
  expect(await outcome(child)).toEqual({ code: 0, stderr: '' });
  expect(existsSync(socketPath)).toBe(false);
});

test('kill -9: the session goes on, and nothing that a viewer saw or the disk had is lost', async () => {
  const { child, sessionId } = await startReady();
  const collector = await TestCollector.connect(socketPath);
  for (let at = 0; at < 100; at++) await collector.send(kernelPacket(ROWS, at * ROWS));
  const bulk = await TestViewer.connect(socketPath, { lane: 'bulk', cursor: 'oldest' });
  await bulk.when(({ packets }) => packets.length >= 60, '60 packets');
  child.kill('SIGKILL');
  await once(child, 'exit');
  await bulk.closed();
  expect(existsSync(socketPath)).toBe(true); // a stale file, replaced by the next probe

  const again = await startReady();
  expect(again.sessionId).toBe(sessionId);
  const cursor = String(bulk.sequences.at(-1)! + 1);
  const resumed = await TestViewer.connect(socketPath, { lane: 'bulk', cursor, session: sessionId });
  const whole = await TestViewer.connect(socketPath, { lane: 'bulk', cursor: 'oldest' });
  const vital = await TestViewer.connect(socketPath, { lane: 'vital', cursor: 'oldest' });
  const next = Number(vital.answer.next);
  await Promise.all([resumed.until(next), whole.until(next), vital.until(next)]);
  expect(resumed.rows('gap')).toEqual([]);
  expect([...bulk.sequences, ...resumed.sequences]).toEqual(whole.sequences);
  const seen = whole.rows('kernel').map(({ correlation }) => correlation);
  expect(seen).toEqual(seen.map((_, at) => at));
  expect(seen.length).toBeGreaterThanOrEqual(60 * ROWS);
  expect(vital.rows('session')).toHaveLength(1);
  expect(vital.rows('diagnostic').map(({ code }) => code)).toContain('probeRestarted');
  const later = await TestCollector.connect(socketPath);
  expect(Number(later.answer.sourceId)).toBeGreaterThan(Number(collector.answer.sourceId));
  expect(later.answer.epochNs).toBe(collector.answer.epochNs);
});

test('a second probe is refused and names the first, which goes on', async () => {
  const { child } = await startReady();
  const second = await outcome(start());
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(new RegExp(`^probe: A probe with process id ${child.pid} already uses .*\\n$`));
  const elsewhere = await outcome(start(['--spool', join(folder, 'other')]));
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.stderr).toContain(`process id ${child.pid} `);
  const control = await TestControl.connect(socketPath);
  expect((await control.request('probe/describe', {})).pid).toBe(child.pid);
});

test.each([
  ['a path that is too long', () => ['--socket', `/tmp/${'x'.repeat(110)}`], /has 115 bytes; Linux allows 107/],
  ['a path that is a file', () => ['--socket', touch('file')], /exists and is not a socket/],
  ['a folder that cannot be made', () => ['--socket', '/proc/nowhere/probe.sock'], /cannot listen at/],
  ['a ring that cannot be made', () => ['--spool', join(touch('file'), 'spool')], /cannot be used for the ring/],
])('%s: one sentence, exit code 1', async (_, args, words) => {
  const { code, stderr } = await outcome(start(args()));
  expect(code).toBe(1);
  expect(stderr).toMatch(words);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

function touch(name: string): string {
  writeFileSync(join(folder, name), '');
  return join(folder, name);
}

test.each([
  ['an unknown option', ['--colour', 'red']],
  ['a ring that is too small', ['--ring-bytes', '1000']],
  ['a word too many', ['again']],
])('%s: usage, exit code 2', async (_, args) => {
  const { code, stderr } = await outcome(start(args));
  expect(code).toBe(2);
  expect(stderr).toContain('Usage: probe.js serve');
});

test('with --exit-with-parent it ends with its stdin, and its targets with it', async () => {
  const { child } = await startReady(['--exit-with-parent']);
  const control = await TestControl.connect(socketPath);
  const { pid } = await control.request('target/launch', { command: 'sleep', args: ['1000'], kinds: [] });
  child.stdin!.end();
  expect((await outcome(child)).code).toBe(0);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

test('a ring of an earlier boot is removed, and said so', async () => {
  const first = await startReady();
  const collector = await TestCollector.connect(socketPath);
  await collector.send(kernelPacket(ROWS, 0));
  await collector.end();
  first.child.kill('SIGTERM');
  await once(first.child, 'exit');
  const record = join(folder, 'spool', 'session.json');
  writeFileSync(record, '{"version":1,"torn'.padEnd(1024));
  const second = await startReady();
  expect(second.sessionId).not.toBe(first.sessionId);
  const bulk = await TestViewer.connect(socketPath, { lane: 'bulk', cursor: 'oldest' });
  const vital = await TestViewer.connect(socketPath, { lane: 'vital', cursor: 'oldest' });
  await vital.when((viewer) => viewer.rows('diagnostic').length > 0, 'the diagnostic');
  expect(vital.rows('diagnostic')[0].code).toBe('oldSessionRemoved');
  expect(bulk.rows('kernel')).toEqual([]);
});

test('health rows come by themselves', async () => {
  await startReady();
  const vital = await TestViewer.connect(socketPath, { lane: 'vital', cursor: 'oldest' });
  await vital.when((viewer) => viewer.packets.filter(({ header }) => header.kind === 18).length >= 3, 'three rounds');
  const names = vital.rows('string').map(({ text }) => text);
  expect(names).toEqual(expect.arrayContaining(['cpu_load_ratio', 'memory_available_bytes', 'probe_rss_bytes']));
  const known = new Set(vital.rows('string').map(({ id }) => id));
  for (const { metric, value } of vital.rows('health')) {
    expect(known.has(metric)).toBe(true);
    expect(Number.isFinite(value)).toBe(true);
  }
  expect(await shout(socketPath, 'HKA1 version=2 role=control\n')).toContain('error=versionMismatch');
});
