// One collector connection: checks and stamps its packets, and tells it which kinds to trace. What it sends is a stranger's data.

import type { Socket } from 'node:net';
import type { TraceKind } from '../../shared/model/enums';
import { packetErrorSentence } from '../../shared/wire/header';
import { formatHello } from '../../shared/wire/hello';
import { PacketReader } from '../../shared/wire/packet-reader';
import type { Journal } from './journal';

export interface CollectorOptions {
  readonly socket: Socket;
  readonly journal: Journal;
  readonly sourceId: number;
  readonly pid: number;
  /** Of the launched target it belongs to; undefined for a process that was started by hand. */
  readonly targetId: number | undefined;
}

export class Collector {
  readonly targetId: number | undefined;
  private readonly reader: PacketReader;
  private damaged = { rowCount: 0, bytes: 0 };

  constructor(private readonly options: CollectorOptions) {
    this.targetId = options.targetId;
    const { journal, sourceId } = options;
    this.reader = new PacketReader({
      reuse: true,
      onPacket: (packet, header) => journal.append(packet, header, sourceId),
      onDamaged: (header) => {
        this.damaged.rowCount += header.rowCount;
        this.damaged.bytes += header.bodyBytes;
      },
    });
  }

  receive(chunk: Uint8Array): void {
    const error = this.reader.push(chunk);
    this.tellDamaged();
    if (!error || this.options.socket.destroyed) return;
    const { journal, pid, socket } = this.options;
    journal.diagnostic(
      'error',
      'badCollectorData',
      `The data of process ${pid} cannot be read: ${packetErrorSentence(error)}`,
      'Record it again; if it happens again, build the native parts of the same version as the probe.',
    );
    journal.loss('intake', packetErrorSentence(error), { count: 0, bytes: this.reader.pendingBytes });
    socket.destroy();
  }

  setKinds(kinds: readonly TraceKind[]): void {
    this.options.socket.write(formatHello({ kinds: kinds.join(',') }));
  }

  /** Called once, when the connection is over. */
  ended(): void {
    if (this.reader.pendingBytes > 0 && !this.reader.hasFailed) {
      const bytes = this.reader.pendingBytes;
      this.options.journal.loss('intake', 'the process ended in the middle of a packet', { count: 0, bytes });
    }
  }

  private tellDamaged(): void {
    if (this.damaged.bytes === 0) return;
    const { rowCount, bytes } = this.damaged;
    this.damaged = { rowCount: 0, bytes: 0 };
    this.options.journal.loss('intake', 'a packet did not match its checksum', { count: rowCount, bytes });
  }
}
