// Everything one viewer has with one probe: a control connection and two lanes, kept alive through cuts.

import type { RequestName, RequestParams, RequestResult, TargetExited } from '../../../shared/rpc/methods';
import { FailureError, failure } from '../../../shared/util/failure';
import type { PacketHeader } from '../../../shared/wire/header';
import { Control } from './control';
import { Lane, type LaneOptions } from './lane';
import type { Transport } from './transport';

export type LinkState =
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly sinceMs: number; readonly attempt: number; readonly reason: string }
  | { readonly kind: 'ended'; readonly failure: FailureError | undefined };

export interface ProbeLinkOptions {
  readonly cursor: 'now' | 'oldest';
  readonly onPacket: LaneOptions['onPacket'];
  readonly onDamaged?: (header: PacketHeader) => void;
  readonly onState?: (state: LinkState) => void;
  readonly onExited?: (exited: TargetExited) => void;
  /** How long to try before the link is given up, in milliseconds. */
  readonly giveUpMs?: number;
}

const RETRY_MS_MIN = 200;
const RETRY_MS_MAX = 5000;
const GIVE_UP_MS = 120_000;
/** Failures that no second try can mend. */
const FINAL_CODES = new Set(['versionMismatch', 'sessionChanged', 'hostKeyChanged', 'hostKeyRefused', 'loginRefused']);

export class ProbeLink {
  state: LinkState = { kind: 'live' };
  reconnectCount = 0;
  readonly vital: Lane;
  readonly bulk: Lane;
  private control: Control | undefined;
  private isClosed = false;
  private endListeners: (() => void)[] = [];

  private constructor(
    private readonly transport: Transport,
    private readonly options: ProbeLinkOptions,
  ) {
    const lane = {
      transport,
      cursor: options.cursor,
      onPacket: options.onPacket,
      onDamaged: options.onDamaged ?? (() => {}),
    };
    this.vital = new Lane({ ...lane, lane: 'vital' });
    this.bulk = new Lane({ ...lane, lane: 'bulk' });
  }

  /** Connects control and both lanes. Throws a FailureError when the first connection does not come about. */
  static async open(transport: Transport, options: ProbeLinkOptions): Promise<ProbeLink> {
    const link = new ProbeLink(transport, options);
    const { ended } = await link.connect();
    void link.keep(ended);
    return link;
  }

  /** CLOCK_MONOTONIC of the probe's machine at SessionNs 0. */
  get epochNs(): bigint {
    return this.vital.epochNs;
  }

  get byteCount(): number {
    return this.vital.byteCount + this.bulk.byteCount;
  }

  /** Asks the probe; waits while the link is being made anew. Throws a FailureError. */
  async request<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    if (!this.control)
      throw failure(
        'linkLost',
        `There is no connection to ${this.transport.label} at the moment.`,
        'It is being made anew; try again in a moment.',
      );
    return this.control.request(name, params);
  }

  /** Resolves when both lanes are complete below `sequence`; throws when the link is given up before. */
  async delivered(sequence: number): Promise<void> {
    const ended = new Promise<void>((_, reject) => {
      this.endListeners.push(() => reject(this.endFailure()));
    });
    ended.catch(() => {}); // only the race below looks at it
    if (this.state.kind === 'ended') throw this.endFailure();
    await Promise.race([Promise.all([this.vital.delivered(sequence), this.bulk.delivered(sequence)]), ended]);
  }

  private endFailure(): FailureError {
    const known = this.state.kind === 'ended' ? this.state.failure : undefined;
    return known ?? failure('linkLost', `The connection to ${this.transport.label} was closed.`, '');
  }

  close(): void {
    this.isClosed = true;
    this.disconnect();
    this.enter({ kind: 'ended', failure: undefined });
  }

  private disconnect(): void {
    this.control?.close();
    this.control = undefined;
    this.vital.close();
    this.bulk.close();
  }

  // One cut cuts all three, so that they are always of one connection.
  private async connect(): Promise<{ ended: Promise<string> }> {
    const vital = await this.vital.open();
    const bulk = await this.bulk.open();
    const control = await Control.open(this.transport, (exited) => this.options.onExited?.(exited));
    this.control = control;
    return { ended: Promise.race([vital.ended, bulk.ended, control.ended.then(() => 'the connection ended')]) };
  }

  private async keep(firstEnd: Promise<string>): Promise<void> {
    let end = firstEnd;
    for (;;) {
      const reason = await end;
      this.disconnect();
      if (this.isClosed) return;
      const made = await this.reconnect(reason);
      if (!made) return;
      end = made.ended;
      this.reconnectCount++;
      this.enter({ kind: 'live' });
    }
  }

  private async reconnect(reason: string): Promise<{ ended: Promise<string> } | undefined> {
    const sinceMs = Date.now();
    let waitMs = RETRY_MS_MIN;
    for (let attempt = 1; !this.isClosed; attempt++) {
      this.enter({ kind: 'reconnecting', sinceMs, attempt, reason });
      try {
        return await this.connect();
      } catch (error) {
        this.disconnect();
        const isFinal = error instanceof FailureError && FINAL_CODES.has(error.failure.code);
        if (isFinal || Date.now() - sinceMs > (this.options.giveUpMs ?? GIVE_UP_MS)) {
          this.enter({
            kind: 'ended',
            failure: error instanceof FailureError ? error : failure('linkLost', String(error), ''),
          });
          return undefined;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)));
      waitMs = Math.min(RETRY_MS_MAX, waitMs * 2);
    }
    return undefined;
  }

  private enter(state: LinkState): void {
    this.state = state;
    this.options.onState?.(state);
    if (state.kind === 'ended') for (const listener of this.endListeners.splice(0)) listener();
  }
}
