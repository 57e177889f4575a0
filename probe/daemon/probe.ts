// The probe: one ring, one socket, the programs it launched and the board's sensors, put together. Start here.

import type { Server, Socket } from 'node:net';
import { FailureError, failure } from '../../shared/util/failure';
import { FORMAT_VERSION } from '../../shared/wire/limits';
import { tables } from '../../shared/wire/tables';
import { allSources, HEALTH_MS, Health } from '../sources/health';
import { describeMachine, readBootId } from '../sources/machine';
import { diskFileSystem, type SpoolFileSystem } from '../spool/file-system';
import { RING_BYTES_DEFAULT } from '../spool/limits';
import { Spool, type SpoolEvents } from '../spool/spool';
import { Targets } from '../targets/targets';
import type { Handlers } from './control-connection';
import { FlowGate } from './flow-gate';
import { readHello, refuseHello } from './handshake';
import { CLOSE_MS_MAX, HELLO_MS_MAX, SILENT_COUNT_MAX } from './limits';
import { alreadyRunning, listenAt } from './listen';
import { lockFolder } from './lock';
import { diskNotice, leftNotices, resumedNotice } from './notices';
import { OwnRows } from './own-rows';
import { Roles } from './roles';
import { PROBE_VERSION } from './version';

export interface ProbeOptions {
  readonly socketPath: string;
  readonly spoolFolder: string;
  readonly ringBytes?: number;
  /** libhookcollector.so; targets are not captured without it. */
  readonly collectorPath?: string;
  /** The outer seams, for tests: where sysfs and procfs lie, the disk, the boot, and times. */
  readonly root?: string;
  readonly fileSystem?: SpoolFileSystem;
  readonly bootId?: string;
  readonly healthMs?: number;
  readonly helloMsMax?: number;
  readonly stopGraceMs?: number;
  readonly stateBytesMax?: number;
}

export class Probe {
  private readonly sockets = new Set<Socket>();
  private silentCount = 0; // connections that have not said hello yet
  private readonly machine;
  private readonly roles: Roles;
  private readonly targets: Targets;
  private readonly health: Health;
  private server: Server | undefined;
  private closing: Promise<void> | undefined;
  private markClosed: () => void = () => undefined;
  /** Resolves when the probe has ended, whoever asked for it. */
  readonly closed = new Promise<void>((resolve) => {
    this.markClosed = resolve;
  });

  private constructor(
    private readonly options: ProbeOptions,
    readonly spool: Spool,
    private readonly own: OwnRows,
    gate: FlowGate,
    private readonly unlock: () => void,
  ) {
    const { socketPath, collectorPath, stopGraceMs } = options;
    const root = options.root ?? '/';
    this.machine = describeMachine(root);
    this.targets = new Targets({
      spool,
      own,
      gate,
      socketPath,
      collectorPath,
      stopGraceMs,
      onExited: (exited) => {
        for (const control of this.roles.controls) control.notify('target/exited', exited);
      },
    });
    this.roles = new Roles({ spool, own, gate, targets: this.targets, handlers: this.handlers() });
    this.health = new Health(allSources(root), own, options.healthMs ?? HEALTH_MS);
  }

  /** Opens the ring and listens. Throws a FailureError. */
  static async start(options: ProbeOptions): Promise<Probe> {
    const fileSystem = options.fileSystem ?? diskFileSystem;
    const unlock = await lockSpool(options);
    let probe: Probe | undefined;
    try {
      const gate = new FlowGate();
      const events: SpoolEvents = {
        onPublished: () => probe?.wakeViewers(),
        onBacklog: (isBehind) => gate.shut(isBehind),
        onLost: (reason, rowCount, bytes) => probe?.own.countLoss('spool', reason, rowCount, bytes),
        onStopped: (stop) => probe?.own.tell(diskNotice(stop)),
        onResumed: (stop) => probe?.own.tell(resumedNotice(stop)),
      };
      const spool = await Spool.open(
        {
          folder: options.spoolFolder,
          bytesMax: options.ringBytes ?? RING_BYTES_DEFAULT,
          fileSystem,
          bootId: options.bootId ?? readBootId(),
          monotonicNs: () => process.hrtime.bigint(),
          stateBytesMax: options.stateBytesMax,
        },
        events,
      );
      probe = new Probe(options, spool, new OwnRows(spool), gate, unlock);
      await probe.open();
      return probe;
    } catch (error) {
      await probe?.spool.close();
      unlock();
      throw error;
    }
  }

  private async open(): Promise<void> {
    const { spool, own } = this;
    const { left } = spool;
    if (left.isNewSession) {
      own.append(tables.session, [
        {
          ...this.machine,
          epochUnixMs: spool.epochUnixMs,
          epochMonotonicNs: Number(spool.epochNs),
          sessionId: spool.sessionId,
          probeVersion: PROBE_VERSION,
        },
      ]);
    }
    for (const notice of leftNotices(left)) own.tell(notice);
    if (left.missingCount > 0 || left.cutBytes > 0) {
      own.countLoss('spool', 'the probe ended before it was on disk', 0, left.cutBytes);
    }
    this.server = await listenAt(this.options.socketPath, (socket) => void this.greet(socket));
    this.health.start();
  }

  get sessionId(): string {
    return this.spool.sessionId;
  }

  private wakeViewers(): void {
    for (const viewer of this.roles.viewers) viewer.wake();
  }

  private async greet(socket: Socket): Promise<void> {
    socket.on('error', () => socket.destroy()); // its 'close' follows and is handled by whoever owns the connection
    if (this.silentCount >= SILENT_COUNT_MAX || this.closing) {
      socket.destroy();
      return;
    }
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    this.silentCount++;
    try {
      const hello = await readHello(socket, this.options.helloMsMax ?? HELLO_MS_MAX);
      if (hello) this.roles.accept(socket, hello);
      else socket.destroy();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      refuseHello(socket, error.failure);
    } finally {
      this.silentCount--;
    }
  }

  private handlers(): Handlers {
    return {
      'probe/describe': () => this.describe(),
      'probe/shutdown': () => {
        setImmediate(() => void this.close()); // the answer goes first
        return {};
      },
      'target/launch': (params) => this.targets.launch(params),
      'target/stop': ({ targetId, signal }) => {
        this.targets.stop(targetId, signal);
        return {};
      },
      'target/list': () => ({ targets: this.targets.list() }),
      'target/change': ({ targetId, change }) => {
        this.targets.change(targetId, change);
        return {};
      },
      'target/kinds': ({ targetId, kinds }) => {
        this.targets.setKinds(targetId, kinds);
        return {};
      },
    };
  }

  private describe() {
    const { spool, options } = this;
    const { user, system } = process.cpuUsage();
    return {
      ...this.machine,
      probeVersion: PROBE_VERSION,
      formatVersion: FORMAT_VERSION,
      sessionId: spool.sessionId,
      pid: process.pid,
      collectorPath: options.collectorPath,
      nextSequence: spool.nextSequence,
      cpuSec: (user + system) / 1e6,
      memoryBytes: process.memoryUsage.rss(),
      spool: {
        directory: options.spoolFolder,
        bytes: spool.bytes,
        bytesMax: options.ringBytes ?? RING_BYTES_DEFAULT,
        oldestSequence: Math.min(spool.oldestSequence('vital'), spool.oldestSequence('bulk')),
        state: spool.diskStop ? ('diskFull' as const) : ('recording' as const),
      },
    };
  }

  /** Stops the targets, writes everything to disk, removes the socket. The same promise for every caller. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await this.targets.close();
    await this.health.stop();
    this.own.flushLosses();
    await this.spool.flush();
    await this.closeSockets();
    this.own.flushLosses();
    await this.spool.close();
    this.unlock();
    this.markClosed();
  }

  // Who takes nothing any more, such as a stalled viewer, must not hold up the end.
  private async closeSockets(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    this.roles.closeAll();
    const timer = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, CLOSE_MS_MAX);
    await closed;
    clearTimeout(timer);
  }
}

async function lockSpool({ spoolFolder, socketPath, fileSystem }: ProbeOptions): Promise<() => void> {
  try {
    await (fileSystem ?? diskFileSystem).makeFolder(spoolFolder);
    const lock = lockFolder(spoolFolder);
    if ('heldBy' in lock) throw alreadyRunning(socketPath, lock.heldBy);
    return lock.release;
  } catch (error) {
    if (error instanceof FailureError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw failure(
      code === 'ENOSPC' ? 'diskFull' : 'spoolUnusable',
      `The folder ${spoolFolder} cannot be used for the ring (${code ?? message}).`,
      'Name another one with --spool, or mend this one.',
    );
  }
}

/** Starts a probe in this process. Throws a FailureError. */
export function startProbe(options: ProbeOptions): Promise<Probe> {
  return Probe.start(options);
}
