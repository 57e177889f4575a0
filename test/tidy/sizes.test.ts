import { expect, test } from 'vitest';
import { checkBytes, checkLines } from './sizes';

const lines = (count: number, first = 'x') => `${first}\n${'x\n'.repeat(count - 1)}`;

test('401 lines of source are a finding; 400, generated ones and other files are none', () => {
  const files = [
    { path: 'a.ts', text: lines(400) },
    { path: 'b.ts', text: lines(401) },
    { path: 'c.cpp', text: `${lines(400)}no newline at the end` },
    { path: 'd.h', text: lines(900, '// Written by `npm run generate` from x. Do not edit.') },
    { path: 'e.h', text: lines(900, '// By hand.\n// Written by `npm run generate` in the second line') },
    { path: 'package-lock.json', text: lines(3000) },
  ];
  expect(checkLines(files)).toEqual([
    'b.ts: has 401 lines; split it by idea, 400 are the most',
    'c.cpp: has 401 lines; split it by idea, 400 are the most',
    'e.h: has 901 lines; split it by idea, 400 are the most',
  ]);
});

test('a byte over four mebibytes is a finding', () => {
  const file = (path: string, byteCount: number) => ({ path, byteCount, text: undefined });
  expect(checkBytes([file('a.hka', 4_194_304), file('b.hka', 4_194_305)])).toEqual([
    'b.hka: has 4194305 bytes; 4194304 are the most',
  ]);
});
