// Who to log in to: what the user typed, completed from ~/.ssh/config.

import { existsSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import SshConfig from 'ssh-config';
import { failure } from '../../../shared/util/failure';

export interface SshTarget {
  /** As the user typed it. */
  readonly label: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Hosts to go through, nearest first. */
  readonly jumps: readonly string[];
  readonly knownHostsFiles: readonly string[];
  readonly strictHostKeyChecking: 'ask' | 'yes' | 'acceptNew';
  readonly keepaliveMs: number;
  readonly connectMs: number;
  /** undefined for none. */
  readonly agent: string | undefined;
}

export interface SshFiles {
  /** ~/.ssh/config by default. */
  readonly configPath?: string;
  readonly home?: string;
}

const IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const PORT_MAX = 65_535;

/** Splits `[user@]host[:port]`; IPv6 stands in brackets. Throws a FailureError. */
export function parseSshTarget(text: string): { user: string | undefined; host: string; port: number | undefined } {
  const match = /^(?:ssh:\/\/)?(?:([^@\s]+)@)?(?:\[([^\]]+)\]|([^:@\s[\]]+))(?::(\d+))?$/.exec(text);
  const port = match?.[4] === undefined ? undefined : Number(match[4]);
  if (!match || (port !== undefined && (port < 1 || port > PORT_MAX))) {
    throw failure(
      'badTarget',
      `"${text}" is not USER@HOST or USER@HOST:PORT.`,
      'Name a host of ~/.ssh/config, or write it as in nvidia@192.168.55.1',
    );
  }
  return { user: match[1], host: match[2] ?? match[3], port };
}

function loadConfig(path: string): ReturnType<typeof SshConfig.parse> {
  if (!existsSync(path)) return SshConfig.parse('');
  try {
    return SshConfig.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw failure(
      'badSshConfig',
      `${path} cannot be read: ${(error as Error).message.split('\n')[0]}.`,
      'Mend the file, or name user and host in full.',
    );
  }
}

function words(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).flatMap((each) => each.split(/\s+/)).filter((word) => word !== '');
}

/** Completes a target from the user's SSH configuration. Throws a FailureError for a malformed one. */
export function resolveSshTarget(text: string, files: SshFiles = {}): SshTarget {
  const home = files.home ?? homedir();
  const typed = parseSshTarget(text);
  const config = loadConfig(files.configPath ?? join(home, '.ssh', 'config')).compute(typed.host, { ignoreCase: true });
  const one = (name: string) => words(config[name])[0];
  const expand = (path: string) => path.replace(/^~(?=\/)/, home).replaceAll('%d', home);
  const named = words(config.identityfile).map(expand);
  const usual = IDENTITIES.map((name) => join(home, '.ssh', name)).filter(existsSync);
  const agent = one('identityagent') ?? process.env.SSH_AUTH_SOCK;
  const jump = one('proxyjump');
  const strict = one('stricthostkeychecking')?.toLowerCase();
  return {
    label: text,
    host: one('hostname')?.replaceAll('%h', typed.host) ?? typed.host,
    port: typed.port ?? Number(one('port') ?? 22),
    user: typed.user ?? one('user') ?? userInfo().username,
    identityFiles: named.length > 0 ? named : usual,
    identitiesOnly: one('identitiesonly')?.toLowerCase() === 'yes',
    jumps: !jump || jump.toLowerCase() === 'none' ? [] : jump.split(','),
    knownHostsFiles:
      words(config.userknownhostsfile).length > 0
        ? words(config.userknownhostsfile).map(expand)
        : [join(home, '.ssh', 'known_hosts')],
    strictHostKeyChecking: strict === 'yes' ? 'yes' : strict === 'accept-new' || strict === 'no' ? 'acceptNew' : 'ask',
    keepaliveMs: Number(one('serveraliveinterval') ?? 5) * 1000,
    connectMs: Number(one('connecttimeout') ?? 15) * 1000,
    agent:
      !agent || agent.toLowerCase() === 'none'
        ? undefined
        : expand(agent === 'SSH_AUTH_SOCK' ? (process.env.SSH_AUTH_SOCK ?? '') : agent),
  };
}
