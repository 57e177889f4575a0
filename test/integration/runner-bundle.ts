// The runner as one file, made from the sources as they are, so that these tests need no build of the whole.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface RunnerBundle {
  readonly path: string;
  remove(): void;
}

/** Bundles probe/runner/main.ts into a temporary folder. */
export async function bundleRunner(): Promise<RunnerBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'hka-runner-'));
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: 'probe/runner/main.ts',
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'runner.mjs' } },
    },
  });
  return { path: join(folder, 'runner.mjs'), remove: () => rmSync(folder, { recursive: true }) };
}
