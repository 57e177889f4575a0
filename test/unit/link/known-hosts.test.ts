import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkHostKey, fingerprint, keyType, knownKeyTypes, rememberHostKey } from '../../../app/host/link/known-hosts';

/** A key blob: the type as an SSH string, then some bytes. */
function blob(type: string, secret: string): Buffer {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.from(secret)]);
}

const ED = blob('ssh-ed25519', 'one');
const OTHER = blob('ssh-ed25519', 'two');
const RSA = blob('ssh-rsa', 'three');
const line = (host: string, key: Buffer) => `${host} ${keyType(key)} ${key.toString('base64')}\n`;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hka-known-'));
  path = join(folder, 'known_hosts');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const verdict = (text: string, host: string, port = 22, key = ED) => {
  writeFileSync(path, text);
  return checkHostKey([path], host, port, key);
};

test.each([
  ['plain', line('orin', ED), 'orin', 22, 'known'],
  ['another host', line('orin', ED), 'nano', 22, 'unknown'],
  ['a list', line('orin,10.0.0.5', ED), '10.0.0.5', 22, 'known'],
  ['a port', line('[orin]:2222', ED), 'orin', 2222, 'known'],
  ['the same name at another port', line('orin', ED), 'orin', 2222, 'unknown'],
  ['a wildcard', line('*.lab', ED), 'orin.lab', 22, 'known'],
  ['a negated wildcard', line('*.lab,!orin.lab', ED), 'orin.lab', 22, 'unknown'],
  ['a comment and an empty line', `# x\n\n${line('orin', ED)}`, 'orin', 22, 'known'],
  ['a certificate authority', `@cert-authority ${line('*', ED)}`, 'orin', 22, 'unknown'],
  ['another type of key', line('orin', RSA), 'orin', 22, 'unknown'],
  ['no file at all', '', 'orin', 22, 'unknown'],
])('%s', (_name, text, host, port, kind) => {
  expect(verdict(text, host, port).kind).toBe(kind);
});

test('a hashed host is found', () => {
  const salt = Buffer.from('0123456789abcdefghij');
  const hash = createHmac('sha1', salt).update('orin').digest('base64');
  expect(verdict(line(`|1|${salt.toString('base64')}|${hash}`, ED), 'orin').kind).toBe('known');
  expect(verdict(line(`|1|${salt.toString('base64')}|${hash}`, ED), 'nano').kind).toBe('unknown');
});

test('a changed key names file, line and the old fingerprint', () => {
  expect(verdict(`# first\n${line('orin', OTHER)}`, 'orin')).toEqual({
    kind: 'changed',
    path,
    line: 2,
    knownFingerprint: fingerprint(OTHER),
  });
});

test('a revoked key is refused even if another line knows it', () => {
  expect(verdict(`${line('orin', ED)}@revoked ${line('*', ED)}`, 'orin')).toEqual({ kind: 'revoked', path, line: 2 });
});

test('a remembered key is known from then on, in a file for the user alone', () => {
  const fresh = join(folder, 'new', 'known_hosts');
  rememberHostKey(fresh, 'orin', 2222, ED);
  rememberHostKey(fresh, 'nano', 22, RSA);
  expect(checkHostKey([fresh], 'orin', 2222, ED).kind).toBe('known');
  expect(knownKeyTypes([fresh], 'nano', 22)).toEqual(['ssh-rsa']);
  expect(statSync(fresh).mode & 0o777).toBe(0o600);
  expect(readFileSync(fresh, 'utf8').split('\n').length).toBe(3);
});
