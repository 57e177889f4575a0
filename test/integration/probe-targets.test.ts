// Programs that the probe launches: their ends, their output, their groups, and the words for what cannot be started.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Failure } from '../../shared/util/failure';
import { type Kit, kernelPacket, openKit, TestCollector, TestControl, TestViewer } from './probe-kit';

let kit: Kit;
let control: TestControl;
let vital: TestViewer;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hka-target-'));
  const collectorPath = join(folder, 'libhookcollector.so');
  writeFileSync(collectorPath, '');
  kit = await openKit({ collectorPath, stopGraceMs: 300 });
  control = await TestControl.connect(kit.socketPath);
  vital = await TestViewer.connect(kit.socketPath, { lane: 'vital', cursor: 'now' });
});
afterEach(async () => {
  await kit.close();
  rmSync(folder, { recursive: true });
});

function shell(script: string, more: { env?: Record<string, string | null>; delayMs?: number; cwd?: string } = {}) {
  return control.request('target/launch', { command: 'sh', args: ['-c', script], kinds: ['kernel', 'api'], ...more });
}

/** Launches and waits for its end and its rows. */
async function runShell(script: string, more: Parameters<typeof shell>[1] = {}) {
  const { targetId, pid } = await shell(script, more);
  const exited = await control.untilExited(targetId);
  await vital.until(exited.nextSequence);
  return { targetId, pid, exited };
}

function output(pid: number, stream = 1): string {
  const rows = vital.rows('output').filter((row) => row.pid === pid && row.stream === stream);
  return rows.map(({ text }) => text).join('');
}

function isAlive(pid: number): boolean {
  try {
    // A dead child whose parent has not asked for it yet is a zombie: it has ended.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0] !== 'Z';
  } catch {
    return false;
  }
}

test('start, output, exit code: all rows lie below nextSequence', async () => {
  const { targetId, pid, exited } = await runShell('echo out; echo err >&2; exit 7');
  expect(exited).toMatchObject({ targetId, pid, exitCode: 7 });
  expect(exited.signal).toBeUndefined();
  expect(output(pid)).toBe('out\n');
  expect(output(pid, 2)).toBe('err\n');
  const rows = vital.rows('process').filter((row) => row.pid === pid);
  expect(rows.map(({ event, exitCode, source }) => [event, exitCode, source])).toEqual([
    [1, -1, 0],
    [2, 7, 0],
  ]);
  expect(rows[0]).toMatchObject({ parentPid: process.pid, arguments: 'sh -c echo out; echo err >&2; exit 7' });
  expect(rows[0].executable).toMatch(/sh$/);
  expect(rows[1].sequence).toBeLessThan(exited.nextSequence);
  expect((await control.request('target/list', {})).targets).toEqual([
    expect.objectContaining({ targetId, pid, command: 'sh', running: false, kinds: ['kernel', 'api'], exited }),
  ]);
});

test('a program that a signal ended: 128 + signal in its row, the name in the notification', async () => {
  const { pid, exited } = await runShell('kill -SEGV $$');
  expect(exited).toMatchObject({ exitCode: -1, signal: 'SIGSEGV' });
  expect(vital.rows('process').find((row) => row.pid === pid && row.event === 2)?.exitCode).toBe(139);
});

test('a flood of output arrives whole, and characters are never cut', async () => {
  const { pid } = await runShell("i=0; while [ $i -lt 20000 ]; do echo 'grüße, 世界 🚀'; i=$((i+1)); done");
  expect(output(pid)).toBe('grüße, 世界 🚀\n'.repeat(20_000));
  for (const { text } of vital.rows('output')) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8192);
});

test('output that is no UTF-8 is kept as replacement characters', async () => {
  const { pid } = await runShell("printf 'a\\377b\\303'");
  expect(output(pid)).toBe('a\uFFFDb\uFFFD');
});

test('the environment makes the driver load the collector; the user can add and remove variables', async () => {
  const { targetId, pid } = await runShell(
    'echo "$CUDA_INJECTION64_PATH|$NVTX_INJECTION64_PATH|$HOOKANALYZER_SOCKET|$HOOKANALYZER_TARGET|$MINE|$HOME"',
    { env: { MINE: 'yes', HOME: null, CUDA_INJECTION64_PATH: '/other/tool.so' } },
  );
  const collector = join(folder, 'libhookcollector.so');
  expect(output(pid)).toBe(`${collector}|${collector}|${kit.socketPath}|${targetId}|yes|\n`);
  const notice = vital.rows('diagnostic').find(({ code }) => code === 'injectionReplaced');
  expect(notice?.sentence).toContain('/other/tool.so');
});

test('without a collector the program runs and the user is told', async () => {
  rmSync(join(folder, 'libhookcollector.so'));
  const { exited } = await runShell('exit 0');
  expect(exited.exitCode).toBe(0);
  expect(vital.rows('diagnostic').map(({ code }) => code)).toContain('collectorMissing');
});

test('stop reaches the whole group', async () => {
  const { targetId, pid } = await shell('sleep 1000 & echo $!; wait');
  await vital.when(() => output(pid) !== '', 'the pid of the child');
  const child = Number(output(pid));
  await control.request('target/stop', { targetId });
  const exited = await control.untilExited(targetId);
  expect(exited.signal).toBe('SIGTERM');
  expect(isAlive(pid)).toBe(false);
  expect(isAlive(child)).toBe(false);
});

test('a group that ignores the signal is killed after the grace', async () => {
  const { targetId, pid } = await shell("trap '' TERM; sleep 1000 & echo $!; while true; do wait; done");
  await vital.when(() => output(pid) !== '', 'the pid of the child');
  const child = Number(output(pid));
  await control.request('target/stop', { targetId });
  expect((await control.untilExited(targetId)).signal).toBe('SIGKILL');
  await expect.poll(() => isAlive(child)).toBe(false); // until who adopted it has seen its end
});

test('SIGINT can be asked for, and a stop of one that has ended does nothing', async () => {
  const { targetId, pid } = await shell("trap 'exit 3' INT; echo up; while true; do sleep 0.01; done");
  await vital.when(() => output(pid) !== '', 'the program');
  await control.request('target/stop', { targetId, signal: 'SIGINT' });
  expect(await control.untilExited(targetId)).toMatchObject({ exitCode: 3 });
  await control.request('target/stop', { targetId });
});

test.each([
  ['no such program', { command: 'no-such-program' }, 'programMissing', 'There is no program no-such-program'],
  ['no such path', { command: '/no/such/program' }, 'programMissing', 'There is no program /no/such/program'],
  ['a file that is not executable', { command: '/etc/passwd' }, 'programNotExecutable', 'is not executable'],
  ['a folder', { command: '/etc' }, 'programNotExecutable', 'is not executable'],
  [
    'no such folder',
    { command: 'true', cwd: '/no/such/folder' },
    'folderMissing',
    'There is no folder /no/such/folder',
  ],
  ['a file as folder', { command: 'true', cwd: '/etc/passwd' }, 'folderMissing', 'is a file'],
  ['an empty command', { command: '' }, 'badParams', 'target/launch'],
])('launching %s is refused in one sentence', async (_, params, code, words) => {
  const refused = await control.request('target/launch', { args: [], kinds: [], ...params }).catch((error) => error);
  const failure = (refused as { data: Failure }).data;
  expect(failure.code).toBe(code);
  expect(failure.sentence).toContain(words);
  expect(failure.remedy).not.toBe('');
  expect((await control.request('target/list', {})).targets).toEqual([]);
});

test('a target nobody launched is refused', async () => {
  const refused = await control.request('target/stop', { targetId: 99 }).catch((error) => error);
  expect(refused.data).toMatchObject({ code: 'noTarget' });
});

test('kinds go to the collectors of the target, at the start and whenever they change', async () => {
  const { targetId } = await shell('sleep 1000');
  const first = await TestCollector.connect(kit.socketPath, { target: String(targetId), kinds: 'sync' });
  expect(first.answer.kinds).toBe('kernel,api');
  const other = await TestCollector.connect(kit.socketPath, { kinds: 'memcpy,nonsense' });
  expect(other.answer.kinds).toBe('memcpy');
  await control.request('target/kinds', { targetId, kinds: [] });
  await control.request('target/kinds', { targetId, kinds: ['memset'] });
  await first.waiters.until(() => first.kinds.length === 2, 'the kinds');
  expect(first.kinds).toEqual(['', 'memset']);
  expect(other.kinds).toEqual([]);
  const late = await TestCollector.connect(kit.socketPath, { target: String(targetId) });
  expect(late.answer.kinds).toBe('memset');
});

test('before the delay is over nothing is traced', async () => {
  const { targetId } = await shell('sleep 1000', { delayMs: 150 });
  const collector = await TestCollector.connect(kit.socketPath, { target: String(targetId) });
  expect(collector.answer.kinds).toBe('');
  await collector.waiters.until(() => collector.kinds.length === 1, 'the kinds');
  expect(collector.kinds).toEqual(['kernel,api']);
});

test('the end is told only when the rows of the collectors are in', async () => {
  const bulk = await TestViewer.connect(kit.socketPath, { lane: 'bulk', cursor: 'now' });
  const go = join(kit.folder, 'go');
  const { targetId } = await shell(`until [ -e ${go} ]; do sleep 0.01; done`);
  const collector = await TestCollector.connect(kit.socketPath, { target: String(targetId) });
  writeFileSync(go, '');
  await vital.when((viewer) => viewer.rows('process').length === 2, 'the exit row');
  expect(control.exited).toEqual([]);
  for (let at = 0; at < 20; at++) await collector.send(kernelPacket(1000, at * 1000));
  await collector.end();
  const { nextSequence } = await control.untilExited(targetId);
  await bulk.until(nextSequence);
  expect(bulk.rows('kernel')).toHaveLength(20_000);
});

test('a target outlives the connection that launched it, and ends with the probe', async () => {
  const { targetId, pid } = await shell('sleep 1000 & wait');
  await control.close();
  const again = await TestControl.connect(kit.socketPath);
  expect((await again.request('target/list', {})).targets).toMatchObject([{ targetId, pid, running: true }]);
  await again.request('probe/shutdown', {});
  await kit.probe.closed;
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(kit.socketPath)).toBe(false);
});

test('the probe describes itself', async () => {
  const description = await control.request('probe/describe', {});
  expect(description).toMatchObject({ sessionId: kit.probe.sessionId, pid: process.pid, formatVersion: 1 });
  expect(description.spool).toMatchObject({ directory: kit.spoolFolder, state: 'recording', oldestSequence: 1 });
});
