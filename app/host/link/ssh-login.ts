// One SSH login: host key, then the user's keys, then what the user is asked for. Secrets go to ssh2 and nowhere else.

import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type AnyAuthMethod, type Client, type ConnectConfig } from 'ssh2';
import { FailureError, failure } from '../../../shared/util/failure';
import { checkHostKey, fingerprint, knownKeyTypes, rememberHostKey } from './known-hosts';
import type { SshTarget } from './ssh-target';

/** Asks the user. Every question may be refused with undefined, which ends the login. */
export interface Prompter {
  confirmHostKey(question: { host: string; fingerprint: string }): Promise<boolean>;
  askPassword(question: { user: string; host: string }): Promise<string | undefined>;
  askPassphrase(question: { keyPath: string }): Promise<string | undefined>;
  askKeyboardInteractive(question: {
    title: string;
    prompts: readonly { text: string; isShown: boolean }[];
  }): Promise<readonly string[] | undefined>;
}

const PASSWORD_TRIES_MAX = 3;

function keyFailure(target: SshTarget, key: Buffer): FailureError | undefined {
  const verdict = checkHostKey(target.knownHostsFiles, target.host, target.port, key);
  if (verdict.kind === 'changed') {
    return failure(
      'hostKeyChanged',
      `The host key of ${target.host} has changed: it is ${fingerprint(key)}, but line ${verdict.line} of ${verdict.path} says ${verdict.knownFingerprint}. Either the machine was set up anew, or somebody stands in between.`,
      `If it was set up anew: ssh-keygen -R "${target.port === 22 ? target.host : `[${target.host}]:${target.port}`}" -f ${verdict.path}`,
    );
  }
  if (verdict.kind === 'revoked') {
    return failure(
      'hostKeyChanged',
      `The host key ${fingerprint(key)} of ${target.host} is revoked in line ${verdict.line} of ${verdict.path}.`,
      'Ask whoever looks after the machine.',
    );
  }
  return undefined;
}

async function verify(target: SshTarget, prompter: Prompter, key: Buffer): Promise<FailureError | undefined> {
  const known = checkHostKey(target.knownHostsFiles, target.host, target.port, key).kind;
  if (known === 'known') return undefined;
  if (known !== 'unknown') return keyFailure(target, key);
  const question = { host: target.label, fingerprint: fingerprint(key) };
  const isAccepted =
    target.strictHostKeyChecking === 'acceptNew' ||
    (target.strictHostKeyChecking === 'ask' && (await prompter.confirmHostKey(question)));
  if (!isAccepted) {
    return failure(
      'hostKeyRefused',
      `The host key ${question.fingerprint} of ${target.label} is not known and was not confirmed.`,
      'Connect once with ssh to confirm it, or answer yes.',
    );
  }
  rememberHostKey(target.knownHostsFiles[0], target.host, target.port, key);
  return undefined;
}

/** The methods to try, in OpenSSH's order; each is made when its turn comes, because it may ask the user. */
async function* methods(
  target: SshTarget,
  prompter: Prompter,
  state: { hasOwnFailure: FailureError | undefined },
): AsyncGenerator<AnyAuthMethod, undefined, string[] | undefined> {
  const username = target.user;
  yield { type: 'none', username };
  if (target.agent && !target.identitiesOnly) yield { type: 'agent', username, agent: target.agent };
  for (const path of target.identityFiles) {
    const key = await loadKey(path, prompter);
    if (key) yield { type: 'publickey', username, key };
  }
  yield {
    type: 'keyboard-interactive',
    username,
    prompt: (name, instructions, _lang, prompts, finish) => {
      const question = {
        title: [name, instructions].filter((text) => text !== '').join(' '),
        prompts: prompts.map(({ prompt, echo }) => ({ text: prompt, isShown: echo === true })),
      };
      prompter.askKeyboardInteractive(question).then(
        (answers) => finish([...(answers ?? [])]),
        (error) => {
          state.hasOwnFailure = error instanceof FailureError ? error : undefined;
          finish([]);
        },
      );
    },
  };
  for (let tryCount = 0; tryCount < PASSWORD_TRIES_MAX; tryCount++) {
    const password = await prompter.askPassword({ user: username, host: target.label });
    if (password === undefined) return undefined;
    yield { type: 'password', username, password };
  }
  return undefined;
}

async function loadKey(path: string, prompter: Prompter): Promise<Buffer | ssh2.ParsedKey | undefined> {
  let text: Buffer;
  try {
    text = readFileSync(path);
  } catch {
    return undefined; // a configured key that is not there is no error to ssh either
  }
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) return Array.isArray(parsed) ? parsed[0] : parsed;
  if (!/passphrase|encrypted/i.test(parsed.message)) return undefined;
  const passphrase = await prompter.askPassphrase({ keyPath: path });
  const opened = passphrase === undefined ? undefined : ssh2.utils.parseKey(text, passphrase);
  return opened === undefined || opened instanceof Error ? undefined : Array.isArray(opened) ? opened[0] : opened;
}

function connectFailure(
  target: SshTarget,
  error: Error & { code?: string; level?: string },
  tried: ReadonlySet<string>,
): FailureError {
  const where = `${target.host} port ${target.port}`;
  switch (true) {
    case error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN':
      return failure(
        'unknownHost',
        `There is no host ${target.host}.`,
        'Check the name; a board on USB is usually 192.168.55.1.',
      );
    case error.code === 'ECONNREFUSED':
      return failure('connectionRefused', `Nothing listens at ${where}.`, 'Check the port, and that sshd runs there.');
    case error.code === 'ETIMEDOUT' || error.code === 'EHOSTUNREACH' || error.level === 'client-timeout':
      return failure('unreachable', `${where} does not answer.`, 'Check the cable and the address.');
    case error.level === 'client-authentication':
      return failure(
        'loginRefused',
        `${target.host} refused the login of ${target.user}; tried: ${[...tried].join(', ') || 'nothing'}.`,
        `Check the user name, or install your key: ssh-copy-id ${target.user}@${target.host}`,
      );
    default:
      return failure(
        'sshFailed',
        `The SSH connection to ${where} failed: ${error.message}.`,
        'Try the same with ssh to see more.',
      );
  }
}

function openTcp(target: SshTarget): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: target.host, port: target.port, timeout: target.connectMs });
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    socket.once('error', (error) => reject(connectFailure(target, error, new Set())));
  });
}

/** Logs in over `through` (a TCP connection is made when it is undefined). Throws a FailureError. */
export async function login(target: SshTarget, prompter: Prompter, through?: Duplex): Promise<Client> {
  const client = new ssh2.Client();
  const tried = new Set<string>();
  const state: { hasOwnFailure: FailureError | undefined } = { hasOwnFailure: undefined };
  const choices = methods(target, prompter, state);
  const types = knownKeyTypes(target.knownHostsFiles, target.host, target.port);
  const config: ConnectConfig = {
    sock: (through ?? (await openTcp(target))) as ConnectConfig['sock'],
    username: target.user,
    keepaliveInterval: target.keepaliveMs,
    keepaliveCountMax: 3,
    readyTimeout: 0,
    hostVerifier: (key: Buffer, done: (isGood: boolean) => void) => {
      void verify(target, prompter, key).then((bad) => {
        state.hasOwnFailure = bad;
        done(bad === undefined);
      });
    },
    authHandler: ((
      allowed: string[] | null,
      _partial: boolean | null,
      next: (method: AnyAuthMethod | false) => void,
    ) => {
      nextMethod(choices, allowed).then(
        (method) => {
          if (method && method.type !== 'none') tried.add(method.type);
          next(method ?? false);
        },
        (error) => {
          state.hasOwnFailure = error instanceof FailureError ? error : undefined;
          next(false);
        },
      );
    }) as ConnectConfig['authHandler'],
    ...(types.length > 0 ? { algorithms: { serverHostKey: preferred(types) } } : {}),
  };
  return new Promise((resolve, reject) => {
    client.once('ready', () => {
      client.setNoDelay(true); // without it a small packet waits 40 ms for the other side's delayed acknowledgement
      resolve(client);
    });
    client.on('error', (error) => reject(state.hasOwnFailure ?? connectFailure(target, error, tried)));
    client.once('close', () =>
      reject(
        state.hasOwnFailure ??
          failure('sshFailed', `${target.host} closed the SSH connection.`, 'Try the same with ssh to see more.'),
      ),
    );
    client.connect(config);
  });
}

// A host whose key is known is asked for that type of key first, as OpenSSH does, so that a second type is not taken for a new host.
function preferred(types: readonly string[]): ssh2.ServerHostKeyAlgorithm[] {
  const all: ssh2.ServerHostKeyAlgorithm[] = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
  ];
  const isKnown = (name: string) => types.includes(name) || (name.startsWith('rsa-sha2') && types.includes('ssh-rsa'));
  return [...all.filter(isKnown), ...all.filter((name) => !isKnown(name))];
}

async function nextMethod(
  choices: AsyncGenerator<AnyAuthMethod, undefined, string[] | undefined>,
  allowed: string[] | null,
): Promise<AnyAuthMethod | undefined> {
  for (;;) {
    const { value, done } = await choices.next();
    if (done || !value) return undefined;
    const name = value.type === 'agent' ? 'publickey' : value.type;
    if (name === 'none' || !allowed || allowed.includes(name)) return value;
  }
}
