// A probe as the link sees it: hello, lanes with credit, marks and control, over a real Unix socket. Small and obviously right;
// the integration tests use the real one. Its misdeeds (cuts, damage, other versions) are set by the tests.

import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createMessageConnection,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Lane } from '../../../shared/model/column';
import { FAILURE_CODE } from '../../../shared/rpc/methods';
import { FailureError } from '../../../shared/util/failure';
import { encodeMark, encodeRows } from '../../../shared/wire/encode';
import { stampHeader } from '../../../shared/wire/header';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../../shared/wire/hello';
import { tableOfKind, tables } from '../../../shared/wire/tables';

export interface FakePacket {
  readonly sequence: number;
  readonly lane: Lane;
  readonly isState: boolean;
  readonly bytes: Uint8Array;
}

type Handler = (params: unknown) => unknown;

interface Viewer {
  readonly socket: net.Socket;
  readonly lane: Lane;
  readonly replay: FakePacket[];
  next: number;
  creditBytes: number;
  markedSequence: number;
}

export class FakeProbe {
  readonly socketPath: string;
  readonly packets: FakePacket[] = [];
  readonly hellos: HelloFields[] = [];
  readonly requests = new Map<string, Handler>();
  readonly sockets = new Set<net.Socket>();
  readonly controls = new Set<MessageConnection>();
  sessionId = 'session-a';
  version = '1';
  /** A hello that gets an error answer instead. */
  refusal: HelloFields | undefined;
  isSilent = false;
  /** Called before a packet is sent; may change what is sent, or end the connection. */
  onSend: (packet: FakePacket, socket: net.Socket) => Uint8Array | undefined = (packet) => packet.bytes;
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'fake-probe-'));
  private readonly viewers = new Set<Viewer>();
  private readonly server = net.createServer((socket) => this.greet(socket));

  constructor() {
    this.socketPath = path.join(this.folder, 'probe.sock');
    this.requests.set('probe/describe', () => this.describe());
  }

  static async start(): Promise<FakeProbe> {
    const probe = new FakeProbe();
    await probe.listen();
    probe.add(sessionPacket());
    return probe;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.socketPath, resolve));
  }

  /** Stops listening and cuts everyone off; listen() begins again. */
  async hide(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cut();
    await closed;
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.hide();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  get nextSequence(): number {
    return (this.packets.at(-1)?.sequence ?? 0) + 1;
  }

  add(bytes: Uint8Array): number {
    const sequence = this.nextSequence;
    stampHeader(bytes, sequence, 0);
    const table = tableOfKind(new DataView(bytes.buffer, bytes.byteOffset).getUint16(6, true));
    this.packets.push({ sequence, bytes, lane: table?.lane ?? 'vital', isState: table?.role === 'state' });
    this.pump();
    return sequence;
  }

  notify(name: string, params: unknown): void {
    for (const connection of this.controls) void connection.sendNotification(name, params);
  }

  /** A new life: another session, an empty ring. */
  forget(sessionId: string): void {
    this.sessionId = sessionId;
    this.packets.length = 0;
    this.add(sessionPacket());
  }

  private describe() {
    const spool = { directory: '/', bytes: 0, bytesMax: 1, oldestSequence: 1, state: 'recording' };
    const { sessionId, nextSequence } = this;
    const machine = { pid: 1, hostName: 'fake', system: 'fake', model: 'fake' };
    return { probeVersion: '0.0.1', formatVersion: 1, sessionId, nextSequence, spool, ...machine };
  }

  private greet(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
    if (this.isSilent) return;
    const reader = new LineReader();
    socket.on('data', function onData(this: net.Socket, chunk: Uint8Array) {
      const read = reader.push(chunk);
      if (!read.ok || !read.value) return;
      socket.off('data', onData);
      const hello = parseHello(read.value.line);
      if (hello.ok) self.answer(socket, hello.value, read.value.rest);
    });
    const self = this;
  }

  private answer(socket: net.Socket, hello: HelloFields, rest: Uint8Array): void {
    this.hellos.push(hello);
    if (this.refusal) {
      socket.end(formatHello(this.refusal));
      return;
    }
    const isWord = hello.cursor === 'now' || hello.cursor === 'oldest';
    const isOther = hello.session !== '' && hello.session !== this.sessionId;
    const oldest = this.packets[0]?.sequence ?? 1;
    const first = isOther || hello.cursor === 'oldest' ? oldest : this.nextSequence;
    const cursor = isWord || isOther ? first : Number(hello.cursor ?? 0);
    const lanes: HelloFields =
      hello.role === 'viewer' ? { cursor: String(cursor), next: String(this.nextSequence) } : {};
    const fields = { ok: '1', version: this.version, probe: '0.0.1', session: this.sessionId, epochNs: '1000' };
    socket.write(formatHello({ ...fields, ...lanes }));
    if (hello.role === 'control') this.control(socket);
    else this.view(socket, hello, cursor, isWord || isOther, rest);
  }

  private control(socket: net.Socket): void {
    const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
    connection.onRequest(async (method, params) => {
      const handler = this.requests.get(method);
      if (!handler) return new ResponseError(-32_601, `no ${method}`);
      try {
        return await handler(params);
      } catch (error) {
        if (error instanceof FailureError) return new ResponseError(FAILURE_CODE, error.message, error.failure);
        throw error;
      }
    });
    connection.onError(() => {});
    this.controls.add(connection);
    socket.on('close', () => {
      this.controls.delete(connection);
      connection.dispose();
    });
    connection.listen();
  }

  private view(socket: net.Socket, hello: HelloFields, cursor: number, withState: boolean, rest: Uint8Array): void {
    const lane = hello.lane as Lane;
    const state = this.packets.filter((each) => each.isState && each.sequence < cursor && lane === 'vital');
    const viewer: Viewer = {
      socket,
      lane,
      replay: withState ? state : [],
      next: cursor,
      creditBytes: Number(hello.credit),
      markedSequence: 0,
    };
    this.viewers.add(viewer);
    socket.on('close', () => this.viewers.delete(viewer));
    const reader = new LineReader();
    const take = (chunk: Uint8Array) => {
      for (let left = chunk; left.length > 0; ) {
        const read = reader.push(left);
        if (!read.ok || !read.value) return;
        left = read.value.rest;
        const line = parseHello(read.value.line);
        if (line.ok) viewer.creditBytes += Number(line.value.credit);
      }
      this.pumpViewer(viewer);
    };
    socket.on('data', take);
    take(rest);
    this.pumpViewer(viewer);
  }

  private pump(): void {
    for (const viewer of this.viewers) this.pumpViewer(viewer);
  }

  private pumpViewer(viewer: Viewer): void {
    while (viewer.creditBytes > 0 && !viewer.socket.destroyed) {
      const packet =
        viewer.replay.shift() ?? this.packets.find((each) => each.lane === viewer.lane && each.sequence >= viewer.next);
      if (!packet) break;
      viewer.next = Math.max(viewer.next, packet.sequence + 1);
      const bytes = this.onSend(packet, viewer.socket);
      if (!bytes) {
        viewer.creditBytes = Number.NEGATIVE_INFINITY; // nothing more on this connection
        return;
      }
      viewer.creditBytes -= bytes.length;
      viewer.socket.write(bytes);
    }
    const isComplete = !this.packets.some((each) => each.lane === viewer.lane && each.sequence >= viewer.next);
    if (!isComplete || viewer.replay.length > 0 || this.nextSequence <= viewer.markedSequence) return;
    viewer.markedSequence = this.nextSequence;
    if (!viewer.socket.destroyed) viewer.socket.write(encodeMark(this.nextSequence));
  }
}

export function sessionPacket(): Uint8Array {
  const numbers = { epochUnixMs: 0, epochMonotonicNs: 1000 };
  const machine = { hostName: 'fake', system: 'fake', model: 'fake', probeVersion: '0.0.1' };
  return encodeRows(tables.session, [{ ...numbers, sessionId: 'session-a', ...machine }]);
}

/** `rowCount` vital rows. */
export function healthPacket(value: number, rowCount = 1): Uint8Array {
  return encodeRows(
    tables.health,
    Array.from({ length: rowCount }, () => ({ timeNs: value, value, metric: 1 })),
  );
}

/** `rowCount` bulk rows, whose startNs is `value`. */
export function syncPacket(value: number, rowCount = 1): Uint8Array {
  const row = { startNs: value, durationNs: 1, context: 1, stream: 1, correlation: 0, kind: 1 };
  return encodeRows(
    tables.sync,
    Array.from({ length: rowCount }, () => row),
  );
}

/** One state packet. */
export function stringPacket(id: number): Uint8Array {
  return encodeRows(tables.string, [{ id, text: `name ${id}` }]);
}
