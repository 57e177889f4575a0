// A link to a probe: a control connection and two lanes, kept alive. What is lost below is opened again and resumed by cursor,
// so that whoever listens sees each packet once, in its lane's order, and a state that says how it stands.
//
//   connecting ──▶ live ⇄ reconnecting ──▶ ended     (a failure that no attempt can mend, too long without, or close())

import type { Lane as LaneName } from '../../../shared/model/column';
import type { NotificationName, RequestName, RequestParams, RequestResult } from '../../../shared/rpc/methods';
import { type FailureError, failure } from '../../../shared/util/failure';
import { decodeChecked, type Packet } from '../../../shared/wire/decode';
import type { PacketHeader } from '../../../shared/wire/header';
import { deriveBackoffMs, waitMs } from './backoff';
import { ControlConnection, type NotificationParams, type RequestOptions } from './control';
import { Lane, type StartCursor } from './lane';
import { cancelledFailure, failureFrom, lostFailure } from './link-failure';
import type { LinkState, LinkStatistics } from './link-state';
import { RateMeter } from './rate-meter';
import { measureRoundTrip } from './round-trip';
import { isFinal, type Transport } from './transport';
import { abortOf, Deadline, Listeners, until } from './until';

export type { LaneName, StartCursor };

export interface ProbeLinkOptions {
  readonly cursor: StartCursor;
  /** The session that a numeric cursor belongs to. */
  readonly sessionId?: string;
  /**
   * Each packet as it came, of known and unknown kinds, once and in its lane's order. A promise holds its lane back; a
   * rejection ends the link. The first packet of a word cursor is the session's, before any of the bulk lane.
   */
  readonly onBytes?: (bytes: Uint8Array, header: PacketHeader, lane: LaneName) => unknown;
  /** The same decoded, without packets of unknown kinds. Behind onBytes. */
  readonly onPacket?: (packet: Packet, lane: LaneName) => unknown;
  /** true: a packet's bytes are valid only inside the callbacks, which costs least. */
  readonly reuseBytes?: boolean;
  /** How long to try again before the link ends, in milliseconds; for ever when undefined. */
  readonly giveUpMs?: number;
  /** How often the round trip is measured, in milliseconds; 0 is never. */
  readonly pingMs?: number;
}

export interface SessionChange {
  readonly fromSessionId: string;
  readonly toSessionId: string;
}

const PING_MS = 2000;
/** A link that was live for so long begins its next outage with a quick first attempt. */
const STABLE_MS = 5000;

export class ProbeLink {
  private current: LinkState = { kind: 'connecting' };
  private readonly stateListeners = new Listeners<[LinkState]>();
  private readonly progressListeners = new Listeners<[]>();
  private readonly changeListeners = new Listeners<[SessionChange]>();
  private readonly notificationListeners = new Listeners<[NotificationName, unknown]>();
  private readonly lanes: readonly Lane[];
  private readonly meter = new RateMeter();
  private readonly closing = new AbortController();
  private readonly removeLostListener: () => void;
  private control: ControlConnection | undefined;
  private connectionId = 0; // of the latest attempt; what older ones report is ignored
  private reconnectCount = 0;
  private liveSinceMs = 0;
  // sinceMs is of the monotonic clock: a laptop that slept has not waited.
  private outage = { sinceUnixMs: 0, sinceMs: 0, attempt: 0, packetCount: -1 };
  private roundTripMs: number | undefined;
  private stopMeasuring = () => {};
  private session = '';
  private epoch = 0n;

  private constructor(
    private readonly transport: Transport,
    private readonly options: Partial<ProbeLinkOptions>,
    laneNames: readonly LaneName[],
  ) {
    this.session = options.sessionId ?? '';
    this.lanes = laneNames.map((name) => this.makeLane(name));
    this.lanes[0]?.begin(options.cursor ?? 'now');
    this.removeLostListener = transport.onLost((reason) => this.onLost(this.connectionId, reason));
  }

  /** Opens a link with both lanes. Resolves when they are live; throws FailureError when the first attempt fails. */
  static open(transport: Transport, options: ProbeLinkOptions): Promise<ProbeLink> {
    return new ProbeLink(transport, options, ['vital', 'bulk']).begin();
  }

  /** Opens a link that only asks and tells: no lanes. */
  static control(transport: Transport, options: { readonly giveUpMs?: number } = {}): Promise<ProbeLink> {
    return new ProbeLink(transport, options, []).begin();
  }

  get state(): LinkState {
    return this.current;
  }

  get sessionId(): string {
    return this.session;
  }

  /** CLOCK_MONOTONIC of the probe's machine at SessionNs 0, in nanoseconds. */
  get epochNs(): bigint {
    return this.epoch;
  }

  /** Everything below this sequence was consumed, in both lanes. */
  get deliveredBelow(): number {
    return Math.min(...this.lanes.map((lane) => lane.deliveredBelow));
  }

  get statistics(): LinkStatistics {
    const sum = (name: 'packetCount' | 'bytes' | 'damagedCount' | 'repeatedCount') =>
      this.lanes.reduce((total, lane) => total + lane.counts[name], 0);
    return {
      packetCount: sum('packetCount'),
      bytes: sum('bytes'),
      bytesPerSec: this.meter.bytesPerSec(performance.now()),
      roundTripMs: this.roundTripMs,
      reconnectCount: this.reconnectCount,
      damagedCount: sum('damagedCount'),
      repeatedCount: sum('repeatedCount'),
    };
  }

  /** Called at each change of state. Returns its remover. */
  onState(listener: (state: LinkState) => void): () => void {
    return this.stateListeners.add(listener);
  }

  /** Called after the last packet of the old session and before the first of the new one, whose ring is read from its oldest. */
  onSessionChanged(listener: (change: SessionChange) => void): () => void {
    return this.changeListeners.add(listener);
  }

  /** Called with each notification of the probe that fits its schema. Those sent while the link is down are not repeated. */
  on<N extends NotificationName>(name: N, listener: (params: NotificationParams<N>) => void): () => void {
    return this.notificationListeners.add((each, params) => {
      if (each === name) listener(params as NotificationParams<N>);
    });
  }

  /**
   * One request; waits for the link while it is reconnecting. Throws FailureError: the probe's own, `cancelled`, `linkLost` when
   * the connection went while the answer was awaited, or what the link ended with.
   */
  async request<N extends RequestName>(
    name: N,
    params: RequestParams<N>,
    options: RequestOptions = {},
  ): Promise<RequestResult<N>> {
    await until([this.stateListeners, abortOf(options.signal)], () => {
      if (options.signal?.aborted) throw cancelledFailure();
      if (this.current.kind === 'ended') throw this.endFailure();
      return this.current.kind === 'live';
    });
    if (!this.control) throw lostFailure(this.transport.label);
    return this.control.request(name, params, options);
  }

  /**
   * Resolves when everything below `nextSequence` was consumed. Throws FailureError: `deliveryTimeout` after `timeoutMs`, or what
   * the link ended with.
   */
  async waitUntilDelivered(nextSequence: number, { timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    const deadline = new Deadline(timeoutMs);
    await until([this.progressListeners, this.stateListeners, deadline], () => {
      if (this.deliveredBelow >= nextSequence) return true;
      if (this.current.kind === 'ended') throw this.endFailure();
      if (deadline.isOver) throw this.deliveryFailure(nextSequence, timeoutMs);
      return false;
    });
  }

  /** Ends the link. The transport stays as it is. */
  async close(): Promise<void> {
    this.end(undefined);
  }

  private makeLane(name: LaneName): Lane {
    const { onBytes, onPacket } = this.options;
    return new Lane({
      name,
      reuseBytes: this.options.reuseBytes ?? false,
      onPacket: (bytes, header) => {
        const held = onBytes?.(bytes, header, name);
        if (!onPacket) return held;
        const decoded = decodeChecked(bytes, header);
        const alsoHeld = decoded.ok ? onPacket(decoded.value, name) : undefined;
        if (!(held instanceof Promise) && !(alsoHeld instanceof Promise)) return undefined;
        return Promise.all([held, alsoHeld]);
      },
      onProgress: () => this.progressListeners.call(),
      onBytes: (count) => this.meter.add(count, performance.now()),
      onConsumerError: (error) => this.end(failureFrom(error)),
    });
  }

  private async begin(): Promise<this> {
    try {
      await this.connect();
      return this;
    } catch (error) {
      this.end(failureFrom(error));
      throw failureFrom(error);
    }
  }

  // Control first, because its answer tells the session; then vital, whose answer tells where bulk begins.
  private async connect(): Promise<void> {
    const id = ++this.connectionId;
    const lost = (reason: string) => this.onLost(id, reason);
    const control = await ControlConnection.open(
      this.transport,
      (name, params) => this.notificationListeners.call(name, params),
      () => lost('the control connection was closed'),
    );
    const check = () => {
      if (this.connectionId === id) return;
      control.close();
      throw lostFailure(this.transport.label);
    };
    check();
    this.control = control;
    await this.meetSession(control);
    check();
    const [vital, bulk] = this.lanes;
    if (vital && bulk) {
      const countBefore = vital.counts.packetCount;
      await vital.connect(this.transport, this.session, lost);
      if (bulk.startSequence === undefined) {
        if (typeof this.options.cursor !== 'number') await this.whenFirstPacket(vital, countBefore, id);
        check();
        bulk.begin(vital.startSequence ?? 0);
      }
      await bulk.connect(this.transport, this.session, lost);
    }
    check();
    if (this.current.kind === 'reconnecting') this.reconnectCount += 1;
    this.liveSinceMs = performance.now();
    this.setState({ kind: 'live' });
    this.stopMeasuring = measureRoundTrip(control, this.options.pingMs ?? PING_MS, (roundTripMs) => {
      this.roundTripMs = roundTripMs;
    });
  }

  private async meetSession({ greeting }: ControlConnection): Promise<void> {
    const fromSessionId = this.session;
    const toSessionId = greeting.sessionId;
    const isChange = fromSessionId !== '' && fromSessionId !== toSessionId;
    if (isChange) {
      await Promise.all(this.lanes.map((lane) => lane.whenIdle()));
      this.lanes[0]?.begin('oldest');
      this.lanes[1]?.begin('oldest');
    }
    this.session = toSessionId;
    this.epoch = greeting.epochNs;
    if (isChange) this.changeListeners.call({ fromSessionId, toSessionId });
  }

  // With a word cursor the replay begins with the session packet; bulk waits for it, so that a file begins with it too.
  private async whenFirstPacket(vital: Lane, countBefore: number, id: number): Promise<void> {
    const isOver = () => vital.counts.packetCount > countBefore || this.connectionId !== id;
    await until([this.progressListeners, this.stateListeners], isOver);
    await vital.whenIdle();
  }

  private onLost(id: number, reason: string): void {
    if (id !== this.connectionId || this.closing.signal.aborted) return;
    this.connectionId += 1;
    this.hangUp();
    if (this.current.kind !== 'live') return; // the attempt that is being made fails by itself
    // A link that comes up and falls again without a packet is still the same outage: it must not be asked again at once for ever.
    const { packetCount } = this.statistics;
    const nowMs = performance.now();
    if (packetCount > this.outage.packetCount || nowMs - this.liveSinceMs > STABLE_MS) {
      this.outage = { sinceUnixMs: Date.now(), sinceMs: nowMs, attempt: 0, packetCount };
    }
    void this.reconnect(reason);
  }

  private async reconnect(firstReason: string): Promise<void> {
    const { outage } = this;
    let reason = firstReason;
    let remedy = 'Check the network and the probe, then try again.';
    while (!this.closing.signal.aborted) {
      const lostMs = performance.now() - outage.sinceMs;
      if (lostMs > (this.options.giveUpMs ?? Number.POSITIVE_INFINITY)) {
        const sentence = `The probe on ${this.transport.label} could not be reached for ${Math.round(lostMs / 1000)} s: ${reason}`;
        this.end(failure('probeLost', sentence, remedy));
        return;
      }
      outage.attempt += 1;
      this.setState({ kind: 'reconnecting', sinceUnixMs: outage.sinceUnixMs, attempt: outage.attempt, reason });
      await waitMs(deriveBackoffMs(outage.attempt, Math.random()), this.closing.signal);
      if (this.closing.signal.aborted) return;
      try {
        await this.connect();
        return;
      } catch (error) {
        this.connectionId += 1;
        this.hangUp();
        const known = failureFrom(error);
        if (isFinal(known)) {
          this.end(known);
          return;
        }
        reason = known.failure.sentence;
        remedy = known.failure.remedy;
      }
    }
  }

  private hangUp(): void {
    this.stopMeasuring();
    const control = this.control;
    this.control = undefined;
    control?.close();
    for (const lane of this.lanes) lane.close();
    this.progressListeners.call(); // wakes who waits for a packet of this connection
  }

  private setState(state: LinkState): void {
    this.current = state;
    this.stateListeners.call(state);
  }

  private endFailure(): FailureError {
    const ended = this.current.kind === 'ended' ? this.current.failure : undefined;
    return ended ?? failure('linkClosed', `The link to ${this.transport.label} was closed.`, 'Connect again.');
  }

  private deliveryFailure(nextSequence: number, timeoutMs: number): FailureError {
    const sec = Math.round(timeoutMs / 1000);
    return failure(
      'deliveryTimeout',
      `After ${sec} s the rows up to packet ${nextSequence - 1} had not all come from ${this.transport.label}; they are whole up to packet ${this.deliveredBelow - 1}.`,
      'Record again over a faster link.',
    );
  }

  private end(error: FailureError | undefined): void {
    if (this.current.kind === 'ended') return;
    this.closing.abort();
    this.removeLostListener();
    this.connectionId += 1;
    this.hangUp();
    this.setState({ kind: 'ended', failure: error });
  }
}
