// OpenSSH's known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): text to entries, entries and a key to a verdict. Pure.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface KnownHost {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** Comma list of patterns, or one hashed name. */
  readonly hosts: string;
  readonly keyType: string;
  readonly key: Buffer;
}

export type HostVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked'; readonly entry: KnownHost }
  | { readonly kind: 'changed'; readonly entry: KnownHost }
  /** Nothing but a certificate authority vouches for the host, and certificates are not supported. */
  | { readonly kind: 'authorityOnly'; readonly entry: KnownHost };

const SSH_PORT = 22;

/** Entries of one file. Lines that are no entry are passed over, as ssh does. */
export function parseKnownHosts(text: string, path: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const words = line.split(/[ \t]+/);
    const marker = words[0].startsWith('@') ? words.shift() : undefined;
    if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') return [];
    const [hosts, keyType, key64] = words;
    if (key64 === undefined) return [];
    const key = Buffer.from(key64, 'base64');
    if (key.length === 0) return [];
    const known = marker?.slice(1) as KnownHost['marker'];
    return [{ path, line: index + 1, marker: known, hosts, keyType, key }];
  });
}

/** The name under which a host's key is kept. */
export function knownHostsName(host: string, port: number): string {
  return port === SSH_PORT ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** As `ssh-keygen -l` shows it. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key's own name of its type: the first string of the blob. */
export function keyTypeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.toString('latin1', 4, 4 + Math.min(length, 64));
}

function matchesHash(hashed: string, name: string): boolean {
  const [, kind, salt64, hash64] = hashed.split('|');
  if (kind !== '1' || !salt64 || !hash64) return false;
  const wanted = Buffer.from(hash64, 'base64');
  const computed = createHmac('sha1', Buffer.from(salt64, 'base64')).update(name).digest();
  return wanted.length === computed.length && timingSafeEqual(wanted, computed);
}

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(name);
}

/** A comma list matches when one of its patterns does and none behind a `!`. */
export function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return matchesHash(hosts, name);
  const patterns = hosts.split(',');
  const isDenied = patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(pattern.slice(1), name));
  return !isDenied && patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(pattern, name));
}

/** The entries that speak of this host. */
export function entriesOf(entries: readonly KnownHost[], host: string, port: number): KnownHost[] {
  const name = knownHostsName(host, port);
  return entries.filter((entry) => matchesHosts(entry.hosts, name));
}

/**
 * What known_hosts says about `key` of `host`. A key revoked for the host is refused even when another line knows it. A key kept
 * under the bare name counts for other ports too, as in ssh. A host known by keys of other types only counts as changed: ssh asks
 * for the known types first (see hostKeyAlgorithms), so it comes to this when the host has dropped them.
 */
export function judgeHostKey(entries: readonly KnownHost[], host: string, port: number, key: Buffer): HostVerdict {
  const own = entriesOf(entries, host, port);
  const same = (entry: KnownHost) => entry.key.equals(key);
  const revoked = own.find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked) return { kind: 'revoked', entry: revoked };
  const plain = own.filter((entry) => entry.marker === undefined);
  if (plain.some(same)) return { kind: 'known' };
  const [changed] = [...plain.filter((entry) => entry.keyType === keyTypeOf(key)), ...plain];
  if (changed) return { kind: 'changed', entry: changed };
  const bare = port === SSH_PORT ? [] : entriesOf(entries, host, SSH_PORT);
  const bareRevoked = bare.find((entry) => entry.marker === 'revoked' && same(entry));
  if (bareRevoked) return { kind: 'revoked', entry: bareRevoked };
  if (bare.some((entry) => entry.marker === undefined && same(entry))) return { kind: 'known' };
  const authority = own.find((entry) => entry.marker === 'cert-authority');
  return authority ? { kind: 'authorityOnly', entry: authority } : { kind: 'unknown' };
}

/** `available` with the algorithms of the host's known keys in front, so that the host shows the key that can be compared. */
export function hostKeyAlgorithms<A extends string>(available: readonly A[], known: readonly KnownHost[]): A[] {
  const types = new Set(known.filter((entry) => entry.marker === undefined).map((entry) => entry.keyType));
  const isKnown = (algorithm: string) =>
    types.has(algorithm) || (types.has('ssh-rsa') && algorithm.startsWith('rsa-sha2-'));
  return [...available.filter(isKnown), ...available.filter((algorithm) => !isKnown(algorithm))];
}
