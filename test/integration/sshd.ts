// Debian's sshd on a free loopback port, with throwaway keys, for tests only.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Prompter } from '../../app/host/link/ssh-login';

export interface SshdOptions {
  readonly sshdPath?: string;
  /** Where its libraries lie, when they came along with it. */
  readonly libraryPath?: string;
}

export interface Sshd {
  readonly port: number;
  /** USER@127.0.0.1:PORT */
  readonly target: string;
  readonly folder: string;
  readonly knownHostsPath: string;
  /** For openSshTransport: a configuration that knows the key and the host, and a prompter that refuses every question. */
  readonly clientOptions: { configPath: string; home: string; prompter: Prompter };
  /** Kills the processes of the connections that are open now; gives their number. */
  cutConnections(): number;
  stop(): Promise<void>;
}

export const SSHD_PATH = '/usr/sbin/sshd';

/** Answers nothing: a test that is asked has failed. */
export const refusingPrompter: Prompter = {
  confirmHostKey: async () => false,
  askPassword: async () => undefined,
  askPassphrase: async () => undefined,
  askKeyboardInteractive: async () => undefined,
};

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === pid ? [Number(name)] : [];
      } catch {
        return []; // ended meanwhile
      }
    });
}

/** A key pair: the private part into a file; gives the public line for authorized_keys and known_hosts. */
export function makeKey(path: string): string {
  // ssh-keygen where there is one: now and then ssh2 makes an ed25519 key that OpenSSH cannot read.
  const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  if (made.status === 0) return readFileSync(`${path}.pub`, 'utf8').trim();
  const { private: secret, public: line } = ssh2.utils.generateKeyPairSync('ed25519');
  writeFileSync(path, secret, { mode: 0o600 });
  return line;
}

function ensurePrivilegeSeparation(): void {
  mkdirSync('/run/sshd', { recursive: true });
  if (/^sshd:/m.test(readFileSync('/etc/passwd', 'utf8'))) return;
  execFileSync('useradd', [
    '--system',
    '--no-create-home',
    '--home-dir',
    '/run/sshd',
    '--shell',
    '/usr/sbin/nologin',
    'sshd',
  ]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}

/** Starts sshd and waits until it answers. Needs root. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  ensurePrivilegeSeparation();
  const folder = mkdtempSync(join(tmpdir(), 'hka-sshd-'));
  const port = await freePort();
  const hostLine = makeKey(join(folder, 'host_key'));
  const keyPath = join(folder, 'user_key');
  writeFileSync(join(folder, 'authorized_keys'), `${makeKey(keyPath)}\n`);
  const knownHostsPath = join(folder, 'known_hosts');
  writeFileSync(knownHostsPath, `[127.0.0.1]:${port} ${hostLine}\n`);
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `PidFile ${join(folder, 'pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'AllowStreamLocalForwarding yes',
    'AllowTcpForwarding yes',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`);
  const clientConfig = `Host 127.0.0.1 localhost\n  IdentityFile ${keyPath}\n  IdentityAgent none\n  UserKnownHostsFile ${knownHostsPath}\n`;
  writeFileSync(join(folder, 'ssh_config'), clientConfig);
  const env = { ...process.env, ...(options.libraryPath ? { LD_LIBRARY_PATH: options.libraryPath } : {}) };
  const args = ['-D', '-e', '-f', join(folder, 'sshd_config')];
  const child = spawn(options.sshdPath ?? SSHD_PATH, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || tries > 200) throw new Error(`sshd did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const connections = () => childrenOf(child.pid as number).flatMap((pid) => [pid, ...childrenOf(pid)]);
  return {
    port,
    target: `${userInfo().username}@127.0.0.1:${port}`,
    folder,
    knownHostsPath,
    clientOptions: { configPath: join(folder, 'ssh_config'), home: folder, prompter: refusingPrompter },
    cutConnections: () => {
      const pids = connections();
      pids.forEach(kill);
      return pids.length;
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      connections().forEach(kill);
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether the tests that need sshd can run; in CI they must. */
export function hasSshd(): boolean {
  if (existsSync(SSHD_PATH)) return true;
  if (process.env.CI === 'true') throw new Error(`${SSHD_PATH} is missing: apt-get install openssh-server`);
  return false;
}
