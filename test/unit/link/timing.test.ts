import { expect, test } from 'vitest';
import { deriveBackoffMs, waitMs } from '../../../app/host/link/backoff';
import { RateMeter } from '../../../app/host/link/rate-meter';

test('the wait doubles from 0.2 s to 5 s, and chance takes up to half of it', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => deriveBackoffMs(attempt, 1));
  expect(longest).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  expect(deriveBackoffMs(1, 0)).toBe(100);
});

test('a wait ends early when it is aborted', async () => {
  const abort = new AbortController();
  const waiting = waitMs(3_600_000, abort.signal);
  abort.abort();
  await waiting;
  await waitMs(3_600_000, abort.signal);
});

test('the rate is that of the last second', () => {
  const meter = new RateMeter();
  for (let nowMs = 0; nowMs < 1000; nowMs += 50) meter.add(100, nowMs);
  expect(meter.bytesPerSec(999)).toBe(2000);
  expect(meter.bytesPerSec(1499)).toBe(1000);
  expect(meter.bytesPerSec(10_000)).toBe(0);
  meter.add(7, 50_000);
  expect(meter.bytesPerSec(50_001)).toBe(7);
});
