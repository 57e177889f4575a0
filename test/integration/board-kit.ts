// A board for the installation's tests: an sshd whose logins have a home folder of their own and only the tools that are named.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type InstalledProbe, type InstallOptions, installProbe } from '../../app/host/deploy/install';
import type { Step } from '../../app/host/deploy/progress';
import type { Installation } from '../../app/host/installation';
import { openSshTransport, type SshTransport } from '../../app/host/link/ssh-transport';
import { root } from '../root';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';
import { type Sshd, startSshd } from './sshd';

/** What a board with nothing but a base system has. */
const BASE_TOOLS =
  'cat chmod cp cut date df du getconf grep gzip head id mkdir mv nice nohup nproc rm rmdir setsid sha256sum sleep stat tail tar tr uname';

export interface BoardOptions {
  /** Names of programs of this machine that the board has too, such as g++. */
  readonly alsoHas?: readonly string[];
  readonly lacks?: readonly string[];
  /** Shell scripts in place of programs, by name. */
  readonly scripts?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly step: Step;
  readonly text?: string;
  readonly doneRatio?: number;
}

export interface TestBoard {
  readonly sshd: Sshd;
  readonly home: string;
  readonly installation: Installation;
  /** Paths below ~/.hookanalyzer/FOLDER. */
  list(folder: string): string[];
  /** A program that the board gets or loses now; undefined takes it away. */
  setTool(name: string, script: string | undefined): void;
  /** A login; closed with the board. */
  connect(): Promise<SshTransport>;
  /** Installs over a login of its own and says what was told meanwhile. */
  install(options?: Partial<InstallOptions>): Promise<{ installed: InstalledProbe; told: Told[] }>;
  close(): Promise<void>;
}

function findTool(name: string): string {
  const found = (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => {
      try {
        readFileSync(file);
        return true;
      } catch {
        return false;
      }
    });
  if (!found) throw new Error(`this machine has no ${name}`);
  return found;
}

/** Processes whose command line names the folder. */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false; // it has ended meanwhile
      }
    });
}

function killAll(folder: string): void {
  for (const pid of processesOf(folder)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended meanwhile
    }
  }
}

export async function thisInstallation(): Promise<Installation> {
  const node = await ensureBuilt();
  return {
    root,
    probePath: path.join(node, 'probe.js'),
    runnerPath: path.join(node, 'runner.js'),
    storePath: path.join(node, 'store-thread.js'),
    ...ensureNativeBuilt(),
  };
}

export async function startBoard({ alsoHas = [], lacks = [], scripts = {} }: BoardOptions = {}): Promise<TestBoard> {
  const installation = await thisInstallation();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hka-board-'));
  const [home, bin] = [path.join(folder, 'home'), path.join(folder, 'bin')];
  mkdirSync(home, { mode: 0o700 });
  mkdirSync(bin);
  const setTool = (name: string, script: string | undefined) => {
    rmSync(path.join(bin, name), { force: true });
    if (script === undefined) return;
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  };
  const names = [...BASE_TOOLS.split(' '), ...alsoHas].filter((name) => !lacks.includes(name));
  for (const name of names) symlinkSync(findTool(name), path.join(bin, name));
  for (const [name, script] of Object.entries(scripts)) setTool(name, script);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  const sshd = await startSshd({ settings: [`SetEnv HOME=${home} PATH=${bin}`] }).catch((error) => {
    removeFolder();
    throw error;
  });
  const transports: SshTransport[] = [];
  const connect = async () => {
    const transport = await openSshTransport(sshd.target, sshd.clientOptions);
    transports.push(transport);
    return transport;
  };
  return {
    sshd,
    home,
    installation,
    setTool,
    connect,
    list: (name) => {
      try {
        return readdirSync(path.join(home, '.hookanalyzer', name)).sort();
      } catch {
        return [];
      }
    },
    install: async (options = {}) => {
      const told: Told[] = [];
      const client = await (await connect()).login();
      const installed = await installProbe(client, {
        installation,
        ...options,
        onProgress: (step, progress) => {
          told.push({ step, ...progress });
          options.onProgress?.(step, progress);
        },
      });
      return { installed, told };
    },
    close: async () => {
      for (const transport of transports) await transport.close();
      await sshd.stop();
      killAll(home);
      removeFolder();
    },
  };
}
