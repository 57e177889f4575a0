// The transport over SSH: a login that is renewed when it is lost, and a stream-local forward to the probe's socket for each
// stream. No port is opened on the board.

import path from 'node:path';
import type { Duplex } from 'node:stream';
import type { Client, SFTPWrapper } from 'ssh2';
import { PROBE_SOCKET } from '../../../shared/rpc/places';
import { failure } from '../../../shared/util/failure';
import type { Prompter } from './prompter';
import { connectSsh, type SshContext } from './ssh-client';
import { forwardFailure, type SshError } from './ssh-failure';
import { defaultSshPlaces, resolveSshTarget, type SshPlaces, type SshSettings } from './ssh-settings';
import type { Transport } from './transport';
import { Listeners } from './until';

export interface SshOptions extends Partial<SshPlaces> {
  /** Who is asked; without one, unknown host keys are refused and only keys without a passphrase and the agent can log in. */
  readonly prompter?: Prompter;
  /** The probe's socket there: absolute, or relative to the home folder. */
  readonly socketPath?: string;
  /** Things worth a line on the screen that are no failure. */
  readonly onNotice?: (sentence: string) => void;
}

/** What a login gives: streams to the probe's socket, and the login itself for bringing the probe there. */
export interface SshTransport extends Transport {
  /** The client that is logged in; a new login when the last one was lost. Throws FailureError. It stays the transport's. */
  login(): Promise<Client>;
  /** From now on the probe's socket there: absolute, or relative to the home folder. */
  setSocket(socketPath: string): void;
}

/** A stream to a Unix socket of the other machine. Rejects with what ssh2 says. */
export function openForward(client: Client, socketPath: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    // ssh2 throws when the connection is already over, which rejects as well.
    client.openssh_forwardOutStreamLocal(socketPath, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Runs one question over SFTP and ends it. Rejects with what SFTP says. */
function askSftp<T>(client: Client, ask: (sftp: SFTPWrapper, answer: (error: unknown, value: T) => void) => void) {
  return new Promise<T>((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error) return reject(error);
      ask(sftp, (askError, value) => {
        sftp.end();
        if (askError) reject(askError);
        else resolve(value);
      });
    });
  });
}

async function findHome(client: Client, settings: SshSettings): Promise<string> {
  try {
    return await askSftp<string>(client, (sftp, answer) => sftp.realpath('.', answer));
  } catch (error) {
    throw failure(
      'noHome',
      `The home folder on ${settings.host} could not be found by SFTP: ${(error as Error).message}.`,
      'Name the probe’s socket with --socket and its whole path.',
    );
  }
}

function isThere(client: Client, path: string): Promise<boolean> {
  return askSftp(client, (sftp, answer) => sftp.lstat(path, answer)).then(
    () => true,
    () => false,
  );
}

class SshLogins {
  private client: Promise<Client> | undefined;
  private socketPath: string | undefined;
  private isClosed = false;
  private readonly lostListeners = new Listeners<[string]>();

  constructor(
    private readonly settings: SshSettings,
    private readonly context: SshContext,
    private wantedSocket: string,
  ) {}

  onLost(listener: (reason: string) => void): () => void {
    return this.lostListeners.add(listener);
  }

  setSocket(socketPath: string): void {
    this.wantedSocket = socketPath;
    this.socketPath = undefined;
  }

  /** One login for however many ask at once. */
  login(): Promise<Client> {
    this.client ??= this.openClient().catch((error) => {
      this.client = undefined;
      throw error;
    });
    return this.client;
  }

  async connect(): Promise<Duplex> {
    if (this.isClosed) {
      throw failure('transportClosed', `The connection to ${this.settings.typed} was closed.`, 'Connect again.');
    }
    const client = await this.login();
    this.socketPath ??= await this.findSocket(client);
    try {
      return await openForward(client, this.socketPath);
    } catch (error) {
      throw forwardFailure(error as SshError, this.settings, this.socketPath, await isThere(client, this.socketPath));
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const client = await this.client?.catch(() => undefined);
    if (!client) return;
    await new Promise<void>((resolve) => {
      client.once('close', () => resolve());
      client.end();
      client.destroy();
    });
  }

  private async openClient(): Promise<Client> {
    const client = await connectSsh(this.settings, this.context);
    let reason = 'the SSH connection was closed';
    client.on('error', (error: Error) => {
      reason = error.message;
    });
    client.once('close', () => {
      this.client = undefined;
      if (!this.isClosed) this.lostListeners.call(reason);
    });
    if (this.isClosed) client.end();
    return client;
  }

  private async findSocket(client: Client): Promise<string> {
    if (path.posix.isAbsolute(this.wantedSocket)) return this.wantedSocket;
    return path.posix.join(await findHome(client, this.settings), this.wantedSocket);
  }
}

/**
 * Logs in to `target` ([user@]host[:port] or a name of ~/.ssh/config) and returns the transport to the probe there. Whether a
 * probe answers is found by the first connect(). Throws FailureError.
 */
export async function openSshTransport(target: string, options: SshOptions = {}): Promise<SshTransport> {
  const defaults = defaultSshPlaces();
  const places: SshPlaces = {
    homeDir: options.homeDir ?? defaults.homeDir,
    configPath: options.configPath ?? defaults.configPath,
    environment: options.environment ?? defaults.environment,
  };
  const settings = resolveSshTarget(target, places);
  const onNotice = options.onNotice ?? (() => {});
  const context: SshContext = { places, prompter: options.prompter, secrets: new Map(), onNotice };
  const transport = new SshLogins(settings, context, options.socketPath ?? PROBE_SOCKET);
  await transport.login();
  return {
    label: `${settings.user}@${settings.host}`,
    connect: () => transport.connect(),
    close: () => transport.close(),
    onLost: (listener) => transport.onLost(listener),
    login: () => transport.login(),
    setSocket: (socketPath) => transport.setSocket(socketPath),
  };
}
