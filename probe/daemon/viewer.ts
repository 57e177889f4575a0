// One viewer connection: one lane, one cursor, one credit. It reads the spool and keeps nothing of its own, so a viewer that is slow
// costs no memory, and one that is gone costs nothing.

import type { Socket } from 'node:net';
import type { Lane } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { encodeMark, encodeRows } from '../../shared/wire/encode';
import { stampHeader } from '../../shared/wire/header';
import { LineReader, parseHello } from '../../shared/wire/hello';
import { tables } from '../../shared/wire/tables';
import type { MissedTable } from '../spool/evicted';
import type { Journal } from './journal';

const MARK_MS = 20;

export interface ViewerOptions {
  readonly socket: Socket;
  readonly journal: Journal;
  readonly lane: Lane;
  readonly cursor: number;
  readonly credit: number;
  /** State packets below this sequence are sent first; 0 for none. */
  readonly stateBefore: number;
}

export class Viewer {
  private cursor: number;
  private credit: number;
  private announced: number;
  private markedMs = 0;
  private markTimer: NodeJS.Timeout | undefined;
  private isBlocked = false;
  private replay: Iterator<Uint8Array> | undefined;
  private readonly lines = new LineReader();

  constructor(private readonly options: ViewerOptions) {
    this.cursor = options.cursor;
    this.announced = options.cursor;
    this.credit = options.credit;
    if (options.lane === 'vital')
      this.replay = options.journal.spool.stateBefore(options.stateBefore)[Symbol.iterator]();
    options.socket.on('drain', () => {
      this.isBlocked = false;
      this.pump();
    });
  }

  /** Bytes from the viewer: credit lines. */
  receive(chunk: Uint8Array): void {
    let rest = chunk;
    for (;;) {
      const read = this.lines.push(rest);
      if (!read.ok) return void this.options.socket.destroy();
      if (!read.value) break;
      const fields = parseHello(read.value.line);
      const granted = fields.ok ? Number(fields.value.credit) : Number.NaN;
      if (!Number.isSafeInteger(granted) || granted < 0) return void this.options.socket.destroy();
      this.credit += granted;
      rest = read.value.rest;
    }
    this.pump();
  }

  /** Sends what the credit and the socket allow. */
  pump(): void {
    const { socket } = this.options;
    if (socket.destroyed) return;
    socket.cork();
    while (this.credit > 0 && !this.isBlocked && this.sendNext()) {
      // sendNext() says when nothing is left.
    }
    socket.uncork();
  }

  close(): void {
    clearTimeout(this.markTimer);
    this.options.socket.destroy();
  }

  private sendNext(): boolean {
    const state = this.replay?.next();
    if (state && !state.done) {
      this.write(state.value);
      return true;
    }
    this.replay = undefined;
    const next = this.options.journal.spool.next(this.options.lane, this.cursor);
    if (next.kind === 'packets') {
      // The bytes are a view of the segment's buffer until they have left.
      next.segment.pin();
      this.write(next.bytes, () => next.segment.unpin());
    }
    if (next.kind === 'gap') this.sendGap(next.missed, next.nextSequence);
    this.cursor = next.nextSequence;
    if (next.kind === 'caughtUp') {
      this.markSoon();
      return false;
    }
    return true;
  }

  private write(bytes: Uint8Array, onLeft?: () => void): void {
    this.credit -= bytes.length;
    this.isBlocked = !this.options.socket.write(bytes, onLeft);
  }

  private sendGap(missed: readonly MissedTable[], nextSequence: number): void {
    if (missed.length === 0) return;
    const lane = enums.lane[this.options.lane];
    const packet = encodeRows(
      tables.gap,
      missed.map(({ kind, packetCount, rowCount, isExact }) => ({
        timeNs: this.options.journal.nowNs(),
        firstSequence: this.cursor,
        lastSequence: nextSequence - 1,
        packetCount,
        rowCount,
        table: kind,
        lane,
        isExact: isExact ? 1 : 0,
      })),
    );
    stampHeader(packet, nextSequence - 1, 0);
    this.write(packet);
  }

  // A mark tells the lane's owner that all below it was sent. Not more often than MARK_MS, because the other lane may be busy.
  private markSoon(): void {
    if (this.cursor <= this.announced || this.markTimer) return;
    const waitMs = this.markedMs + MARK_MS - Date.now();
    if (waitMs > 0) {
      this.markTimer = setTimeout(() => {
        this.markTimer = undefined;
        this.pump();
      }, waitMs);
      return;
    }
    this.announced = this.cursor;
    this.markedMs = Date.now();
    this.write(encodeMark(this.cursor));
  }
}
