// The files of the checkout as the checks see them. The only part of this folder that touches disk and git.

import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file by its path from the root, with forward slashes. `text` is undefined when it holds a zero byte. */
export interface RepositoryFile {
  readonly path: string;
  readonly byteCount: number;
  readonly text: string | undefined;
}

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** What a check found: `path: sentence`. No findings is what a test wants. */
export type Finding = string;

/** Every file that git tracks or would add, as it lies on disk. */
export function loadRepository(root: string): RepositoryFile[] {
  // A clone of another user's is refused by git unless it is named; listing its files runs nothing of it.
  const args = [
    '-c',
    `safe.directory=${root}`,
    'ls-files',
    '-z',
    '--cached',
    '--others',
    '--exclude-standard',
    '--deduplicate',
  ];
  const listed = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (listed.error || listed.status !== 0) throw new Error(`git ls-files failed: ${listed.error ?? listed.stderr}`);
  return listed.stdout.split('\0').flatMap((path) => {
    // A tracked file may be gone from disk, or be a submodule's folder.
    const stat = path === '' ? undefined : statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat?.isFile()) return [];
    const bytes = readFileSync(join(root, path));
    return [{ path, byteCount: stat.size, text: bytes.includes(0) ? undefined : bytes.toString('utf8') }];
  });
}

/** The files that are text. */
export function textFilesOf(files: readonly RepositoryFile[]): TextFile[] {
  return files.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
}

const endsWithOne = (endings: readonly string[]) => (path: string) => endings.some((ending) => path.endsWith(ending));

export const isScript = endsWithOne(['.ts', '.tsx', '.mts', '.mjs', '.js']);
export const isNative = endsWithOne(['.cc', '.cpp', '.h', '.cu', '.cuh']);
export const isSource = (path: string) => isScript(path) || isNative(path) || endsWithOne(['.sql', '.py', '.sh'])(path);
