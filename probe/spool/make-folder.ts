import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const FOLDER_MODE = 0o700;

/**
 * Makes the folder and those above it, for this user alone; existing ones keep their mode. Throws what mkdir says. Node's own
 * `recursive` never returns where mkdir answers ENOENT below an existing folder, as procfs does.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, FOLDER_MODE);
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
