// The probe's Unix socket: one living probe a socket, mode 0600, and a hello before anything else.

import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { failure } from '../../shared/util/failure';
import { formatHello, type HelloFields, LineReader, parseHello } from '../../shared/wire/hello';
import { FORMAT_VERSION } from '../../shared/wire/limits';

const HELLO_MS = 5000;
const CONNECTIONS_MAX = 256;
/** sockaddr_un holds 108 bytes with the closing zero. */
const PATH_BYTES_MAX = 107;

/** Takes over a connection whose hello was read. Gets the bytes that came behind it. */
export type Accept = (socket: Socket, hello: HelloFields, rest: Uint8Array) => void;

/** A hello that cannot be served: answered in one line, then the connection ends. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string,
    readonly remedy: string,
  ) {
    super(sentence);
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

async function prepare(path: string): Promise<void> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw failure(
      'pathTooLong',
      `The socket path ${path} has more than ${PATH_BYTES_MAX} bytes, the limit of Unix sockets.`,
      'Give a shorter one with --socket.',
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) return;
  if (await answers(path)) {
    throw failure(
      'alreadyRunning',
      `A probe answers at ${path} already.`,
      'Use that one, end it, or give another place with --socket.',
    );
  }
  rmSync(path); // left behind by a probe that was killed
}

function refuse(socket: Socket, { code, sentence, remedy }: Refusal): void {
  socket.end(formatHello({ error: code, sentence, remedy, version: String(FORMAT_VERSION) }));
}

function checkVersion(hello: HelloFields, probeVersion: string): void {
  if (hello.version === String(FORMAT_VERSION)) return;
  throw new Refusal(
    'versionMismatch',
    `The probe ${probeVersion} speaks format version ${FORMAT_VERSION}, the other side ${hello.version || 'none'}.`,
    'Install the same version of HookAnalyzer on both machines.',
  );
}

function greet(socket: Socket, accept: Accept, probeVersion: string): void {
  const lines = new LineReader();
  const timer = setTimeout(() => socket.destroy(), HELLO_MS);
  const stop = () => clearTimeout(timer);
  socket.once('close', stop);
  const onData = (chunk: Buffer) => {
    const read = lines.push(chunk);
    if (read.ok && !read.value) return;
    stop();
    socket.off('data', onData);
    try {
      if (!read.ok)
        throw new Refusal(
          'badHello',
          `The connection did not begin with a hello: ${read.error}.`,
          'Connect with HookAnalyzer.',
        );
      const { line, rest } = read.value as { line: string; rest: Uint8Array };
      const hello = parseHello(line);
      if (!hello.ok)
        throw new Refusal(
          'badHello',
          `The connection did not begin with a hello: ${hello.error}.`,
          'Connect with HookAnalyzer.',
        );
      checkVersion(hello.value, probeVersion);
      accept(socket, hello.value, rest);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(socket, error);
    }
  };
  socket.on('data', onData);
}

/** Listens at `path`. Throws a FailureError when another probe lives there or the path cannot be used. */
export async function listen(path: string, probeVersion: string, accept: Accept): Promise<Server> {
  await prepare(path);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy()); // the other side is gone; 'close' follows
    greet(socket, accept, probeVersion);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          failure(
            'cannotListen',
            `The probe cannot listen at ${path}: ${error.message}.`,
            'Check the rights of its folder, or give another place with --socket.',
          ),
        );
      });
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(path, 0o600);
  return server;
}
