// Where the other programs and libraries of this installation lie, relative to the command itself.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Installation {
  /** The folder that holds out/. */
  readonly root: string;
  readonly probePath: string;
  readonly runnerPath: string;
  /** The thread of a session's store. */
  readonly storePath: string;
  /** undefined where the native parts were not built. */
  readonly collectorPath: string | undefined;
  readonly addonPath: string | undefined;
}

function rootAbove(path: string): string {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'out', 'node', 'probe.js'))) return folder;
    if (folder === dirname(folder)) return dirname(dirname(path));
  }
}

function firstThatExists(paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

/** Looks from this file upwards for the folder with out/node. */
export function findInstallation(): Installation {
  const root = rootAbove(dirname(fileURLToPath(import.meta.url)));
  const node = join(root, 'out', 'node');
  const native = join(root, 'out', 'native');
  return {
    root,
    probePath: join(node, 'probe.js'),
    runnerPath: join(node, 'runner.js'),
    storePath: join(node, 'store-thread.js'),
    collectorPath: firstThatExists([join(native, 'lib', 'libhookcollector.so')]),
    addonPath: firstThatExists([
      join(native, 'Release', 'hookanalyzer.node'),
      join(native, 'lib', 'hookanalyzer.node'),
    ]),
  };
}
