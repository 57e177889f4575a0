import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';

// The Node programs: the command, the probe and the runner it launches. CommonJS, because the oldest Electron runtime the
// app is tested on cannot load an ESM entry. Packages with native code stay outside; the rest is bundled, so that the probe
// runs on a board from this folder alone.
export default defineConfig({
  main: {
    build: {
      outDir: 'out/node',
      externalizeDeps: { exclude: ['ssh-config', 'vscode-jsonrpc', 'zod'] },
      rollupOptions: {
        input: {
          cli: resolve(import.meta.dirname, 'app/cli/start.ts'),
          probe: resolve(import.meta.dirname, 'probe/main.ts'),
          runner: resolve(import.meta.dirname, 'probe/runner/main.ts'),
          bench: resolve(import.meta.dirname, 'test/bench/main.ts'),
          'gpu-tests': resolve(import.meta.dirname, 'test/gpu/main.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
});
