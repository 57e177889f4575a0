// Decides whether a host's key is trusted: known_hosts first, then the person. A changed or revoked key is never accepted.

import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import { type FailureError, failure } from '../../../shared/util/failure';
import {
  entriesOf,
  fingerprintOf,
  judgeHostKey,
  type KnownHost,
  keyTypeOf,
  knownHostsName,
  parseKnownHosts,
} from './known-hosts';
import type { Prompter } from './prompter';
import type { SshSettings } from './ssh-settings';

/** All entries of the host's known_hosts files. A file that is missing or cannot be read has none. */
export function loadKnownHosts(settings: SshSettings): KnownHost[] {
  return [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles].flatMap((file) => {
    try {
      return parseKnownHosts(readFileSync(file, 'utf8'), file);
    } catch {
      return [];
    }
  });
}

/** The entries about this host, for the order of key types. */
export function knownKeysOf(settings: SshSettings): KnownHost[] {
  return entriesOf(loadKnownHosts(settings), settings.keyName, settings.port);
}

function endsWithNewline(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

/** Adds a key to the file, made with mode 0600 when it is missing. Throws the system's error. */
export function appendKnownHost(file: string, name: string, key: Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const opened = openSync(file, 'a+', 0o600);
  try {
    const line = `${name} ${keyTypeOf(key)} ${key.toString('base64')}\n`;
    appendFileSync(opened, endsWithNewline(opened) ? line : `\n${line}`);
  } finally {
    closeSync(opened);
  }
}

function changedFailure(settings: SshSettings, entry: KnownHost, key: Buffer): FailureError {
  const name = knownHostsName(settings.keyName, settings.port);
  return failure(
    'hostKeyChanged',
    `The key of ${name} is not the known one: it shows ${keyTypeOf(key)} ${fingerprintOf(key)}, but line ${entry.line} of ${entry.path} has ${entry.keyType} ${fingerprintOf(entry.key)}. Either the board was set up anew, or somebody is in between.`,
    `If you know why it changed, forget the old key with: ssh-keygen -R '${name}' -f '${entry.path}'`,
  );
}

function revokedFailure(settings: SshSettings, entry: KnownHost, key: Buffer): FailureError {
  const name = knownHostsName(settings.keyName, settings.port);
  return failure(
    'hostKeyRevoked',
    `The key of ${name}, ${fingerprintOf(key)}, is marked as revoked in line ${entry.line} of ${entry.path}.`,
    'Do not connect: whoever revoked the key knows why. The host needs a new one.',
  );
}

function authorityFailure(settings: SshSettings, entry: KnownHost): FailureError {
  const name = knownHostsName(settings.keyName, settings.port);
  return failure(
    'hostCertificateUnsupported',
    `Line ${entry.line} of ${entry.path} trusts ${name} through a certificate authority, and host certificates are not supported.`,
    `Add the host's plain key with: ssh-keyscan -p ${settings.port} ${settings.host} >> ~/.ssh/known_hosts, and check it.`,
  );
}

function unknownFailure(settings: SshSettings, key: Buffer, why: string): FailureError {
  const name = knownHostsName(settings.keyName, settings.port);
  return failure(
    'hostKeyUnknown',
    `The key of ${name}, ${keyTypeOf(key)} ${fingerprintOf(key)}, is not known, and ${why}.`,
    `Connect once with: ssh -p ${settings.port} ${settings.user}@${settings.host}, and compare the fingerprint.`,
  );
}

/**
 * Resolves when the key is trusted; throws FailureError otherwise. A key confirmed by the person is added to the first of the
 * user's known_hosts files; one that cannot be written is reported to `onNotice` and the key counts for this connection.
 */
export async function checkHostKey(
  settings: SshSettings,
  key: Buffer,
  prompter: Prompter | undefined,
  onNotice: (sentence: string) => void,
): Promise<void> {
  const verdict = judgeHostKey(loadKnownHosts(settings), settings.keyName, settings.port, key);
  if (verdict.kind === 'known') return;
  if (verdict.kind === 'revoked') throw revokedFailure(settings, verdict.entry, key);
  if (verdict.kind === 'changed') throw changedFailure(settings, verdict.entry, key);
  if (verdict.kind === 'authorityOnly') throw authorityFailure(settings, verdict.entry);
  const host = knownHostsName(settings.keyName, settings.port);
  const [knownHostsPath] = settings.userKnownHostsFiles;
  if (settings.strictHostKeyChecking === 'yes') throw unknownFailure(settings, key, 'StrictHostKeyChecking is yes');
  if (settings.strictHostKeyChecking === 'ask') {
    if (!prompter) throw unknownFailure(settings, key, 'there is nobody to ask');
    const question = {
      host,
      keyType: keyTypeOf(key),
      fingerprint: fingerprintOf(key),
      knownHostsPath: knownHostsPath ?? '',
    };
    if ((await prompter.confirmHostKey(question)) !== true) throw unknownFailure(settings, key, 'it was not confirmed');
  }
  if (knownHostsPath === undefined) return;
  try {
    appendKnownHost(knownHostsPath, host, key);
  } catch (error) {
    onNotice(`The key of ${host} could not be added to ${knownHostsPath}: ${(error as Error).message}.`);
  }
}
