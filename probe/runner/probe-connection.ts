// The runner's own connection to the probe, in the role of a collector: the CPU device has no CUDA driver that would load the
// real one. shared/wire/README.md is the law for the hello. Owns one socket; never throws after it was opened, because a dead
// probe must not end the workload.

import { connect, type Socket } from 'node:net';
import { sessionFromMonotonic } from '../../shared/units/units';
import { failure } from '../../shared/util/failure';
import { encodeRows } from '../../shared/wire/encode';
import { parseHeader } from '../../shared/wire/header';
import { formatHello, LineReader, parseHello } from '../../shared/wire/hello';
import { FORMAT_VERSION, HEADER_BYTES } from '../../shared/wire/limits';
import { tableOfKind, tables } from '../../shared/wire/tables';

export interface ConnectionLimits {
  /** "packets waiting for the socket in the collector" of shared/wire/README.md: past it the newest packet is dropped and counted. */
  readonly pendingBytesMax: number;
  readonly answerMsMax: number;
  /** How long close() waits for a probe that reads nothing. */
  readonly closeMsMax: number;
}

/** Changes that wait until somebody takes them. */
const CHANGE_COUNT_MAX = 64;
const LIMITS: ConnectionLimits = { pendingBytesMax: 16 * 1024 * 1024, answerMsMax: 5000, closeMsMax: 2000 };

export interface ProbeConnectionOptions {
  readonly socketPath: string;
  /** The number that the probe gave this target; empty when the probe did not launch it. */
  readonly target: string;
  /** What to trace when the probe does not know better. */
  readonly kinds: string;
  /** Whether this is a workload that can be changed while it runs. */
  readonly takesChanges?: boolean;
  readonly limits?: Partial<ConnectionLimits>;
}

export class ProbeConnection {
  /** CLOCK_MONOTONIC at SessionNs 0. */
  readonly epochNs: bigint;
  readonly sourceId: number;
  /** Called when the probe changes what to trace, and with nothing when the connection ends. */
  onKinds: ((kinds: readonly string[]) => void) | undefined;
  kinds: readonly string[];
  private readonly changes: string[] = [];
  private takeChange: ((json: string) => void) | undefined;
  private readonly lines = new LineReader();
  private lost = { rowCount: 0, bytes: 0, startNs: 0 };

  constructor(
    private readonly socket: Socket,
    answer: Readonly<Record<string, string>>,
    rest: Uint8Array,
    private readonly limits: ConnectionLimits,
  ) {
    this.epochNs = BigInt(answer.epochNs);
    this.sourceId = Number(answer.sourceId);
    this.kinds = kindsOf(answer.kinds);
    socket.on('data', (chunk) => this.readLines(chunk));
    socket.on('close', () => this.setKinds([]));
    this.readLines(rest);
  }

  get isOpen(): boolean {
    return this.socket.writable;
  }

  /** Sends whole packets. When the socket is backed up, packets of events are dropped and counted; the others always go. */
  send(packets: Uint8Array): void {
    if (!this.isOpen) return;
    for (let at = 0; at < packets.length; ) {
      const header = parseHeader(packets.subarray(at));
      if (!header.ok) throw new Error('the addon made a packet without a header');
      const end = at + HEADER_BYTES + header.value.bodyBytes;
      const isBulk = tableOfKind(header.value.kind)?.lane === 'bulk';
      if (isBulk && this.socket.writableLength + (end - at) > this.limits.pendingBytesMax) {
        this.countLoss(header.value.rowCount, end - at);
      } else {
        this.sendLoss();
        this.socket.write(packets.subarray(at, end));
      }
      at = end;
    }
  }

  /** Sends what is pending and ends the connection; gives up on a probe that reads nothing. Returns the bytes it did not take. */
  async close(): Promise<number> {
    if (this.socket.destroyed) return 0;
    this.sendLoss();
    return await new Promise<number>((resolve) => {
      let leftBytes = 0;
      const timer = setTimeout(() => {
        leftBytes = this.socket.writableLength;
        this.socket.destroy();
      }, this.limits.closeMsMax);
      this.socket.once('close', () => {
        clearTimeout(timer);
        resolve(leftBytes);
      });
      this.socket.end();
    });
  }

  private nowNs(): number {
    return sessionFromMonotonic(process.hrtime.bigint(), this.epochNs);
  }

  private countLoss(rowCount: number, bytes: number): void {
    if (this.lost.rowCount === 0) this.lost.startNs = this.nowNs();
    this.lost.rowCount += rowCount;
    this.lost.bytes += bytes;
  }

  private sendLoss(): void {
    if (this.lost.rowCount === 0 || !this.isOpen) return;
    const { rowCount, bytes, startNs } = this.lost;
    this.lost = { rowCount: 0, bytes: 0, startNs: 0 };
    const reason = 'the probe did not read the runner’s packets in time';
    const row = { startNs, endNs: this.nowNs(), count: rowCount, bytes, stage: 'collector', reason };
    this.socket.write(encodeRows(tables.loss, [row], this.sourceId));
  }

  private readLines(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0; ) {
      const pushed = this.lines.push(rest);
      if (!pushed.ok) this.socket.destroy();
      if (!pushed.ok || !pushed.value) return;
      const fields = parseHello(pushed.value.line);
      // Keys of a later probe are passed over.
      if (fields.ok && fields.value.kinds !== undefined) this.setKinds(kindsOf(fields.value.kinds));
      if (fields.ok && fields.value.change !== undefined) this.hearChange(fields.value.change);
      rest = pushed.value.rest;
    }
  }

  /** From now on `take` gets each change, as JSON; the ones that came before first. undefined: they wait again. */
  onChanges(take: ((json: string) => void) | undefined): void {
    this.takeChange = take;
    if (take) for (const json of this.changes.splice(0)) take(json);
  }

  private hearChange(json: string): void {
    if (this.takeChange) this.takeChange(json);
    // While models load a person changes this or that; the last ones count.
    else if (this.changes.push(json) > CHANGE_COUNT_MAX) this.changes.shift();
  }

  private setKinds(kinds: readonly string[]): void {
    this.kinds = kinds;
    this.onKinds?.(kinds);
  }
}

function kindsOf(text: string | undefined): string[] {
  return (text ?? '').split(',').filter((kind) => kind !== '');
}

/** Connects and says hello. Throws a FailureError when nobody answers, or with what the probe answered. */
export async function connectToProbe(options: ProbeConnectionOptions): Promise<ProbeConnection> {
  const socket = connect(options.socketPath);
  const reader = new LineReader();
  const limits = { ...LIMITS, ...options.limits };
  const hello = {
    role: 'collector',
    version: String(FORMAT_VERSION),
    pid: String(process.pid),
    target: options.target,
    kinds: options.kinds,
    ...(options.takesChanges ? { takes: 'change' } : {}),
  };
  // The first listener throughout the socket's life: without one an error would end the process.
  socket.on('error', () => undefined);
  return await new Promise<ProbeConnection>((resolve, reject) => {
    const refuse = (sentence: string, remedy: string) => {
      socket.destroy();
      clearTimeout(timer);
      reject(failure('noProbe', sentence, remedy));
    };
    const where = `the probe at ${options.socketPath}`;
    const restart = 'Start the probe again, or unset HOOKANALYZER_SOCKET to run without it.';
    const timer = setTimeout(() => refuse(`There is no answer from ${where}.`, restart), limits.answerMsMax);
    socket.once('error', (error) => refuse(`There is no connection to ${where} (${error.message}).`, restart));
    socket.once('close', () => refuse(`No answer came from ${where} before it closed.`, restart));
    socket.once('connect', () => socket.write(formatHello(hello)));
    const onChunk = (chunk: Uint8Array) => {
      const pushed = reader.push(chunk);
      if (pushed.ok && !pushed.value) return;
      const fields = pushed.ok && pushed.value ? parseHello(pushed.value.line) : undefined;
      if (!pushed.ok || !pushed.value || !fields?.ok)
        return refuse(`The answer of ${where} is not understood.`, restart);
      const answer = fields.value;
      if (answer.ok !== '1') return refuse(answer.sentence ?? `${where} refused.`, answer.remedy ?? restart);
      if (!/^\d{1,20}$/.test(answer.epochNs ?? '') || !/^\d{1,10}$/.test(answer.sourceId ?? '')) {
        return refuse(`The answer of ${where} lacks epochNs or sourceId.`, restart);
      }
      clearTimeout(timer);
      socket.removeAllListeners('close').removeListener('data', onChunk);
      resolve(new ProbeConnection(socket, answer, pushed.value.rest, limits));
    };
    socket.on('data', onChunk);
  });
}
