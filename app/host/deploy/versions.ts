// The versions that lie on a board: what there is, and removing what is no longer wanted.

import type { Client } from 'ssh2';
import { PROBE_HOME } from '../../../shared/rpc/places';
import { failure } from '../../../shared/util/failure';
import { takeInstallLock } from './install-lock';
import { clauseOf } from './remote-command';
import { quoteWord, RemoteShell } from './remote-shell';

export interface InstalledVersion {
  /** VERSION-HASH12, the name of its folder. */
  readonly name: string;
  /** On the board's disk. */
  readonly bytes: number;
  readonly installedUnixMs: number;
  /** Whether a probe of it runs. */
  readonly isRunning: boolean;
}

export interface VersionOptions {
  /** What people call the board. */
  readonly label?: string;
  readonly signal?: AbortSignal;
}

const IS_NAME = /^\d[\w.+]*(?:-[\w.+]+)*-[0-9a-f]{12}$/;

// The bracket keeps grep from finding itself: its own command line holds the pattern, not the path.
const IS_RUNNING = (name: string) =>
  `grep -qsa "/versions/${name}/out/node/[p]robe\\\\.js" /proc/[0-9]*/cmdline 2>/dev/null`;

const LIST = `
cd "$HOME/${PROBE_HOME}/versions" 2>/dev/null || exit 0
for name in *; do
  [ -f "$name/manifest.sha256" ] || continue
  set -- $(du -sk "$name"); kib=$1
  set -- $(stat -c %Y "$name/manifest.sha256"); changed=$1
  if ${IS_RUNNING('$name')}; then running=1; else running=0; fi
  printf '%s %s %s %s\\n' "$name" "$kib" "$changed" "$running"
done`;

async function list(shell: RemoteShell, signal: AbortSignal | undefined): Promise<InstalledVersion[]> {
  const { stdout } = await shell.run(LIST, { signal });
  const versions = stdout.split('\n').flatMap((line): InstalledVersion[] => {
    const [name, kib, changedSec, running] = line.split(' ');
    if (!IS_NAME.test(name ?? '')) return [];
    const installedUnixMs = Number(changedSec) * 1000;
    return [{ name, bytes: Number(kib) * 1024, installedUnixMs, isRunning: running === '1' }];
  });
  return versions.sort((left, right) => right.installedUnixMs - left.installedUnixMs);
}

/** The versions on the board, the newest first. Throws FailureError. */
export function listVersions(client: Client, { label = 'the board', signal }: VersionOptions = {}) {
  return list(new RemoteShell(client, label), signal);
}

/**
 * Removes versions by name, and each Node binary of ours that nothing runs and no version is left for. Throws FailureError
 * `versionRunning` or `versionUnknown` before anything is removed.
 */
export async function removeVersions(
  client: Client,
  names: readonly string[],
  { label = 'the board', signal }: VersionOptions = {},
): Promise<void> {
  const shell = new RemoteShell(client, label);
  const lock = await takeInstallLock(shell, { signal, onWait: () => {} });
  try {
    const present = await list(shell, signal);
    for (const name of names) {
      const found = present.find((version) => version.name === name);
      if (!found)
        throw failure('versionUnknown', `There is no version ${name} on ${label}.`, 'List the versions again.');
      if (!found.isRunning) continue;
      throw failure('versionRunning', `A probe ${name} runs on ${label}.`, 'End it before you remove its version.');
    }
    const folders = names.map(quoteWord).join(' ');
    const isLast = present.every((version) => names.includes(version.name));
    const { exitCode, stderr } = await shell.run(
      `cd "$HOME/${PROBE_HOME}/versions" || exit 1
rm -rf .staging-* ${folders}${isLast ? ' ../node/*' : ''}`,
      { signal },
    );
    if (exitCode === 0) return;
    throw failure('notRemoved', `Not all could be removed on ${label}: ${clauseOf(stderr)}.`, 'Remove it there.');
  } finally {
    await lock.release();
  }
}
