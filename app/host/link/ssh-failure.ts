// What ssh2 and the network say, as one sentence and a remedy.

import { type FailureError, failure } from '../../../shared/util/failure';
import type { SshSettings } from './ssh-settings';
import { noProbe } from './transport';

/** What ssh2 adds to its errors. */
export interface SshError extends Error {
  readonly level?: string;
  readonly code?: string | number;
  /** Of a channel that was not opened: SSH_OPEN_* of RFC 4254, 5.1. */
  readonly reason?: number;
}

const OPEN_PROHIBITED = 1;
const OPEN_CONNECT_FAILED = 2;

function place({ host, port }: SshSettings): string {
  return `${host}, port ${port}`;
}

/** Why no login came about: a failed connection, handshake or login. `tried` are the ways that were offered. */
export function connectFailure(error: SshError, settings: SshSettings, tried: readonly string[]): FailureError {
  const { host } = settings;
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return failure('hostUnknown', `No host is called ${host}.`, 'Check the name, or the HostName in ~/.ssh/config.');
    case 'ECONNREFUSED':
      return failure(
        'connectionRefused',
        `Nothing answers at ${place(settings)}.`,
        'Check that sshd runs there, and on which port.',
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return failure(
        'hostUnreachable',
        `${place(settings)} cannot be reached.`,
        'Check that the board is on and in this network.',
      );
    case 'ETIMEDOUT':
      return connectTimeout(settings);
  }
  if (error.level === 'client-authentication' || /authentication failures/i.test(error.message)) {
    return loginRefused(settings, tried);
  }
  return failure(
    'handshakeFailed',
    `The SSH connection to ${place(settings)} did not come about: ${error.message.replace(/\.$/, '')}.`,
    'Check that it is an SSH server, and its log.',
  );
}

export function connectTimeout(settings: SshSettings): FailureError {
  const sec = Math.round(settings.connectMsMax / 1000);
  return failure(
    'connectTimeout',
    `${place(settings)} did not answer within ${sec} s.`,
    'Check that the board is on and in this network, or set ConnectTimeout in ~/.ssh/config.',
  );
}

/** The host took none of the ways that were offered. */
export function loginRefused(settings: SshSettings, tried: readonly string[]): FailureError {
  const words = tried.length === 0 ? 'there was no key and nobody to ask for a password' : `tried: ${tried.join(', ')}`;
  return failure(
    'loginRefused',
    `${settings.host} refused the login of ${settings.user} (${words}).`,
    `Check the user, or give it your key with: ssh-copy-id -p ${settings.port} ${settings.user}@${settings.host}`,
  );
}

/**
 * Why the forward to the probe's socket was not opened, although the login works. sshd gives one reason for a missing socket, a
 * dead one and a forbidden forward, so `isThere` tells whether something lies at the path.
 */
export function forwardFailure(
  error: SshError,
  settings: SshSettings,
  socketPath: string,
  isThere: boolean,
): FailureError {
  const { host } = settings;
  if (error.reason === undefined) {
    return failure('linkLost', `The connection to ${host} was lost: ${error.message}.`, 'Check the network.');
  }
  if (error.reason !== OPEN_CONNECT_FAILED) {
    return failure(
      'noStreamLocal',
      `The SSH server of ${host} does not forward to Unix sockets.`,
      'Set AllowStreamLocalForwarding yes in its sshd_config and reload sshd.',
    );
  }
  if (!isThere) return noProbe(socketPath, `on ${host}`);
  return failure(
    'socketRefused',
    `The socket ${socketPath} lies on ${host}, but sshd does not connect to it: its probe is gone, or sshd may not forward to Unix sockets.`,
    'Start the probe again with `hookanalyzer serve`; if it runs, set AllowStreamLocalForwarding yes in the sshd_config there.',
  );
}

/** Why a host could not be reached through the one before it. */
export function jumpFailure(error: SshError, settings: SshSettings, via: SshSettings): FailureError {
  const isProhibited = error.reason === OPEN_PROHIBITED;
  return failure(
    isProhibited ? 'jumpProhibited' : 'hostUnreachable',
    isProhibited
      ? `${via.host} does not let connections through to ${place(settings)}.`
      : `${place(settings)} cannot be reached from ${via.host}: ${error.message}.`,
    isProhibited
      ? `Set AllowTcpForwarding yes in the sshd_config of ${via.host}.`
      : 'Check ProxyJump in ~/.ssh/config.',
  );
}
