// The probe put together: spool, journal, targets, health, and the roles that connect to its socket.

import type { Server, Socket } from 'node:net';
import { hostname } from 'node:os';
import packageJson from '../../package.json';
import { TRACE_KINDS, type TraceKind } from '../../shared/model/enums';
import type { ProbeDescription, TargetExited } from '../../shared/rpc/methods';
import { formatBytes } from '../../shared/units/format';
import { formatHello, type HelloFields } from '../../shared/wire/hello';
import { FORMAT_VERSION } from '../../shared/wire/limits';
import { tables } from '../../shared/wire/tables';
import { startHealth } from '../sources/health';
import { describeMachine } from '../sources/machine';
import type { Disk } from '../spool/disk';
import { Spool } from '../spool/spool';
import { Targets } from '../targets/targets';
import { Collector } from './collector';
import { type Handlers, serveControl } from './control';
import { Journal } from './journal';
import { listen, Refusal } from './server';
import { Viewer } from './viewer';

export interface ProbeOptions {
  readonly socketPath: string;
  readonly spoolDirectory: string;
  readonly ringBytesMax: number;
  readonly collectorPath?: string;
  readonly disk?: Disk;
  /** Root of the file tree that health is read from; / by default. */
  readonly root?: string;
  /** Milliseconds between health readings; 0 for none. */
  readonly healthMs?: number;
}

function kindsFrom(text: string | undefined): TraceKind[] {
  const words = text?.split(',') ?? [];
  return TRACE_KINDS.filter((kind) => words.includes(kind));
}

export class Probe {
  private readonly viewers = new Set<Viewer>();
  private readonly sockets = new Set<Socket>();
  private readonly exitListeners = new Set<(exited: TargetExited) => void>();
  private readonly targets: Targets;
  private server: Server | undefined;
  private stopHealth: () => void = () => {};
  private lastSourceId: number;
  /** Resolves when somebody asked the probe to end. */
  readonly shutdownAsked: Promise<void>;
  private askShutdown: () => void = () => {};

  private constructor(
    private readonly options: ProbeOptions,
    private readonly spool: Spool,
    private readonly journal: Journal,
  ) {
    this.lastSourceId = spool.sourceIdMax;
    this.shutdownAsked = new Promise((resolve) => {
      this.askShutdown = resolve;
    });
    this.targets = new Targets({
      journal,
      collectorPath: options.collectorPath,
      socketPath: options.socketPath,
      onExited: (exited) => {
        for (const listener of this.exitListeners) listener(exited);
      },
    });
    spool.onFlushed = () => {
      for (const viewer of this.viewers) viewer.pump();
    };
  }

  /** Opens the spool and the socket. Throws a FailureError that says what stands in the way. */
  static async start(options: ProbeOptions): Promise<Probe> {
    // The socket comes first: it is what keeps a second probe away from the spool.
    let probe: Probe | undefined;
    const server = await listen(options.socketPath, packageJson.version, (socket, hello, rest) => {
      if (probe) probe.accept(socket, hello, rest);
      else socket.destroy();
    });
    try {
      const spool = new Spool({
        directory: options.spoolDirectory,
        ringBytesMax: options.ringBytesMax,
        disk: options.disk,
      });
      probe = new Probe(options, spool, new Journal(spool));
    } catch (error) {
      server.close();
      throw error;
    }
    probe.server = server;
    probe.tellStart();
    if (options.healthMs !== 0) probe.stopHealth = startHealth(probe.journal, options.root ?? '/', options.healthMs);
    return probe;
  }

  get sessionId(): string {
    return this.spool.identity.sessionId;
  }

  private tellStart(): void {
    const { opened, identity } = this.spool;
    if (opened.isNew) {
      const machine = describeMachine(this.options.root ?? '/');
      this.journal.rows(tables.session, [
        {
          epochUnixMs: identity.epochUnixMs,
          epochMonotonicNs: Number(identity.epochNs),
          sessionId: identity.sessionId,
          hostName: hostname(),
          system: machine.system,
          model: machine.model,
          probeVersion: packageJson.version,
        },
      ]);
    } else {
      this.journal.diagnostic('info', 'probeRestarted', 'The probe was started again and goes on with the session.');
    }
    if (opened.discardedBytes > 0) {
      this.journal.diagnostic(
        'info',
        'spoolDiscarded',
        `${formatBytes(opened.discardedBytes)} of a session from before the machine was started were removed from the ring.`,
      );
    }
    if (opened.tornBytes > 0)
      this.journal.loss('spool', 'the probe was killed while it wrote', { count: 0, bytes: opened.tornBytes });
    if (opened.missingPackets > 0) {
      this.journal.diagnostic(
        'error',
        'spoolDamaged',
        `${opened.missingPackets} packets of the ring are damaged and were passed over.`,
        'Check the disk.',
      );
    }
    this.journal.flush();
  }

  private accept(socket: Socket, hello: HelloFields, rest: Uint8Array): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (hello.role === 'collector') this.acceptCollector(socket, hello, rest);
    else if (hello.role === 'viewer') this.acceptViewer(socket, hello, rest);
    else if (hello.role === 'control') this.acceptControl(socket, rest);
    else
      throw new Refusal('badRole', `The role "${hello.role}" is none.`, 'The roles are collector, viewer and control.');
  }

  private answer(socket: Socket, fields: HelloFields): void {
    const { sessionId, epochNs } = this.spool.identity;
    socket.write(
      formatHello({
        ok: '1',
        version: String(FORMAT_VERSION),
        probe: packageJson.version,
        session: sessionId,
        epochNs: String(epochNs),
        ...fields,
      }),
    );
  }

  private acceptCollector(socket: Socket, hello: HelloFields, rest: Uint8Array): void {
    const sourceId = ++this.lastSourceId;
    const target = this.targets.list().find((each) => String(each.targetId) === hello.target);
    const collector = new Collector({
      socket,
      journal: this.journal,
      sourceId,
      pid: Number(hello.pid),
      targetId: target?.targetId,
    });
    this.targets.joined(collector);
    socket.once('close', () => {
      collector.ended();
      this.targets.left(collector);
    });
    const kinds = target ? target.kinds : kindsFrom(hello.kinds);
    const latency = target && this.targets.get(target.targetId).params.latencyTimestamps ? '1' : '0';
    this.answer(socket, { sourceId: String(sourceId), kinds: kinds.join(','), latency });
    socket.on('data', (chunk) => collector.receive(chunk));
    if (rest.length > 0) collector.receive(rest);
  }

  private acceptViewer(socket: Socket, hello: HelloFields, rest: Uint8Array): void {
    const { lane } = hello;
    if (lane !== 'vital' && lane !== 'bulk')
      throw new Refusal('badLane', `The lane "${lane}" is none.`, 'The lanes are vital and bulk.');
    const credit = Number(hello.credit);
    if (!Number.isSafeInteger(credit) || credit < 0)
      throw new Refusal('badCredit', 'A viewer names its credit in bytes.', '');
    const { cursor, stateBefore } = this.startOf(hello);
    const viewer = new Viewer({ socket, journal: this.journal, lane, cursor, credit, stateBefore });
    this.viewers.add(viewer);
    socket.once('close', () => {
      viewer.close();
      this.viewers.delete(viewer);
    });
    this.answer(socket, { cursor: String(cursor), next: String(this.spool.flushedNext) });
    socket.on('data', (chunk) => viewer.receive(chunk));
    if (rest.length > 0) viewer.receive(rest);
    viewer.pump();
  }

  // A cursor of another session means nothing here: such a viewer begins at the oldest packet, like a new one.
  private startOf(hello: HelloFields): { cursor: number; stateBefore: number } {
    const isSame = !hello.session || hello.session === this.sessionId;
    const word = isSame ? hello.cursor : 'oldest';
    const oldest = this.spool.oldestSequence;
    if (word === 'now') return { cursor: this.spool.flushedNext, stateBefore: this.spool.flushedNext };
    if (word === 'oldest') return { cursor: oldest, stateBefore: oldest };
    const cursor = Number(word);
    if (!Number.isSafeInteger(cursor) || cursor < 1) {
      throw new Refusal('badCursor', `The cursor "${word}" is none.`, 'It is a sequence number, now or oldest.');
    }
    return { cursor: Math.min(cursor, this.spool.flushedNext), stateBefore: 0 };
  }

  private acceptControl(socket: Socket, rest: Uint8Array): void {
    this.answer(socket, {});
    const handlers: Handlers = {
      'probe/describe': () => this.describe(),
      'probe/shutdown': () => {
        setImmediate(this.askShutdown);
        return {};
      },
      'target/launch': async (params) => {
        const target = await this.targets.launch({ ...params, env: params.env });
        return { targetId: target.targetId, pid: target.pid };
      },
      'target/stop': ({ targetId, signal }) => {
        this.targets.get(targetId).stop(signal ?? 'SIGTERM');
        return {};
      },
      'target/list': () => ({ targets: this.targets.list() }),
      'target/kinds': ({ targetId, kinds }) => {
        this.targets.setKinds(targetId, kinds);
        return {};
      },
    };
    if (rest.length > 0) socket.unshift(rest);
    const tell = serveControl(socket, handlers);
    this.exitListeners.add(tell);
    socket.once('close', () => this.exitListeners.delete(tell));
  }

  private describe(): ProbeDescription {
    const machine = describeMachine(this.options.root ?? '/');
    return {
      probeVersion: packageJson.version,
      formatVersion: FORMAT_VERSION,
      sessionId: this.sessionId,
      pid: process.pid,
      hostName: hostname(),
      ...machine,
      collectorPath: this.options.collectorPath,
      nextSequence: this.spool.flushedNext,
      spool: {
        directory: this.options.spoolDirectory,
        bytes: this.spool.bytes,
        bytesMax: this.options.ringBytesMax,
        oldestSequence: this.spool.oldestSequence,
        state: this.spool.state,
      },
    };
  }

  /** Ends the targets, writes what is left, gives the viewers what they may still take, and frees the socket. */
  async close(): Promise<void> {
    this.stopHealth();
    await this.targets.close();
    this.journal.flush();
    for (const socket of this.sockets) socket.end();
    await new Promise<void>((resolve) => {
      this.server?.close(() => resolve());
      setTimeout(() => {
        for (const socket of this.sockets) socket.destroy();
      }, 200).unref();
    });
    this.journal.close();
  }
}
