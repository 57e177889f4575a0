// Logins against ssh2's own server: the methods, their order, what is asked and what is remembered.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Prompter } from '../../../app/host/link/prompter';
import { openSshTransport } from '../../../app/host/link/ssh-transport';

type Decide = (context: AuthContext) => void;

const hostPair = ssh2.utils.generateKeyPairSync('ed25519');
const userPair = ssh2.utils.generateKeyPairSync('ed25519');
let lockedPair: { private: string; public: string };
let folder: string;
let port: number;
let server: InstanceType<typeof ssh2.Server>;
let decide: Decide;
const methods: string[] = [];
const connections = new Set<Connection>();
let asked: string[] = [];

beforeAll(() => {
  const secret = { passphrase: 'open sesame', cipher: 'aes256-ctr', rounds: 4 };
  lockedPair = ssh2.utils.generateKeyPairSync('ed25519', secret);
});

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ssh-login-'));
  methods.length = 0;
  asked = [];
  server = new ssh2.Server({ hostKeys: [hostPair.private] }, (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection)).on('error', () => {});
    connection.on('authentication', (context) => {
      if (methods.at(-1) !== context.method) methods.push(context.method);
      decide(context);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as net.AddressInfo).port;
  writeConfig([]);
});

afterEach(async () => {
  for (const connection of connections) connection.end();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true, force: true });
});

function writeConfig(lines: readonly string[]): void {
  const base = ['IdentityAgent none', 'GlobalKnownHostsFile none', 'UserKnownHostsFile known_hosts_of_the_test'];
  const file = path.join(folder, 'known_hosts');
  const text = [...lines, ...base].join('\n').replace('known_hosts_of_the_test', file);
  writeFileSync(path.join(folder, 'config'), `${text}\n`);
  writeFileSync(file, `[127.0.0.1]:${port} ${hostPair.public}\n`);
}

function prompter(answers: Partial<Record<'password' | 'passphrase' | 'code', string[]>>): Prompter {
  const next = (name: 'password' | 'passphrase' | 'code', question: string) => {
    asked.push(question);
    return Promise.resolve(answers[name]?.shift());
  };
  return {
    confirmHostKey: async () => false,
    askPassword: ({ user, host }) => next('password', `password of ${user}@${host}`),
    askPassphrase: (file) => next('passphrase', `passphrase of ${path.basename(file)}`),
    askKeyboardInteractive: async ({ prompts }) => {
      const one = await next('code', prompts.map(({ prompt }) => prompt).join('|'));
      return one === undefined ? undefined : prompts.map(() => one);
    },
  };
}

function open(asking?: Prompter) {
  const places = { configPath: path.join(folder, 'config'), homeDir: folder, environment: {} };
  return openSshTransport(`me@127.0.0.1:${port}`, { ...places, prompter: asking, socketPath: '/probe.sock' });
}

const failureOf = (error: { failure: { code: string; sentence: string } }) => error.failure;
const isKey = (context: AuthContext, pair: { public: string }) =>
  context.method === 'publickey' && context.key.data.equals(Buffer.from(pair.public.split(' ')[1], 'base64'));

test('a password is asked for only when the host takes one, and again when it was wrong', async () => {
  decide = (context) => {
    if (context.method === 'password' && context.password === 'right') context.accept();
    else context.reject(['password']);
  };
  const transport = await open(prompter({ password: ['wrong', 'right'] }));
  await transport.close();
  expect(asked).toEqual(['password of me@127.0.0.1', 'password of me@127.0.0.1']);
  expect(methods).toEqual(['none', 'password']);
});

test('a wrong password three times: refused, and no password in the failure', async () => {
  decide = (context) => context.reject(['password']);
  const failed = await open(prompter({ password: ['secret1', 'secret2', 'secret3', 'secret4'] })).catch(failureOf);
  expect(failed).toMatchObject({
    code: 'loginRefused',
    sentence: expect.stringContaining('password, password, password'),
  });
  expect(JSON.stringify(failed)).not.toContain('secret');
});

test('nobody to ask: refused at once', async () => {
  decide = (context) => context.reject(['password', 'keyboard-interactive']);
  expect(await open().catch(failureOf)).toMatchObject({ code: 'loginRefused' });
  expect(methods).toEqual(['none']);
});

test('no answer ends the login', async () => {
  decide = (context) => context.reject(['password']);
  expect(await open(prompter({})).catch(failureOf)).toMatchObject({ code: 'loginCancelled' });
});

test('keyboard-interactive passes questions and answers', async () => {
  decide = (context) => {
    if (context.method !== 'keyboard-interactive') {
      context.reject(['keyboard-interactive']);
      return;
    }
    context.prompt(
      [
        { prompt: 'Token: ', echo: false },
        { prompt: 'Again: ', echo: true },
      ],
      (answers) => {
        if (answers.join() === '42,42') context.accept();
        else context.reject(['keyboard-interactive']);
      },
    );
  };
  const transport = await open(prompter({ code: ['41', '42'] }));
  await transport.close();
  expect(asked).toEqual(['Token: |Again: ', 'Token: |Again: ']);
});

test('a locked key asks for its passphrase, and a key comes before a password', async () => {
  writeFileSync(path.join(folder, 'locked'), lockedPair.private);
  writeFileSync(path.join(folder, 'plain'), userPair.private);
  writeConfig([`IdentityFile ${folder}/plain`, `IdentityFile ${folder}/locked`, `IdentityFile ${folder}/missing`]);
  decide = (context) => {
    if (isKey(context, lockedPair)) context.accept();
    else context.reject(['publickey', 'password']);
  };
  const transport = await open(prompter({ passphrase: ['nonsense', 'open sesame'], password: ['never'] }));
  await transport.close();
  expect(asked).toEqual(['passphrase of locked', 'passphrase of locked']);
  expect(methods).toEqual(['none', 'publickey']);
});

test('a login in two steps: a key, then a password', async () => {
  writeFileSync(path.join(folder, 'plain'), userPair.private);
  writeConfig([`IdentityFile ${folder}/plain`]);
  let hasKey = false;
  decide = (context) => {
    if (isKey(context, userPair)) {
      if (context.method === 'publickey' && context.signature === undefined) {
        context.accept();
        return;
      }
      hasKey = true;
      context.reject(['password'], true);
    } else if (hasKey && context.method === 'password') context.accept();
    else context.reject(hasKey ? ['password'] : ['publickey']);
  };
  const transport = await open(prompter({ password: ['x'] }));
  await transport.close();
  expect(methods).toEqual(['none', 'publickey', 'password']);
});

test('what worked is used again after a lost connection, without asking', async () => {
  decide = (context) => {
    if (context.method === 'password' && context.password === 'right') context.accept();
    else context.reject(['password']);
  };
  const transport = await open(prompter({ password: ['right'] }));
  const lost = new Promise<string>((resolve) => {
    transport.onLost(resolve);
  });
  for (const connection of connections) connection.end();
  expect(await lost).toMatch(/closed/);
  await expect(transport.connect()).rejects.toMatchObject({
    failure: { code: expect.stringMatching(/noProbe|noStream/) },
  });
  await transport.close();
  expect(asked.length).toBe(1);
});

test('a host that accepts and says nothing', async () => {
  const silent = net.createServer((socket) => socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port: silentPort } = silent.address() as net.AddressInfo;
  writeConfig(['ConnectTimeout 1']);
  const places = { configPath: path.join(folder, 'config'), homeDir: folder, environment: {} };
  const failed = await openSshTransport(`me@127.0.0.1:${silentPort}`, places).catch(failureOf);
  expect(failed).toMatchObject({ code: 'connectTimeout' });
  await new Promise<void>((resolve) => silent.close(() => resolve()));
});

test('something that is no SSH server', async () => {
  const web = net.createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  );
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const { port: webPort } = web.address() as net.AddressInfo;
  const places = { configPath: path.join(folder, 'config'), homeDir: folder, environment: {} };
  expect(await openSshTransport(`me@127.0.0.1:${webPort}`, places).catch(failureOf)).toMatchObject({
    code: 'handshakeFailed',
  });
  await new Promise<void>((resolve) => web.close(() => resolve()));
});

/** An agent that holds the given keys, on a socket in the test's folder. */
async function startAgent(pairs: readonly { private: string }[]): Promise<{ path: string; stop: () => Promise<void> }> {
  const keys = pairs.map((pair) => ssh2.utils.parseKey(pair.private) as ParsedKey);
  const agent = net.createServer((socket) => {
    const protocol = new ssh2.AgentProtocol(false);
    protocol.on('identities', (request) => protocol.getIdentitiesReply(request, keys));
    protocol.on('sign', (request, publicKey, bytes) => {
      const key = keys.find((each) => each.getPublicSSH().equals(publicKey.getPublicSSH()));
      if (key) protocol.signReply(request, key.sign(bytes));
      else protocol.failureReply(request);
    });
    socket.on('error', () => {});
    socket.pipe(protocol).pipe(socket);
  });
  const agentPath = path.join(folder, 'agent.sock');
  await new Promise<void>((resolve) => agent.listen(agentPath, resolve));
  return { path: agentPath, stop: () => new Promise<void>((resolve) => agent.close(() => resolve())) };
}

test('the agent comes first, and with IdentitiesOnly it offers only the keys that are named', async () => {
  const agent = await startAgent([hostPair, userPair]);
  const offered: string[] = [];
  decide = (context) => {
    if (context.method === 'publickey') offered.push(isKey(context, userPair) ? 'named' : 'other');
    if (isKey(context, userPair)) context.accept();
    else context.reject(['publickey']);
  };
  writeFileSync(path.join(folder, 'named.pub'), `${userPair.public}\n`);
  writeConfig([`IdentityAgent ${agent.path}`]);
  await (await open()).close();
  expect(offered).toEqual(['other', 'named', 'named']); // a question first, then the signature
  offered.length = 0;
  writeConfig([`IdentityAgent ${agent.path}`, 'IdentitiesOnly yes', `IdentityFile ${folder}/named`]);
  await (await open()).close();
  expect(offered).toEqual(['named', 'named']);
  await agent.stop();
});

test('an agent that is gone: the login goes on, and the failure says so', async () => {
  decide = (context) => context.reject(['publickey', 'password']);
  writeConfig([`IdentityAgent ${folder}/nobody.sock`]);
  const failed = await open(prompter({ password: ['x', 'x', 'x'] })).catch(failureOf);
  expect(failed).toMatchObject({ code: 'loginRefused', sentence: expect.stringMatching(/agent \(.+\), .*password/) });
});

test('a key that nobody needs is not unlocked', async () => {
  writeFileSync(path.join(folder, 'locked'), lockedPair.private);
  writeConfig([`IdentityFile ${folder}/locked`]);
  decide = (context) => {
    if (context.method === 'password') context.accept();
    else context.reject(['password']);
  };
  await (await open(prompter({ password: ['x'] }))).close();
  expect(asked).toEqual(['password of me@127.0.0.1']);
});
