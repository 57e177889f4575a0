// A probe behind SSH: streams are forwards to its Unix socket over one connection, which is made anew when it was cut.

import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { PROBE_SOCKET } from '../../../shared/rpc/places';
import { failure } from '../../../shared/util/failure';
import { login, type Prompter } from './ssh-login';
import { resolveSshTarget, type SshFiles, type SshTarget } from './ssh-target';
import type { Transport } from './transport';

export interface SshOptions extends SshFiles {
  readonly prompter: Prompter;
  /** Of the probe on the other machine; the default place in the user's home there when undefined. */
  readonly socketPath?: string;
}

function homeOf(client: Client): Promise<string> {
  return new Promise((resolve, reject) => {
    const refused = failure(
      'noSftp',
      'The home folder on the other machine could not be found, because it offers no sftp.',
      'Name the probe’s socket with --socket.',
    );
    client.sftp((error, sftp) => {
      if (error) return reject(refused);
      sftp.realpath('.', (failed, path) => {
        sftp.end();
        if (failed) reject(refused);
        else resolve(path);
      });
    });
  });
}

function forward(client: Client, socketPath: string, label: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const noProbe = failure(
      'noProbe',
      `No probe answers on ${label} at ${socketPath}.`,
      'Start one there: hookanalyzer serve',
    );
    const lost = () => reject(failure('linkLost', `The connection to ${label} was lost.`, 'Check the cable.'));
    client.once('close', lost);
    client.openssh_forwardOutStreamLocal(socketPath, (error, stream) => {
      client.off('close', lost);
      if (!error) return resolve(stream);
      const isForbidden = /administratively prohibited/i.test(error.message);
      reject(
        isForbidden
          ? failure(
              'forwardingForbidden',
              `${label} does not allow forwarding to Unix sockets.`,
              'Set AllowStreamLocalForwarding yes in its sshd_config.',
            )
          : noProbe,
      );
    });
  });
}

class SshTransport implements Transport {
  private client: Promise<Client> | undefined;
  private readonly clients = new Set<Client>();
  private isClosed = false;

  constructor(
    private readonly target: SshTarget,
    private readonly options: SshOptions,
  ) {}

  get label(): string {
    return this.target.label;
  }

  async connect(): Promise<Duplex> {
    const client = await this.logIn();
    const socketPath = this.options.socketPath ?? `${await homeOf(client)}/${PROBE_SOCKET}`;
    return forward(client, socketPath, this.target.label);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const client of this.clients) client.end();
  }

  // All streams share one connection; the first one that finds none logs in.
  private logIn(): Promise<Client> {
    if (this.isClosed) throw failure('closed', `The connection to ${this.target.label} was closed.`, '');
    this.client ??= this.logInAnew().catch((error) => {
      this.client = undefined;
      throw error;
    });
    return this.client;
  }

  private async logInAnew(): Promise<Client> {
    let before: Client | undefined;
    for (const jump of this.target.jumps) {
      before = await this.hop(resolveSshTarget(jump, this.options), before, () => {});
    }
    return this.hop(this.target, before, () => {
      this.client = undefined;
    });
  }

  private async hop(target: SshTarget, before: Client | undefined, onClose: () => void): Promise<Client> {
    const through = before && (await this.forwardTcp(before, target));
    const client = await login(target, this.options.prompter, through);
    this.keep(client, onClose);
    return client;
  }

  private forwardTcp(client: Client, target: SshTarget): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      client.forwardOut('127.0.0.1', 0, target.host, target.port, (error, stream) => {
        if (error)
          reject(
            failure(
              'unreachable',
              `${target.host} port ${target.port} cannot be reached through the jump host.`,
              'Check the name and the port as the jump host sees them.',
            ),
          );
        else resolve(stream);
      });
    });
  }

  private keep(client: Client, onClose: () => void): void {
    this.clients.add(client);
    client.on('error', () => {}); // 'close' follows and is what counts
    client.once('close', () => {
      this.clients.delete(client);
      onClose();
    });
  }
}

/** Logs in to `[user@]host[:port]`, asking through the prompter where needed. Throws a FailureError. */
export async function openSshTransport(text: string, options: SshOptions): Promise<Transport> {
  const transport = new SshTransport(resolveSshTarget(text, options), options);
  const probing = await transport.connect();
  probing.destroy();
  return transport;
}
