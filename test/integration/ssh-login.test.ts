// Logins that ask the user: ssh2's own server plays the other side.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { login, type Prompter } from '../../app/host/link/ssh-login';
import { resolveSshTarget, type SshTarget } from '../../app/host/link/ssh-target';
import { refusingPrompter } from './sshd';

let folder: string;
let server: ssh2.Server;
const connections = new Set<Connection>();
let target: SshTarget;

async function listen(authenticate: (context: AuthContext) => void): Promise<void> {
  const hostKey = ssh2.utils.generateKeyPairSync('ed25519').private;
  server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    connections.add(client);
    client.on('authentication', authenticate).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const configPath = join(folder, 'config');
  writeFileSync(
    configPath,
    `Host *\n  IdentityAgent none\n  IdentityFile ${join(folder, 'key')}\n  StrictHostKeyChecking accept-new\n`,
  );
  target = resolveSshTarget(`me@127.0.0.1:${port}`, { configPath, home: folder });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-login-'));
});
afterEach(async () => {
  for (const client of connections) client.end();
  connections.clear();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const prompter = (answers: Partial<Prompter>): Prompter => ({ ...refusingPrompter, ...answers });

test('a password is asked for, again when it is wrong, and then accepted', async () => {
  await listen((context) => {
    if (context.method === 'password' && context.password === 'right') context.accept();
    else context.reject(['password']);
  });
  const passwords = ['wrong', 'right'];
  const client = await login(target, prompter({ askPassword: async () => passwords.shift() }));
  expect(passwords).toEqual([]);
  client.end();
});

test('keyboard-interactive questions reach the user one by one', async () => {
  await listen((context) => {
    if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
    context.prompt(
      [
        { prompt: 'Password: ', echo: false },
        { prompt: 'Code: ', echo: true },
      ],
      'Two steps',
      (answers) => {
        if (answers.join() === 'secret,123456') context.accept();
        else context.reject();
      },
    );
  });
  const asked: unknown[] = [];
  const client = await login(
    target,
    prompter({
      askKeyboardInteractive: async (question) => {
        asked.push(question);
        return ['secret', '123456'];
      },
    }),
  );
  expect(asked).toEqual([
    {
      title: 'Two steps',
      prompts: [
        { text: 'Password: ', isShown: false },
        { text: 'Code: ', isShown: true },
      ],
    },
  ]);
  client.end();
});

test('an encrypted key asks for its passphrase', async () => {
  const pair = ssh2.utils.generateKeyPairSync('ed25519', {
    passphrase: 'open sesame',
    cipher: 'aes256-ctr',
    rounds: 16,
  });
  writeFileSync(join(folder, 'key'), pair.private, { mode: 0o600 });
  const own = ssh2.utils.parseKey(pair.public);
  await listen((context) => {
    if (context.method === 'publickey' && !(own instanceof Error) && context.key.data.equals(own.getPublicSSH()))
      context.accept();
    else context.reject(['publickey']);
  });
  const client = await login(target, prompter({ askPassphrase: async () => 'open sesame' }));
  client.end();
});

test('a user who answers nothing ends the login with one sentence', async () => {
  await listen((context) => context.reject(['password']));
  await expect(login(target, refusingPrompter)).rejects.toMatchObject({ failure: { code: 'loginRefused' } });
});
