// Debian's sshd on a free port of the loopback, with keys, configuration and known_hosts of its own in a temporary folder.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import type { SshOptions } from '../../app/host/link/ssh-transport';

export interface SshdOptions {
  readonly sshdPath?: string;
  /** Where sshd finds its libraries, when not in the system's folders. */
  readonly libraryPath?: string;
  /** Lines in front of the usual ones: sshd takes the first it reads of each keyword. */
  readonly settings?: readonly string[];
}

export interface Sshd {
  /** user@127.0.0.1:port, which the client's configuration can log in to. */
  readonly target: string;
  readonly user: string;
  readonly port: number;
  readonly folder: string;
  /** The client's ~/.ssh/config; tests may write it anew. */
  readonly configPath: string;
  readonly knownHostsPath: string;
  readonly identityPath: string;
  /** The host's public key as known_hosts has it: type and base64. */
  readonly hostKey: string;
  readonly clientOptions: SshOptions;
  /** Kills the processes of all its connections, as a broken network would. Returns how many there were. */
  cutConnections(): number;
  /** What sshd wrote. */
  log(): string;
  stop(): Promise<void>;
}

const DEBIAN_SSHD = '/usr/sbin/sshd';
const START_ATTEMPT_COUNT = 5;

/** Why there can be no sshd here, or undefined. Under CI a missing one fails the tests instead. */
export function sshdMissing(): string | undefined {
  if (existsSync(DEBIAN_SSHD) || process.env.CI === 'true') return undefined;
  return `${DEBIAN_SSHD} is not installed`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

// By ssh-keygen where there is one: now and then ssh2 makes an ed25519 key that OpenSSH cannot read.
function writeKeyPair(file: string): string {
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file]);
  if (made.status === 0) return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'test' });
  writeFileSync(file, pair.private, { mode: 0o600 });
  writeFileSync(`${file}.pub`, `${pair.public}\n`);
  return pair.public.split(' ').slice(0, 2).join(' ');
}

function writeServerConfig(folder: string, port: number, settings: readonly string[]): string {
  const file = path.join(folder, 'sshd_config');
  const lines = [
    ...settings,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${path.join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${path.join(folder, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'AllowStreamLocalForwarding yes',
    'AllowTcpForwarding yes',
    'MaxStartups 100',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Children, and theirs, by /proc. */
function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
  const children = parents.filter((each) => each.parent === pid).map((each) => each.pid);
  return children.flatMap((child) => [...descendantsOf(child), child]);
}

// False when it has ended meanwhile.
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly log: () => string;
}

function launch(options: SshdOptions, configPath: string): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.sshdPath ?? DEBIAN_SSHD, ['-D', '-e', '-f', configPath], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: options.libraryPath ? { ...process.env, LD_LIBRARY_PATH: options.libraryPath } : process.env,
    });
    let text = '';
    const ended = new Promise<void>((done) => {
      child.once('exit', () => done());
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`sshd did not start: ${text}`)));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('Server listening on')) resolve({ child, ended, log: () => text });
    });
  });
}

async function startOnFreePort(folder: string, options: SshdOptions): Promise<Running & { port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      const running = await launch(options, writeServerConfig(folder, port, options.settings ?? []));
      return { ...running, port };
    } catch (error) {
      // Somebody else may have taken the port in between.
      if (attempt === START_ATTEMPT_COUNT || !String(error).includes('Address already in use')) throw error;
    }
  }
}

// What Debian's package sets up and a machine that was only lent an sshd lacks: the user and the folder its child is locked into.
function ensurePrivilegeSeparation(): void {
  if (process.getuid?.() !== 0) return;
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  if (/^sshd:/m.test(readFileSync('/etc/passwd', 'utf8'))) return;
  const shell = ['--home-dir', '/run/sshd', '--shell', '/usr/sbin/nologin'];
  execFileSync('useradd', ['--system', '--no-create-home', ...shell, 'sshd']);
}

/** Starts sshd and prepares a client that trusts it and may log in. Whoever calls stops it. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hka-sshd-'));
  ensurePrivilegeSeparation();
  const hostKey = writeKeyPair(path.join(folder, 'host_key'));
  const identityPath = path.join(folder, 'id_ed25519');
  writeFileSync(path.join(folder, 'authorized_keys'), `${writeKeyPair(identityPath)}\n`);
  const { child, ended, log, port } = await startOnFreePort(folder, options);
  const configPath = path.join(folder, 'config');
  const knownHostsPath = path.join(folder, 'known_hosts');
  writeFileSync(knownHostsPath, `[127.0.0.1]:${port} ${hostKey}\n`);
  const lines = [
    'Host *',
    `IdentityFile ${identityPath}`,
    'IdentityAgent none',
    `UserKnownHostsFile ${knownHostsPath}`,
  ];
  writeFileSync(configPath, `${[...lines, 'GlobalKnownHostsFile none'].join('\n  ')}\n`);
  const user = os.userInfo().username;
  const cutConnections = () => descendantsOf(child.pid ?? 0).filter((pid) => kill(pid)).length;
  return {
    target: `${user}@127.0.0.1:${port}`,
    user,
    port,
    folder,
    configPath,
    knownHostsPath,
    identityPath,
    hostKey,
    clientOptions: { configPath, homeDir: folder, environment: {} },
    cutConnections,
    log,
    stop: async () => {
      const pids = descendantsOf(child.pid ?? 0); // looked up before: with sshd gone they have another parent
      child.kill('SIGTERM');
      await ended;
      for (const pid of pids) kill(pid);
      child.stderr?.destroy(); // a connection's process may still hold its other end
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
