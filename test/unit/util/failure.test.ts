import { expect, test } from 'vitest';
import { FailureError, failure } from '../../../shared/util/failure';
import { assert, fail, ok, unreachable } from '../../../shared/util/result';

test('a failure carries code, sentence and remedy, and reads as sentence and remedy', () => {
  const error = failure('noProbe', 'No probe answers.', 'Start `hookanalyzer serve`.');
  expect(error).toBeInstanceOf(FailureError);
  expect(error.name).toBe('FailureError');
  expect(error.message).toBe('No probe answers. Start `hookanalyzer serve`.');
  expect(error.failure).toEqual({
    code: 'noProbe',
    sentence: 'No probe answers.',
    remedy: 'Start `hookanalyzer serve`.',
  });
  expect(failure('odd', 'Only a sentence.', '').message).toBe('Only a sentence.');
});

test('results tell themselves apart by ok', () => {
  expect([ok(3), fail('why')]).toEqual([
    { ok: true, value: 3 },
    { ok: false, error: 'why' },
  ]);
});

test('a bug throws with its facts', () => {
  expect(() => assert(true, 'never read')).not.toThrow();
  expect(() => assert(false, 'lane 9 of 4')).toThrow('assertion failed: lane 9 of 4');
  expect(() => unreachable({ kind: 'new' } as never)).toThrow('unreachable case: {"kind":"new"}');
});
