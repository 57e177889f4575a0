// The open sessions of a host, by key, and what the window may ask of them.

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import type { ExperimentSpec } from '../../../shared/rpc/experiment';
import type { LaunchParams } from '../../../shared/rpc/methods';
import type { WorkloadChange } from '../../../shared/rpc/workload-control';
import { failure } from '../../../shared/util/failure';
import type {
  ExportFormat,
  SessionDescription,
  WindowNotificationName,
  WindowNotificationParams,
  WindowTable,
  WorkloadChoice,
} from '../../../shared/window/methods';
import { importTrtexec } from '../convert/import-trtexec';
import { listVersions, removeVersions } from '../deploy/versions';
import { findInstallation } from '../installation';
import { experimentLaunch, type RunnerDevice, randomExperiment, workloadLaunch } from '../runner-launch';
import { StoreThread } from '../session/store-thread';
import { NO_ANNOTATIONS, readAnnotations, writeAnnotations } from './annotations';
import { type Asker, type ConnectParams, connectTransport } from './connect';
import { FileSession } from './file-session';
import type { History } from './history';
import { LiveSession } from './live-session';
import type { OpenSession } from './open-session';
import type { HostPort } from './port-rpc';
import { windowTableOf } from './window-table';

/** Where recordings lie until somebody saves them. */
export function recordingsIn(workFolder: string): string {
  return join(workFolder, 'recordings');
}

/** A table that is asked for again and again must not stall what is drawn meanwhile. */
const LIVE_THREADS = Math.max(1, availableParallelism() - 2);

export interface SessionsOptions {
  readonly history: History;
  /** For recordings that nobody saved, and for the probes of this machine. */
  readonly workFolder: string;
  readonly demangle: ((name: string) => string) | undefined;
  readonly notify: <N extends WindowNotificationName>(name: N, params: WindowNotificationParams<N>) => void;
}

export class Sessions {
  private readonly open = new Map<number, OpenSession>();
  /** Sessions that are on their way out, and the files they still write. */
  private readonly closing = new Map<Promise<void>, string>();
  /** No two hosts give the same key: what is asked of one that died must not meet another session here. */
  private lastKey = Date.now();

  constructor(private readonly options: SessionsOptions) {}

  get recordings(): string {
    return recordingsIn(this.options.workFolder);
  }

  get openPaths(): string[] {
    return [...this.open.values()].map((each) => each.filePath);
  }

  describeAll(): SessionDescription[] {
    return [...this.open.values()].map((each) => each.describe());
  }

  async openFile(path: string): Promise<SessionDescription> {
    const writers = [...this.closing].filter(([, writtenPath]) => writtenPath === path);
    await Promise.allSettled(writers.map(([ending]) => ending));
    const key = ++this.lastKey;
    const { notify, demangle, history } = this.options;
    const sessionPath = /\.json$/i.test(path) ? await this.imported(path, key) : path;
    const session = await FileSession.open({
      key,
      path: sessionPath,
      isSaved: !sessionPath.startsWith(recordingsIn(this.options.workFolder)),
      demangle,
      makeStore: () => new StoreThread(findInstallation().storePath),
      onChanged: (description) => notify('session/changed', description),
      onFailed: (error) => notify('session/failed', { session: key, ...error.failure }),
    });
    this.open.set(key, session);
    history.addFile(path);
    return session.describe();
  }

  /** What trtexec wrote becomes a session that nobody saved yet. Throws FailureError trtexecForeign and its like. */
  private async imported(path: string, key: number): Promise<string> {
    mkdirSync(this.recordings, { recursive: true, mode: 0o700 });
    const sessionPath = join(this.recordings, `${basename(path, extname(path))}-${process.pid}-${key}.hka`);
    await importTrtexec([path], sessionPath);
    return sessionPath;
  }

  async connect(params: ConnectParams, asker: Asker, signal: AbortSignal): Promise<SessionDescription> {
    const key = ++this.lastKey;
    const { notify, demangle, history, workFolder } = this.options;
    const recordings = recordingsIn(workFolder);
    mkdirSync(recordings, { recursive: true, mode: 0o700 });
    const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
    const connected = await connectTransport(params, {
      ...asker,
      signal,
      onProgress: (progress) => notify('connect/progress', progress),
    });
    try {
      const session = await LiveSession.open({
        key,
        connected,
        target: params.target,
        recordingPath: join(recordings, `${stamp}-${process.pid}-${key}.hka`),
        demangle,
        makeStore: () => new StoreThread(findInstallation().storePath, { threads: LIVE_THREADS }),
        onChanged: (description) => notify('session/changed', description),
        onStatus: (status) => notify('session/link', { session: key, status }),
        onOutput: (pid, stream, text) => notify('session/output', { session: key, pid, stream, text }),
        onExited: (exited) => notify('session/exited', { session: key, exited }),
        onFailed: (error) => notify('session/failed', { session: key, ...error.failure }),
      });
      if (signal.aborted) {
        await session.close({ mayDiscard: true });
        throw failure('cancelled', 'Cancelled.', '');
      }
      this.open.set(key, session);
      if (params.target) history.addTarget(params.target);
      return session.describe();
    } catch (error) {
      await connected.transport.close();
      throw error;
    }
  }

  attach(key: number, port: HostPort): void {
    const session = this.open.get(key);
    if (session) session.attach(port);
    else port.close();
  }

  close(key: number): Promise<void> {
    const session = this.find(key);
    this.open.delete(key);
    return this.end(session, { mayDiscard: true });
  }

  /** Ends everything. Without `mayDiscard` a recording that nobody saved stays, and is offered among the recent files. */
  async closeAll({ mayDiscard }: { readonly mayDiscard: boolean }): Promise<void> {
    const all = [...this.open.values()];
    this.open.clear();
    for (const session of all) {
      if (!mayDiscard && !session.describe().isSaved) this.options.history.addFile(session.filePath);
      this.end(session, { mayDiscard }).catch(() => {}); // waited for below
    }
    await Promise.allSettled(this.closing.keys());
  }

  private end(session: OpenSession, options: { readonly mayDiscard: boolean }): Promise<void> {
    const ending = session.close(options).finally(() => {
      this.closing.delete(ending);
    });
    this.closing.set(ending, session.filePath);
    return ending;
  }

  live(key: number): LiveSession {
    const session = this.find(key);
    if (session instanceof LiveSession) return session;
    throw failure('notLive', 'This session comes from a file.', 'Connect to a machine to run programs there.');
  }

  async launch(key: number, launch: LaunchParams) {
    const result = await this.live(key).request('target/launch', launch);
    this.options.history.addCommand(launch);
    return result;
  }

  /** Starts a runner that measures, and names the experiment that its rows carry. */
  async experiment(key: number, spec: ExperimentSpec, device: RunnerDevice) {
    const session = this.live(key);
    const experiment = randomExperiment();
    const launch = experimentLaunch(session.runner, { spec, device, experiment });
    return { ...(await session.request('target/launch', launch)), experiment };
  }

  /** Starts a runner that serves models under the scheduler. */
  async workload(key: number, choice: WorkloadChoice) {
    const session = this.live(key);
    return session.request('target/launch', workloadLaunch(session.runner, choice));
  }

  /** Changes a workload while it runs, here or on a board. Throws FailureError when the program takes no changes. */
  async controlWorkload(key: number, targetId: number, change: WorkloadChange): Promise<void> {
    await this.live(key).request('target/change', { targetId, change });
  }

  async versions(key: number) {
    const versions = await listVersions(await this.live(key).login());
    return { versions: versions.map(({ name, bytes, isRunning }) => ({ name, bytes, isRunning })) };
  }

  async removeVersions(key: number, names: readonly string[]): Promise<void> {
    await removeVersions(await this.live(key).login(), names);
  }

  async save(key: number, path: string, overwrite: boolean): Promise<SessionDescription> {
    const session = this.find(key);
    const { filePath } = session;
    const isTaken = [...this.open.values()].some((each) => each !== session && each.filePath === path);
    if (isTaken)
      throw failure('fileOpen', `${path} is open in another tab.`, 'Close it there, or choose another name.');
    const notes = readAnnotations(filePath);
    await session.save(path, overwrite);
    writeAnnotations(path, notes);
    if (filePath !== path) writeAnnotations(filePath, NO_ANNOTATIONS);
    this.options.history.addFile(path);
    return session.describe();
  }

  async report(key: number, name: string, range: { fromNs?: number; toNs?: number }): Promise<WindowTable> {
    const store = await this.find(key).store();
    return windowTableOf(await store.ask('report', { name, range }));
  }

  async query(key: number, sql: string): Promise<WindowTable> {
    const store = await this.find(key).store();
    return windowTableOf(await store.ask('query', { sql }));
  }

  async export(key: number, format: ExportFormat, path: string, overwrite: boolean, signal: AbortSignal) {
    const store = await this.find(key).store();
    const onProgress = (doneRatio: number) => this.options.notify('export/progress', { session: key, doneRatio });
    await store.ask('export', { format, path, overwrite }, { signal, onProgress });
    return { path };
  }

  annotations(key: number) {
    return readAnnotations(this.find(key).filePath);
  }

  annotate(key: number, value: Parameters<typeof writeAnnotations>[1]): void {
    writeAnnotations(this.find(key).filePath, value);
  }

  private find(key: number): OpenSession {
    const session = this.open.get(key);
    if (session) return session;
    throw failure('noSession', 'This session is not open any more.', 'Open it again.');
  }
}
