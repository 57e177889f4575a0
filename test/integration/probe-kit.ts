// A probe in this process, and small clients of its socket: what the probe's tests are written with.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { type Probe, type ProbeOptions, startProbe } from '../../probe/daemon/probe';
import type { RowOf } from '../../shared/model/column';
import type { RequestName, RequestParams, RequestResult, TargetExited } from '../../shared/rpc/methods';
import { decodePacket, isPacketOf, rowsOf } from '../../shared/wire/decode';
import { encodePacket } from '../../shared/wire/encode';
import type { PacketHeader } from '../../shared/wire/header';
import { formatHello, LineReader, parseHello } from '../../shared/wire/hello';
import { MARK_KIND } from '../../shared/wire/limits';
import { PacketReader } from '../../shared/wire/packet-reader';
import { type TableName, type Tables, tables } from '../../shared/wire/tables';

type Fields = Record<string, string>;

export interface Kit {
  readonly folder: string;
  readonly socketPath: string;
  readonly spoolFolder: string;
  probe: Probe;
  /** Ends the probe and starts another one on the same ring. */
  restart(options?: Partial<ProbeOptions>): Promise<void>;
  close(): Promise<void>;
}

/** A probe in a folder of its own, without health rows unless asked for. */
export async function openKit(options: Partial<ProbeOptions> = {}): Promise<Kit> {
  const folder = mkdtempSync(join(tmpdir(), 'hka-probe-'));
  const socketPath = join(folder, 'probe.sock');
  const spoolFolder = join(folder, 'spool');
  const base = { socketPath, spoolFolder, healthMs: 3_600_000, ...options };
  const kit: Kit = {
    folder,
    socketPath,
    spoolFolder,
    probe: await startProbe(base),
    restart: async (changed) => {
      await kit.probe.close();
      kit.probe = await startProbe({ ...base, ...changed });
    },
    close: async () => {
      await kit.probe.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return kit;
}

/** Wakes those who wait for a condition whenever something arrived. */
class Waiters {
  private readonly waiters = new Set<() => void>();

  arrived(): void {
    for (const wake of this.waiters) wake();
  }

  until(isTrue: () => boolean, what: string, msMax = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(check);
        reject(new Error(`waited in vain for ${what}`));
      }, msMax);
      const check = () => {
        if (!isTrue()) return;
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve();
      };
      this.waiters.add(check);
      check();
    });
  }
}

/** A connection with its hello said and answered. Bytes behind the answer come to `onBytes`. */
class Client {
  readonly answer: Fields = {};
  readonly waiters = new Waiters();
  isClosed = false;
  protected constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.waiters.arrived();
    });
  }

  protected async greet(fields: Fields, onBytes: (bytes: Uint8Array) => void): Promise<void> {
    const lines = new LineReader();
    let isGreeted = false;
    this.socket.on('data', (chunk: Uint8Array) => {
      if (isGreeted) return onBytes(chunk);
      const read = lines.push(chunk);
      if (!read.ok) throw new Error(read.error);
      if (!read.value) return;
      const answer = parseHello(read.value.line);
      if (!answer.ok) throw new Error(answer.error);
      Object.assign(this.answer, answer.value);
      isGreeted = true;
      if (read.value.rest.length > 0) onBytes(read.value.rest);
      this.waiters.arrived();
    });
    this.socket.write(formatHello({ version: '1', ...fields }));
    await this.waiters.until(() => isGreeted || this.isClosed, 'the answer to a hello');
  }

  /** Waits until the connection is closed by either side. */
  closed(): Promise<void> {
    return this.waiters.until(() => this.isClosed, 'the end of a connection');
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.closed();
  }
}

export class TestCollector extends Client {
  readonly kinds: string[] = [];

  static async connect(socketPath: string, fields: Fields = {}): Promise<TestCollector> {
    const collector = new TestCollector(connect(socketPath));
    const lines = new LineReader();
    await collector.greet({ role: 'collector', pid: '1', target: '', kinds: 'kernel', ...fields }, (bytes) => {
      let rest = bytes;
      while (rest.length > 0) {
        const read = lines.push(rest);
        if (!read.ok || !read.value) return;
        const line = parseHello(read.value.line);
        if (line.ok) collector.kinds.push(line.value.kinds);
        rest = read.value.rest;
      }
      collector.waiters.arrived();
    });
    return collector;
  }

  /** Resolves when the kernel has taken the bytes. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends everything and ends; resolves when the probe has seen the end. */
  async end(): Promise<void> {
    this.socket.end();
    await this.closed();
  }
}

export interface Seen {
  readonly header: PacketHeader;
  readonly bytes: Uint8Array;
}

export class TestViewer extends Client {
  readonly packets: Seen[] = [];
  /** Everything below is complete, as the last mark said. */
  markedSequence = 0;
  private receivedBytes = 0;
  private readonly reader = new PacketReader({
    reuse: false,
    onPacket: (packet, header) => {
      this.receivedBytes += packet.length;
      if (header.kind === MARK_KIND) this.markedSequence = header.sequence;
      else this.packets.push({ header, bytes: packet });
    },
    onDamaged: () => {
      throw new Error('a viewer got a damaged packet');
    },
  });

  static async connect(socketPath: string, fields: Fields): Promise<TestViewer> {
    const viewer = new TestViewer(connect(socketPath));
    await viewer.greet({ role: 'viewer', session: '', credit: '1000000000', ...fields }, (bytes) => {
      const error = viewer.reader.push(bytes);
      if (error) throw new Error(`a viewer got ${error.kind}`);
      viewer.waiters.arrived();
    });
    return viewer;
  }

  get bytes(): number {
    return this.receivedBytes;
  }

  get sequences(): number[] {
    return this.packets.map(({ header }) => header.sequence);
  }

  credit(bytes: number): void {
    this.socket.write(formatHello({ credit: String(bytes) }));
  }

  rows<N extends TableName>(name: N): (RowOf<Tables[N]> & { sequence: number; source: number })[] {
    return this.packets.flatMap(({ bytes, header }) => {
      if (header.kind !== tables[name].kind) return [];
      const packet = decodePacket(bytes);
      if (!packet.ok) throw new Error(packet.error.kind);
      if (!isPacketOf(packet.value, name)) return [];
      const rows = rowsOf(packet.value) as RowOf<Tables[N]>[];
      return rows.map((row) => ({ ...row, sequence: header.sequence, source: header.sourceId }));
    });
  }

  /** Waits until a mark says that all below `sequence` was sent. */
  until(sequence: number): Promise<void> {
    return this.waiters.until(() => this.markedSequence >= sequence, `a mark at ${sequence}`);
  }

  when(isTrue: (viewer: TestViewer) => boolean, what: string): Promise<void> {
    return this.waiters.until(() => isTrue(this), what);
  }
}

export class TestControl extends Client {
  readonly exited: TargetExited[] = [];
  private connection!: ReturnType<typeof createMessageConnection>;

  static async connect(socketPath: string): Promise<TestControl> {
    const control = new TestControl(connect(socketPath));
    await control.greet({ role: 'control' }, () => undefined);
    control.socket.removeAllListeners('data');
    control.connection = createMessageConnection(
      new StreamMessageReader(control.socket),
      new StreamMessageWriter(control.socket),
    );
    control.connection.onNotification('target/exited', (exited: TargetExited) => {
      control.exited.push(exited);
      control.waiters.arrived();
    });
    control.connection.listen();
    return control;
  }

  request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    return this.connection.sendRequest(name, params);
  }

  async untilExited(targetId: number): Promise<TargetExited> {
    const find = () => this.exited.find((each) => each.targetId === targetId);
    await this.waiters.until(() => find() !== undefined, `the end of target ${targetId}`);
    return find()!;
  }
}

/** A kernel packet whose rows carry the correlation numbers first, first + 1 and so on. */
export function kernelPacket(rowCount: number, first: number): Uint8Array {
  const columns: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(tables.kernel.columns)) {
    if (type === 'f64') columns[name] = Float64Array.from({ length: rowCount }, (_, row) => first + row);
    else if (type === 'u32') columns[name] = Uint32Array.from({ length: rowCount }, (_, row) => first + row);
    else columns[name] = new Uint16Array(rowCount);
  }
  return encodePacket(tables.kernel, columns as Parameters<typeof encodePacket<Tables['kernel']>>[1], rowCount);
}

/** A raw connection that says whatever it likes; resolves with all it was answered when the probe has closed it. */
export async function shout(socketPath: string, bytes: Uint8Array | string): Promise<string> {
  const socket = connect(socketPath);
  const chunks: Uint8Array[] = [];
  socket.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}
