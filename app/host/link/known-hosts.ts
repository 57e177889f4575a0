// OpenSSH's known_hosts: is this the machine that it was last time? Format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly path: string; readonly line: number; readonly knownFingerprint: string }
  | { readonly kind: 'revoked'; readonly path: string; readonly line: number };

/** How a host is written in the file: the name alone at port 22, else `[name]:port`. */
export function hostPattern(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** SHA256:… as OpenSSH prints it. `key` is the raw key blob. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key's type, the first string of its blob (RFC 4253, section 6.6). */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

function matchesHashed(pattern: string, host: string): boolean {
  const [, , salt, hash] = pattern.split('|');
  if (!salt || !hash) return false;
  const made = createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest();
  const stored = Buffer.from(hash, 'base64');
  return made.length === stored.length && timingSafeEqual(made, stored);
}

function matchesWild(pattern: string, host: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 'i').test(host);
}

function matchesHost(patterns: string, host: string): boolean {
  let isMatch = false;
  for (const pattern of patterns.split(',')) {
    if (pattern.startsWith('|1|')) isMatch ||= matchesHashed(pattern, host);
    else if (pattern.startsWith('!')) {
      if (matchesWild(pattern.slice(1), host)) return false;
    } else isMatch ||= matchesWild(pattern, host);
  }
  return isMatch;
}

interface Entry {
  readonly marker: string | undefined;
  readonly type: string;
  readonly key: Buffer;
  readonly path: string;
  readonly line: number;
}

function entriesOf(paths: readonly string[], host: string): Entry[] {
  return paths.filter(existsSync).flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const fields = text.trim().split(/\s+/);
        const marker = fields[0].startsWith('@') ? fields.shift() : undefined;
        const [patterns, type, key] = fields;
        if (!key || patterns.startsWith('#') || !matchesHost(patterns, host)) return [];
        return [{ marker, type, key: Buffer.from(key, 'base64'), path, line: index + 1 }];
      }),
  );
}

/** Looks the host's key up. Lines of certificate authorities are passed over: certificates are not supported. */
export function checkHostKey(paths: readonly string[], host: string, port: number, key: Buffer): HostKeyVerdict {
  const entries = entriesOf(paths, hostPattern(host, port));
  const revoked = entries.find((entry) => entry.marker === '@revoked' && entry.key.equals(key));
  if (revoked) return { kind: 'revoked', path: revoked.path, line: revoked.line };
  const plain = entries.filter((entry) => entry.marker === undefined);
  if (plain.some((entry) => entry.key.equals(key))) return { kind: 'known' };
  // Another type of key of a known host is a new key, as OpenSSH sees it; the same type with other bytes is a changed one.
  const changed = plain.find((entry) => entry.type === keyType(key));
  if (!changed) return { kind: 'unknown' };
  return { kind: 'changed', path: changed.path, line: changed.line, knownFingerprint: fingerprint(changed.key) };
}

/** The types of key that the files hold for this host, so that the server can be asked for one of them. */
export function knownKeyTypes(paths: readonly string[], host: string, port: number): string[] {
  return [...new Set(entriesOf(paths, hostPattern(host, port)).flatMap((entry) => (entry.marker ? [] : [entry.type])))];
}

/** Adds a key that the user confirmed. */
export function rememberHostKey(path: string, host: string, port: number, key: Buffer): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const newline = before === '' || before.endsWith('\n') ? '' : '\n';
  appendFileSync(path, `${newline}${hostPattern(host, port)} ${keyType(key)} ${key.toString('base64')}\n`, {
    mode: 0o600,
  });
}
