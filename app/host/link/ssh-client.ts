// One SSH connection: handshake, host key, login. Through other hosts where ProxyJump says so.

import type { Duplex } from 'node:stream';
import ssh2, { type AuthHandlerMiddleware, type Client } from 'ssh2';
import constants from 'ssh2/lib/protocol/constants.js';
import { FailureError, failure } from '../../../shared/util/failure';
import { checkHostKey, knownKeysOf } from './host-key';
import { hostKeyAlgorithms } from './known-hosts';
import type { Prompter } from './prompter';
import { connectFailure, connectTimeout, jumpFailure, loginRefused, type SshError } from './ssh-failure';
import { type Secrets, SshLogin } from './ssh-login';
import { resolveSshTarget, type SshPlaces, type SshSettings } from './ssh-settings';

export interface SshContext {
  readonly places: SshPlaces;
  readonly prompter: Prompter | undefined;
  readonly secrets: Secrets;
  readonly onNotice: (sentence: string) => void;
}

/** A chain of jumps longer than this turns in circles. */
const JUMP_COUNT_MAX = 8;

// Counts down only while nobody is asked something: a person may take as long as they like.
class Patience {
  private timer: NodeJS.Timeout | undefined;
  private leftMs: number;
  private startedMs = 0;

  constructor(
    msMax: number,
    private readonly onOver: () => void,
  ) {
    this.leftMs = msMax;
    this.go();
  }

  go(): void {
    this.startedMs = performance.now();
    this.timer = setTimeout(this.onOver, this.leftMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.leftMs = Math.max(this.leftMs - (performance.now() - this.startedMs), 1);
  }

  async during<T>(question: Promise<T>): Promise<T> {
    this.stop();
    try {
      return await question;
    } finally {
      this.go();
    }
  }
}

function patientPrompter(prompter: Prompter, patience: Patience): Prompter {
  return {
    confirmHostKey: (question) => patience.during(prompter.confirmHostKey(question)),
    askPassword: (account) => patience.during(prompter.askPassword(account)),
    askPassphrase: (path) => patience.during(prompter.askPassphrase(path)),
    askKeyboardInteractive: (question) => patience.during(prompter.askKeyboardInteractive(question)),
  };
}

function login(settings: SshSettings, context: SshContext, sock: Duplex | undefined): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let isSettled = false;
    const settle = (done: () => void) => {
      if (isSettled) return;
      isSettled = true;
      patience.stop();
      done();
    };
    const giveUp = (error: FailureError) =>
      settle(() => {
        reject(error);
        client.destroy();
      });
    const patience = new Patience(settings.connectMsMax, () => giveUp(connectTimeout(settings)));
    const prompter = context.prompter && patientPrompter(context.prompter, patience);
    const attempt = new SshLogin(settings, prompter, context.secrets);
    const authHandler = (
      left: readonly string[] | null,
      isPartial: boolean | null,
      next: (method: unknown) => void,
    ) => {
      attempt.next(left ?? undefined, isPartial === true).then(
        (method) => {
          if (method) next(method);
          else giveUp(attempt.givenUp ?? loginRefused(settings, attempt.tried));
        },
        (error: Error) => giveUp(connectFailure(error, settings, attempt.tried)),
      );
    };
    client.on('error', (error: SshError) => {
      // One key that did not work is no end; the handler above says when nothing is left.
      if (error.level === 'agent' || error.level === 'client-authentication') return;
      giveUp(connectFailure(error, settings, attempt.tried));
    });
    client.once('close', () =>
      giveUp(connectFailure(new Error('the host closed the connection'), settings, attempt.tried)),
    );
    client.once('ready', () =>
      settle(() => {
        client.setNoDelay(true); // without it a small answer waits 44 ms for Nagle and the delayed acknowledgement
        attempt.remember();
        resolve(client);
      }),
    );
    client.connect({
      ...(sock ? { sock } : { host: settings.host, port: settings.port }),
      username: settings.user,
      readyTimeout: 0,
      strictVendor: false, // stream-local forwarding is asked for wherever it may be understood
      keepaliveInterval: settings.keepaliveMs,
      keepaliveCountMax: settings.keepaliveCountMax,
      algorithms: { serverHostKey: hostKeyAlgorithms(constants.DEFAULT_SERVER_HOST_KEY, knownKeysOf(settings)) },
      authHandler: authHandler as AuthHandlerMiddleware,
      // Must return nothing: ssh2 takes any returned value, a promise too, as the answer.
      hostVerifier: (key: Buffer, verify: (isTrusted: boolean) => void) => {
        checkHostKey(settings, key, prompter, context.onNotice).then(
          () => verify(true),
          (error) => {
            giveUp(error instanceof FailureError ? error : connectFailure(error, settings, []));
            verify(false);
          },
        );
      },
    });
  });
}

function openJump(via: Client, viaSettings: SshSettings, settings: SshSettings): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    via.forwardOut('127.0.0.1', 0, settings.host, settings.port, (error, channel) => {
      if (error) reject(jumpFailure(error as SshError, settings, viaSettings));
      else resolve(channel);
    });
  });
}

function jumpsOf(settings: SshSettings, places: SshPlaces): SshSettings[] {
  const hops = settings.jumps.map((typed) => resolveSshTarget(typed.replace(/^ssh:\/\//, ''), places));
  for (let first = hops[0]; first && first.jumps.length > 0; first = hops[0]) {
    hops.unshift(...first.jumps.map((typed) => resolveSshTarget(typed.replace(/^ssh:\/\//, ''), places)));
    if (hops.length > JUMP_COUNT_MAX) {
      throw failure(
        'jumpLoop',
        `ProxyJump of ${settings.typed} goes through more than ${JUMP_COUNT_MAX} hosts.`,
        'Look for a circle of ProxyJump lines in ~/.ssh/config.',
      );
    }
  }
  return hops;
}

/**
 * Connects and logs in, through the hosts of ProxyJump. When one of the clients on the way ends, the last one ends with it.
 * Throws FailureError.
 */
export async function connectSsh(settings: SshSettings, context: SshContext): Promise<Client> {
  const hops = [...jumpsOf(settings, context.places), settings];
  const clients: Client[] = [];
  const endAll = () => {
    for (const client of [...clients].reverse()) client.end();
  };
  try {
    for (const [index, hop] of hops.entries()) {
      const via = clients.at(-1);
      const sock = via && (await openJump(via, hops[index - 1], hop));
      const client = await login(hop, context, sock);
      client.once('close', () => {
        for (const earlier of clients.slice(0, index).reverse()) earlier.end();
      });
      clients.push(client);
    }
  } catch (error) {
    endAll();
    throw error;
  }
  return clients[clients.length - 1];
}
