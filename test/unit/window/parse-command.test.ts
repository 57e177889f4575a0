import { describe, expect, test } from 'vitest';
import {
  formatCommandLine,
  parseCommandLine,
  parseEnvironment,
} from '../../../app/renderer/panels/launch/parse-command';

describe('a command line into words', () => {
  test.each([
    ['python3 infer.py --batch 4', ['python3', 'infer.py', '--batch', '4']],
    ['  spaced\t out  ', ['spaced', 'out']],
    [`'one word' "and two"`, ['one word', 'and two']],
    [`a'b c'd`, ['ab cd']],
    [`"it's"`, [`it's`]],
    [`'no \\ escape'`, ['no \\ escape']],
    [`a\\ b "c\\"d"`, ['a b', 'c"d']],
    [`''`, ['']],
    ['$HOME *.py | cat', ['$HOME', '*.py', '|', 'cat']],
    ['', []],
  ])('%s', (line, words) => expect(parseCommandLine(line)).toEqual({ words }));

  test('a quote that is not closed is a sentence', () => {
    expect(parseCommandLine(`echo 'x`)).toEqual({ sentence: "The quote ' is not closed." });
  });

  test('what was formatted is parsed back', () => {
    const words = ['./app', 'a b', `it's`, '', 'x=y', '--flag', '"q"', '\\'];
    expect(parseCommandLine(formatCommandLine(words))).toEqual({ words });
  });
});

test('environment lines; a line without a name is a sentence', () => {
  expect(parseEnvironment(' A=1 \n\nB=x=y\nC=')).toEqual({ env: { A: '1', B: 'x=y', C: '' } });
  expect(parseEnvironment('A=1\nnonsense')).toEqual({ sentence: '"nonsense" is no NAME=VALUE.' });
  expect(parseEnvironment('=x')).toEqual({ sentence: '"=x" is no NAME=VALUE.' });
});
