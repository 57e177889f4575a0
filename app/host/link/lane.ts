// One lane of a link: its cursor, its credit, and the promise that each packet is handed on once and in order, whatever
// happens to the connections below. It lives as long as the link; connections come and go.
//
//   state replay (word cursors only)      rows of the lane
//   │ s1 < s2 < … all below start         │ start ≤ r1 < r2 < …
//   └─ until the first packet or mark at or above start

import type { Lane as LaneName } from '../../../shared/model/column';
import { failure } from '../../../shared/util/failure';
import { encodeRows } from '../../../shared/wire/encode';
import {
  type PacketError,
  type PacketHeader,
  packetErrorSentence,
  parseHeader,
  stampHeader,
} from '../../../shared/wire/header';
import type { HelloFields } from '../../../shared/wire/hello';
import { HEADER_BYTES, MARK_KIND } from '../../../shared/wire/limits';
import { tables } from '../../../shared/wire/tables';
import { endStream, type Greeting, greet } from './greeting';
import { type Close, type LaneStream, readLane } from './lane-stream';
import { type OnPacket, PacketQueue } from './packet-queue';
import type { Transport } from './transport';

/** Credit given by the host, as in the table of queues in shared/wire/README.md. */
export const CREDIT_BYTES_MAX: Readonly<Record<LaneName, number>> = { vital: 1024 * 1024, bulk: 8 * 1024 * 1024 };

/** A credit line is sent when this share of the window is free again: few lines, and the probe never runs dry. */
const CREDIT_STEP_RATIO = 1 / 8;

/** Where a lane begins: what comes from now on, all that the ring holds, or a sequence number. */
export type StartCursor = 'now' | 'oldest' | number;

export interface LaneOptions {
  readonly name: LaneName;
  readonly onPacket: OnPacket;
  /** `deliveredBelow` may have grown. */
  readonly onProgress: () => void;
  readonly onBytes: (count: number) => void;
  /** The consumer threw or rejected. */
  readonly onConsumerError: (error: unknown) => void;
  /** As PacketReaderOptions.reuse. */
  readonly reuseBytes: boolean;
}

export interface LaneCounts {
  packetCount: number;
  bytes: number;
  /** Packets whose checksum was wrong twice; each became a loss row. */
  damagedCount: number;
  /** Packets below the cursor that were sent again and not handed on. */
  repeatedCount: number;
}

type Take = (packet: Uint8Array, header: PacketHeader, close: Close) => void;

export class Lane {
  readonly counts: LaneCounts = { packetCount: 0, bytes: 0, damagedCount: 0, repeatedCount: 0 };
  /** The consumer is done with every row of the lane below this sequence. */
  deliveredBelow = 0;
  private word: 'now' | 'oldest' = 'now';
  private start: number | undefined; // first sequence of the lane's rows, once the probe has said it
  private next = 0; // first sequence at or above start that was not received yet
  private stateNext = 0; // the same below start, in the replay
  private isStateComplete = false;
  private freedBytes = 0;
  private damagedSequence = -1;
  private stream: LaneStream | undefined;
  private closeCount = 0; // a connection that was asked for before the latest close() must not come up
  private readonly queue: PacketQueue;

  constructor(private readonly options: LaneOptions) {
    this.queue = new PacketQueue({
      lane: options.name,
      onPacket: options.onPacket,
      copyWaiting: options.reuseBytes,
      onDone: (nextSequence, bytes) => this.onDone(nextSequence, bytes),
      onError: options.onConsumerError,
    });
  }

  /** First sequence of the lane's rows; undefined until the first connection with a word cursor. */
  get startSequence(): number | undefined {
    return this.start;
  }

  /** Forgets where it stood: the lane begins anew. Only between connections. */
  begin(cursor: StartCursor): void {
    this.start = undefined;
    this.stateNext = 0;
    this.deliveredBelow = 0;
    this.damagedSequence = -1;
    this.isStateComplete = typeof cursor === 'number';
    if (typeof cursor === 'number') this.setStart(cursor);
    else this.word = cursor;
  }

  /** Resolves when the consumer is done with everything received so far. */
  whenIdle(): Promise<void> {
    return this.queue.whenIdle();
  }

  /**
   * Connects and goes on where the lane stands. `sessionId` is the session of the cursor. `onClosed` gets a clause for people,
   * once. Throws FailureError.
   */
  async connect(transport: Transport, sessionId: string, onClosed: (reason: string) => void): Promise<void> {
    if (this.start !== undefined && !this.isStateComplete) await this.fetchState(transport, sessionId, this.start);
    const cursor = this.start === undefined ? this.word : String(this.next);
    const greeting = await this.greet(transport, cursor, sessionId);
    if (this.start === undefined) this.setStart(Number(greeting.fields.cursor));
    this.stream = this.read(greeting, (packet, header) => this.accept(packet, header), onClosed);
  }

  close(): void {
    this.closeCount += 1;
    this.stream?.close('it was closed here');
    this.stream = undefined;
  }

  private setStart(sequence: number): void {
    if (!Number.isSafeInteger(sequence) || sequence < 0) {
      throw failure('probeSilent', 'The probe did not say where it begins.', 'Update the probe.');
    }
    this.start = sequence;
    this.next = sequence;
    this.deliveredBelow = sequence;
  }

  private async greet(transport: Transport, cursor: string, sessionId: string): Promise<Greeting> {
    const { name } = this.options;
    // What still waits for the consumer is not free to be sent again on a new connection.
    const credit = String(Math.max(CREDIT_BYTES_MAX[name] - this.queue.queuedBytes, 1));
    this.freedBytes = 0;
    const fields: HelloFields = { role: 'viewer', lane: name, cursor, credit, session: sessionId };
    const { closeCount } = this;
    const greeting = await greet(transport, fields);
    const isWanted = closeCount === this.closeCount;
    if (isWanted && greeting.sessionId === sessionId) return greeting;
    endStream(greeting.stream);
    if (!isWanted) throw failure('linkLost', `The connection to ${transport.label} was closed.`, 'Connect again.');
    throw failure('sessionChanged', `The probe on ${transport.label} began a new session.`, 'Connect again.');
  }

  // The connection broke inside the replay, and a numeric cursor brings no replay: a connection with a word does. Of it only the
  // missing state packets are taken; the rows since the start come afterwards, by number.
  private async fetchState(transport: Transport, sessionId: string, start: number): Promise<void> {
    const greeting = await this.greet(transport, 'now', sessionId);
    const replayEnd = Number(greeting.fields.cursor);
    const reason = await new Promise<string>((resolve) => {
      const take: Take = (packet, header, close) => {
        if (header.kind === MARK_KIND || header.sequence >= replayEnd) {
          this.isStateComplete = true;
          close('the state is complete');
        } else if (header.sequence < start) this.accept(packet, header);
        else this.giveCredit(packet.length);
      };
      this.stream = this.read(greeting, take, resolve);
    });
    if (!this.isStateComplete) throw failure('linkLost', `The connection was lost: ${reason}.`, 'Try again.');
  }

  private read(greeting: Greeting, onPacket: Take, onClosed: (reason: string) => void): LaneStream {
    return readLane(greeting, {
      reuseBytes: this.options.reuseBytes,
      onPacket,
      onClosed,
      onBytes: (count) => {
        this.counts.bytes += count;
        this.options.onBytes(count);
      },
      onDamaged: (header, error, close) => this.onDamaged(header, error, onPacket, close),
    });
  }

  private accept(packet: Uint8Array, header: PacketHeader): void {
    const { sequence } = header;
    const start = this.start ?? 0;
    if (header.kind === MARK_KIND) {
      if (sequence >= start) this.isStateComplete = true;
      if (sequence <= this.next) return;
      this.next = sequence;
      this.queue.push(undefined, header);
      return;
    }
    const isReplay = sequence < start && !this.isStateComplete;
    if (sequence < (isReplay ? this.stateNext : this.next)) {
      this.counts.repeatedCount += 1;
      this.giveCredit(packet.length);
      return;
    }
    if (isReplay) this.stateNext = sequence + 1;
    else {
      this.isStateComplete = true;
      this.next = sequence + 1;
    }
    this.counts.packetCount += 1;
    this.queue.push(packet, header);
  }

  // The first time, the packet is asked for again, because the ring may have it whole; the second time it is lost, and said so.
  private onDamaged(header: PacketHeader, error: PacketError, take: Take, close: Close): void {
    if (this.damagedSequence !== header.sequence) {
      this.damagedSequence = header.sequence;
      close(packetErrorSentence(error));
      return;
    }
    this.counts.damagedCount += 1;
    const row = { startNs: 0, endNs: 0, count: header.rowCount, bytes: header.bodyBytes };
    const loss = encodeRows(tables.loss, [{ ...row, stage: 'link', reason: 'a packet was damaged' }]);
    stampHeader(loss, header.sequence, header.sourceId);
    const parsed = parseHeader(loss);
    this.giveCredit(Math.max(HEADER_BYTES + header.bodyBytes - loss.length, 0));
    if (parsed.ok) take(loss, parsed.value, close);
  }

  private onDone(nextSequence: number, bytes: number): void {
    this.deliveredBelow = Math.max(this.deliveredBelow, nextSequence);
    if (bytes > 0) this.giveCredit(bytes);
    this.options.onProgress();
  }

  private giveCredit(bytes: number): void {
    this.freedBytes += bytes;
    if (this.freedBytes < CREDIT_BYTES_MAX[this.options.name] * CREDIT_STEP_RATIO) return;
    if (this.stream?.giveCredit(this.freedBytes)) this.freedBytes = 0;
  }
}
