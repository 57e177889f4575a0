// From what was typed and what ~/.ssh/config says to everything that a connection needs. Pure but for reading the file.

import os from 'node:os';
import path from 'node:path';
import SSHConfig from 'ssh-config';
import { failure } from '../../../shared/util/failure';
import { loadSshConfigText } from './ssh-config-text';
import { parseSshTarget, type SshTarget } from './ssh-target';

export interface SshSettings {
  /** As typed, for messages. */
  readonly typed: string;
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** The name that known_hosts is asked for: HostKeyAlias, or the host. */
  readonly keyName: string;
  readonly identityFiles: readonly string[];
  /** Only the identity files are used, of the agent's keys too. */
  readonly identitiesOnly: boolean;
  /** The agent's socket; undefined when there is none or it is switched off. */
  readonly agentSocket: string | undefined;
  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: 'yes' | 'ask' | 'accept-new';
  readonly keepaliveMs: number;
  readonly keepaliveCountMax: number;
  readonly connectMsMax: number;
  /** The hosts to go through, outermost first, as typed. */
  readonly jumps: readonly string[];
}

/** Where things are looked for; the tests put their own. */
export interface SshPlaces {
  readonly homeDir: string;
  readonly configPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const SSH_PORT = 22;
/** A dead network is noticed in 20 s; ssh's own default is never. */
const KEEPALIVE_SEC = 5;
const KEEPALIVE_COUNT_MAX = 3;
const CONNECT_SEC = 15;
/** In ssh's order, without those that need hardware. */
const IDENTITY_NAMES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/** `~/.ssh/config` of the user who runs this. */
export function defaultSshPlaces(): SshPlaces {
  const homeDir = os.homedir();
  return { homeDir, configPath: path.join(homeDir, '.ssh', 'config'), environment: process.env };
}

type Computed = Readonly<Record<string, string | string[] | undefined>>;

function first(computed: Computed, name: string): string | undefined {
  const value = computed[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

function words(computed: Computed, name: string): string[] | undefined {
  const value = computed[name.toLowerCase()];
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : (value.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/"/g, ''));
}

function compute(target: SshTarget, places: SshPlaces): Computed {
  let text: string;
  try {
    text = loadSshConfigText(places.configPath, places.homeDir);
  } catch (error) {
    throw failure(
      'badSshConfig',
      `${places.configPath} cannot be read: ${(error as Error).message}.`,
      'Mend the file or its permissions.',
    );
  }
  try {
    // `Match exec` is not run: the parser's way of running it fails in the shells of Debian and Ubuntu.
    return SSHConfig.parse(text).compute(
      { Host: target.host, ...(target.user === undefined ? {} : { User: target.user }) },
      { ignoreCase: true, matchExec: false },
    );
  } catch (error) {
    throw failure('badSshConfig', `${places.configPath} is not understood: ${(error as Error).message}.`, 'Mend it.');
  }
}

/** ssh_config(5), TOKENS, those that its file names take. */
function expand(text: string, tokens: Readonly<Record<string, string>>, homeDir: string): string {
  const replaced = text.replace(/%(.)/g, (whole, letter: string) => (letter === '%' ? '%' : (tokens[letter] ?? whole)));
  return replaced === '~' || replaced.startsWith('~/') ? path.join(homeDir, replaced.slice(1)) : replaced;
}

function seconds(computed: Computed, name: string, fallbackSec: number): number {
  const text = first(computed, name);
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : fallbackSec;
  return value;
}

function agentSocket(computed: Computed, places: SshPlaces, expandPath: (text: string) => string): string | undefined {
  const named = first(computed, 'IdentityAgent') ?? 'SSH_AUTH_SOCK';
  if (named === 'none') return undefined;
  if (named === 'SSH_AUTH_SOCK') return places.environment.SSH_AUTH_SOCK || undefined;
  if (named.startsWith('$')) return places.environment[named.replace(/^\$\{?|\}$/g, '')] || undefined;
  return expandPath(named);
}

function strictness(computed: Computed): SshSettings['strictHostKeyChecking'] {
  const word = first(computed, 'StrictHostKeyChecking')?.toLowerCase();
  if (word === 'yes') return 'yes';
  // `no` would also go on with a changed key, which this program never does.
  return word === 'no' || word === 'off' || word === 'accept-new' ? 'accept-new' : 'ask';
}

/**
 * Everything about one host. Throws FailureError: `badTarget`, `badSshConfig`, `proxyUnsupported`. What was typed outranks the
 * file, and the file outranks the defaults.
 */
export function resolveSshTarget(typed: string, places: SshPlaces = defaultSshPlaces()): SshSettings {
  const parsed = parseSshTarget(typed);
  if (!parsed.ok) {
    throw failure(
      'badTarget',
      `"${typed}" names no host: ${parsed.error}.`,
      'Write it as USER@HOST or USER@HOST:PORT.',
    );
  }
  const target = parsed.value;
  const computed = compute(target, places);
  const host = expand(first(computed, 'HostName') ?? target.host, { h: target.host }, places.homeDir);
  const port = target.port ?? Number(first(computed, 'Port') ?? SSH_PORT);
  const user = target.user ?? first(computed, 'User') ?? os.userInfo().username;
  const tokens = { h: host, n: target.host, r: user, p: String(port), d: places.homeDir, u: os.userInfo().username };
  const expandPath = (text: string) => expand(text, tokens, places.homeDir);
  const sshFile = (name: string) => path.join(places.homeDir, '.ssh', name);
  const files = (name: string, fallback: string[]) =>
    (words(computed, name)?.map(expandPath) ?? fallback).filter((file) => file !== 'none');
  const proxy = first(computed, 'ProxyCommand');
  const jump = first(computed, 'ProxyJump');
  if (proxy !== undefined && proxy.toLowerCase() !== 'none' && jump === undefined) {
    throw failure(
      'proxyUnsupported',
      `${places.configPath} gives ${target.host} a ProxyCommand, which is not supported.`,
      'Use ProxyJump instead, which does the same with a host in between.',
    );
  }
  return {
    typed,
    user,
    host,
    port,
    keyName: (first(computed, 'HostKeyAlias') ?? host).toLowerCase(),
    identityFiles: files('IdentityFile', IDENTITY_NAMES.map(sshFile)),
    identitiesOnly: first(computed, 'IdentitiesOnly')?.toLowerCase() === 'yes',
    agentSocket: agentSocket(computed, places, expandPath),
    userKnownHostsFiles: files('UserKnownHostsFile', [sshFile('known_hosts'), sshFile('known_hosts2')]),
    globalKnownHostsFiles: files('GlobalKnownHostsFile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    strictHostKeyChecking: strictness(computed),
    keepaliveMs: seconds(computed, 'ServerAliveInterval', KEEPALIVE_SEC) * 1000,
    keepaliveCountMax: seconds(computed, 'ServerAliveCountMax', KEEPALIVE_COUNT_MAX),
    connectMsMax: seconds(computed, 'ConnectTimeout', CONNECT_SEC) * 1000,
    jumps: jump === undefined || jump.toLowerCase() === 'none' ? [] : jump.split(',').map((word) => word.trim()),
  };
}
