// One lane of a probe: packets exactly once and in order, over as many connections as it takes.

import type { Duplex } from 'node:stream';
import type { Lane as LaneName } from '../../../shared/model/column';
import { MIB } from '../../../shared/units/units';
import { failure } from '../../../shared/util/failure';
import { type PacketHeader, packetErrorSentence } from '../../../shared/wire/header';
import { formatHello } from '../../../shared/wire/hello';
import { HEADER_BYTES, MARK_KIND } from '../../../shared/wire/limits';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { greet } from './hello';
import type { Transport } from './transport';

/** How much a probe may send ahead of what was taken. */
export const CREDIT_BYTES: Readonly<Record<LaneName, number>> = { bulk: 8 * MIB, vital: MIB };
/** Credit is given back in pieces of this share of the window. */
const GRANT_SHARE = 1 / 8;

export interface LaneOptions {
  readonly transport: Transport;
  readonly lane: LaneName;
  readonly cursor: 'now' | 'oldest' | number;
  /** Gets each packet once. A promise holds back the credit until it resolves. Its bytes are valid until then. */
  readonly onPacket: (packet: Uint8Array, header: PacketHeader, lane: LaneName) => void | Promise<void>;
  readonly onDamaged: (header: PacketHeader) => void;
}

export class Lane {
  sessionId: string | undefined;
  epochNs = 0n;
  packetCount = 0;
  byteCount = 0;
  /** Everything below has been delivered. */
  private next: number | undefined;
  private stream: Duplex | undefined;
  private waiters: { readonly sequence: number; readonly resolve: () => void }[] = [];

  constructor(private readonly options: LaneOptions) {}

  get nextSequence(): number {
    return this.next ?? 0;
  }

  /** Connects, and resumes where the last connection ended. `ended` resolves with the reason when the connection is over. */
  async open(): Promise<{ ended: Promise<string> }> {
    const { transport, lane, cursor } = this.options;
    const { stream, answer, rest } = await greet(transport, {
      role: 'viewer',
      lane,
      cursor: String(this.next ?? cursor),
      credit: String(CREDIT_BYTES[lane]),
      session: this.sessionId ?? '',
    });
    const isOther = this.sessionId !== undefined && answer.session !== this.sessionId;
    if (isOther) {
      stream.destroy();
      throw failure(
        'sessionChanged',
        `The probe at ${transport.label} was started anew and has begun another session.`,
        'What was recorded before is in the file; record again for the rest.',
      );
    }
    this.sessionId = answer.session;
    this.epochNs = BigInt(answer.epochNs ?? '0');
    this.next ??= Number(answer.cursor);
    this.stream = stream;
    return { ended: this.read(stream, rest) };
  }

  /** Resolves when everything below `sequence` has been delivered. */
  delivered(sequence: number): Promise<void> {
    if (this.nextSequence >= sequence) return Promise.resolve();
    return new Promise((resolve) => this.waiters.push({ sequence, resolve }));
  }

  close(): void {
    this.stream?.destroy();
  }

  private read(stream: Duplex, rest: Uint8Array): Promise<string> {
    const window = CREDIT_BYTES[this.options.lane];
    let taken = 0;
    let busy: Promise<void> | undefined;
    const grant = (bytes: number) => {
      taken += bytes;
      if (taken < window * GRANT_SHARE || stream.destroyed) return;
      stream.write(formatHello({ credit: String(taken) }));
      taken = 0;
    };
    const reader = new PacketReader({
      reuse: true,
      onDamaged: (header) => {
        this.options.onDamaged(header);
        grant(HEADER_BYTES + header.bodyBytes);
      },
      onPacket: (packet, header) => {
        const done = this.take(packet, header);
        if (done) busy = Promise.all([busy, done]).then(() => {});
        grant(packet.length);
      },
    });
    return new Promise((resolve) => {
      let reason = 'the connection ended';
      const push = (chunk: Uint8Array) => {
        const error = reader.push(chunk);
        if (error) {
          reason = packetErrorSentence(error);
          stream.destroy();
        } else if (busy) {
          const waited = busy;
          busy = undefined;
          stream.pause();
          void waited.then(() => stream.resume());
        }
      };
      stream.on('data', push);
      stream.once('end', () => stream.destroy());
      stream.once('close', () => resolve(reason));
      if (stream.destroyed) resolve(reason);
      if (rest.length > 0) push(rest);
      stream.resume();
    });
  }

  private take(packet: Uint8Array, header: PacketHeader): void | Promise<void> {
    const next = this.next as number;
    if (header.kind === MARK_KIND) return this.advance(header.sequence);
    // Below the cursor lie only replayed state packets, which a new viewer gets once, before its first mark.
    this.packetCount++;
    this.byteCount += packet.length;
    const done = this.options.onPacket(packet, header, this.options.lane);
    if (header.sequence >= next) this.advance(header.sequence + 1);
    return done;
  }

  private advance(next: number): void {
    this.next = Math.max(this.nextSequence, next);
    const ready = this.waiters.filter(({ sequence }) => sequence <= this.nextSequence);
    if (ready.length === 0) return;
    this.waiters = this.waiters.filter(({ sequence }) => sequence > this.nextSequence);
    for (const { resolve } of ready) resolve();
  }
}
