// Commands on the board over one SSH login: a script in, exit code and output out. Scripts go to /bin/sh by its standard input, so
// that neither their quoting nor their meaning depends on the login shell there (bash, fish, csh) or on what its start files print.

import { randomBytes } from 'node:crypto';
import type { Client, ClientChannel } from 'ssh2';
import { type FailureError, failure } from '../../../shared/util/failure';
import { cancelledFailure, lostFailure } from '../link/link-failure';
import type { SshError } from '../link/ssh-failure';
import { type CommandOutputs, clauseOf, OUTPUT_CHARS_MAX, RemoteCommand } from './remote-command';

export interface RunOptions extends CommandOutputs {
  readonly signal?: AbortSignal;
  /** How long it may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** The script's standard input stays open until this is aborted, with an empty line every `beatMs`; without it there is none to read. */
  readonly input?: { readonly until: AbortSignal; readonly beatMs: number };
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const RUN_MS_MAX = 60_000;

/** One word of a POSIX shell's command line. */
export function quoteWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line of these words. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function noShell(label: string, said: string): FailureError {
  const clause = clauseOf(said);
  return failure(
    'noShell',
    `The login on ${label} runs no commands${clause ? `: ${clause}` : ''}.`,
    'Give the account a login shell, or connect as another user.',
  );
}

// `reason` is of a server that refuses one more session; without it and with a login that lasts, it refused the command.
function startFailure(label: string, error: SshError): FailureError {
  if (error.reason !== undefined) {
    return failure(
      'sessionRefused',
      `${label} opens no further session in this login (${error.message}).`,
      'Set MaxSessions 10 in its sshd_config and reload sshd.',
    );
  }
  return /unable to exec/i.test(error.message) ? noShell(label, error.message) : lostFailure(label);
}

function scriptText(script: string, marker: string, holdsInput: boolean): string {
  // Braces: the shell reads the whole script before it runs any of it, and what it starts reads no part of it.
  return `printf '%s\\n' ${marker}\n{\n${script}\n}${holdsInput ? '' : ' </dev/null'}\n`;
}

// Writes the script and, where asked, a line now and then. Returns what ends the lines.
function feed(channel: ClientChannel, text: string, input: RunOptions['input']): () => void {
  const end = () => channel.end();
  channel.write(text);
  if (!input || input.until.aborted) {
    end();
    return () => {};
  }
  const beat = setInterval(() => channel.writable && channel.write('\n'), input.beatMs);
  input.until.addEventListener('abort', end);
  return () => {
    clearInterval(beat);
    input.until.removeEventListener('abort', end);
  };
}

export class RemoteShell {
  constructor(
    readonly client: Client,
    /** What people call the board. */
    readonly label: string,
  ) {}

  /** Starts a command line of the login shell there. It must mean the same to every shell. Throws FailureError. */
  start(commandLine: string, outputs: CommandOutputs = {}): Promise<RemoteCommand> {
    return new Promise((resolve, reject) => {
      try {
        this.client.exec(commandLine, (error, channel) =>
          error ? reject(startFailure(this.label, error)) : resolve(new RemoteCommand(channel, outputs)),
        );
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
    let stdout = '';
    const command = await this.start('/bin/sh -s', {
      onText: (text) => {
        stdout = (stdout + text).slice(0, OUTPUT_CHARS_MAX);
        onText?.(text);
      },
      onErrorText,
    });
    const silent = failure(
      'boardSilent',
      `${this.label} did not answer within ${timeoutMs / 1000} s.`,
      'Connect again.',
    );
    const release = command.stopWhen(signal, { timeoutMs, failure: silent });
    const stopFeeding = feed(command.channel, scriptText(script, marker, input !== undefined), input);
    const { exitCode, stderr, stopped } = await command.ended;
    release();
    stopFeeding();
    if (stopped) throw stopped;
    if (exitCode === undefined) throw lostFailure(this.label);
    const start = stdout.indexOf(`${marker}\n`);
    if (start < 0) throw noShell(this.label, stdout + stderr);
    return { exitCode, stdout: stdout.slice(start + marker.length + 1), stderr };
  }
}
