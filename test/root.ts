import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function rootAbove(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'electron.vite.config.ts'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no repository above ${path}`);
  }
}

/** The repository's folder, also from a bundle in out/. */
export const root = rootAbove(dirname(fileURLToPath(import.meta.url)));
