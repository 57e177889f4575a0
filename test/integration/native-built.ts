// Builds the native parts into out/native when they are missing or older than their sources, once for all test files and processes.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root';

const out = join(root, 'out', 'native');
/** Written by app/cli/bootstrap.mjs and by this file after a build that went well. */
const STAMPS = [join(out, '.hookanalyzer-stamp'), join(out, '.tests-stamp')];

export interface NativeParts {
  readonly addonPath: string;
  readonly collectorPath: string;
}

function newestMs(path: string): number {
  if (!existsSync(path)) return 0;
  if (statSync(path).isDirectory()) {
    return readdirSync(path).reduce((newest, name) => Math.max(newest, newestMs(join(path, name))), 0);
  }
  return path.endsWith('.md') ? 0 : statSync(path).mtimeMs;
}

/**
 * The paths of what was built; from another build folder when $HOOKANALYZER_TEST_NATIVE names one, such as one with a sanitizer. Throws with the
 * compiler's words when it cannot be built.
 */
export function ensureNativeBuilt(): NativeParts {
  const elsewhere = process.env.HOOKANALYZER_TEST_NATIVE;
  const parts = {
    addonPath: join(elsewhere ?? out, 'lib', 'hookanalyzer.node'),
    collectorPath: join(elsewhere ?? out, 'lib', 'libhookcollector.so'),
  };
  if (elsewhere) return parts;
  const sourceMs = Math.max(newestMs(join(root, 'native')), newestMs(join(root, 'kernels')));
  const isFresh = STAMPS.some((stamp) => newestMs(stamp) > sourceMs);
  if (isFresh && existsSync(parts.addonPath) && existsSync(parts.collectorPath)) return parts;
  mkdirSync(out, { recursive: true });
  const startSec = Date.now() / 1000;
  const cmakeJs = join(root, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  // The lock makes test files that run side by side wait for the first one; the build then finds nothing to do.
  const args = [`${out}.lock`, process.execPath, cmakeJs, 'compile', '-d', 'native', '-O', out];
  const done = spawnSync('flock', args, { cwd: root, encoding: 'utf8' });
  if (done.status !== 0) {
    const words = done.error?.message ?? `${done.stdout}${done.stderr}`.slice(-8000);
    throw new Error(`the native parts could not be built:\n${words}`);
  }
  // Dated before the build, so that a source that changed meanwhile is built again.
  writeFileSync(STAMPS[1], '');
  utimesSync(STAMPS[1], startSec, startSec);
  return parts;
}
