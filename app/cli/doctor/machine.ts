// What recording and viewing need besides CUDA: our own native parts, SSH, disk, the store, a running probe.

import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { PROBE_SOCKET } from '../../../shared/rpc/places';
import { formatBytes } from '../../../shared/units/format';
import { GIB } from '../../../shared/units/units';
import type { Installation } from '../../host/installation';
import { whyNoStore } from '../../host/session/store';
import { type Check, good, limited, missing } from './check';

const BUILD_REMEDY = 'Build them with: npm run build:native (needs cmake, g++ and make)';

/** Collector and addon of this installation. */
export function checkNative(installation: Installation): Check {
  const parts = [
    installation.collectorPath ? '' : 'the collector',
    installation.addonPath ? '' : 'the CPU device',
  ].filter((part) => part !== '');
  if (parts.length === 0) return good('Native parts', 'collector and CPU device are built');
  const without = installation.collectorPath
    ? 'CUDA programs are recorded, the demo is not'
    : 'programs run, but CUDA is not captured';
  return missing('Native parts', `${parts.join(' and ')} not built`, without, BUILD_REMEDY);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What SSH has to log in with. */
export async function checkSsh(home: string, environment: NodeJS.ProcessEnv): Promise<Check> {
  const folder = join(home, '.ssh');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const keys = names.filter((name) => name.startsWith('id_') && !name.endsWith('.pub'));
  const agent = environment.SSH_AUTH_SOCK ? await answers(environment.SSH_AUTH_SOCK) : false;
  const found = [
    agent ? 'an agent answers' : 'no agent',
    keys.length > 0 ? `keys: ${keys.join(', ')}` : 'no keys in ~/.ssh',
    names.includes('config') ? '~/.ssh/config is read' : 'no ~/.ssh/config',
  ].join('; ');
  if (agent || keys.length > 0) return good('SSH', found);
  return limited(
    'SSH',
    found,
    'a password is asked for in the terminal',
    'For logins without a password: ssh-keygen, then ssh-copy-id USER@HOST',
  );
}

/** Room for the ring and for session files. */
export function checkDisk(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const found = `${formatBytes(freeBytes)} free in ${folder}`;
  if (freeBytes >= 2 * GIB) return good('Disk', found);
  return limited(
    'Disk',
    found,
    'recording works until the disk is full, then stops with the file whole',
    'Free some space, or give another folder with -o.',
  );
}

/** The engine behind stats, query and export. */
export async function checkStore(): Promise<Check> {
  const reason = await whyNoStore();
  if (reason === undefined) return good('DuckDB', 'loads');
  return missing(
    'DuckDB',
    reason,
    'recording and info work; stats, query and export do not',
    'Install the npm packages anew: npm ci',
  );
}

/** A probe that serves other machines. */
export async function checkProbe(home: string): Promise<Check> {
  const path = join(home, PROBE_SOCKET);
  if (await answers(path)) return good('Probe', `one answers at ${path}`);
  return good(
    'Probe',
    'none is running; `hookanalyzer serve` starts one for record --on, a local record brings its own',
  );
}
