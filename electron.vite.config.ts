import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// The Node programs: the command, the probe, the runner it launches, the window's main process and its host. CommonJS, because the oldest Electron runtime the
// app is tested on cannot load an ESM entry. Packages with native code stay outside; the rest is bundled, so that the probe
// runs on a board from this folder alone.
export default defineConfig({
  main: {
    build: {
      outDir: 'out/node',
      externalizeDeps: { exclude: ['ssh-config', 'vscode-jsonrpc', 'yaml', 'zod'] },
      rollupOptions: {
        external: ['playwright-core'], // of the benchmarks
        input: {
          cli: resolve(import.meta.dirname, 'app/cli/start.ts'),
          probe: resolve(import.meta.dirname, 'probe/main.ts'),
          main: resolve(import.meta.dirname, 'app/main/index.ts'),
          host: resolve(import.meta.dirname, 'app/host/window/main.ts'),
          'store-thread': resolve(import.meta.dirname, 'app/host/session/store-thread-main.ts'),
          runner: resolve(import.meta.dirname, 'probe/runner/main.ts'),
          'onnxruntime-thread': resolve(import.meta.dirname, 'probe/engines/onnxruntime/thread-main.ts'),
          bench: resolve(import.meta.dirname, 'test/bench/main.ts'),
          'bench-window': resolve(import.meta.dirname, 'test/bench/open-file-window.ts'),
          'gpu-tests': resolve(import.meta.dirname, 'test/gpu/main.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { index: resolve(import.meta.dirname, 'app/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: resolve(import.meta.dirname, 'app/renderer'),
    plugins: [react()],
    worker: { format: 'es' },
    build: {
      outDir: resolve(import.meta.dirname, 'out/renderer'),
      target: 'chrome114',
      minify: true,
      rollupOptions: { input: resolve(import.meta.dirname, 'app/renderer/index.html') },
    },
  },
});
