// Starts a program in its own process group, or says in one sentence why it could not.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type FailureError, failure } from '../../shared/util/failure';

/** A started program: its output comes through pipes, it reads nothing. */
export type Program = ChildProcessByStdio<null, Readable, Readable>;

export interface SpawnOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The probe's own when undefined. */
  readonly cwd: string | undefined;
  readonly variables: Record<string, string>;
}

function checkFolder(cwd: string): void {
  const found = statSync(cwd, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  throw failure(
    'folderMissing',
    found ? `The working folder ${cwd} is a file.` : `There is no folder ${cwd} on the machine of the probe.`,
    'Name a folder that exists there.',
  );
}

// Where execvp would look, for a clear sentence; the kernel has the last word.
function findProgram({ command, cwd, variables }: SpawnOptions): string | undefined {
  if (command.includes('/')) {
    const path = resolve(cwd ?? '.', command);
    return existsSync(path) ? path : undefined;
  }
  const found = (variables.PATH ?? '').split(delimiter).map((folder) => join(folder, command));
  return found.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function launchFailure(options: SpawnOptions, error: NodeJS.ErrnoException): FailureError {
  const { command } = options;
  const path = findProgram(options);
  if (!path) {
    return failure(
      'programMissing',
      `There is no program ${command} on the machine of the probe.`,
      command.includes('/') ? 'Check the path there.' : 'Give its full path, or add its folder to PATH there.',
    );
  }
  if (error.code === 'EACCES' || !isExecutable(path)) {
    return failure('programNotExecutable', `${path} is not executable.`, `Make it so: chmod +x ${path}`);
  }
  return failure(
    'launchFailed',
    `${path} could not be started (${error.code ?? error.message}).`,
    'Start it in a terminal there to see why.',
  );
}

/** Starts the program. Throws a FailureError when there is none to start. */
export async function spawnProgram(options: SpawnOptions): Promise<Program & { readonly pid: number }> {
  if (options.cwd !== undefined) checkFolder(options.cwd);
  try {
    const program = spawn(options.command, [...options.args], {
      cwd: options.cwd,
      env: options.variables,
      detached: true, // its own process group, so that a signal reaches its children too
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (program.pid === undefined) {
      const [error] = await once(program, 'error');
      throw error;
    }
    return program as Program & { readonly pid: number };
  } catch (error) {
    throw launchFailure(options, error as NodeJS.ErrnoException);
  }
}
