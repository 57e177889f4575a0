// One launched program: its process group, its output as rows, its end.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StringDecoder } from 'node:string_decoder';
import { enums, type TraceKind } from '../../shared/model/enums';
import type { LaunchParams } from '../../shared/rpc/methods';
import { failure } from '../../shared/util/failure';
import { tables } from '../../shared/wire/tables';
import type { Journal } from '../daemon/journal';

const GRACE_MS = 3000;
/** How long the pipes may stay open after the program's end: grandchildren can hold them for ever. */
const PIPES_MS = 500;
/** UTF-16 units of one output row: at most 8192 bytes of UTF-8, the limit of a text. */
const OUTPUT_UNITS_MAX = 2048;

export interface TargetEnd {
  readonly exitCode: number;
  readonly signal: NodeJS.Signals | undefined;
}

/** 128 + signal, as a shell says it. */
export function shellCode({ exitCode, signal }: TargetEnd): number {
  return signal ? 128 + (constants.signals[signal] ?? 0) : exitCode;
}

function launchFailure(error: NodeJS.ErrnoException, { command, cwd }: LaunchParams): Error {
  const where = cwd ? ` (working directory ${cwd})` : '';
  if (error.code === 'EACCES') {
    return failure(
      'notExecutable',
      `${command} cannot be executed.`,
      `Make it executable (chmod +x), or name its interpreter, as in: python3 ${command}`,
    );
  }
  if (error.code === 'ENOENT') {
    return failure(
      'noProgram',
      `There is no program ${command}, or no such folder${where}.`,
      'Check the name; a program in the current folder is written ./name.',
    );
  }
  return failure(
    'cannotLaunch',
    `${command} could not be started${where}: ${error.message}.`,
    'Start it without HookAnalyzer to see whether it runs at all.',
  );
}

/** Pieces that fit one row, never cutting a character in two. */
export function outputPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + OUTPUT_UNITS_MAX);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

export class Target {
  kinds: TraceKind[];
  end: TargetEnd | undefined;
  private killTimer: NodeJS.Timeout | undefined;

  private constructor(
    readonly targetId: number,
    readonly params: LaunchParams,
    private readonly child: ChildProcess,
    private readonly journal: Journal,
  ) {
    this.kinds = params.delayMs ? [] : [...params.kinds];
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Starts the program in its own process group. Throws a FailureError when it cannot be started. */
  static async launch(
    targetId: number,
    params: LaunchParams,
    env: NodeJS.ProcessEnv,
    journal: Journal,
  ): Promise<Target> {
    const child = spawn(params.command, params.args, {
      cwd: params.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(launchFailure(error, params)));
    });
    const target = new Target(targetId, params, child, journal);
    target.tellProcess('started', 0);
    return target;
  }

  /** Resolves when the program has ended and its pipes are read, or were held open for too long by its children. */
  async ended(): Promise<TargetEnd> {
    const closed = this.readOutput();
    const end = await new Promise<TargetEnd>((resolve) => {
      this.child.once('exit', (exitCode, signal) => resolve({ exitCode: exitCode ?? -1, signal: signal ?? undefined }));
    });
    clearTimeout(this.killTimer);
    let giveUp: NodeJS.Timeout | undefined;
    await Promise.race([
      closed,
      new Promise((resolve) => {
        giveUp = setTimeout(resolve, PIPES_MS);
      }),
    ]);
    clearTimeout(giveUp);
    this.end = end;
    this.tellProcess('exited', shellCode(end));
    return end;
  }

  /** Sends a signal to the whole process group, and SIGKILL when it still lives after a grace. */
  stop(signal: NodeJS.Signals): void {
    this.kill(signal);
    if (signal !== 'SIGKILL') this.killTimer ??= setTimeout(() => this.kill('SIGKILL'), GRACE_MS);
  }

  /** What is left of the process group, if anything, after the program's end. */
  killRest(): void {
    this.kill('SIGKILL');
  }

  private kill(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone already, which is what was wanted.
    }
  }

  private readOutput(): Promise<unknown> {
    const read = (name: 'stdout' | 'stderr') =>
      new Promise<void>((resolve) => {
        const pipe = this.child[name];
        if (!pipe) return resolve();
        const decoder = new StringDecoder('utf8');
        pipe.on('data', (chunk: Buffer) => this.tellOutput(name, decoder.write(chunk)));
        pipe.once('close', () => {
          this.tellOutput(name, decoder.end());
          resolve();
        });
      });
    return Promise.all([read('stdout'), read('stderr')]);
  }

  private tellOutput(name: 'stdout' | 'stderr', text: string): void {
    const timeNs = this.journal.nowNs();
    const stream = enums.outputStream[name];
    const rows = outputPieces(text).map((piece) => ({ timeNs, pid: this.pid, stream, text: piece }));
    this.journal.rows(tables.output, rows);
  }

  private tellProcess(event: 'started' | 'exited', exitCode: number): void {
    const { command, args } = this.params;
    this.journal.rows(tables.process, [
      {
        timeNs: this.journal.nowNs(),
        event: enums.processEvent[event],
        pid: this.pid,
        parentPid: process.pid,
        exitCode: event === 'exited' ? exitCode : -1,
        executable: command,
        arguments: [command, ...args].join(' '),
      },
    ]);
  }
}
