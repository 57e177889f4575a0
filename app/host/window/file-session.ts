// A session from a .hka file: one pass over it feeds the window, while the store reads it in its thread. A page that is loaded again has it
// read again.

import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { formatCount } from '../../../shared/units/format';
import type { FailureError } from '../../../shared/util/failure';
import type { SessionDescription } from '../../../shared/window/methods';
import { isPacketOf, type Packet, rowsOf } from '../../../shared/wire/decode';
import { copyWhole } from '../session/copy-whole';
import { type HkaSummary, readHka } from '../session/hka-reader';
import type { StoreThread } from '../session/store-thread';
import { sidecarPath } from './annotations';
import { WindowFeed } from './feed';
import type { OpenSession } from './open-session';
import type { HostPort } from './port-rpc';

export interface FileSessionOptions {
  readonly key: number;
  readonly path: string;
  /** false for a recording that its program left behind: it lies where nobody looks for it. */
  readonly isSaved: boolean;
  readonly demangle: ((name: string) => string) | undefined;
  readonly makeStore: () => StoreThread;
  /** The file turned out different from what describe() said before. */
  readonly onChanged: (description: SessionDescription) => void;
  readonly onFailed: (error: FailureError) => void;
}

type Identity = Pick<
  SessionDescription,
  'sessionId' | 'hostName' | 'system' | 'model' | 'probeVersion' | 'epochUnixMs'
>;

const UNKNOWN: Identity = { sessionId: '', hostName: '', system: '', model: '', probeVersion: '', epochUnixMs: 0 };

/** What is wrong with a file, in sentences. */
export function warningsOf({ isClosed, truncatedBytes, damagedPackets, missingPackets }: HkaSummary): string[] {
  const warnings: string[] = [];
  if (truncatedBytes > 0) {
    warnings.push(`The file is cut off: ${formatCount(truncatedBytes)} bytes at its end cannot be read.`);
  } else if (!isClosed) warnings.push('The recording was not ended properly; everything that was written is here.');
  if (damagedPackets > 0) warnings.push(`${formatCount(damagedPackets)} packets are damaged and were left out.`);
  if (missingPackets > 0) warnings.push(`${formatCount(missingPackets)} packets are missing in the middle.`);
  return warnings;
}

/** The window's worker, the host and the store cannot all run at once. */
const IS_NARROW = availableParallelism() <= 2;
/** A window asks for the rows at once; whoever opens a file only to ask SQL does not. */
const ATTACH_MS_MAX = 500;

export class FileSession implements OpenSession {
  private path: string;
  private isSaved: boolean;
  private readonly feed: WindowFeed;
  private readonly thread: StoreThread;
  private readonly closing = new AbortController();
  private readonly loaded: Promise<StoreThread>;
  private identity = UNKNOWN;
  private warnings: readonly string[] = [];
  private attachCount = 0;
  /** The first window has every row, or none came. */
  private readonly drawn: Promise<void>;
  private onDrawn: () => void = () => {};

  private constructor(private readonly options: FileSessionOptions) {
    this.thread = options.makeStore();
    this.path = options.path;
    this.isSaved = options.isSaved;
    this.feed = new WindowFeed(options.demangle ?? ((name) => name));
    this.drawn = new Promise((resolve) => {
      this.onDrawn = resolve;
      setTimeout(() => this.attachCount === 0 && resolve(), ATTACH_MS_MAX);
    });
    this.loaded = this.load();
    this.loaded.catch((error) => {
      if (!this.closing.signal.aborted) options.onFailed(error as FailureError);
    });
  }

  /** Resolves when the file proved to be a session; its rows come afterwards. Throws FailureError. */
  static async open(options: FileSessionOptions): Promise<FileSession> {
    const first = new AbortController();
    // Only the beginning: what is no session is refused before anything is opened in the window.
    let identity = UNKNOWN;
    const onPacket = (packet: Packet) => {
      if (isPacketOf(packet, 'session')) [identity] = rowsOf(packet);
      first.abort();
    };
    await readHka(options.path, { onPacket, signal: first.signal, reuse: false }).catch((error) => {
      if (!first.signal.aborted) throw error;
    });
    const session = new FileSession(options);
    session.identity = identity;
    return session;
  }

  get filePath(): string {
    return this.path;
  }

  get key(): number {
    return this.options.key;
  }

  describe(): SessionDescription {
    return {
      ...this.identity,
      session: this.key,
      kind: 'file',
      title: basename(this.filePath),
      path: this.filePath,
      isSaved: this.isSaved,
      warnings: this.warnings.map((sentence) => ({ sentence })),
    };
  }

  async save(path: string, overwrite: boolean): Promise<void> {
    if (path !== this.path) {
      await copyWhole(this.path, path, overwrite);
      if (!this.isSaved) rmSync(this.path, { force: true });
    }
    this.path = path;
    this.isSaved = true;
    this.options.onChanged(this.describe());
  }

  attach(port: HostPort): void {
    this.feed.attach(port);
    this.feedAll().catch(() => {}); // closing cancels it, and what is wrong with the file the store says too
  }

  store(): Promise<StoreThread> {
    return this.loaded;
  }

  async close({ mayDiscard }: { readonly mayDiscard: boolean }): Promise<void> {
    this.closing.abort();
    this.feed.detach();
    await this.thread.close();
    if (this.isSaved || !mayDiscard) return;
    rmSync(this.path, { force: true });
    rmSync(sidecarPath(this.path), { force: true });
  }

  // The window and the store each read the file: side by side where there are cores for both, the window first where there are not.
  private async load(): Promise<StoreThread> {
    if (IS_NARROW) await this.drawn;
    const summary = await this.thread.ask('load', { path: this.filePath }, { signal: this.closing.signal });
    if (summary.session) this.identity = summary.session;
    this.warnings = warningsOf(summary);
    this.options.onChanged(this.describe());
    return this.thread;
  }

  private async feedAll(): Promise<void> {
    await this.sendAll().finally(this.onDrawn);
  }

  private async sendAll(): Promise<void> {
    this.attachCount += 1;
    const { attachCount } = this;
    const isCurrent = () => attachCount === this.attachCount;
    await readHka(this.filePath, {
      signal: this.closing.signal,
      whenReady: () => this.feed.whenReady(),
      onPacket: (packet) => {
        if (isCurrent()) this.feed.push(packet);
      },
    });
    if (isCurrent()) this.feed.complete();
  }
}
