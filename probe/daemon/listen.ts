// The probe's socket: mode 0600 in a folder of mode 0700. A file that nobody answers is a leftover and replaced; one that
// answers belongs to a probe that lives, and is never touched.

import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { PROBE_HOME } from '../../shared/rpc/places';
import { FailureError, failure } from '../../shared/util/failure';
import { formatHello, LineReader, parseHello } from '../../shared/wire/hello';
import { FORMAT_VERSION } from '../../shared/wire/limits';
import { makeFolder } from '../spool/make-folder';
import { SOCKET_PATH_BYTES_MAX } from './limits';

const ANSWER_MS_MAX = 2000;

export function alreadyRunning(socketPath: string, pid: string | undefined): FailureError {
  const who = pid ? `with process id ${pid} ` : '';
  return failure(
    'alreadyRunning',
    `A probe ${who}already uses ${socketPath}.`,
    pid
      ? `Use that one, or end it first: kill ${pid}`
      : 'Use that one, end it first, or name another socket with --socket.',
  );
}

type Occupant = { readonly kind: 'nobody' } | { readonly kind: 'stale' } | { readonly kind: 'alive'; pid?: string };

/** Asks whoever listens at the path for its process id, by a hello. */
function askOccupant(path: string): Promise<Occupant> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const lines = new LineReader();
    const settle = (occupant: Occupant) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(occupant);
    };
    const timer = setTimeout(() => settle({ kind: 'alive' }), ANSWER_MS_MAX);
    socket.on('connect', () => socket.write(formatHello({ role: 'control', version: String(FORMAT_VERSION) })));
    socket.on('data', (chunk) => {
      const read = lines.push(chunk);
      const hello = read.ok && read.value ? parseHello(read.value.line) : undefined;
      if (hello?.ok) settle({ kind: 'alive', pid: hello.value.pid });
      else if (!read.ok || hello) settle({ kind: 'alive' });
    });
    socket.on('close', () => settle({ kind: 'alive' }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') settle({ kind: 'nobody' });
      else if (error.code === 'ECONNREFUSED') settle({ kind: 'stale' });
      else if (error.code === 'ECONNRESET' || error.code === 'EPIPE') settle({ kind: 'alive' });
      else {
        clearTimeout(timer);
        reject(error);
      }
    });
  });
}

function checkPath(path: string): void {
  const pathBytes = Buffer.byteLength(path);
  if (pathBytes > SOCKET_PATH_BYTES_MAX) {
    throw failure(
      'socketPathTooLong',
      `The socket path ${path} has ${pathBytes} bytes; Linux allows ${SOCKET_PATH_BYTES_MAX}.`,
      'Name a shorter one with --socket.',
    );
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) {
    throw failure(
      'notASocket',
      `${path} exists and is not a socket.`,
      'Remove it, or name another path with --socket.',
    );
  }
}

function unusable(path: string, error: NodeJS.ErrnoException): FailureError {
  return failure(
    'socketUnusable',
    `The probe cannot listen at ${path} (${error.code ?? error.message}).`,
    'Name a path in a folder that you may write with --socket.',
  );
}

async function clearPath(path: string): Promise<void> {
  checkPath(path);
  makeFolder(dirname(path));
  if (basename(dirname(path)) === PROBE_HOME) chmodSync(dirname(path), 0o700); // a folder of another name is the user's
  const occupant = await askOccupant(path);
  if (occupant.kind === 'alive') throw alreadyRunning(path, occupant.pid);
  if (occupant.kind === 'stale') rmSync(path, { force: true });
}

/** Listens at `path`. Throws a FailureError. The server removes the file when it is closed. */
export async function listenAt(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  try {
    await clearPath(path);
    const server = createServer({ allowHalfOpen: false }, onConnection);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // The file appears inside listen(); with this mask it never is open to others, not even for a moment.
      const mask = process.umask(0o177);
      try {
        server.listen(path, resolve);
      } finally {
        process.umask(mask);
      }
    });
    chmodSync(path, 0o600);
    return server;
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw unusable(path, error as NodeJS.ErrnoException);
  }
}
