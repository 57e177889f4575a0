// What a person can do with the window, as verbs over the host, the bridge and the stores. Failures become notices here, once.

import type { TraceKind } from '../../../shared/model/enums';
import type { LaunchParams } from '../../../shared/rpc/methods';
import { FailureError } from '../../../shared/util/failure';
import type { AppBridge, FileFilter } from '../../../shared/window/bridge';
import type { ExportFormat, LinkStatus, SessionDescription } from '../../../shared/window/methods';
import type { HostClient } from '../bridge/host-client';
import { type AppStore, activeSession, addNotice, noteProgress } from './app-store';
import { LaboratoryActions } from './laboratory-actions';
import { addOutput, noteExit, noteTargets, type OpenSession, openSession, titleOf } from './open-session';
import { askPerson } from './questions';
import { SchedulerActions } from './scheduler-actions';

const SESSION_FILTER: FileFilter = { name: 'HookAnalyzer session', extensions: ['hka'] };
/** What the host makes a session of. */
const TRTEXEC_FILTER: FileFilter = { name: 'Exported by trtexec', extensions: ['json'] };
const EXPORT_ENDINGS: Readonly<Record<ExportFormat, string>> = {
  chrome: '.json.gz',
  speedscope: '.speedscope.json',
  parquet: '-parquet',
  csv: '-csv',
};

/** What the built-in workload is called. */
export const DEMO_TITLE = 'Built-in workload';

export class Actions {
  readonly laboratory = new LaboratoryActions(this);
  readonly scheduler = new SchedulerActions(this);
  private host: HostClient | undefined;
  /** Files on their way: a double-click opens one. */
  private readonly opening = new Set<string>();

  constructor(
    readonly store: AppStore,
    readonly bridge: AppBridge,
  ) {}

  /** Takes the host's new port into use. Sessions that it holds already are taken up. */
  async takeHost(host: HostClient): Promise<void> {
    this.host?.close();
    this.host = host;
    this.store.setState({ questions: [], work: undefined }); // of a host that is gone
    this.listen(host);
    await this.try(async () => {
      const { sessions } = await host.request('app/sessions', {});
      for (const description of sessions) this.show(description);
      await this.refresh();
    });
  }

  async refresh(): Promise<void> {
    const description = await this.host?.request('app/describe', {});
    this.store.setState({ description });
  }

  /** The host died: what it held is opened again from its file, and said. */
  async reopenAfterRestart(reason: string): Promise<void> {
    const { sessions } = this.store.getState();
    const paths = sessions.map(({ facts }) => facts.getState().description.path);
    for (const { worker, notes } of sessions) {
      worker.close();
      notes.stop();
    }
    this.store.setState({ sessions: [], activeKey: undefined });
    addNotice(this.store, {
      severity: 'warning',
      sentence: `The process that holds the sessions was started again: ${reason}.`,
      remedy:
        paths.length > 0 ? 'The sessions were opened again from their files; connect again to go on measuring.' : '',
    });
    for (const path of paths) if (path !== undefined) await this.openFile(path);
  }

  async openFile(path?: string): Promise<void> {
    const chosen = path ?? (await this.bridge.chooseFileToOpen([SESSION_FILTER, TRTEXEC_FILTER]));
    if (chosen === undefined || this.opening.has(chosen)) return;
    this.opening.add(chosen);
    await this.try(async (host) => {
      const open = this.store.getState().sessions.find(({ facts }) => facts.getState().description.path === chosen);
      if (open) this.activate(open.key);
      else this.show(await host.request('session/open', { path: chosen }));
      await this.refresh();
    });
    this.opening.delete(chosen);
  }

  /** undefined is this machine. Gives the session, or undefined when it failed. */
  async connect(target: string | undefined, socketPath?: string): Promise<OpenSession | undefined> {
    return this.work(
      target === undefined ? 'Starting on this machine' : `Connecting to ${target}`,
      async (host, signal) => {
        const description = await host.request('session/connect', { target, socketPath, install: true }, { signal });
        const session = this.show(description);
        await this.refresh();
        return session;
      },
    );
  }

  async startDemo(): Promise<void> {
    const demo = this.store.getState().description?.demo;
    if (!demo) {
      addNotice(this.store, {
        severity: 'error',
        sentence: 'The built-in workload is not built.',
        remedy: 'Build it with: npm run build:native',
      });
      return;
    }
    const session = await this.connect(undefined);
    if (session) await this.launch(session, demo, DEMO_TITLE);
  }

  /** `title` is what the program is called in the window; its command line when undefined. */
  async launch(session: OpenSession, launch: LaunchParams, title?: string): Promise<void> {
    await this.try(async (host) => {
      const { targetId, pid } = await host.request('session/launch', { session: session.key, launch });
      const shown = title ?? titleOf(launch.command, launch.args);
      const target = { targetId, pid, title: shown, kinds: launch.kinds, exited: undefined };
      session.facts.setState(({ targets }) => ({ targets: [...targets, target] }));
      await this.refresh();
    });
  }

  async stop(session: OpenSession, targetId: number, signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.try((host) => host.request('session/stop', { session: session.key, targetId, signal }));
  }

  /** Shown at once, and taken back when the probe refuses. */
  async setKinds(session: OpenSession, targetId: number, kinds: readonly TraceKind[]): Promise<void> {
    const show = (shown: readonly string[]) =>
      session.facts.setState(({ targets }) => ({
        targets: targets.map((each) => (each.targetId === targetId ? { ...each, kinds: shown } : each)),
      }));
    const before = session.facts.getState().targets.find((each) => each.targetId === targetId)?.kinds ?? [];
    show(kinds);
    try {
      await this.request('session/kinds', { session: session.key, targetId, kinds: [...kinds] });
    } catch (error) {
      show(before);
      this.tell(error);
    }
  }

  async save(session: OpenSession): Promise<void> {
    const { description } = session.facts.getState();
    if (description.isSaved) return;
    const name = `${description.title.replace(/[^\w.@-]+/g, '-')}.hka`;
    const path = await this.bridge.chooseFileToSave(name, [SESSION_FILTER]);
    if (path === undefined) return;
    await this.try(async (host) => {
      // The dialog has asked already whether a file may be replaced.
      const saved = await host.request('session/save', { session: session.key, path, overwrite: true });
      this.setDescription(saved);
      addNotice(this.store, { severity: 'info', sentence: `Recorded into ${path} from now on.`, remedy: '' });
      await this.refresh();
    });
  }

  /** Asks first when the recording would be lost. */
  async close(session: OpenSession): Promise<void> {
    const { title, isSaved } = session.facts.getState().description;
    if (!isSaved && !window.confirm(`${title} is not saved. Close it and throw it away?`)) return;
    await session.notes.flush();
    session.notes.stop();
    session.worker.close();
    this.store.setState(({ sessions, activeKey }) => {
      const left = sessions.filter((each) => each !== session);
      return { sessions: left, activeKey: activeKey === session.key ? left.at(-1)?.key : activeKey };
    });
    this.tellUnsaved();
    // Programs get some seconds to end; nobody has to watch that.
    await this.try((host) => host.request('session/close', { session: session.key }));
  }

  async export(session: OpenSession, format: ExportFormat): Promise<void> {
    const { title } = session.facts.getState().description;
    const name = `${title.replace(/\.hka$/, '').replace(/[^\w.@-]+/g, '-')}${EXPORT_ENDINGS[format]}`;
    const path = await this.bridge.chooseFileToSave(name, []);
    if (path === undefined) return;
    await this.work(`Writing ${path}`, async (host, signal) => {
      await host.request('session/export', { session: session.key, format, path, overwrite: true }, { signal });
      addNotice(this.store, { severity: 'info', sentence: `Wrote ${path}.`, remedy: '' });
    });
  }

  activate(key: number | undefined): void {
    this.store.setState({ activeKey: key });
  }

  /** The session in front. */
  get active(): OpenSession | undefined {
    return activeSession(this.store.getState());
  }

  /** One request of a panel, which shows failures itself. Throws FailureError. */
  get request(): HostClient['request'] {
    return (name, params, options) => {
      if (!this.host) return Promise.reject(new Error('the host is not there yet'));
      return this.host.request(name, params, options);
    };
  }

  tell(error: unknown): void {
    if (error instanceof FailureError) {
      const { code, sentence, remedy } = error.failure;
      if (code !== 'cancelled') addNotice(this.store, { severity: 'error', sentence, remedy });
      return;
    }
    addNotice(this.store, { severity: 'error', sentence: String((error as Error)?.message ?? error), remedy: '' });
  }

  private show(description: SessionDescription): OpenSession {
    const session = openSession(description, this.host as HostClient, (error) => this.tell(error));
    this.store.setState(({ sessions }) => ({ sessions: [...sessions, session], activeKey: session.key }));
    this.tellUnsaved();
    return session;
  }

  private setDescription(description: SessionDescription): void {
    this.session(description.session)?.facts.setState({ description });
    this.tellUnsaved();
  }

  // What ended while the link was down, or was started by a page that is gone, is learned by asking.
  private onLink(key: number, status: LinkStatus): void {
    const session = this.session(key);
    if (!session) return;
    const before = session.facts.getState().status?.state;
    session.facts.setState({ status });
    if (status.state !== 'live' || before === 'live') return;
    this.request('session/targets', { session: key }).then(
      ({ targets }) => noteTargets(session, targets),
      () => {}, // cut again; it is asked when it is back
    );
  }

  private session(key: number): OpenSession | undefined {
    return this.store.getState().sessions.find((each) => each.key === key);
  }

  private tellUnsaved(): void {
    const descriptions = this.store.getState().sessions.map(({ facts }) => facts.getState().description);
    this.bridge.setUnsaved(descriptions.filter((each) => !each.isSaved).map((each) => each.title));
  }

  private listen(host: HostClient): void {
    const { store } = this;
    host.on('connect/progress', (progress) => noteProgress(store, progress));
    host.on('session/changed', (description) => this.setDescription(description));
    host.on('session/link', ({ session, status }) => this.onLink(session, status));
    host.on('session/output', ({ session, stream, text }) => {
      const open = this.session(session);
      if (open) addOutput(open, { stream, text });
    });
    host.on('session/exited', ({ session, exited }) => {
      const open = this.session(session);
      if (open) noteExit(open, exited);
    });
    host.on('session/failed', ({ session, sentence, remedy }) => {
      this.session(session)?.facts.setState({ failure: { sentence, remedy } });
      addNotice(store, { severity: 'error', sentence, remedy });
    });
    host.on('export/progress', ({ doneRatio }) =>
      store.setState(({ work }) => (work ? { work: { ...work, doneRatio } } : {})),
    );
    for (const name of ['ask/hostKey', 'ask/confirm', 'ask/password', 'ask/passphrase', 'ask/keyboard'] as const) {
      host.answer(name, (params) =>
        askPerson(
          name,
          params,
          (question) => store.setState(({ questions }) => ({ questions: [...questions, question] })),
          (question) =>
            store.setState(({ questions }) => ({ questions: questions.filter((each) => each !== question) })),
        ),
      );
    }
  }

  private async try<T>(act: (host: HostClient) => Promise<T>): Promise<T | undefined> {
    try {
      if (!this.host) return undefined;
      return await act(this.host);
    } catch (error) {
      this.tell(error);
      return undefined;
    }
  }

  // Longer work is shown, and can be cancelled.
  private async work<T>(
    title: string,
    act: (host: HostClient, signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.store.getState().work) return undefined; // one at a time: the second click of two
    const controller = new AbortController();
    this.store.setState({ work: { title, doneRatio: undefined, log: '', cancel: () => controller.abort() } });
    try {
      return await this.try((host) => act(host, controller.signal));
    } finally {
      this.store.setState({ work: undefined });
    }
  }
}
