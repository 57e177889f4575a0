// One command that runs on the board: its output as it comes, its end, and a way to stop it that does not wait for a dead network.

import type { ClientChannel } from 'ssh2';
import type { FailureError } from '../../../shared/util/failure';
import { cancelledFailure } from '../link/link-failure';

export interface CommandOutputs {
  /** What it writes to its standard output, as it comes, with what the login shell wrote before. */
  readonly onText?: (text: string) => void;
  /** What it writes to its standard error, as it comes. */
  readonly onErrorText?: (text: string) => void;
}

export interface CommandEnd {
  /** undefined when the connection or `stop` came first. */
  readonly exitCode: number | undefined;
  /** Its last part. */
  readonly stderr: string;
  /** What stop() was called with. */
  readonly stopped: FailureError | undefined;
}

export const OUTPUT_CHARS_MAX = 1024 * 1024;
const CLAUSE_CHARS_MAX = 300;

/** What a program wrote, as a clause of our own sentence. */
export function clauseOf(said: string): string {
  return said.trim().replace(/\s+/g, ' ').slice(0, CLAUSE_CHARS_MAX).replace(/\.$/, '');
}

/** What a shell gives for a command that a signal ended. */
const EXIT_CODE_OF_SIGNAL = 128;
/** How long a stopped command may take to say that it has ended. */
const STOP_MS_MAX = 3000;

export class RemoteCommand {
  /** Resolves when it has ended and everything that it wrote was handed on. */
  readonly ended: Promise<CommandEnd>;
  isOver = false;
  private stderr = '';
  private exitCode: number | undefined;
  private stopped: FailureError | undefined;
  private timer: NodeJS.Timeout | undefined;
  private end = () => {};

  constructor(
    readonly channel: ClientChannel,
    { onText, onErrorText }: CommandOutputs,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = () => {
        this.isOver = true;
        clearTimeout(this.timer);
        const { exitCode, stderr, stopped } = this;
        resolve({ exitCode, stderr, stopped });
      };
    });
    // Both are read in any case: a channel with bytes in it never closes.
    channel.setEncoding('utf8').on('data', (text: string) => onText?.(text));
    channel.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-OUTPUT_CHARS_MAX);
      onErrorText?.(text);
    });
    channel.on('exit', (code: number | null) => {
      this.exitCode = code ?? EXIT_CODE_OF_SIGNAL;
    });
    channel.on('error', () => {}); // its 'close' follows
    channel.once('close', () => this.end());
  }

  /** Ends it; `ended` tells why. Nothing when it has ended. */
  stop(why: FailureError): void {
    if (this.isOver || this.stopped) return;
    this.stopped = why;
    this.channel.signal('TERM');
    this.channel.close();
    this.timer = setTimeout(() => this.end(), STOP_MS_MAX);
  }

  /** Stops it at the abort, or after a time. Returns what forgets both. */
  stopWhen(signal: AbortSignal | undefined, late?: { timeoutMs: number; failure: FailureError }): () => void {
    const cancel = () => this.stop(cancelledFailure());
    const timer = late && setTimeout(() => this.stop(late.failure), late.timeoutMs);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    return () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    };
  }
}
