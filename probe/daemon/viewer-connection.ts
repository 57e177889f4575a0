// One lane to one viewer: state it has to know first, then every packet from its cursor on, as far as its credit goes, and a
// mark whenever it has all there is. The ring is the queue; nothing is kept here but the run being written.

import type { Socket } from 'node:net';
import type { Lane } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { encodeMark, encodeRows } from '../../shared/wire/encode';
import { stampHeader } from '../../shared/wire/header';
import { LineReader, parseHello } from '../../shared/wire/hello';
import { tables } from '../../shared/wire/tables';
import { type Hole, LaneCursor } from '../spool/lane-cursor';
import type { Spool } from '../spool/spool';
import type { StatePacket } from '../spool/state-store';
import { CREDIT_BYTES_MAX, MARK_MS_MIN, RUN_BYTES_MAX } from './limits';
import type { OwnRows } from './own-rows';

const NO_BYTES = new Uint8Array(0);

export interface ViewerOptions {
  readonly socket: Socket;
  readonly rest: Uint8Array;
  readonly lane: Lane;
  readonly spool: Spool;
  readonly own: OwnRows;
  /** The first sequence of the lane it wants. */
  readonly cursor: number;
  /** Sent before anything else. */
  readonly state: readonly StatePacket[];
  readonly creditBytes: number;
  readonly onClosed: () => void;
}

export class ViewerConnection {
  private readonly cursor: LaneCursor;
  private readonly lines = new LineReader();
  private creditBytes: number;
  private isClosed = false;
  private wakeUp: (() => void) | undefined;
  private isAwake = false;
  private markedSequence = 0;
  private markTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ViewerOptions) {
    const { socket, rest, lane, spool, cursor } = options;
    this.creditBytes = options.creditBytes;
    this.cursor = new LaneCursor(spool.ring(lane), cursor);
    socket.on('close', () => {
      this.isClosed = true;
      clearTimeout(this.markTimer);
      this.wake();
    });
    socket.on('data', (chunk: Uint8Array) => this.takeLines(chunk));
    this.takeLines(rest);
    socket.resume();
    void this.serve();
  }

  /** More can be read, or more credit is there. */
  wake(): void {
    this.isAwake = true;
    this.wakeUp?.();
  }

  close(): void {
    this.options.socket.destroySoon();
  }

  private takeLines(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const read = this.lines.push(rest);
      if (read.ok && !read.value) return;
      const problem = read.ok ? this.takeCredit(read.value?.line ?? '') : read.error;
      if (problem) {
        this.misbehaved(problem);
        return;
      }
      rest = (read.ok && read.value?.rest) || NO_BYTES;
    }
  }

  /** Takes one line. Returns what is wrong with it. */
  private takeCredit(line: string): string | undefined {
    const fields = parseHello(line);
    if (!fields.ok) return fields.error;
    const bytes = Number(fields.value.credit);
    if (!Number.isInteger(bytes) || bytes < 0) return 'its credit is no count of bytes';
    this.creditBytes = Math.min(CREDIT_BYTES_MAX, this.creditBytes + bytes);
    this.wake();
    return undefined;
  }

  private misbehaved(clause: string): void {
    if (this.isClosed) return;
    this.options.own.tell({
      severity: 'warning',
      code: 'viewerMisbehaved',
      sentence: `A viewer was cut off: ${clause}.`,
      remedy: 'Connect with a program of HookAnalyzer of the same version.',
    });
    this.options.socket.destroy();
  }

  private async serve(): Promise<void> {
    try {
      for (const { bytes } of this.options.state) await this.sendPacket(bytes);
      while (!this.isClosed) await this.step();
    } catch (error) {
      if (!this.isClosed) this.options.socket.destroy(error as Error);
    } finally {
      await this.cursor.close();
      this.options.onClosed();
    }
  }

  private async step(): Promise<void> {
    this.isAwake = false;
    if (this.creditBytes <= 0) return this.sleep();
    // Read before the cursor looks: what is published between the two only makes the mark modest.
    const { completeSequence } = this.options.spool;
    const next = await this.cursor.next(Math.min(this.creditBytes, RUN_BYTES_MAX));
    if (!next) {
      this.mark(completeSequence);
      return this.sleep();
    }
    if (next.kind === 'hole') return this.sendHole(next);
    this.creditBytes -= next.bytes.length;
    try {
      await this.send(next.bytes);
    } finally {
      next.release();
    }
  }

  private sleep(): Promise<void> {
    if (this.isAwake || this.isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.wakeUp = () => {
        this.wakeUp = undefined;
        resolve();
      };
    });
  }

  // Resolves when the kernel has taken all of it: the socket never queues more than one run.
  private send(bytes: Uint8Array): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.options.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  private async sendPacket(bytes: Uint8Array): Promise<void> {
    for (;;) {
      this.isAwake = false;
      if (this.creditBytes > 0 || this.isClosed) break;
      await this.sleep();
    }
    this.creditBytes -= bytes.length;
    await this.send(bytes);
  }

  // Marks cost no credit: they are what a viewer without news gets.
  private mark(sequence: number): void {
    if (sequence <= this.markedSequence || this.markTimer || this.isClosed) return;
    this.markedSequence = sequence;
    this.options.socket.write(encodeMark(sequence));
    this.markTimer = setTimeout(() => {
      this.markTimer = undefined;
      this.wake();
    }, MARK_MS_MIN);
  }

  /** State packets of the hole are still known and are sent; the rest becomes gap rows, at the place of the last lost packet. */
  private async sendHole({ firstSequence, lastSequence }: Hole): Promise<void> {
    const { spool, own, lane } = this.options;
    const state = lane === 'vital' ? spool.state.between(firstSequence, lastSequence + 1) : [];
    const lost = spool.ring(lane).lost(firstSequence, lastSequence);
    const packets = state.map(({ sequence, bytes }) => ({ sequence, bytes }));
    if (lost) {
      const rows = lost.tables.map(([table, { packetCount, rowCount }]) => ({
        timeNs: own.nowNs(),
        firstSequence,
        lastSequence: lost.lastSequence,
        packetCount,
        rowCount,
        table,
        lane: enums.lane[lane],
        isExact: lost.isExact ? 1 : 0,
      }));
      const bytes = encodeRows(tables.gap, rows);
      stampHeader(bytes, lost.lastSequence, 0);
      packets.push({ sequence: lost.lastSequence, bytes });
      packets.sort((a, b) => a.sequence - b.sequence);
    }
    for (const { bytes } of packets) await this.sendPacket(bytes);
  }
}
