import { expect, test } from 'vitest';
import { latestOnly } from '../../../app/renderer/state/latest-only';

test('work that was overtaken is left out, the latest is done, never two at once', async () => {
  const done: number[] = [];
  let atOnce = 0;
  let release: () => void = () => {};
  const ask = latestOnly(1);
  const work = (id: number) => async () => {
    expect(++atOnce).toBe(1);
    if (id === 1) await new Promise<void>((resolve) => (release = resolve));
    atOnce -= 1;
    done.push(id);
  };
  for (const id of [1, 2, 3, 4]) ask(work(id));
  release();
  await expect.poll(() => done).toEqual([1, 4]);
});

test('a failure does not end it', async () => {
  const ask = latestOnly(1);
  const done: string[] = [];
  ask(async () => {
    throw new Error('no');
  });
  ask(async () => {
    done.push('next');
  });
  await expect.poll(() => done).toEqual(['next']);
});
