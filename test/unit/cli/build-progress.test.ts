// What a terminal shows while an engine is built.

import { expect, test } from 'vitest';
import { BuildProgress } from '../../../app/cli/build-progress';

function watched(isInteractive: boolean) {
  let nowMs = 0;
  const lines: string[] = [];
  const progress = new BuildProgress({ isInteractive, err: (text) => lines.push(text) }, () => nowMs);
  const row = { timeNs: 0, step: 0, stepCount: 0, severity: 1, model: 'detect', version: '1', engine: 'tensorrt' };
  const take = (kind: string, phase: string, more: object = {}) =>
    progress.take({ ...row, precision: 'fp16', parent: '', text: '', kind, phase, ...more });
  const after = (ms: number) => {
    nowMs += ms;
    return progress.line();
  };
  return { take, after, lines };
}

test('nothing for a second, then the phase with its steps and how long it has taken, until the engine is ready', () => {
  const { take, after, lines } = watched(true);
  expect(after(5000)).toBeUndefined();
  take('began', 'reading');
  expect(after(999)).toBeUndefined();
  expect(after(1)).toBe('reading detect on tensorrt in fp16, 1 s');
  take('done', 'reading');
  take('began', 'building');
  take('progress', 'Tactics', { parent: 'building', step: 3, stepCount: 7 });
  expect(after(1000)).toBe('building detect on tensorrt in fp16: Tactics 3 of 7, 2 s');
  take('began', 'warming up');
  expect(after(1000)).toBe('warming up detect on tensorrt in fp16, 3 s');
  take('done', 'warming up');
  expect(after(1000)).toBeUndefined();
  expect(lines).toEqual([]);
});

test('in a pipe: a line a phase and every five seconds, and one when it is ready', () => {
  const { take, after, lines } = watched(false);
  take('began', 'building', { version: '2' });
  for (let second = 0; second < 7; second += 1) after(1000);
  take('began', 'loading', { version: '2' });
  after(1000);
  take('done', 'warming up', { version: '2' });
  after(1000);
  const title = 'detect, version 2, on tensorrt in fp16';
  expect(lines).toEqual([
    `hookanalyzer: building ${title}, 1 s\n`,
    `hookanalyzer: building ${title}, 6 s\n`,
    `hookanalyzer: loading ${title}, 8 s\n`,
    `hookanalyzer: ${title} is ready after 8 s\n`,
  ]);
});

test.each(['failed', 'cancelled'])('one that %s is over', (kind) => {
  const { take, after, lines } = watched(false);
  take('began', 'building');
  after(2000);
  take(kind, 'building');
  expect(after(2000)).toBeUndefined();
  expect(lines).toHaveLength(1);
});
