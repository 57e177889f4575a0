// A probe in this process with a small ring, and simple clients of its socket.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lane } from '../../app/host/link/lane';
import { localTransport } from '../../app/host/link/transport';
import { Probe, type ProbeOptions } from '../../probe/daemon/probe';
import type { Lane as LaneName, RowOf } from '../../shared/model/column';
import { decodeChecked, isPacketOf, rowsOf } from '../../shared/wire/decode';
import { encodeRows } from '../../shared/wire/encode';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../shared/wire/hello';
import { type TableName, type Tables, tables } from '../../shared/wire/tables';

export interface ProbeBed {
  readonly folder: string;
  readonly socketPath: string;
  readonly probe: Probe;
  /** Ends the probe and starts it again on the same folder. */
  restart(): Promise<ProbeBed>;
  stop(): Promise<void>;
}

export async function startProbe(
  options: Partial<ProbeOptions> = {},
  folder = mkdtempSync(join(tmpdir(), 'hka-probe-')),
): Promise<ProbeBed> {
  const socketPath = join(folder, 'probe.sock');
  const all = {
    socketPath,
    spoolDirectory: join(folder, 'spool'),
    ringBytesMax: 64 * 1024 * 1024,
    healthMs: 0,
    ...options,
  };
  const probe = await Probe.start(all);
  return {
    folder,
    socketPath,
    probe,
    restart: async () => {
      await probe.close();
      return startProbe(options, folder);
    },
    stop: async () => {
      await probe.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A connection that says hello and gives the answer. */
export async function greetRaw(socketPath: string, hello: string): Promise<{ socket: Socket; answer: HelloFields }> {
  const socket = connect(socketPath);
  const lines = new LineReader();
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
    socket.on('data', (chunk) => {
      const read = lines.push(chunk);
      if (!read.ok || !read.value) return;
      const parsed = parseHello(read.value.line);
      socket.removeAllListeners('close');
      if (parsed.ok) resolve({ socket, answer: parsed.value });
      else reject(new Error(parsed.error));
    });
    socket.write(hello);
  });
}

/** A collector that sends kernels with the correlations 1, 2, 3 and so on. */
export class FakeCollector {
  sent = 0;
  private constructor(private readonly socket: Socket) {}

  static async open(socketPath: string): Promise<FakeCollector> {
    const hello = formatHello({ role: 'collector', version: '1', pid: '4711', target: '', kinds: 'kernel' });
    return new FakeCollector((await greetRaw(socketPath, hello)).socket);
  }

  async kernels(count: number, packets = 1): Promise<void> {
    for (let packet = 0; packet < packets; packet++) {
      const rows = Array.from({ length: count }, () => ({ ...KERNEL, correlation: ++this.sent }));
      await this.write(encodeRows(tables.kernel, rows));
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.socket.write(bytes, () => resolve()));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.end();
    });
  }
}

export const KERNEL: RowOf<Tables['kernel']> = {
  startNs: 1000,
  durationNs: 10,
  queuedNs: -1,
  submittedNs: -1,
  graphNode: 0,
  name: 1,
  device: 0,
  context: 1,
  stream: 7,
  correlation: 0,
  gridX: 1,
  gridY: 1,
  gridZ: 1,
  blockX: 32,
  blockY: 1,
  blockZ: 1,
  staticSharedBytes: 0,
  dynamicSharedBytes: 0,
  localBytes: 0,
  registers: 16,
};

/** One lane that keeps the rows it gets. */
export class Watcher {
  readonly lane: Lane;
  private readonly rowsByTable = new Map<string, unknown[]>();
  readonly sequences: number[] = [];
  /** While set, packets are taken only as fast as it resolves. */
  hold: Promise<void> | undefined;

  constructor(socketPath: string, lane: LaneName, cursor: 'now' | 'oldest' | number) {
    this.lane = new Lane({
      transport: localTransport(socketPath),
      lane,
      cursor,
      onDamaged: () => {
        throw new Error('a damaged packet came from the probe');
      },
      onPacket: (bytes, header) => {
        const packet = decodeChecked(bytes, header);
        if (!packet.ok) throw new Error(packet.error.kind);
        this.sequences.push(header.sequence);
        const name = packet.value.table.name;
        this.rowsByTable.set(name, [...(this.rowsByTable.get(name) ?? []), ...rowsOf(packet.value)]);
        if (isPacketOf(packet.value, 'kernel')) this.kernelCount += packet.value.rowCount;
        return this.hold;
      },
    });
  }

  kernelCount = 0;

  rows<N extends TableName>(name: N): RowOf<Tables[N]>[] {
    return (this.rowsByTable.get(name) ?? []) as RowOf<Tables[N]>[];
  }
}

/** Resolves when `condition` holds; fails after ten seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 2000) throw new Error(`never came to pass: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
