import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localTransport } from '../../../app/host/link/transport';
import { type RecordOptions, type RecordResult, recordTarget } from '../../../app/host/session/recorder';
import { enums } from '../../../shared/model/enums';
import type { LaunchParams } from '../../../shared/rpc/methods';
import { failure } from '../../../shared/util/failure';
import { encodeRows } from '../../../shared/wire/encode';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { tableOfKind, tables } from '../../../shared/wire/tables';
import { FakeProbe, stringPacket, syncPacket } from './fake-probe';
import { Until } from './until';

const TARGET = { targetId: 3, pid: 4321 };
const launch: LaunchParams = { command: 'app', args: [], kinds: ['kernel'] };

let probe: FakeProbe;
let folder: string;
let filePath: string;
const news = new Until();
const stops: unknown[] = [];

beforeEach(async () => {
  probe = await FakeProbe.start();
  folder = mkdtempSync(path.join(tmpdir(), 'recorder-'));
  filePath = path.join(folder, 'run.hka');
  stops.length = 0;
  probe.requests.set('target/launch', () => {
    setImmediate(() => news.wake());
    return TARGET;
  });
  probe.requests.set('target/stop', (params) => {
    stops.push(params);
    news.wake();
    return {};
  });
  probe.requests.set('target/list', () => ({ targets: [] }));
});

afterEach(async () => {
  await probe.stop();
  rmSync(folder, { recursive: true, force: true });
});

function outputPacket(pid: number, text: string, stream: 'stdout' | 'stderr' = 'stdout'): Uint8Array {
  return encodeRows(tables.output, [{ timeNs: 1, pid, stream: enums.outputStream[stream], text }]);
}

/** The tables of a file's packets in their order. */
function tablesOf(file: string): string[] {
  const found: string[] = [];
  const reader = new PacketReader({
    reuse: false,
    onPacket: (_packet, header) => void found.push(tableOfKind(header.kind)?.name ?? '?'),
    onDamaged: () => void found.push('damaged'),
  });
  expect(reader.push(readFileSync(file))).toBeUndefined();
  expect(reader.pendingBytes).toBe(0);
  return found;
}

function exit(exitCode: number, signal?: string): void {
  probe.notify('target/exited', { ...TARGET, exitCode, signal, nextSequence: probe.nextSequence });
}

function record(options: Partial<RecordOptions> = {}): Promise<RecordResult> {
  return recordTarget({ transport: localTransport(probe.socketPath), launch, filePath, ...options });
}

/** `afterMs` must be enough for the answer to arrive, where the link is cut. */
function whenLaunched(act: () => void, afterMs = 20): void {
  const launched = probe.requests.get('target/launch');
  probe.requests.set('target/launch', (params) => {
    setTimeout(act, afterMs);
    return launched?.(params);
  });
}

test('what the program does is in the file, session first and end last, and its output is passed on', async () => {
  probe.add(stringPacket(1));
  const outputs: string[] = [];
  whenLaunched(() => {
    probe.add(syncPacket(1, 10));
    probe.add(outputPacket(TARGET.pid, 'hello\n'));
    probe.add(outputPacket(9, 'of another program\n'));
    probe.add(outputPacket(TARGET.pid, 'oops\n', 'stderr'));
    probe.add(syncPacket(2, 5));
    exit(7);
  });
  const result = await record({ onOutput: (stream, text) => outputs.push(`${stream}: ${text}`) });
  expect(result).toMatchObject({ exitCode: 7, signal: undefined, endedByDuration: false, lost: 0, gaps: 0, filePath });
  expect(result.rows).toEqual({ session: 1, string: 1, sync: 15, output: 3 });
  const found = tablesOf(filePath);
  expect([found[0], found.at(-1)]).toEqual(['session', 'end']);
  expect(found.filter((name) => name === 'sync').length).toBe(2);
  expect(outputs).toEqual(['stdout: hello\n', 'stderr: oops\n']);
});

test('rows that come after the exit are waited for', async () => {
  whenLaunched(() => {
    probe.notify('target/exited', { ...TARGET, exitCode: 0, nextSequence: probe.nextSequence + 1 });
    setTimeout(() => probe.add(syncPacket(1, 3)), 100);
  });
  expect((await record()).rows).toMatchObject({ sync: 3 });
});

test('a signal gives 128 + its number', async () => {
  whenLaunched(() => exit(-1, 'SIGSEGV'));
  expect(await record()).toMatchObject({ exitCode: 139, signal: 'SIGSEGV' });
});

test('losses and gaps are counted', async () => {
  whenLaunched(() => {
    const loss = { startNs: 0, endNs: 1, bytes: 640, stage: 'collector', reason: 'queue full' };
    probe.add(
      encodeRows(tables.loss, [
        { ...loss, count: 12 },
        { ...loss, count: 0 },
      ]),
    );
    const gap = { timeNs: 0, firstSequence: 2, lastSequence: 3, packetCount: 2, table: 10, lane: 2, isExact: 1 };
    probe.add(encodeRows(tables.gap, [{ ...gap, rowCount: 77 }]));
    exit(0);
  });
  expect(await record()).toMatchObject({ lost: 13, gaps: 77 });
});

test('an experiment’s rows are told as they come', async () => {
  const row = { timeNs: 1, event: 2, deviceKind: 2, experiment: 2 ** 52 + 1, doneCount: 3, pointCount: 8 };
  const progress = { ...row, device: 'Xeon', spec: '', sentence: 'tile_8 at 64', remedy: '' };
  whenLaunched(() => {
    probe.add(encodeRows(tables.experiment, [progress]));
    probe.add(syncPacket(1, 1));
    exit(0);
  });
  const told: unknown[] = [];
  const { rows } = await record({ onExperiment: (each) => told.push(each) });
  expect(told).toEqual([progress]);
  expect(rows).toMatchObject({ experiment: 1, sync: 1 });
});

test('the duration ends the program, and that is told', async () => {
  const recording = record({ durationMs: 50 });
  await news.when(() => stops.length > 0);
  exit(-1, 'SIGTERM');
  expect(await recording).toMatchObject({ endedByDuration: true, exitCode: 143 });
  expect(stops).toEqual([{ targetId: 3, signal: 'SIGTERM' }]);
});

test('the first Ctrl-C goes to the program, the second ends the recording', async () => {
  const interrupt = new AbortController();
  const stop = new AbortController();
  whenLaunched(() => interrupt.abort());
  const recording = record({ interruptSignal: interrupt.signal, signal: stop.signal });
  await news.when(() => stops.length === 1);
  stop.abort();
  await news.when(() => stops.length === 2);
  exit(-1, 'SIGTERM');
  expect(await recording).toMatchObject({ stopped: true, exitCode: 143 });
  expect(stops).toMatchObject([{ signal: 'SIGINT' }, { signal: 'SIGTERM' }]);
  expect(tablesOf(filePath).at(-1)).toBe('end');
});

test('the program ends while the link is down: the probe is asked', async () => {
  whenLaunched(() => {
    probe.cut();
    probe.add(syncPacket(1, 4));
    const exited = { ...TARGET, exitCode: 5, nextSequence: probe.nextSequence };
    const target = { ...TARGET, command: 'app', args: [], kinds: [], running: false, exited };
    probe.requests.set('target/list', () => ({ targets: [target] }));
  });
  const states: string[] = [];
  const result = await record({ onProgress: ({ linkState }) => states.push(linkState) });
  expect(result).toMatchObject({ exitCode: 5, reconnectCount: 1, rows: { sync: 4 } });
  expect(states).toEqual(expect.arrayContaining(['reconnecting', 'live']));
});

test('a program that cannot be launched leaves no file, and a file to be replaced as it was', async () => {
  probe.requests.set('target/launch', () => {
    throw failure('noProgram', 'There is no program app.', 'Check its name.');
  });
  await expect(record()).rejects.toMatchObject({ failure: { code: 'noProgram' } });
  expect(existsSync(filePath)).toBe(false);
  writeFileSync(filePath, 'yesterday');
  await expect(record({ overwrite: true })).rejects.toMatchObject({ failure: { code: 'noProgram' } });
  expect(readFileSync(filePath, 'utf8')).toBe('yesterday');
  expect(existsSync(`${filePath}.part`)).toBe(false);
});

test('a file that exists is replaced only when that was said, and launches nothing otherwise', async () => {
  writeFileSync(filePath, 'yesterday');
  let launchCount = 0;
  whenLaunched(() => {
    launchCount += 1;
    exit(0);
  });
  await expect(record()).rejects.toMatchObject({ failure: { sentence: expect.stringContaining('exists already') } });
  expect(launchCount).toBe(0);
  await record({ overwrite: true });
  expect(tablesOf(filePath)).toEqual(['session', 'end']);
});

test('the probe lost for good: the failure says what the file holds, and the file is whole', async () => {
  whenLaunched(() => {
    probe.add(syncPacket(1, 1000));
    void news.when(() => progressRows >= 1001).then(() => probe.hide());
  });
  let progressRows = 0;
  const recording = record({
    giveUpMs: 300,
    onProgress: ({ rows }) => {
      progressRows = rows;
      news.wake();
    },
  });
  await expect(recording).rejects.toMatchObject({
    failure: { code: 'probeLost', sentence: expect.stringContaining('holds the 1,001 rows') },
  });
  expect(tablesOf(filePath)).toEqual(['session', 'sync', 'end']);
});

test('the probe started anew: nothing of its new session comes into the file', async () => {
  whenLaunched(() => {
    void probe.hide().then(() => {
      probe.forget('session-b');
      probe.add(syncPacket(9, 9));
      return probe.listen();
    });
  }, 500);
  await expect(record()).rejects.toMatchObject({
    failure: { code: 'probeLost', sentence: expect.stringContaining('started anew') },
  });
  expect(tablesOf(filePath)).toEqual(['session', 'end']);
});
