import { expect, test } from 'vitest';
import { parseRunnerArguments, UsageError } from '../../../probe/runner/arguments';

test('defaults', () => {
  expect(parseRunnerArguments(['demo'])).toEqual({
    verb: 'demo',
    device: 'auto',
    addonPath: undefined,
    threads: undefined,
    seconds: 3,
    count: undefined,
    seed: 1,
  });
});

test('every option', () => {
  const words = 'check --device cpu --threads 3 --seconds 0.5 --count 7 --seed 9 --addon /a.node';
  expect(parseRunnerArguments(words.split(' '))).toEqual({
    verb: 'check',
    device: 'cpu',
    addonPath: '/a.node',
    threads: 3,
    seconds: 0.5,
    count: 7,
    seed: 9,
  });
});

test.each([
  ['', 'Say what to run: demo or check'],
  ['dance', 'Say what to run: demo or check, not "dance"'],
  ['demo now', '"now" is one word too many'],
  ['demo --device gpu', '--device must be auto, cpu, cuda, not "gpu"'],
  ['demo --seconds soon', '--seconds must be a number from 0.001 to 86400, not "soon"'],
  ['demo --seconds=', '--seconds must be a number from 0.001 to 86400, not ""'],
  ['demo --count 1.5', '--count must be a whole number, not "1.5"'],
  ['demo --threads 0', '--threads must be a number from 1 to 256, not "0"'],
  ['demo --fly', "Unknown option '--fly'"],
])('runner %s: one sentence', (line, sentence) => {
  const parse = () => parseRunnerArguments(line.split(' ').filter(Boolean));
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(new UsageError(sentence));
});
