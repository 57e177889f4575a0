// The probe's side of a collector's connection, as small as it can be: answers the hello, sends what it is told, keeps what it gets.

import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../shared/wire/hello';

export interface RecordingServerOptions {
  /** Keys of the answer that differ from a probe's usual ones. */
  readonly answer?: HelloFields;
  /** Reads nothing after the hello until resume() is called. */
  readonly paused?: boolean;
}

export class RecordingServer {
  readonly epochNs = process.hrtime.bigint();
  hello: HelloFields | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'hka-server-'));
  readonly socketPath = join(this.folder, 'probe.sock');
  private readonly events = new EventEmitter();
  private readonly chunks: Uint8Array[] = [];
  private socket: Socket | undefined;
  private ended = false;

  private constructor(
    private readonly server: Server,
    private readonly options: RecordingServerOptions,
  ) {}

  static async open(options: RecordingServerOptions = {}): Promise<RecordingServer> {
    const server = createServer();
    const recording = new RecordingServer(server, options);
    server.on('connection', (socket) => recording.accept(socket));
    server.listen(recording.socketPath);
    await once(server, 'listening');
    return recording;
  }

  get packets(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  /** Waits until the runner said hello. */
  async connected(): Promise<void> {
    if (!this.hello) await once(this.events, 'hello');
  }

  /** Waits for the next bytes, or for the end when none come. */
  async nextBytes(): Promise<void> {
    if (!this.ended) await once(this.events, 'bytes');
  }

  /** Waits until the runner closed its side. */
  async closed(): Promise<void> {
    while (!this.ended) await this.nextBytes();
  }

  sendKinds(kinds: string): void {
    this.socket?.write(formatHello({ kinds }));
  }

  resume(): void {
    this.socket?.resume();
  }

  /** Ends as a probe that was killed. */
  die(): void {
    this.socket?.destroy();
  }

  async close(): Promise<void> {
    this.socket?.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private accept(socket: Socket): void {
    this.socket = socket;
    const lines = new LineReader();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.ended = true;
      this.events.emit('bytes');
    });
    socket.on('data', (chunk) => {
      if (this.hello) {
        this.keep(chunk);
        return;
      }
      const pushed = lines.push(chunk);
      if (!pushed.ok || !pushed.value) return;
      const fields = parseHello(pushed.value.line);
      if (!fields.ok) throw new Error(fields.error);
      this.hello = fields.value;
      const usual = {
        ok: '1',
        version: '1',
        probe: '0.1.0',
        session: 's',
        sourceId: '5',
        kinds: 'kernel,memcpy,memory,api,nvtx',
      };
      socket.write(formatHello({ ...usual, epochNs: String(this.epochNs), ...this.options.answer }));
      if (this.options.paused) socket.pause();
      this.events.emit('hello');
      if (pushed.value.rest.length > 0) this.keep(pushed.value.rest);
    });
  }

  private keep(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.events.emit('bytes');
  }
}
