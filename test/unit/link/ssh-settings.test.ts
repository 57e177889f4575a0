import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveSshTarget, type SshPlaces } from '../../../app/host/link/ssh-settings';
import { parseSshTarget } from '../../../app/host/link/ssh-target';

let homeDir: string;
let places: SshPlaces;

beforeAll(() => {
  homeDir = mkdtempSync(path.join(os.tmpdir(), 'ssh-settings-'));
  mkdirSync(path.join(homeDir, '.ssh', 'config.d'), { recursive: true });
  places = {
    homeDir,
    configPath: path.join(homeDir, '.ssh', 'config'),
    environment: { SSH_AUTH_SOCK: '/run/agent', MY_AGENT: '/run/mine' },
  };
});

afterAll(() => rmSync(homeDir, { recursive: true, force: true }));

function resolve(typed: string, config: string) {
  writeFileSync(places.configPath, config);
  return resolveSshTarget(typed, places);
}

test.each([
  ['orin', { user: undefined, host: 'orin', port: undefined }],
  ['nvidia@orin', { user: 'nvidia', host: 'orin', port: undefined }],
  ['nvidia@orin:2222', { user: 'nvidia', host: 'orin', port: 2222 }],
  ['10.1.2.3:22', { user: undefined, host: '10.1.2.3', port: 22 }],
  ['a@b@[fe80::1%eth0]:2222', { user: 'a@b', host: 'fe80::1%eth0', port: 2222 }],
  ['[::1]', { user: undefined, host: '::1', port: undefined }],
])('target %s', (text, value) => {
  expect(parseSshTarget(text)).toEqual({ ok: true, value });
});

test.each(['', '@orin', 'u@', 'orin:', 'orin:0', 'orin:65536', 'orin:ssh', '::1', '[::1', 'a b', '-oProxyCommand=x'])(
  'no target: "%s"',
  (text) => {
    expect(parseSshTarget(text)).toMatchObject({ ok: false });
    expect(() => resolve(text, '')).toThrow(/names no host/);
  },
);

test('without a file: the defaults', () => {
  expect(resolveSshTarget('orin', { ...places, configPath: path.join(homeDir, 'none') })).toMatchObject({
    user: os.userInfo().username,
    host: 'orin',
    port: 22,
    keyName: 'orin',
    agentSocket: '/run/agent',
    identityFiles: ['id_rsa', 'id_ecdsa', 'id_ed25519'].map((name) => path.join(homeDir, '.ssh', name)),
    strictHostKeyChecking: 'ask',
    jumps: [],
  });
});

test('an alias, in any case of letters, with tokens; what was typed outranks the file', () => {
  const config = `
Host orin*
  hostname %h.lab
  USER nvidia
  Port 2222
  IdentityFile ~/keys/%h_%r
  IdentityFile "/keys/with space"
  IdentitiesOnly yes
  UserKnownHostsFile ~/kh1 /kh2
  IdentityAgent $MY_AGENT
  ServerAliveInterval 7
  ConnectTimeout 3
  HostKeyAlias The-Board
  StrictHostKeyChecking accept-new
`;
  expect(resolve('orin1', config)).toMatchObject({
    host: 'orin1.lab',
    user: 'nvidia',
    port: 2222,
    identityFiles: [path.join(homeDir, 'keys/orin1.lab_nvidia'), '/keys/with space'],
    identitiesOnly: true,
    userKnownHostsFiles: [path.join(homeDir, 'kh1'), '/kh2'],
    agentSocket: '/run/mine',
    keepaliveMs: 7000,
    connectMsMax: 3000,
    keyName: 'the-board',
    strictHostKeyChecking: 'accept-new',
  });
  expect(resolve('root@orin1:22', config)).toMatchObject({ user: 'root', port: 22 });
  expect(resolve('other', config)).toMatchObject({ host: 'other', port: 22 });
});

test('the first value of a keyword counts, as in ssh', () => {
  expect(resolve('a', 'Host a\n  Port 1\nHost *\n  Port 2\n')).toMatchObject({ port: 1 });
});

test('included files, by pattern and at their place', () => {
  writeFileSync(path.join(homeDir, '.ssh/config.d/10-a'), 'Host a\n  Port 1\n');
  writeFileSync(path.join(homeDir, '.ssh/config.d/20-b'), 'Host b\n  Port 2\n');
  const config = 'Include config.d/*\nInclude /does/not/exist\nHost b\n  Port 3\n  User late\n';
  expect(resolve('a', config)).toMatchObject({ port: 1 });
  expect(resolve('b', config)).toMatchObject({ port: 2, user: 'late' });
  // Inside a block, what stands behind the Include still belongs to the block.
  expect(resolve('c', 'Host c\n  Include config.d/10-a\n  Port 9\n')).toMatchObject({ port: 9 });
  expect(resolve('a', 'Host c\n  Include config.d/10-a\n  User x\n')).toMatchObject({ port: 1 });
});

test('agent and strictness words', () => {
  expect(resolve('a', 'IdentityAgent none').agentSocket).toBeUndefined();
  expect(resolve('a', 'IdentityAgent ~/agent.sock').agentSocket).toBe(path.join(homeDir, 'agent.sock'));
  expect(resolve('a', 'StrictHostKeyChecking yes').strictHostKeyChecking).toBe('yes');
  expect(resolve('a', 'StrictHostKeyChecking no').strictHostKeyChecking).toBe('accept-new');
});

test('ProxyJump is taken, ProxyCommand refused with a remedy', () => {
  expect(resolve('a', 'ProxyJump u@one:22, two').jumps).toEqual(['u@one:22', 'two']);
  expect(resolve('a', 'ProxyJump none').jumps).toEqual([]);
  expect(() => resolve('a', 'Host a\n  ProxyCommand nc %h %p')).toThrow(/ProxyCommand.*ProxyJump/);
});
