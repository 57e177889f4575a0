// Labels of marks that lie close together.

import { expect, test } from 'vitest';
import { apart } from '../../../../app/renderer/timeline/overlay-painter';

const labelsOf = (places: readonly number[]) => places.map((xPx) => ({ xPx, text: `m${xPx}` }));

//   0  5 8         200     300
//   m0 +2          m200    m300
test('what would lie upon another is counted there', () => {
  const shown = apart(labelsOf([200, 5, 0, 300, 8]), () => 60);
  expect(shown.map(({ text }) => text)).toEqual(['m0 +2', 'm200', 'm300']);
});

test('no labels', () => expect(apart([], () => 60)).toEqual([]));
