import { expect, test } from 'vitest';
import { flawsOf } from '../../../app/cli/experiment-text';

const right = { role: 'measured', failure: null, correctness: 'right' };
const failed = { ...right, failure: 'It hung.', correctness: 'unchecked' };
const wrong = { ...right, correctness: 'wrong' };
const ceiling = { ...right, role: 'ceiling', correctness: 'unchecked' };

test.each([
  ['done', [ceiling, right], [], false],
  [
    'done',
    [ceiling, right, failed, wrong],
    ['1 of the 3 points could not be measured; each says why.', '1 of the 3 points gave a wrong result.'],
    false,
  ],
  ['done', [ceiling, failed], ['1 of the 1 points could not be measured; each says why.'], true],
  ['done', [ceiling], ['This device can measure none of what was asked for.'], true],
  ['cancelled', [ceiling], [], true],
] as const)('%s with %o', (state, points, sentences, isUseless) => {
  expect(flawsOf({ state, points })).toEqual({ sentences, isUseless });
});
