import { defineConfig } from 'vitest/config';

// How long a test waits for something to become true; a tick of a live table alone takes a second.
const WAIT = { poll: { timeout: 30_000, interval: 50 } };

// Integration tests start probes, targets and sshd; two cores run them best one file at a time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}', 'test/tidy/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/native/**/*.test.ts', 'test/bench/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: WAIT,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: WAIT,
          fileParallelism: false,
        },
      },
    ],
  },
});
