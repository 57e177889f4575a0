import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { buildNativeTests } from './built';

test('every half, and every place between two of them', () => {
  // Throws with the misses when there are any.
  expect(execFileSync(buildNativeTests('').halfBits, { encoding: 'utf8' })).toBe('65536 halves\n');
});
