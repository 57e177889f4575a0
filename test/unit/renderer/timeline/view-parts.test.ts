// The parts of the view that need no window.

import { expect, test } from 'vitest';
import { layoutTracks } from '../../../../app/renderer/model/timeline/layout';
import type { TrackSummary } from '../../../../app/renderer/model/timeline/tracks';
import { LatestWins } from '../../../../app/renderer/timeline/latest';
import { Motion } from '../../../../app/renderer/timeline/motion';

test('while one question is out, only the latest of the others is asked', async () => {
  const asked: number[] = [];
  const taken: string[] = [];
  const answers: ((answer: string) => void)[] = [];
  const ask = (question: number) => {
    asked.push(question);
    return new Promise<string>((resolve) => answers.push(resolve));
  };
  const latest = new LatestWins(
    ask,
    (answer) => taken.push(answer),
    () => taken.push('failed'),
  );
  for (const question of [1, 2, 3, 4]) latest.put(question);
  expect(asked).toEqual([1]);
  answers[0]('one');
  await Promise.resolve().then(() => {});
  expect([asked, taken]).toEqual([[1, 4], ['one']]);
  latest.close();
  answers[1]('four');
  await Promise.resolve().then(() => {});
  expect(taken).toEqual(['one']);
});

test('a question that fails does not stop the next', async () => {
  const failures: unknown[] = [];
  const taken: number[] = [];
  const ask = async (question: number) => {
    if (question === 1) throw new Error('no');
    return question;
  };
  const latest = new LatestWins(
    ask,
    (answer) => taken.push(answer),
    (error) => failures.push(error),
  );
  latest.put(1);
  latest.put(2);
  await new Promise((resolve) => setImmediate(resolve));
  expect([failures.length, taken]).toEqual([1, [2]]);
});

test('motion rises softly, dies away, and comes to rest', () => {
  const motion = new Motion();
  expect(motion.press('KeyQ')).toBe(false);
  expect(motion.press('KeyD')).toBe(true);
  const first = motion.step(16).panRatio;
  const second = motion.step(16).panRatio;
  expect(first).toBeGreaterThan(0);
  expect(second).toBeGreaterThan(first);
  motion.release('KeyD');
  expect(motion.step(16).panRatio).toBeLessThan(second);
  for (let tick = 0; tick < 60; tick++) motion.step(16);
  expect([motion.isMoving, motion.step(16)]).toEqual([false, { zoomFactor: 1, panRatio: 0 }]);
  motion.press('KeyW');
  expect(motion.step(16).zoomFactor).toBeLessThan(1);
});

const trackOf = (id: string, kind: 'stream' | 'api', laneCount: number, device?: string): TrackSummary => {
  return {
    id,
    kind,
    shape: 'slices',
    label: id,
    source: 1,
    process: 'detect (77)',
    device,
    laneCount,
    rowCount: 1,
    unit: '',
  };
};

function drawLayout(pinned: string[], collapsed: string[]): string[] {
  const tracks = [trackOf('s7', 'stream', 2, 'GPU 0'), trackOf('s8', 'stream', 1, 'GPU 0'), trackOf('t9', 'api', 3)];
  return layoutTracks(tracks, { pinned, collapsed }).rows.map((row) => {
    if (row.kind === 'heading') return `${row.yPx} ${'#'.repeat(row.level + 1)} ${row.label}`;
    const { place, track } = row;
    return `${place.yPx} ${track.id} ${place.laneCount} × ${place.laneHeightPx}`;
  });
}

test('tracks stand under their process and device', () => {
  expect(drawLayout([], [])).toEqual([
    '0 # detect (77)',
    '20 ## GPU 0',
    '40 s7 2 × 22',
    '87 s8 1 × 22',
    '112 t9 3 × 18',
  ]);
});

test('pinned tracks come first; collapsed streams are squeezed and collapsed stacks cut', () => {
  expect(drawLayout(['t9'], ['s7', 't9'])).toEqual([
    '0 # Pinned',
    '20 t9 1 × 8',
    '31 # detect (77)',
    '51 ## GPU 0',
    '71 s7 2 × 4',
    '82 s8 1 × 22',
  ]);
});
