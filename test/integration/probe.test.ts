// The probe by its socket: exactly once, gaps, lanes, crashes, strangers.

import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Control } from '../../app/host/link/control';
import { startLocalProbe } from '../../app/host/link/local-probe';
import { localTransport } from '../../app/host/link/transport';
import { realDisk } from '../../probe/spool/disk';
import { FakeCollector, greetRaw, type ProbeBed, startProbe, until, Watcher } from './probe-bed';

let bed: ProbeBed | undefined;
afterEach(async () => {
  await bed?.stop();
  bed = undefined;
});
const start = async (...options: Parameters<typeof startProbe>) => {
  bed = await startProbe(...options);
  return bed;
};

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const correlations = (watcher: Watcher) => watcher.rows('kernel').map((row) => row.correlation);

test('a viewer that stalls, is cut off and resumes gets every row exactly once and in order', async () => {
  const { socketPath } = await start();
  const collector = await FakeCollector.open(socketPath);
  const watcher = new Watcher(socketPath, 'bulk', 'now');
  await watcher.lane.open();
  await collector.kernels(1000);
  await until(() => watcher.kernelCount === 1000, 'the first packet');
  let release = () => {};
  watcher.hold = new Promise((resolve) => {
    release = resolve;
  });
  await collector.kernels(1000, 200); // 18 MB: more than the credit, so the probe has to wait
  await until(() => watcher.kernelCount > 1000, 'a packet while it stalls');
  watcher.lane.close();
  watcher.hold = undefined;
  release();
  await collector.kernels(1000, 50);
  await watcher.lane.open();
  await until(() => watcher.kernelCount >= collector.sent, 'everything');
  expect(correlations(watcher)).toEqual(oneTo(collector.sent));
  watcher.lane.close();
});

test('a viewer that stays away past the ring gets gap rows with exact counts, then the rest', async () => {
  const { socketPath } = await start({ ringBytesMax: 32 * 1024 * 1024 });
  const collector = await FakeCollector.open(socketPath);
  const watcher = new Watcher(socketPath, 'bulk', 'now');
  await watcher.lane.open();
  await collector.kernels(1000);
  await until(() => watcher.kernelCount === 1000, 'the first packet');
  watcher.lane.close();
  await collector.kernels(5000, 150); // 69 MB through a ring of 32
  await watcher.lane.open();
  await until(
    () => watcher.sequences.length > 0 && watcher.rows('kernel').at(-1)?.correlation === collector.sent,
    'the newest row',
  );
  const [gap] = watcher.rows('gap');
  expect(gap).toMatchObject({ isExact: 1, table: 10, lane: 2 });
  expect(gap.rowCount).toBeGreaterThan(0);
  expect(watcher.kernelCount + gap.rowCount).toBe(collector.sent);
  expect(new Set(correlations(watcher)).size).toBe(watcher.kernelCount);
  watcher.lane.close();
});

test('a flood that nobody reads never delays the vital lane', async () => {
  const { socketPath } = await start();
  const collector = await FakeCollector.open(socketPath);
  const bulk = new Watcher(socketPath, 'bulk', 'now');
  bulk.hold = new Promise(() => {});
  await bulk.lane.open();
  const vital = new Watcher(socketPath, 'vital', 'now');
  await vital.lane.open();
  await collector.kernels(5000, 60);
  const control = await Control.open(localTransport(socketPath));
  await control.request('target/launch', { command: 'sh', args: ['-c', 'echo vital'], kinds: [] });
  await until(() => vital.rows('output').some((row) => row.text === 'vital\n'), 'the output row');
  expect(bulk.kernelCount).toBeLessThan(collector.sent);
  control.close();
  bulk.lane.close();
  vital.lane.close();
});

test('a new viewer is told who and what, though it comes late', async () => {
  const { socketPath } = await start();
  const control = await Control.open(localTransport(socketPath));
  await control.request('target/launch', { command: 'true', args: [], kinds: [] });
  const first = new Watcher(socketPath, 'vital', 'oldest');
  await first.lane.open();
  await until(() => first.rows('process').length === 2, 'both process rows');
  const late = new Watcher(socketPath, 'vital', 'now');
  await late.lane.open();
  await until(() => late.rows('process').length === 2, 'the replayed rows');
  expect(late.rows('session').length).toBe(1);
  expect(late.rows('diagnostic')).toEqual([]); // an event, not state: it was before its time
  for (const each of [first, late]) each.lane.close();
  control.close();
});

test('a probe that is started again goes on with the session and its sequence', async () => {
  const first = await start();
  const collector = await FakeCollector.open(first.socketPath);
  await collector.kernels(1000, 3);
  const before = new Watcher(first.socketPath, 'bulk', 'oldest');
  await before.lane.open();
  await until(() => before.kernelCount === 3000, 'three packets');
  bed = await first.restart();
  const after = new Watcher(bed.socketPath, 'bulk', 'oldest');
  await after.lane.open();
  await until(() => after.kernelCount === 3000, 'the same three packets');
  expect(after.lane.sessionId).toBe(before.lane.sessionId);
  expect(after.sequences).toEqual(before.sequences);
  const again = await FakeCollector.open(bed.socketPath);
  await again.kernels(10);
  await until(() => after.kernelCount === 3010, 'a new packet');
  expect(after.sequences.at(-1)).toBeGreaterThan(before.sequences.at(-1) as number);
  after.lane.close();
});

test('a probe that is killed loses nothing that a viewer has seen, and resumes behind it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hka-kill-'));
  const options = {
    probePath: join(__dirname, '..', '..', 'out/node/probe.js'),
    collectorPath: undefined,
    spoolDir: join(folder, 'spool'),
    socketPath: join(folder, 'probe.sock'),
  };
  const probe = await startLocalProbe(options);
  const collector = await FakeCollector.open(options.socketPath);
  const watcher = new Watcher(options.socketPath, 'bulk', 'now');
  await watcher.lane.open();
  await collector.kernels(1000, 20);
  await until(() => watcher.kernelCount === 20_000, 'all rows');
  process.kill(probe.pid, 'SIGKILL');
  await probe.stop();
  writeFileSync(join(options.spoolDir, 'segment-0000000000000001.hkas'), 'torn', { flag: 'a' });
  const second = await startLocalProbe(options);
  await watcher.lane.open();
  const again = await FakeCollector.open(options.socketPath);
  await again.kernels(5);
  await until(() => watcher.kernelCount === 20_005, 'the new rows');
  expect(correlations(watcher)).toEqual([...oneTo(20_000), ...oneTo(5)]);
  const vital = new Watcher(options.socketPath, 'vital', 'oldest');
  await vital.lane.open();
  await until(() => vital.rows('loss').length > 0, 'the loss row of the torn tail');
  expect(vital.rows('loss')[0]).toMatchObject({ stage: 'spool', bytes: 4 });
  vital.lane.close();
  watcher.lane.close();
  await second.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['garbage', new Uint8Array(100).fill(7)],
  [
    'a packet that names a huge body',
    Uint8Array.from([
      0x48, 0x4b, 0x41, 0x31, 1, 0, 10, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff, 0, 0,
      0, 0,
    ]),
  ],
])('a collector that sends %s is cut off with a diagnostic, and the others go on', async (_name, bytes) => {
  const { socketPath } = await start();
  const vital = new Watcher(socketPath, 'vital', 'now');
  const bulk = new Watcher(socketPath, 'bulk', 'now');
  await vital.lane.open();
  await bulk.lane.open();
  const good = await FakeCollector.open(socketPath);
  const bad = await FakeCollector.open(socketPath);
  await bad.write(bytes);
  await until(() => vital.rows('diagnostic').length > 0, 'the diagnostic');
  expect(vital.rows('diagnostic')[0]).toMatchObject({ code: 'badCollectorData' });
  expect(vital.rows('loss').length).toBe(1);
  await good.kernels(10);
  await until(() => bulk.kernelCount === 10, 'the good collector’s rows');
  for (const each of [vital, bulk]) each.lane.close();
});

test('a collector that ends in the middle of a packet leaves a loss row with the bytes', async () => {
  const { socketPath } = await start();
  const vital = new Watcher(socketPath, 'vital', 'now');
  await vital.lane.open();
  const collector = await FakeCollector.open(socketPath);
  await collector.write(Uint8Array.from([0x48, 0x4b, 0x41, 0x31, 1, 0]));
  await collector.close();
  await until(() => vital.rows('loss').length > 0, 'the loss row');
  expect(vital.rows('loss')[0]).toMatchObject({ stage: 'intake', bytes: 6 });
  vital.lane.close();
});

test.each([
  ['GET / HTTP/1.1\r\n\r\n', 'badHello'],
  ['HKA1 role=king version=1\n', 'badRole'],
  ['HKA1 role=control version=99\n', 'versionMismatch'],
  ['HKA1 role=viewer version=1 lane=fast credit=1 cursor=now\n', 'badLane'],
  ['HKA1 role=viewer version=1 lane=bulk credit=x cursor=now\n', 'badCredit'],
  ['HKA1 role=viewer version=1 lane=bulk credit=1 cursor=soon\n', 'badCursor'],
  [`HKA1 ${'x'.repeat(5000)}`, 'badHello'],
])('the hello %j is refused by name', async (hello, code) => {
  const { socketPath } = await start();
  const { answer } = await greetRaw(socketPath, hello);
  expect(answer).toMatchObject({ error: code });
  expect(answer.sentence).not.toBe('');
});

test('a version mismatch names both versions and how to mend it', async () => {
  const { socketPath } = await start();
  const { answer } = await greetRaw(socketPath, 'HKA1 role=control version=99\n');
  expect(answer.sentence).toMatch(/speaks format version 1, the other side 99/);
  expect(answer.remedy).toBe('Install the same version of HookAnalyzer on both machines.');
});

test('the socket is the user’s alone; a second probe is refused, a stale socket replaced', async () => {
  const { socketPath, folder } = await start();
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  await expect(startProbe({}, folder)).rejects.toMatchObject({ failure: { code: 'alreadyRunning' } });
  const stale = join(folder, 'stale');
  mkdirSync(stale);
  const path = join(stale, 'probe.sock');
  const left = createServer().listen(path);
  await new Promise((resolve) => left.once('listening', resolve));
  const abandoned = await startProbe({ socketPath: join(stale, 'other.sock') }, stale);
  await new Promise((resolve) => left.close(resolve));
  if (!existsSync(path)) writeFileSync(path, '');
  const second = await startProbe({ spoolDirectory: join(stale, 'spool2') }, stale);
  await second.probe.close();
  await abandoned.probe.close();
});

test('a path too long for a Unix socket is refused with the limit', async () => {
  await expect(startProbe({ socketPath: join(tmpdir(), 'x'.repeat(120)) })).rejects.toMatchObject({
    failure: { code: 'pathTooLong' },
  });
});

test('a full disk: recording stops, targets go on, the user is told, and what is lost is counted', async () => {
  const disk = { isFull: false };
  const full = () => {
    if (disk.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  const { socketPath } = await start({
    disk: {
      ...realDisk,
      write: (descriptor, bytes, position) => {
        full();
        return realDisk.write(descriptor, bytes, position);
      },
    },
  });
  const collector = await FakeCollector.open(socketPath);
  const bulk = new Watcher(socketPath, 'bulk', 'now');
  const vital = new Watcher(socketPath, 'vital', 'now');
  await bulk.lane.open();
  await vital.lane.open();
  await collector.kernels(100);
  await until(() => bulk.kernelCount === 100, 'rows before');
  disk.isFull = true;
  await collector.kernels(100); // meets the full disk, and waits in memory
  const control = await Control.open(localTransport(socketPath));
  for (let tries = 0; (await control.request('probe/describe', {})).spool.state !== 'diskFull'; tries++)
    expect(tries).toBeLessThan(500);
  await collector.kernels(100, 7); // refused and counted
  await control.request('probe/describe', {});
  disk.isFull = false;
  await until(() => vital.rows('loss').length > 0, 'the loss row');
  expect(vital.rows('diagnostic').map((row) => row.code)).toEqual(expect.arrayContaining(['diskFull', 'diskFreed']));
  await collector.kernels(100);
  await until(() => bulk.rows('kernel').at(-1)?.correlation === collector.sent, 'rows after');
  const lost = vital.rows('loss').reduce((sum, row) => sum + row.count, 0);
  expect(bulk.kernelCount + lost).toBe(collector.sent);
  expect(lost).toBeGreaterThan(0);
  control.close();
  for (const each of [vital, bulk]) each.lane.close();
});
