// Commands on the board over one SSH login: a script in, exit code and output out. Scripts go to /bin/sh by its standard input, so
// that neither their quoting nor their meaning depends on the login shell there (bash, fish, csh) or on what its start files print.

import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import { type FailureError, failure } from '../../../shared/util/failure';
import { cancelledFailure, lostFailure } from '../link/link-failure';

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** What the script writes to its standard error, as it comes. */
  readonly onErrorText?: (text: string) => void;
  /** The script's standard input stays open until this is aborted, with an empty line every `beatMs`; without it there is none to read. */
  readonly input?: { readonly until: AbortSignal; readonly beatMs: number };
  /** What the script writes to its standard output, as it comes, with what the login shell wrote before. */
  readonly onText?: (text: string) => void;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command ended. `exitCode` is undefined when the connection went before it did. */
export interface CommandEnd {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

const RUN_MS_MAX = 60_000;
const OUTPUT_CHARS_MAX = 1024 * 1024;
/** What a shell gives for a command that a signal ended. */
const EXIT_CODE_OF_SIGNAL = 128;

/** One word of a POSIX shell's command line. */
export function quoteWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of these words. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function noShell(label: string, said: string): FailureError {
  const clause = said.trim().replace(/\s+/g, ' ').slice(0, 300);
  return failure(
    'noShell',
    `The login on ${label} runs no commands${clause ? `: ${clause}` : ''}.`,
    'Give the account a login shell, or connect as another user.',
  );
}

/** Resolves when a command has ended and everything that it wrote was handed on. Reads both of its outputs. */
export function whenEnded(channel: ClientChannel, onText: (text: string) => void, onErrorText: (text: string) => void) {
  let stderr = '';
  let exitCode: number | undefined;
  channel.setEncoding('utf8').on('data', onText);
  channel.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-OUTPUT_CHARS_MAX);
    onErrorText(text);
  });
  channel.on('exit', (code: number | null) => {
    exitCode = code ?? EXIT_CODE_OF_SIGNAL;
  });
  channel.on('error', () => {}); // its 'close' follows
  return new Promise<CommandEnd>((resolve) => channel.once('close', () => resolve({ exitCode, stderr })));
}

function scriptText(script: string, marker: string, holdsInput: boolean): string {
  // Braces: the shell reads the whole script before it runs any of it, and what it starts reads no part of it.
  return `printf '%s\\n' ${marker}\n{\n${script}\n}${holdsInput ? '' : ' </dev/null'}\n`;
}

export class RemoteShell {
  constructor(
    readonly client: Client,
    /** What people call the board. */
    readonly label: string,
  ) {}

  /** Starts a command line of the login shell there. It must mean the same to every shell. Throws FailureError `linkLost`. */
  start(commandLine: string): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      try {
        this.client.exec(commandLine, (error, channel) => (error ? reject(lostFailure(this.label)) : resolve(channel)));
      } catch {
        reject(lostFailure(this.label)); // ssh2 throws when the connection is already over
      }
    });
  }

  /**
   * Runs a script of POSIX sh. Resolves with any exit code; throws FailureError `cancelled`, `linkLost`, `boardSilent` after the
   * timeout, or `noShell`.
   */
  async run(script: string, options: RunOptions = {}): Promise<RunResult> {
    const { signal, input, timeoutMs = RUN_MS_MAX, onText, onErrorText } = options;
    if (signal?.aborted) throw cancelledFailure();
    const marker = `hka-${randomBytes(8).toString('hex')}`;
    const channel = await this.start('/bin/sh -s');
    let stdout = '';
    const ended = whenEnded(
      channel,
      (text) => {
        stdout = (stdout + text).slice(0, OUTPUT_CHARS_MAX);
        onText?.(text);
      },
      (text) => onErrorText?.(text),
    );
    let stopped: FailureError | undefined;
    const stop = (reason: FailureError) => {
      stopped ??= reason;
      channel.signal('TERM');
      channel.close();
    };
    const timer = setTimeout(
      () =>
        stop(failure('boardSilent', `${this.label} did not answer within ${timeoutMs / 1000} s.`, 'Connect again.')),
      timeoutMs,
    );
    const cancel = () => stop(cancelledFailure());
    signal?.addEventListener('abort', cancel);
    channel.write(scriptText(script, marker, input !== undefined));
    const beat = input && setInterval(() => channel.writable && channel.write('\n'), input.beatMs);
    const endInput = () => channel.end();
    if (!input || input.until.aborted) endInput();
    else input.until.addEventListener('abort', endInput);
    const { exitCode, stderr } = await ended;
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    clearInterval(beat);
    input?.until.removeEventListener('abort', endInput);
    if (stopped) throw stopped;
    if (exitCode === undefined) throw lostFailure(this.label);
    const start = stdout.indexOf(`${marker}\n`);
    if (start < 0) throw noShell(this.label, stdout + stderr);
    return { exitCode, stdout: stdout.slice(start + marker.length + 1), stderr };
  }
}
