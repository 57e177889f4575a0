import { describe, expect, test } from 'vitest';
import type { LaunchShape } from '../../../shared/occupancy/allocation';
import { deriveGridFit } from '../../../shared/occupancy/grid';
import { findComputeLimits } from '../../../shared/occupancy/limits';
import { blockCurve, nearestChanges, registerCurve, sharedMemoryCurve } from '../../../shared/occupancy/what-if';

const orin = findComputeLimits('8.7')!;
const shape: LaunchShape = {
  threadsPerBlock: 256,
  registersPerThread: 64,
  staticSharedBytes: 16 * 1024,
  dynamicSharedBytes: 0,
};

describe('registers, 256 threads on 8.7', () => {
  const curve = registerCurve(orin, shape);

  test('the stairs', () => {
    const stairs = curve.filter(({ blocksPerSm }, i) => blocksPerSm !== curve[i - 1]?.blocksPerSm);
    expect(stairs.map(({ value, blocksPerSm }) => [value, blocksPerSm])).toEqual([
      [1, 6],
      [41, 5],
      [49, 4],
      [65, 3],
      [81, 2],
      [129, 1],
    ]);
  });

  test('what is nearest: 48 registers give 5 blocks, 65 leave 3', () => {
    expect(nearestChanges(curve, 64)).toMatchObject({
      below: { value: 48, blocksPerSm: 5 },
      above: { value: 65, blocksPerSm: 3 },
    });
    expect(nearestChanges(curve, 3).below).toBeUndefined();
    expect(nearestChanges(curve, 200).above).toBeUndefined();
  });
});

describe('threads of a block', () => {
  const ratios = (curve: ReturnType<typeof blockCurve>, values: number[]) =>
    values.map((value) => curve.find((point) => point.value === value)?.occupancyRatio);

  test('36 registers: 32 threads end at 16 blocks, 1024 leave a third of the warps empty', () => {
    const curve = blockCurve(orin, { ...shape, registersPerThread: 36, staticSharedBytes: 0 });
    expect(curve.length).toBe(32);
    expect(ratios(curve, [32, 96, 256, 512, 768, 1024])).toEqual([1 / 3, 1, 1, 1, 1, 2 / 3]);
    expect(curve[31].limiting).toEqual(['warps', 'registers']);
  });

  test('shared memory that follows the block', () => {
    const curve = blockCurve(orin, { ...shape, staticSharedBytes: 0 }, (threads) => threads * 128);
    // 128 threads take 16 + 1 KiB: 9 blocks. 1024 take 128 + 1 KiB: one.
    const blocks = [128, 1024].map((value) => curve.find((point) => point.value === value)?.blocksPerSm);
    expect(blocks).toEqual([8, 1]);
    expect(curve[31].limiting).toEqual(['warps', 'registers', 'sharedMemory']);
  });
});

test('shared memory, from none to 163 KiB by the unit', () => {
  const curve = sharedMemoryCurve(orin, { ...shape, registersPerThread: 32 });
  const at = (kib: number) => curve.find(({ value }) => value === kib * 1024)?.blocksPerSm;
  expect(curve.at(-1)?.value).toBe(163 * 1024);
  expect([0, 26, 27, 40, 41, 81, 82, 163].map(at)).toEqual([6, 6, 5, 4, 3, 2, 1, 1]);
});

describe('a grid', () => {
  test('10 blocks on 2 SMs of 2: two full waves and half a one', () => {
    expect(deriveGridFit(10, 2, 2)).toEqual({
      blockCount: 10,
      blocksPerWave: 4,
      waves: 2.5,
      fullWaveCount: 2,
      tailBlockCount: 2,
      tailIdleSmCount: 0,
      usedRatio: 2.5 / 3,
    });
  });

  test('one block too many costs a wave', () => {
    expect(deriveGridFit(48, 6, 8)).toMatchObject({ waves: 1, tailBlockCount: 0, tailIdleSmCount: 0, usedRatio: 1 });
    expect(deriveGridFit(49, 6, 8)).toMatchObject({ tailBlockCount: 1, tailIdleSmCount: 7, usedRatio: 49 / 96 });
  });

  test('a launch that is impossible has no waves', () => {
    expect(deriveGridFit(49, 0, 8)).toMatchObject({ waves: 0, usedRatio: 0 });
  });
});
