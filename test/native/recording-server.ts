// A probe for the collector's tests: answers the hello and keeps every row, by source.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowOf } from '../../shared/model/column';
import { decodeChecked, rowsOf } from '../../shared/wire/decode';
import { formatHello, LineReader } from '../../shared/wire/hello';
import { PacketReader } from '../../shared/wire/packet-reader';
import type { TableName, Tables } from '../../shared/wire/tables';

export interface ServerOptions {
  readonly kinds?: string;
  /** Closes the connection after so many bytes. */
  readonly dieAfterBytes?: number;
  /** Reads nothing behind the hello until release() is called. */
  readonly stalls?: boolean;
}

export class RecordingServer {
  readonly socketPath: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'hka-native-'));
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly rowsByTable = new Map<string, { source: number }[]>();
  private lastSource = 0;
  readonly errors: string[] = [];

  private constructor(private readonly options: ServerOptions) {
    this.socketPath = join(this.folder, 's');
    this.server = createServer((socket) => this.accept(socket));
  }

  static async start(options: ServerOptions = {}): Promise<RecordingServer> {
    const made = new RecordingServer(options);
    await new Promise<void>((resolve) => made.server.listen(made.socketPath, resolve));
    return made;
  }

  private accept(socket: Socket): void {
    const source = ++this.lastSource;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    const lines = new LineReader();
    let byteCount = 0;
    const reader = new PacketReader({
      reuse: true,
      onDamaged: () => this.errors.push('a packet does not match its checksum'),
      onPacket: (bytes, header) => {
        const packet = decodeChecked(bytes, header);
        if (!packet.ok) return void this.errors.push(packet.error.kind);
        const known = this.rowsByTable.get(packet.value.table.name) ?? [];
        for (const row of rowsOf(packet.value)) known.push({ ...row, source });
        this.rowsByTable.set(packet.value.table.name, known);
      },
    });
    const take = (chunk: Uint8Array) => {
      byteCount += chunk.length;
      const error = reader.push(chunk);
      if (error) this.errors.push(error.kind);
      if (byteCount > (this.options.dieAfterBytes ?? Number.POSITIVE_INFINITY)) socket.destroy();
    };
    const onHello = (chunk: Buffer) => {
      const read = lines.push(chunk);
      if (!read.ok || !read.value) return;
      socket.off('data', onHello);
      const kinds = this.options.kinds ?? 'kernel,memcpy,memset,memory,api,nvtx,sync,overhead';
      socket.write(formatHello({ ok: '1', version: '1', epochNs: '0', sourceId: String(source), kinds, latency: '0' }));
      socket.on('data', take);
      if (this.options.stalls) socket.pause();
      else take(read.value.rest);
    };
    socket.on('data', onHello);
  }

  /** Lets a stalled server read again. */
  release(): void {
    for (const socket of this.sockets) socket.resume();
  }

  setKinds(kinds: string): void {
    for (const socket of this.sockets) socket.write(formatHello({ kinds }));
  }

  rows<N extends TableName>(name: N): (RowOf<Tables[N]> & { source: number })[] {
    return (this.rowsByTable.get(name) ?? []) as (RowOf<Tables[N]> & { source: number })[];
  }

  /** Resolves when every connection has ended and all of it is read. */
  async drained(): Promise<void> {
    while (this.sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
