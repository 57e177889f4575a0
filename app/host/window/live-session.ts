// A session that is being measured: packets go to the file as they come, to the store, and to the window.

import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { Client } from 'ssh2';
import { enums } from '../../../shared/model/enums';
import type { RequestName, RequestParams, RequestResult, TargetExited } from '../../../shared/rpc/methods';
import { type FailureError, failure } from '../../../shared/util/failure';
import type { LinkStatus, SessionDescription } from '../../../shared/window/methods';
import { decodeChecked, isPacketOf, type Packet, rowsOf } from '../../../shared/wire/decode';
import type { PacketHeader } from '../../../shared/wire/header';
import { ProbeLink } from '../link/probe-link';
import { demoLaunch, type RunnerPlace } from '../runner-launch';
import { readHka } from '../session/hka-reader';
import { HkaWriter } from '../session/hka-writer';
import type { StoreThread } from '../session/store-thread';
import { sidecarPath } from './annotations';
import type { Connected } from './connect';
import { WindowFeed } from './feed';
import { deriveLinkStatus, type ProbeReading } from './link-status';
import type { OpenSession } from './open-session';
import type { HostPort } from './port-rpc';

export interface LiveSessionOptions {
  readonly key: number;
  readonly connected: Connected;
  /** user@host, or undefined for this machine. */
  readonly target: string | undefined;
  /** Where it is recorded until somebody saves it. */
  readonly recordingPath: string;
  readonly demangle: ((name: string) => string) | undefined;
  readonly makeStore: () => StoreThread;
  readonly onChanged: (description: SessionDescription) => void;
  readonly onStatus: (status: LinkStatus) => void;
  readonly onOutput: (pid: number, stream: 'stdout' | 'stderr', text: string) => void;
  readonly onExited: (exited: TargetExited) => void;
  readonly onFailed: (error: FailureError) => void;
}

const STATUS_MS = 500;
const READING_MS = 2000;

export class LiveSession implements OpenSession {
  private readonly feed: WindowFeed;
  private link: ProbeLink | undefined;
  private identity = { sessionId: '', hostName: '', system: '', model: '', probeVersion: '', epochUnixMs: 0 };
  private path: string;
  private isSaved = false;
  /** The window was given everything below this byte of the file. */
  private fedBytes = 0;
  private isCatchingUp = false;
  private attachCount = 0;
  private hasFailed = false;
  private statusTimer: NodeJS.Timeout | undefined;
  private readingTimer: NodeJS.Timeout | undefined;
  private readings: readonly ProbeReading[] = []; // the latest first, two at most
  private flushedAtMs = 0;

  private constructor(
    private readonly options: LiveSessionOptions,
    private readonly writer: HkaWriter,
    private readonly thread: StoreThread,
  ) {
    this.path = options.recordingPath;
    this.feed = new WindowFeed(options.demangle ?? ((name) => name));
  }

  /** Links to the probe and begins to record. Throws FailureError; then nothing is left of it but the transport. */
  static async open(options: LiveSessionOptions): Promise<LiveSession> {
    const writer = await HkaWriter.open(options.recordingPath);
    const store = options.makeStore();
    const session = new LiveSession(options, writer, store);
    try {
      await session.begin();
      return session;
    } catch (error) {
      await writer.close().catch(() => {});
      await store.close();
      rmSync(options.recordingPath, { force: true });
      throw error;
    }
  }

  get key(): number {
    return this.options.key;
  }

  get filePath(): string {
    return this.path;
  }

  describe(): SessionDescription {
    const { key, target } = this.options;
    const title = this.isSaved ? basename(this.path) : (target ?? 'This machine');
    const { path, isSaved } = this;
    const { warnings, runner } = this.options.connected;
    const demo = runner && demoLaunch(runner);
    return { ...this.identity, session: key, kind: 'live', title, path, isSaved, target, warnings, demo };
  }

  attach(port: HostPort): void {
    this.attachCount += 1;
    this.feed.attach(port);
    this.fedBytes = 0;
    this.startCatchingUp();
  }

  async store(): Promise<StoreThread> {
    return this.thread;
  }

  /** One request to the probe. Throws FailureError. */
  request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    if (!this.link) throw failure('linkClosed', 'The session is not connected.', 'Connect again.');
    return this.link.request(name, params);
  }

  /** The login to the board. Throws FailureError on this machine. */
  login(): Promise<Client> {
    const { ssh } = this.options.connected;
    if (ssh) return ssh.login();
    throw failure('noBoard', 'This session measures this machine.', 'Connect to a board first.');
  }

  /** What starts a runner on the machine that is measured. Throws FailureError where there is none. */
  get runner(): RunnerPlace {
    const { runner, ssh, transport } = this.options.connected;
    if (runner) return runner;
    throw ssh
      ? failure(
          'noRunner',
          `There is nothing on ${transport.label} that could measure: its native parts are missing.`,
          'Connect anew and let the probe be installed; its warnings say what the build lacks.',
        )
      : failure('notBuilt', 'The native parts are not built.', 'Build them with: npm run build:native');
  }

  /** Goes on recording at this path. Throws FailureError. */
  async save(path: string, overwrite: boolean): Promise<void> {
    if (path !== this.path) await this.writer.moveTo(path, { overwrite });
    this.path = path;
    this.isSaved = true;
    this.options.onChanged(this.describe());
  }

  async close({ mayDiscard }: { readonly mayDiscard: boolean }): Promise<void> {
    clearInterval(this.statusTimer);
    clearInterval(this.readingTimer);
    this.attachCount += 1; // nobody catches up any more
    this.feed.detach();
    await this.link?.close();
    // The file first: what comes after it may take seconds, or fail.
    await this.writer.close().catch((error) => this.fail(error as FailureError));
    await Promise.allSettled([this.options.connected.transport.close(), this.thread.close()]);
    if (this.isSaved || !mayDiscard) return;
    rmSync(this.path, { force: true });
    rmSync(sidecarPath(this.path), { force: true });
  }

  private async begin(): Promise<void> {
    const { connected, onExited } = this.options;
    const link = await ProbeLink.open(connected.transport, {
      cursor: 'now',
      onBytes: (bytes, header) => this.take(bytes, header),
    });
    this.link = link;
    link.on('target/exited', onExited);
    link.onState(() => this.tellStatus());
    link.onSessionChanged(() => this.onSessionChanged(link));
    this.statusTimer = setInterval(() => this.tellStatus(), STATUS_MS);
    this.readingTimer = setInterval(() => void this.readProbe(link), READING_MS);
    void this.readProbe(link);
  }

  private take(bytes: Uint8Array, header: PacketHeader): Promise<void> | undefined {
    this.write(bytes);
    const decoded = decodeChecked(bytes, header);
    if (!decoded.ok) return undefined; // of a later version: it is in the file as it came
    const packet = decoded.value;
    this.look(packet);
    this.thread.append(bytes);
    this.show(packet);
    return this.thread.whenReady();
  }

  // A window that is slow does not hold the recording back: it is given the rest from the file when it is ready again.
  private show(packet: Packet): void {
    if (this.isCatchingUp) return;
    if (this.feed.whenReady()) {
      if (this.hasFailed) return; // the file has nothing to catch up from
      this.startCatchingUp();
      return;
    }
    this.feed.push(packet);
    this.fedBytes = this.writer.byteCount;
  }

  private write(bytes: Uint8Array): void {
    try {
      this.writer.append(bytes);
      const nowMs = performance.now();
      if (nowMs - this.flushedAtMs < 1000) return;
      this.flushedAtMs = nowMs;
      this.writer.flush().catch((error) => this.fail(error as FailureError));
    } catch (error) {
      this.fail(error as FailureError);
    }
  }

  private look(packet: Packet): void {
    if (isPacketOf(packet, 'session')) {
      [this.identity] = rowsOf(packet);
      this.options.onChanged(this.describe());
    }
    if (!isPacketOf(packet, 'output')) return;
    for (const { pid, stream, text } of rowsOf(packet)) {
      this.options.onOutput(pid, stream === enums.outputStream.stderr ? 'stderr' : 'stdout', text);
    }
  }

  private startCatchingUp(): void {
    this.isCatchingUp = true;
    this.catchUp(this.attachCount).catch((error) => {
      this.isCatchingUp = false;
      this.fail(error as FailureError); // somebody took the file away
    });
  }

  private async catchUp(attachCount: number): Promise<void> {
    const isCurrent = () => attachCount === this.attachCount;
    while (isCurrent()) {
      await this.feed.whenReady();
      await this.writer.flush().catch((error) => this.fail(error as FailureError));
      const bytesMax = this.writer.byteCount;
      if (!isCurrent() || this.fedBytes >= bytesMax) break;
      await readHka(this.path, {
        bytesFrom: this.fedBytes,
        bytesMax,
        whenReady: () => this.feed.whenReady(),
        onPacket: (packet) => {
          if (isCurrent()) this.feed.push(packet);
        },
      });
      if (isCurrent()) this.fedBytes = bytesMax;
    }
    if (!isCurrent()) return;
    this.isCatchingUp = false;
    this.feed.complete();
  }

  private onSessionChanged(link: ProbeLink): void {
    const { transport } = this.options.connected;
    const sentence = `The probe on ${transport.label} was started anew; this session is complete up to then.`;
    void link.close(); // not one packet of the other session may come into this file
    this.fail(failure('probeLost', sentence, 'Connect again to go on in a new session.'));
  }

  private async readProbe(link: ProbeLink): Promise<void> {
    if (link.state.kind !== 'live') return;
    try {
      const probe = await link.request('probe/describe', {});
      this.readings = [
        { atMs: performance.now(), probe, deliveredBelow: link.deliveredBelow },
        ...this.readings.slice(0, 1),
      ];
    } catch {
      // The link was cut under the question; its state tells.
    }
  }

  private tellStatus(): void {
    const [latest, before] = this.readings;
    if (this.link) this.options.onStatus(deriveLinkStatus(this.link.state, this.link.statistics, latest, before));
  }

  private fail(error: FailureError): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    this.options.onFailed(error);
  }
}
