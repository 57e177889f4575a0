// The Node programs, built once for the tests that start them as processes.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root';

const outFolder = join(root, 'out', 'node');

function newestMs(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, entry) => Math.max(newest, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0);
}

function isCurrent(): boolean {
  const built = ['cli.js', 'probe.js', 'runner.js'].map((name) => join(outFolder, name));
  if (!built.every((path) => existsSync(path))) return false;
  const sources = ['shared', 'probe', 'app'].map((name) => newestMs(join(root, name)));
  return Math.min(...built.map((path) => statSync(path).mtimeMs)) >= Math.max(...sources);
}

let done: Promise<string> | undefined;

/** The folder with the built programs; builds them when one is missing or older than the sources. */
export function ensureBuilt(): Promise<string> {
  done ??= Promise.resolve().then(() => {
    if (isCurrent()) return outFolder;
    const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    const built = spawnSync(process.execPath, [electronVite, 'build'], {
      cwd: root,
      env: { ...process.env, ELECTRON_MAJOR_VER: '25' },
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(`the programs could not be built:\n${built.stdout}${built.stderr}`);
    return outFolder;
  });
  return done;
}
