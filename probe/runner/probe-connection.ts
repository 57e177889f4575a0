// The runner's side of a collector connection: what the collector does in C++ for a GPU, for rows that come from the addon.

import { connect, type Socket } from 'node:net';
import { TRACE_KINDS, type TraceKind } from '../../shared/model/enums';
import { targetEnvironment } from '../../shared/rpc/places';
import { sessionFromMonotonic } from '../../shared/units/units';
import { encodeRows } from '../../shared/wire/encode';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../shared/wire/hello';
import { FORMAT_VERSION } from '../../shared/wire/limits';
import { tables } from '../../shared/wire/tables';

const ANSWER_MS = 2000;
const PENDING_BYTES_MAX = 16 * 1024 * 1024;

export interface ConnectionStart {
  readonly sourceId: number;
  readonly epochNs: bigint;
  readonly kinds: TraceKind[];
}

function kindsOf(fields: HelloFields): TraceKind[] {
  const words = fields.kinds?.split(',') ?? [];
  return TRACE_KINDS.filter((kind) => words.includes(kind));
}

export class ProbeConnection {
  private lostBytes = 0;
  private lostSinceNs = 0;
  private isLost = false;

  private constructor(
    private readonly socket: Socket,
    readonly start: ConnectionStart,
  ) {
    socket.once('close', () => {
      this.isLost = true;
    });
  }

  /** Connects to the probe that launched this process. undefined when there is none: the workload then runs on its own. */
  static async open(onKinds: (kinds: TraceKind[]) => void): Promise<ProbeConnection | undefined> {
    const path = process.env[targetEnvironment.socket];
    if (!path) return undefined;
    const socket = connect(path);
    const lines = new LineReader();
    return new Promise((resolve) => {
      let connection: ProbeConnection | undefined;
      const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve(undefined);
      });
      socket.on('error', () => {}); // 'close' follows: the workload goes on without a probe
      socket.on('data', (chunk) => {
        for (let rest: Uint8Array = chunk; ; ) {
          const read = lines.push(rest);
          if (!read.ok) return void socket.destroy();
          if (!read.value) return;
          rest = read.value.rest;
          const fields = parseHello(read.value.line);
          if (!fields.ok || fields.value.error) return void socket.destroy();
          if (connection) onKinds(kindsOf(fields.value));
          else {
            clearTimeout(timer);
            const { sourceId, epochNs } = fields.value;
            connection = new ProbeConnection(socket, {
              sourceId: Number(sourceId),
              epochNs: BigInt(epochNs ?? '0'),
              kinds: kindsOf(fields.value),
            });
            resolve(connection);
          }
        }
      });
      const target = process.env[targetEnvironment.target] ?? '';
      const hello = {
        role: 'collector',
        version: String(FORMAT_VERSION),
        pid: String(process.pid),
        target,
        kinds: TRACE_KINDS.join(','),
      };
      socket.write(formatHello(hello));
    });
  }

  /** Sends whole packets. What a slow probe does not take is dropped and counted. */
  send(packets: Uint8Array): void {
    if (this.isLost || packets.length === 0) return;
    const nowNs = sessionFromMonotonic(process.hrtime.bigint(), this.start.epochNs);
    if (this.socket.writableLength > PENDING_BYTES_MAX) {
      if (this.lostBytes === 0) this.lostSinceNs = nowNs;
      this.lostBytes += packets.length;
      return;
    }
    if (this.lostBytes > 0) {
      const row = {
        startNs: this.lostSinceNs,
        endNs: nowNs,
        count: 0,
        bytes: this.lostBytes,
        stage: 'collector',
        reason: 'the probe was too slow',
      };
      this.socket.write(encodeRows(tables.loss, [row], this.start.sourceId));
      this.lostBytes = 0;
    }
    this.socket.write(packets);
  }

  /** Resolves when everything sent has left, or the probe is gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isLost) return resolve();
      this.socket.once('close', () => resolve());
      this.socket.end();
    });
  }
}
