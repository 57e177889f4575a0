// Intake: one collector's packets, checked, numbered, into the ring. What cannot be kept is counted.

import type { Socket } from 'node:net';
import { type PacketError, type PacketHeader, packetErrorSentence } from '../../shared/wire/header';
import { formatHello } from '../../shared/wire/hello';
import { PacketReader } from '../../shared/wire/packet-reader';
import { tableOfKind, tables } from '../../shared/wire/tables';
import type { Spool } from '../spool/spool';
import type { FlowGate } from './flow-gate';
import type { OwnRows } from './own-rows';

/** Tables that only the probe or a file writes. */
const OWN_TABLES: ReadonlySet<number> = new Set(
  [tables.session, tables.gap, tables.output, tables.end].map((each) => each.kind),
);

export interface CollectorOptions {
  readonly socket: Socket;
  readonly rest: Uint8Array;
  readonly sourceId: number;
  readonly pid: number;
  readonly spool: Spool;
  readonly own: OwnRows;
  readonly gate: FlowGate;
  /** It is a workload that can be changed while it runs. */
  readonly takesChanges: boolean;
  /** Everything it sent is in the ring. */
  readonly onClosed: () => void;
}

export class CollectorConnection {
  private readonly reader: PacketReader;
  private hasFailed = false;

  constructor(private readonly options: CollectorOptions) {
    this.reader = new PacketReader({
      reuse: true,
      onPacket: (packet, header) => this.take(packet, header),
      onDamaged: (header) => this.lose(header, 'damaged on the way'),
    });
    const { socket, rest, gate, spool } = options;
    socket.on('data', (chunk: Uint8Array) => this.push(chunk));
    const leaveGate = gate.add(socket);
    socket.on('close', () => {
      leaveGate();
      this.countTorn();
      spool.closeSource(options.sourceId);
      options.onClosed();
    });
    this.push(rest);
  }

  get takesChanges(): boolean {
    return this.options.takesChanges && this.options.socket.writable;
  }

  /** Tells the collector what to trace from now on. */
  sendKinds(kinds: readonly string[]): void {
    this.sendLine(formatHello({ kinds: kinds.join(',') }));
  }

  /** One line of formatHello(). */
  sendLine(line: string): void {
    if (this.options.socket.writable) this.options.socket.write(line);
  }

  close(): void {
    this.options.socket.destroySoon();
  }

  private push(chunk: Uint8Array): void {
    if (this.hasFailed) return;
    const error = this.reader.push(chunk);
    if (error) this.fail(error);
  }

  private take(packet: Uint8Array, header: PacketHeader): void {
    if (!tableOfKind(header.kind)) this.lose(header, 'of a table that this probe does not know');
    else if (OWN_TABLES.has(header.kind)) this.lose(header, 'of a table that no collector may write');
    else this.options.spool.append(packet, header.kind, header.rowCount, this.options.sourceId);
  }

  private lose(header: PacketHeader, reason: string): void {
    this.options.own.countLoss('intake', reason, header.rowCount, header.bodyBytes);
  }

  // Behind such an error no packet can be found any more.
  private fail(error: PacketError): void {
    this.hasFailed = true;
    this.options.own.tell({
      severity: 'error',
      code: 'collectorStreamBroken',
      sentence: `The collector in process ${this.options.pid} was cut off: ${packetErrorSentence(error)}`,
      remedy: 'Install the same version of HookAnalyzer everywhere. If it is, report this.',
    });
    this.options.socket.destroy();
  }

  private countTorn(): void {
    const bytes = this.reader.pendingBytes;
    if (bytes > 0) this.options.own.countLoss('intake', 'the connection ended in the middle of a packet', 0, bytes);
  }
}
