import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  fingerprintOf,
  hostKeyAlgorithms,
  judgeHostKey,
  keyTypeOf,
  matchesHosts,
  parseKnownHosts,
} from '../../../app/host/link/known-hosts';

function key(type: string, seed: number): Buffer {
  const name = Buffer.alloc(4 + type.length);
  name.writeUInt32BE(type.length);
  name.write(type, 4);
  return Buffer.concat([name, Buffer.alloc(36, seed)]);
}

const ed = key('ssh-ed25519', 1);
const otherEd = key('ssh-ed25519', 2);
const rsa = key('ssh-rsa', 3);
const line = (hosts: string, blob: Buffer, marker = '') =>
  `${marker}${hosts} ${keyTypeOf(blob)} ${blob.toString('base64')}`;

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 9);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** What a file says about a key of board:22 or board:2222, in one word. */
function verdict(text: string, blob: Buffer, port = 22): string {
  return judgeHostKey(parseKnownHosts(text, '/kh'), 'board', port, blob).kind;
}

test.each([
  ['one name', line('board', ed), 'known'],
  ['a comma list', line('other,board,10.0.0.1', ed), 'known'],
  ['upper case', line('BOARD', ed), 'known'],
  ['a hashed name', line(hashed('board'), ed), 'known'],
  ['a hash of another name', line(hashed('boards'), ed), 'unknown'],
  ['a wildcard', line('b?a*', ed), 'known'],
  ['a negation', line('b*,!board', ed), 'unknown'],
  ['another host', line('boardx', ed), 'unknown'],
  ['a comment and an empty line', `# board\n\n${line('board', ed)}`, 'known'],
  ['another key', line('board', otherEd), 'changed'],
  ['a known and another key', `${line('board', otherEd)}\n${line('board', ed)}`, 'known'],
  ['only a key of another type', line('board', rsa), 'changed'],
  ['a revoked key', line('board', ed, '@revoked '), 'revoked'],
  ['a revoked and known key', `${line('board', ed)}\n${line('*', ed, '@revoked ')}`, 'revoked'],
  ['another key that is revoked', line('board', otherEd, '@revoked '), 'unknown'],
  ['a certificate authority', line('*', otherEd, '@cert-authority '), 'authorityOnly'],
  ['an authority and a plain key', `${line('*', otherEd, '@cert-authority ')}\n${line('board', ed)}`, 'known'],
  ['a marker of the future', line('board', ed, '@whatever '), 'unknown'],
  ['half a line', 'board ssh-ed25519', 'unknown'],
  ['no base64', 'board ssh-ed25519 ****', 'unknown'],
])('%s', (_what, text, expected) => {
  expect(verdict(text, ed)).toBe(expected);
});

test('another port has a name of its own, and the bare name counts only for the same key', () => {
  expect(verdict(line('[board]:2222', ed), ed, 2222)).toBe('known');
  expect(verdict(line('[board]:2222', ed), ed, 22)).toBe('unknown');
  expect(verdict(line(hashed('[board]:2222'), ed), ed, 2222)).toBe('known');
  expect(verdict(line('board', ed), ed, 2222)).toBe('known');
  expect(verdict(line('board', otherEd), ed, 2222)).toBe('unknown');
  expect(verdict(line('board', ed, '@revoked '), ed, 2222)).toBe('revoked');
});

test('a changed key names the line that is in the way', () => {
  const text = `# one\n${line('board', rsa)}\n${line('board', otherEd)}`;
  expect(judgeHostKey(parseKnownHosts(text, '/kh'), 'board', 22, ed)).toMatchObject({
    kind: 'changed',
    entry: { path: '/kh', line: 3, keyType: 'ssh-ed25519' },
  });
});

test('the name of a pattern is no regular expression', () => {
  expect(matchesHosts('b.ard', 'board')).toBe(false);
  expect(matchesHosts('[board]:2222', '[board]:2222')).toBe(true);
  expect(matchesHosts('(', 'board')).toBe(false);
});

test('fingerprint as ssh-keygen shows it', () => {
  // ssh-keygen -l of GitHub's published ed25519 host key.
  const github = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'base64');
  expect(fingerprintOf(github)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
  expect(keyTypeOf(github)).toBe('ssh-ed25519');
});

test('algorithms of the known keys are asked for first', () => {
  const available = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];
  const known = parseKnownHosts(line('board', rsa), '/kh');
  expect(hostKeyAlgorithms(available, known)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
  ]);
  expect(hostKeyAlgorithms(available, [])).toEqual(available);
});
