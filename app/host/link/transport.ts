// How the link reaches the probe's socket. A transport makes streams and knows nothing of what they carry.

import net from 'node:net';
import type { Duplex } from 'node:stream';
import { type FailureError, failure } from '../../../shared/util/failure';

export interface Transport {
  /** What a person calls the other end: a path here, or user@host. */
  readonly label: string;
  /** A new stream to the probe's socket. Throws FailureError; `isFinal` tells whether asking again can help. */
  connect(): Promise<Duplex>;
  close(): Promise<void>;
  /** Called with a clause for people when the way itself is gone, before or after its streams end. Returns its remover. */
  onLost(listener: (reason: string) => void): () => void;
}

/** Failures that another attempt cannot mend: somebody has to do something first. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'badSocketPath',
  'hostCertificateUnsupported',
  'hostKeyChanged',
  'hostKeyRevoked',
  'hostKeyUnknown',
  'loginCancelled',
  'loginRefused',
  'noStreamLocal',
  'probeExited',
  'proxyUnsupported',
  'socketDenied',
  'transportClosed',
  'versionMismatch',
]);

/** True when connecting again cannot help. */
export function isFinal(error: FailureError): boolean {
  return FINAL_CODES.has(error.failure.code);
}

/** Longest path of a Unix socket on Linux: sun_path holds 108 bytes with its final zero. */
export const SOCKET_PATH_BYTES_MAX = 107;

/** Throws FailureError when no socket can have this path. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return;
  throw failure(
    'badSocketPath',
    `The socket path ${path} has ${bytes} bytes; Linux allows ${SOCKET_PATH_BYTES_MAX}.`,
    'Choose a shorter path with --socket.',
  );
}

/** No probe behind this path of the machine that `place` names ("on orin", or "here"). */
export function noProbe(path: string, place: string): FailureError {
  return failure(
    'noProbe',
    `No probe answers at ${path} ${place}.`,
    'Start one there with `hookanalyzer serve`, or name its socket with --socket.',
  );
}

function localFailure(error: NodeJS.ErrnoException, path: string): FailureError {
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return failure(
      'socketDenied',
      `You may not open the probe's socket ${path}.`,
      'Run this as the user who started the probe; the socket belongs to that user alone.',
    );
  }
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK')
    return noProbe(path, 'here');
  return failure(
    'noProbe',
    `The probe's socket ${path} cannot be opened: ${error.message}.`,
    'Restart the probe there.',
  );
}

/** A stream to a Unix socket of this machine. Throws FailureError. */
export function openLocalSocket(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    checkSocketPath(path);
    const socket = net.connect(path);
    const onError = (error: NodeJS.ErrnoException) => reject(localFailure(error, path));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(socket);
    });
  });
}

/** The transport to a probe on this machine whose life belongs to somebody else. */
export function localTransport(socketPath: string): Transport {
  return {
    label: socketPath,
    connect: () => openLocalSocket(socketPath),
    close: async () => {},
    onLost: () => () => {},
  };
}
