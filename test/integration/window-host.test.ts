// The host as the window sees it, over ports of node:worker_threads in place of Electron's.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeApp } from '../../app/host/window/app-description';
import { Baselines } from '../../app/host/window/baselines';
import { History } from '../../app/host/window/history';
import type { HostPort } from '../../app/host/window/port-rpc';
import { WindowServer } from '../../app/host/window/server';
import { Sessions } from '../../app/host/window/sessions';
import type { DataMessage } from '../../shared/window/columns';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';

const SAMPLE = join(import.meta.dirname, '..', '..', 'samples', 'pytorch-resnet18.hka');
const ASKER = {
  mayEndProbe: async () => false,
  prompter: {
    confirmHostKey: async () => false,
    askPassword: async () => undefined,
    askPassphrase: async () => undefined,
    askKeyboardInteractive: async () => undefined,
  },
};

function hostPort(port: MessagePort): HostPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: string, listener: (event: { data: unknown; ports: [] }) => void) => {
      if (event === 'message') port.on('message', (data) => listener({ data, ports: [] }));
      else port.on('close', listener as () => void);
    },
    start: () => port.ref(),
    close: () => port.close(),
  } as HostPort;
}

/** A window that counts what it gets; `isTaking` false is one that is stuck. */
class CountingWindow {
  readonly rows: Record<string, number> = {};
  isComplete = false;
  isTaking = true;
  private owedBytes = 0;
  private readonly channel = new MessageChannel();
  readonly port = hostPort(this.channel.port1);

  constructor() {
    this.channel.port2.on('message', (message: DataMessage) => {
      if (message.kind === 'complete') this.isComplete = true;
      else {
        for (const { table, rowCount } of message.packets) this.rows[table] = (this.rows[table] ?? 0) + rowCount;
        this.owedBytes += message.bytes;
      }
      this.take();
    });
  }

  take(): void {
    if (!this.isTaking || this.owedBytes === 0) return;
    this.channel.port2.postMessage({ kind: 'taken', bytes: this.owedBytes });
    this.owedBytes = 0;
  }

  close(): void {
    this.channel.port2.close();
  }
}

let folder: string;
let sessions: Sessions;
let windows: CountingWindow[];
let told: { name: string; params: unknown }[];
let history: History;

beforeEach(async () => {
  await ensureBuilt();
  await ensureNativeBuilt();
  folder = mkdtempSync(join(tmpdir(), 'hka-host-'));
  windows = [];
  told = [];
  history = new History(join(folder, 'history.json'));
  sessions = new Sessions({
    history,
    workFolder: folder,
    demangle: undefined,
    notify: (name, params) => told.push({ name, params }),
  });
});
afterEach(async () => {
  await sessions.closeAll({ mayDiscard: true });
  for (const each of windows) each.close();
  rmSync(folder, { recursive: true, force: true });
});

function newWindow(): CountingWindow {
  const made = new CountingWindow();
  windows.push(made);
  return made;
}

const count = async (key: number, table: string) =>
  Number((await sessions.query(key, `SELECT count(*) FROM ${table}`)).rows[0][0]);

test('the sample: the window gets every row that the store has, and a second window gets them again', async () => {
  const { session, hostName } = await sessions.openFile(SAMPLE);
  const first = newWindow();
  sessions.attach(session, first.port);
  await expect.poll(() => first.isComplete, { timeout: 20_000 }).toBe(true);
  expect(hostName).not.toBe('');
  for (const table of ['kernel', 'memcpy', 'api', 'memory', 'string']) {
    expect([table, first.rows[table]]).toEqual([table, await count(session, table)]);
  }
  const second = newWindow();
  sessions.attach(session, second.port);
  await expect.poll(() => second.isComplete, { timeout: 20_000 }).toBe(true);
  expect(second.rows).toEqual(first.rows);
  const report = await sessions.report(session, 'cuda_gpu_kern_sum', {});
  expect(report.columns.map(({ name }) => name)).toContain('Instances');
});

test('what is no session is refused before anything is opened', async () => {
  await expect(sessions.openFile(join(import.meta.dirname, 'build.ts'))).rejects.toMatchObject({
    failure: { code: 'foreignFile' },
  });
  await expect(sessions.openFile('/no/such.hka')).rejects.toMatchObject({ failure: { code: 'noFile' } });
  expect(sessions.describeAll()).toEqual([]);
});

test('a file of trtexec opens as a session that nobody saved; another JSON is refused with a sentence', async () => {
  const layers = join(import.meta.dirname, '..', 'fixtures', 'trtexec', 'layers-10.json');
  const { session, isSaved, hostName, path } = await sessions.openFile(layers);
  expect([isSaved, hostName]).toEqual([false, 'trtexec']);
  const shown = newWindow();
  sessions.attach(session, shown.port);
  await expect.poll(() => shown.isComplete, { timeout: 20_000 }).toBe(true);
  expect(await count(session, 'layer')).toBeGreaterThan(1);
  expect(await count(session, 'edge')).toBeGreaterThan(1);
  await sessions.close(session);
  expect(existsSync(path ?? '')).toBe(false);
  const foreign = join(folder, 'foreign.json');
  writeFileSync(foreign, '{"traceEvents": []}');
  await expect(sessions.openFile(foreign)).rejects.toMatchObject({ failure: { code: 'trtexecForeign' } });
});

async function runDemo(session: number): Promise<number> {
  const { demo } = describeApp(history, '');
  if (!demo) throw new Error('the native parts are not built');
  const args = demo.args.map((each) => (each === '60' ? '1' : each));
  const { targetId } = await sessions.launch(session, { ...demo, args });
  return targetId;
}

const hasExited = () => told.some(({ name }) => name === 'session/exited');

test('a page that is loaded again while its file is read does not end the host', async () => {
  const { port1, port2 } = new MessageChannel();
  const baselines = new Baselines(join(folder, 'baselines.json'));
  const server = new WindowServer(hostPort(port1), { sessions, history, baselines, version: '' });
  const isGone = new Promise((resolve) => port1.once('close', resolve));
  port2.close();
  await isGone;
  const description = await sessions.openFile(SAMPLE);
  expect(() => server.notify('session/changed', description)).not.toThrow();
});

test('live: a window that is stuck for a while gets every row once, and the recording does not wait for it', async () => {
  const { session, kind, isSaved } = await sessions.connect({}, ASKER, new AbortController().signal);
  expect([kind, isSaved]).toEqual(['live', false]);
  const stuck = newWindow();
  stuck.isTaking = false;
  sessions.attach(session, stuck.port);
  await runDemo(session);
  await expect.poll(hasExited, { timeout: 30_000 }).toBe(true);
  await expect.poll(() => count(session, 'kernel'), { timeout: 10_000 }).toBeGreaterThan(100);
  stuck.isTaking = true;
  stuck.take();
  const kernels = await count(session, 'kernel');
  await expect.poll(() => stuck.rows.kernel, { timeout: 10_000 }).toBe(kernels);
  const late = newWindow();
  sessions.attach(session, late.port);
  await expect.poll(() => late.rows.kernel, { timeout: 10_000 }).toBe(kernels);
});

test('save moves the recording, closing throws away what was not saved', async () => {
  const saved = await sessions.connect({}, ASKER, new AbortController().signal);
  const other = await sessions.connect({}, ASKER, new AbortController().signal);
  const recordings = join(folder, 'recordings');
  expect(readdirSync(recordings).length).toBe(2);
  const path = join(folder, 'mine.hka');
  sessions.annotate(saved.session, { notes: 'kept', marks: [] });
  expect(await sessions.save(saved.session, path, false)).toMatchObject({ isSaved: true, path, title: 'mine.hka' });
  await sessions.close(saved.session);
  await sessions.close(other.session);
  expect([existsSync(path), readdirSync(recordings)]).toEqual([true, []]);
  const { session } = await sessions.openFile(path);
  expect(sessions.annotations(session)).toEqual({ notes: 'kept', marks: [] });
  expect(history.files).toEqual([path]);
});

test('a window that comes late gets the whole file', async () => {
  const { session } = await sessions.openFile(SAMPLE);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const late = newWindow();
  sessions.attach(session, late.port);
  await expect.poll(() => late.isComplete, { timeout: 20_000 }).toBe(true);
  expect(late.rows.kernel).toBe(await count(session, 'kernel'));
});

test('two recordings are never saved into one file', async () => {
  const one = await sessions.connect({}, ASKER, new AbortController().signal);
  const other = await sessions.connect({}, ASKER, new AbortController().signal);
  const path = join(folder, 'same.hka');
  await sessions.save(one.session, path, true);
  await expect(sessions.save(other.session, path, true)).rejects.toMatchObject({ failure: { code: 'fileOpen' } });
});

test('a recording whose file somebody took away fails with a sentence, and the host goes on', async () => {
  const { session, path } = await sessions.connect({}, ASKER, new AbortController().signal);
  rmSync(path as string);
  sessions.attach(session, newWindow().port);
  await expect.poll(() => told.some(({ name }) => name === 'session/failed')).toBe(true);
  expect(sessions.describeAll().length).toBe(1);
});

test('quitting waits for a session that is being closed', async () => {
  const { session, path } = await sessions.connect({}, ASKER, new AbortController().signal);
  await sessions.save(session, join(folder, 'kept.hka'), false);
  void sessions.close(session);
  await sessions.closeAll({ mayDiscard: false });
  const { warnings } = await sessions.openFile(join(folder, 'kept.hka'));
  expect([warnings, existsSync(path as string)]).toEqual([[], false]);
});

test('a file that is still being closed is opened when it is whole', async () => {
  const path = join(folder, 'again.hka');
  const { session } = await sessions.connect({}, ASKER, new AbortController().signal);
  await sessions.save(session, path, false);
  void sessions.close(session);
  const { session: opened } = await sessions.openFile(path);
  await count(opened, 'session');
  expect(sessions.describeAll()).toMatchObject([{ path, warnings: [] }]);
});

test('a recording that was left behind counts as unsaved, and can be saved', async () => {
  const { path } = await sessions.connect({}, ASKER, new AbortController().signal);
  await sessions.closeAll({ mayDiscard: false });
  expect(describeApp(history, '', sessions.recordings).recentFiles).toMatchObject([{ path, isRecording: true }]);
  const opened = await sessions.openFile(path as string);
  expect(opened.isSaved).toBe(false);
  const kept = join(folder, 'recovered.hka');
  expect(await sessions.save(opened.session, kept, false)).toMatchObject({ isSaved: true, path: kept });
  expect([existsSync(kept), existsSync(path as string)]).toEqual([true, false]);
});

test('what ends the program by force keeps the recording, whole, and offers it', async () => {
  const { path } = await sessions.connect({}, ASKER, new AbortController().signal);
  await sessions.closeAll({ mayDiscard: false });
  expect(history.files).toEqual([path]);
  expect(await sessions.openFile(path as string)).toMatchObject({ kind: 'file' });
});

test('a probe that is killed ends the session with a sentence, and what was recorded stays', async () => {
  const { session } = await sessions.connect({}, ASKER, new AbortController().signal);
  const { pid } = await sessions.live(session).request('probe/describe', {});
  process.kill(pid, 'SIGKILL');
  const ended = () =>
    told.some(
      ({ name, params }) =>
        name === 'session/link' && (params as { status: { state: string } }).status.state === 'ended',
    );
  await expect.poll(ended, { timeout: 20_000 }).toBe(true);
  expect(await count(session, 'session')).toBe(1);
});
