import { expect, test } from 'vitest';
import { fuzzyFilter, fuzzyScore } from '../../../../app/renderer/model/commands/fuzzy-match';

const titles = (query: string, all: readonly string[]) =>
  fuzzyFilter(
    query,
    all.map((title) => ({ title })),
  ).map(({ title }) => title);

const ALL = [
  'Open a session file…',
  'Connect…',
  'Save the session',
  'Export as CSV',
  'Close the session',
  'Reset the layout',
];

test('letters must stand in the title in this order', () => {
  expect(titles('xcs', ALL)).toEqual(['Export as CSV']);
  expect(titles('csx', ALL)).toEqual([]);
  expect(fuzzyScore('ss', 'as')).toBeUndefined();
});

test('an empty query gives all, in their order', () => {
  expect(titles('', ALL)).toEqual(ALL);
  expect(titles('  ', ALL)).toEqual(ALL);
});

test('beginnings of words count more than letters inside, and letters side by side more than apart', () => {
  expect(titles('sts', ALL)[0]).toBe('Save the session');
  expect(titles('clo', ALL)[0]).toBe('Close the session');
  expect(titles('con', ALL)[0]).toBe('Connect…');
  expect(titles('csv', ALL)[0]).toBe('Export as CSV');
});

test('of equal placements the shorter title is first', () => {
  expect(titles('save', ['Save the session as', 'Save'])).toEqual(['Save', 'Save the session as']);
});

test('the best placement counts, not the first', () => {
  const whole = fuzzyScore('set', 'some reset set');
  const apart = fuzzyScore('set', 'some reset sat');
  expect(whole).toBeGreaterThan(apart ?? Number.POSITIVE_INFINITY);
});
