import { describe, expect, test } from 'vitest';
import type { LaunchShape } from '../../../shared/occupancy/allocation';
import { COMPUTE_LIMITS, type ComputeLimits, findComputeLimits } from '../../../shared/occupancy/limits';
import { deriveOccupancy, limitingResources } from '../../../shared/occupancy/occupancy';

const limitsOf = (computeCapability: string): ComputeLimits => findComputeLimits(computeCapability)!;
const KIB = 1024;

const shape = (threadsPerBlock: number, registersPerThread: number, more: Partial<LaunchShape> = {}): LaunchShape => {
  return { threadsPerBlock, registersPerThread, staticSharedBytes: 0, dynamicSharedBytes: 0, ...more };
};

describe('the worked example: 8.7, 256 threads, 64 registers, 16 KiB static', () => {
  const occupancy = deriveOccupancy(limitsOf('8.7'), shape(256, 64, { staticSharedBytes: 16 * KIB }));

  test('4 blocks are 32 of 48 warps', () => {
    expect(occupancy).toMatchObject({ blocksPerSm: 4, activeWarps: 32, warpsMax: 48, impossible: undefined });
    expect(occupancy.occupancyRatio).toBeCloseTo(2 / 3, 12);
  });

  test('registers end first, then warps, then shared memory, then blocks', () => {
    expect(occupancy.limiters).toEqual([
      { resource: 'warps', blocksPerSm: 6, isLimiting: false },
      { resource: 'blocks', blocksPerSm: 16, isLimiting: false },
      { resource: 'registers', blocksPerSm: 4, isLimiting: true },
      { resource: 'sharedMemory', blocksPerSm: 9, isLimiting: false },
      { resource: 'barriers', blocksPerSm: undefined, isLimiting: false },
    ]);
  });

  test('a block takes 8 × 2048 registers, and 16 KiB and the driver’s 1 KiB', () => {
    expect(occupancy.registersPerBlockAllocated).toBe(16384);
    expect(occupancy.sharedBytesPerBlockAllocated).toBe(17 * KIB);
    expect(occupancy.carveoutBytes).toBe(164 * KIB);
  });
});

describe('units', () => {
  const at = (registers: number) => deriveOccupancy(limitsOf('8.7'), shape(32, registers)).registersPerBlockAllocated;

  test('registers are given by 256 a warp, so 33 cost as much as 40', () => {
    expect([1, 8, 9, 32, 33, 40, 41].map(at)).toEqual([256, 256, 512, 1024, 1280, 1280, 1536]);
  });

  test.each([
    ['7.5', [0, 256, 256, 512]],
    ['8.7', [1024, 1152, 1280, 1408]],
  ])('shared memory on %s', (computeCapability, expected) => {
    const allocated = [0, 1, 129, 257].map(
      (staticSharedBytes) =>
        deriveOccupancy(limitsOf(computeCapability), shape(32, 8, { staticSharedBytes })).sharedBytesPerBlockAllocated,
    );
    expect(allocated).toEqual(expected);
  });

  test('each quarter of the SM is filled by itself', () => {
    // 104 registers are 3328 a warp: 4 in each quarter of 16384, 16 in the SM. The whole 65536 would hold 19.
    expect(deriveOccupancy(limitsOf('8.7'), shape(32, 104)).limiters[2].blocksPerSm).toBe(16);
  });
});

test.each([
  [0, 8],
  [5, 16],
  [19, 32],
  [20, 64],
  [50, 100],
  [80, 132],
  [81, 164],
  [100, 164],
  [undefined, 164],
])('a carve-out preference of %s percent gives %s KiB on 8.7', (carveoutPercent, kib) => {
  expect(deriveOccupancy(limitsOf('8.7'), shape(32, 8, { carveoutPercent })).carveoutBytes).toBe(kib * KIB);
});

test('a preference too small for one block gives way to the next size that holds it', () => {
  const wanted = shape(64, 8, { dynamicSharedBytes: 40 * KIB, carveoutPercent: 10 });
  expect(deriveOccupancy(limitsOf('8.7'), wanted)).toMatchObject({ blocksPerSm: 1, carveoutBytes: 64 * KIB });
});

test('each resource can be the only one that ends first', () => {
  const only = (computeCapability: string, launch: LaunchShape) =>
    limitingResources(deriveOccupancy(limitsOf(computeCapability), launch));
  expect(only('8.7', shape(768, 16))).toEqual(['warps']);
  expect(only('8.7', shape(32, 16))).toEqual(['blocks']);
  expect(only('8.7', shape(256, 128))).toEqual(['registers']);
  expect(only('8.7', shape(128, 16, { staticSharedBytes: 40 * KIB }))).toEqual(['sharedMemory']);
  expect(only('9.0', shape(64, 16, { blockBarrierCount: 16 }))).toEqual(['barriers']);
  expect(only('8.7', shape(64, 16, { blockBarrierCount: 16 }))).toEqual(['blocks']);
});

describe('impossible launches say why', () => {
  const reason = (launch: LaunchShape, computeCapability = '8.7') => {
    const occupancy = deriveOccupancy(limitsOf(computeCapability), launch);
    expect(occupancy).toMatchObject({ blocksPerSm: 0, activeWarps: 0, occupancyRatio: 0, carveoutBytes: 0 });
    return occupancy.impossible;
  };

  test.each<[LaunchShape, RegExp]>([
    [shape(1025, 8), /at most 1024 threads; the launch wants 1025/],
    [shape(32, 256), /at most 255 registers; the kernel needs 256/],
    [shape(1024, 65), /takes 73728 registers; compute capability 8.7 gives a block 65536/],
    [shape(32, 8, { staticSharedBytes: 48 * KIB + 1 }), /declares 49153. Make it dynamic/],
    [shape(32, 8, { dynamicSharedBytes: 163 * KIB + 1 }), /wants 166913 bytes .* gives a block 166912/],
    [shape(32, 8, { dynamicSharedBytes: 9, dynamicSharedBytesMax: 8 }), /attribute allows 8/],
    [shape(32, 8, { blockBarrierCount: 17 }), /at most 16 barriers/],
    [shape(0, 8), /threadsPerBlock is 0; it must be a whole number from 1 up/],
    [shape(32.5, 8), /threadsPerBlock is 32.5/],
    [shape(32, -1), /registersPerThread is -1/],
    [shape(32, Number.NaN), /registersPerThread is NaN/],
    [shape(32, 8, { carveoutPercent: 101 }), /carveoutPercent is 101; it must be 100 or less/],
  ])('%o', (launch, sentence) => expect(reason(launch)).toMatch(sentence));

  test('half the registers a block on a Nano of the first generation', () => {
    expect(reason(shape(1024, 40), '5.3')).toMatch(/takes 40960 registers; .* 5\.3 gives a block 32768/);
    expect(reason(shape(32, 8, { dynamicSharedBytes: 48 * KIB + 1 }), '5.3')).toMatch(/gives a block 49152/);
  });
});

test('the table is ordered, without doubles, and an unknown compute capability is none', () => {
  const numbers = COMPUTE_LIMITS.map(({ computeCapability }) => Number(computeCapability));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(findComputeLimits('8.5')).toBeUndefined();
});
