// How a byte stream to a probe's socket comes about: on this machine, or through SSH.

import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failure } from '../../../shared/util/failure';

export interface Transport {
  /** For people: where the probe is. */
  readonly label: string;
  /** A new stream to the probe's socket. Throws a FailureError. */
  connect(): Promise<Duplex>;
  close(): Promise<void>;
}

function connectFailure(path: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EACCES') {
    return failure(
      'noRight',
      `The probe at ${path} belongs to another user.`,
      'Use the account that runs it, or start one of your own: hookanalyzer serve',
    );
  }
  return failure('noProbe', `No probe answers at ${path}.`, 'Start one there: hookanalyzer serve');
}

/** A probe on this machine. */
export function localTransport(socketPath: string): Transport {
  const sockets = new Set<Socket>();
  return {
    label: socketPath,
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect(socketPath);
        socket.once('error', (error) => reject(connectFailure(socketPath, error)));
        socket.once('connect', () => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
          resolve(socket);
        });
      }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
