import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSshTarget, resolveSshTarget } from '../../../app/host/link/ssh-target';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hka-target-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([
  ['orin', { user: undefined, host: 'orin', port: undefined }],
  ['nvidia@orin', { user: 'nvidia', host: 'orin', port: undefined }],
  ['nvidia@192.168.55.1:2222', { user: 'nvidia', host: '192.168.55.1', port: 2222 }],
  ['nvidia@[fe80::1]:22', { user: 'nvidia', host: 'fe80::1', port: 22 }],
])('%s', (text, parts) => {
  expect(parseSshTarget(text)).toEqual(parts);
});

test.each(['', 'a b', 'orin:0', 'orin:99999', 'a@b@c', 'orin:x'])('%j is refused with an example', (text) => {
  expect(() => parseSshTarget(text)).toThrow(/is not USER@HOST/);
});

test('the configuration fills in what was not typed', () => {
  const configPath = join(home, 'config');
  writeFileSync(
    configPath,
    `Host board
  HostName 192.168.55.1
  Port 2200
  User nvidia
  IdentityFile ~/.ssh/board
  IdentitiesOnly yes
  ProxyJump lab,gate
  ServerAliveInterval 7
  StrictHostKeyChecking accept-new
Host *
  User someone
`,
  );
  expect(resolveSshTarget('board', { configPath, home })).toMatchObject({
    host: '192.168.55.1',
    port: 2200,
    user: 'nvidia',
    identityFiles: [join(home, '.ssh/board')],
    identitiesOnly: true,
    jumps: ['lab', 'gate'],
    keepaliveMs: 7000,
    strictHostKeyChecking: 'acceptNew',
  });
  expect(resolveSshTarget('me@board:22', { configPath, home })).toMatchObject({ user: 'me', port: 22 });
  expect(resolveSshTarget('other', { configPath, home })).toMatchObject({
    host: 'other',
    user: 'someone',
    port: 22,
    jumps: [],
  });
});

test('without a configuration: this user, port 22, the usual known_hosts', () => {
  expect(resolveSshTarget('orin', { configPath: join(home, 'none'), home })).toMatchObject({
    user: userInfo().username,
    port: 22,
    knownHostsFiles: [join(home, '.ssh/known_hosts')],
    strictHostKeyChecking: 'ask',
  });
});
