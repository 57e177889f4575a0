// Time is drawn from left to right, in steps of 100 ms: when something is asked for, when it is begun, and when it is answered.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PacedAsks } from '../../../../app/renderer/panels/tables/paced-asks';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const STEP_MS = 100;

/** Plays requests (a letter is a question, '.' is none), each answered after `answerMs`; the interval is 1000 ms. */
async function play(requests: string, answerMs: number, { failing = '' } = {}) {
  const log: string[] = [];
  const beganMs = performance.now();
  let runningCount = 0;
  let runningCountMax = 0;
  const note = (what: string) => log.push(`${Math.floor((performance.now() - beganMs) / STEP_MS)} ${what}`);
  const asks = new PacedAsks<string>(
    {
      onBegin: (key) => note(`begin ${key}`),
      onAnswer: (_, answer) => note(`answer ${answer}`),
      onFailure: (key) => note(`failure ${key}`),
    },
    1000,
  );
  for (const key of requests) {
    if (key !== '.') {
      asks.request({
        key,
        ask: async () => {
          runningCountMax = Math.max(runningCountMax, ++runningCount);
          await new Promise((resolve) => setTimeout(resolve, answerMs));
          runningCount--;
          if (failing.includes(key)) throw new Error('no');
          return key;
        },
      });
    }
    await vi.advanceTimersByTimeAsync(STEP_MS);
  }
  expect(runningCountMax).toBeLessThanOrEqual(1);
  return { asks, log };
}

test('a question is asked at once, and a changed one too', async () => {
  const { log } = await play('A.B..', 50);
  expect(log).toEqual(['0 begin A', '0 answer A', '2 begin B', '2 answer B']);
});

test('the same question over newer rows waits until the interval is over, however often it is asked', async () => {
  const { log } = await play('AAAAAAA......', 50);
  expect(log.map((line) => line.slice(line.indexOf(' ') + 1))).toEqual(['begin A', 'answer A', 'begin A', 'answer A']);
  expect(log[0]).toBe('0 begin A');
  expect(Number(log[2].split(' ')[0])).toBeGreaterThanOrEqual(9);
});

test('a changed question waits for the answer under way; those between are never asked', async () => {
  const { log } = await play('ABCD.......', 250);
  expect(log).toEqual(['0 begin A', '2 answer A', '2 begin C', '5 answer C', '5 begin D', '7 answer D']);
});

test('a changed question does not wait for the interval of the one before', async () => {
  const { log } = await play('A.A.B...', 50);
  expect(log).toEqual(['0 begin A', '0 answer A', '4 begin B', '4 answer B']);
});

test('a slow answer is shown although newer rows have come meanwhile', async () => {
  const { log } = await play('A.A.A.........', 350);
  expect(log.slice(0, 2)).toEqual(['0 begin A', '3 answer A']);
});

test('a question that takes long is repeated less often, so that it takes a quarter of the time at most', async () => {
  const { log } = await play('A'.repeat(45), 500);
  expect(log.filter((line) => line.includes('begin'))).toEqual(['0 begin A', '20 begin A', '40 begin A']);
});

test('a failure is told, and the next question is asked', async () => {
  const { log } = await play('A.B..', 50, { failing: 'A' });
  expect(log).toEqual(['0 begin A', '0 failure A', '2 begin B', '2 answer B']);
});

test('after close nobody is told anything', async () => {
  const { asks, log } = await play('A', 500);
  asks.close();
  await vi.advanceTimersByTimeAsync(2000);
  expect(log).toEqual(['0 begin A']);
});
