// Where an export goes: a temporary name beside the wanted one, renamed when it is whole, so that nobody ever sees half a file.

import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { failure } from '../../../shared/util/failure';

export interface ExportOptions {
  readonly overwrite?: boolean;
  readonly signal?: AbortSignal;
  /** Share of the work that is done, 0 to 1. */
  readonly onProgress?: (doneRatio: number) => void;
}

const PIECE_CHARS = 1 << 20;
// So many bytes may be on their way to the disk while the next are made.
const BUFFERED_BYTES = 8 << 20;

export function refuseExisting(path: string, { overwrite = false }: ExportOptions): void {
  if (existsSync(path) && !overwrite)
    throw failure('fileExists', `${path} exists already.`, 'Give another name with -o, or say --force to replace it.');
}

export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw failure('cancelled', 'Cancelled; nothing was written.', '');
}

function writeFailure(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOSPC')
    return failure(
      'diskFull',
      `The disk is full; ${path} was not written.`,
      'Free some space, or give another folder with -o.',
    );
  if (error.code === 'ENOENT')
    return failure('noFolder', `There is no folder for ${path}.`, 'Make it first, or give another name with -o.');
  return failure('cannotWrite', `${path} cannot be written: ${error.message}.`, 'Give another name with -o.');
}

/** Text that is written in large pieces. */
export class TextOutput {
  private pending = '';
  private failed: Error | undefined;

  constructor(
    private readonly stream: Writable,
    private readonly signal: AbortSignal | undefined,
  ) {
    stream.on('error', (error) => {
      this.failed = error;
    });
  }

  /** Adds text. Await the promise, when there is one, before adding more. */
  add(text: string): Promise<void> | undefined {
    this.pending += text;
    return this.pending.length < PIECE_CHARS ? undefined : this.flush();
  }

  async flush(): Promise<void> {
    stopIfAborted(this.signal);
    if (this.failed) throw this.failed;
    const text = this.pending;
    this.pending = '';
    if (!this.stream.write(text)) await this.drained();
    if (this.failed) throw this.failed;
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.stream.off('drain', done).off('close', done);
        resolve();
      };
      this.stream.on('drain', done).on('close', done);
    });
  }
}

/** Writes one text file whole or not at all; a name ending in .gz is compressed. */
export async function writeTextFile(
  path: string,
  options: ExportOptions,
  write: (output: TextOutput) => Promise<void>,
): Promise<void> {
  refuseExisting(path, options);
  const temporary = `${path}.part`;
  const file = createWriteStream(temporary, { highWaterMark: BUFFERED_BYTES });
  const stream: Writable = path.endsWith('.gz') ? createGzip({ level: 1 }) : file;
  if (stream !== file) stream.pipe(file);
  try {
    const output = new TextOutput(stream, options.signal);
    file.on('error', (error) => stream.destroy(error));
    await write(output);
    await output.flush();
    stream.end();
    if (!file.closed) await once(file, 'close');
    renameSync(temporary, path);
  } catch (error) {
    stream.destroy();
    file.destroy();
    rmSync(temporary, { force: true });
    throw error instanceof Error && 'syscall' in error ? writeFailure(path, error as NodeJS.ErrnoException) : error;
  }
}

/** Fills a folder whole or not at all. */
export async function writeFolder(
  path: string,
  options: ExportOptions,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  refuseExisting(path, options);
  const temporary = `${path.replace(/\/+$/, '')}.part`;
  try {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary);
    await write(temporary);
    clearExport(path);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error instanceof Error && 'syscall' in error ? writeFailure(path, error as NodeJS.ErrnoException) : error;
  }
}

// A folder that somebody chose is replaced only when it holds an export and nothing else.
function clearExport(path: string): void {
  if (!existsSync(path)) return;
  const isExport = statSync(path).isDirectory() && readdirSync(path).every((name) => /\.(csv|parquet)$/.test(name));
  if (!isExport) {
    throw failure('notAnExport', `${path} holds other files than an export.`, 'Give another name, or an empty folder.');
  }
  rmSync(path, { recursive: true, force: true });
}
