import { expect, test } from 'vitest';
import { specText } from '../../../probe/experiments/run-experiment';
import { type ExperimentInput, experimentSpec } from '../../../shared/rpc/experiment';
import { STRING_BYTES_MAX } from '../../../shared/wire/limits';

const kernel = (source: string, argument: object = { kind: 'i32', value: 0 }) =>
  ({ kind: 'kernel', source, arguments: [argument], blockSizes: [64], threadCount: 1 }) as ExperimentInput;

test.each([
  ['short', 'void f();', true],
  ['of three bytes a letter', '注'.repeat(3000), false],
  ['of signs that JSON doubles', '"\n'.repeat(5000), false],
  ['long', 'x'.repeat(100_000), false],
])('a source that is %s leaves a spec that can be read', (_, source, isWhole) => {
  const text = specText(experimentSpec.parse(kernel(source)));
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(STRING_BYTES_MAX);
  const kept = experimentSpec.parse(JSON.parse(text));
  if (kept.kind !== 'kernel') throw new Error(kept.kind);
  expect(kept.source === source).toBe(isWhole);
  expect(isWhole || kept.source.endsWith('\n// cut here')).toBe(true);
  expect(kept.source.length).toBeGreaterThan(isWhole ? 0 : 1000);
});

test.each([
  ['i32', -(2 ** 31), true],
  ['i32', 2 ** 31 - 1, true],
  ['i32', 2 ** 31, false],
  ['u32', 2 ** 32 - 1, true],
  ['u32', 2 ** 32, false],
  ['u32', -1, false],
])('%s %d fits: %s', (kind, value, fits) => {
  expect(experimentSpec.safeParse(kernel('x', { kind, value })).success).toBe(fits);
});
