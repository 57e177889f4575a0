import { describe, expect, test } from 'vitest';
import { BOARDS, deriveCeilings, findBoard } from '../../../shared/occupancy/boards';
import { deriveRoofline, predictLaunch } from '../../../shared/occupancy/predict';
import type { KernelResources, ResourceTable } from '../../../shared/occupancy/resources';

const kernel: KernelResources = {
  name: 'example<16>',
  signature: 'void example<16u>(float*)',
  source: 'kernels/example/example.cu',
  registersPerThread: 64,
  staticSharedBytes: 16 * 1024,
  blockBarrierCount: 1,
  stackBytes: 0,
  spillStoreBytes: 0,
  spillLoadBytes: 0,
  constantBytes: 352,
};
const table: ResourceTable = {
  architecture: 'sm_87',
  computeCapability: '8.7',
  nvccVersion: '13.0.88',
  kernels: [kernel],
};
const nano = findBoard('orin-nano-8gb-super')!;

// GB/s and GFLOPS as NVIDIA's data sheets round them.
test.each([
  ['orin-nano-4gb', 34, 640],
  ['orin-nano-4gb-super', 51, 1044],
  ['orin-nano-8gb', 68, 1280],
  ['orin-nano-8gb-super', 102, 2089],
  ['orin-nx-8gb', 102, 1567],
  ['orin-nx-8gb-super', 102, 2402],
  ['orin-nx-16gb', 102, 1880],
  ['orin-nx-16gb-super', 102, 2402],
  ['agx-orin-32gb', 205, 3333],
  ['agx-orin-64gb', 205, 5325],
])('%s has %s GB/s and %s GFLOPS', (id, gbPerSec, gflops) => {
  const ceilings = deriveCeilings(findBoard(id)!);
  expect(Math.round(ceilings.bytesPerSec / 1e9)).toBe(gbPerSec);
  expect(Math.abs(ceilings.fp32FlopsPerSec / 1e9 - gflops)).toBeLessThan(1);
});

test('tensor cores: sparse INT8 is 4 × dense FP16, and 67 TOPS are what a Nano Super is sold with', () => {
  expect(Math.round((deriveCeilings(nano).fp16TensorFlopsPerSec * 4) / 1e12)).toBe(67);
});

test('boards have names of their own', () => {
  expect(new Set(BOARDS.map(({ id }) => id)).size).toBe(BOARDS.length);
  expect(findBoard('orin-nano-16gb')).toBeUndefined();
});

describe('a prediction', () => {
  const launch = { threadsPerBlock: 256, blockCount: 80, dynamicSharedBytes: 0, flops: 2e9, bytes: 1e9 };

  test('says that it is one, and from what', () => {
    const predicted = predictLaunch(table, kernel, launch, nano);
    expect(predicted).toMatchObject({
      ok: true,
      value: {
        kind: 'prediction',
        basis: 'registers by nvcc 13.0.88 for sm_87, clocks of the table of boards',
        kernelName: 'example<16>',
        occupancy: { blocksPerSm: 4, activeWarps: 32, warpsMax: 48 },
        grid: { blocksPerWave: 32, waves: 2.5, tailBlockCount: 16 },
        roofline: { flopsPerByte: 2, bound: 'memory' },
      },
    });
  });

  test('without amounts there is no roofline, and an impossible launch has none either', () => {
    const bare = predictLaunch(table, kernel, { threadsPerBlock: 256, blockCount: 80, dynamicSharedBytes: 0 }, nano);
    expect(bare).toMatchObject({ ok: true, value: { roofline: undefined } });
    const impossible = predictLaunch(table, kernel, { ...launch, dynamicSharedBytes: 160 * 1024 }, nano);
    expect(impossible).toMatchObject({ ok: true, value: { roofline: undefined, occupancy: { blocksPerSm: 0 } } });
    expect(impossible.ok && impossible.value.occupancy.impossible).toMatch(/180224 bytes of shared memory/);
  });

  test('tensor cores raise the ceiling eightfold', () => {
    const amounts = { ...launch, flops: 1e12, bytes: 0 };
    const nsOf = (arithmetic: 'fp32' | 'fp16Tensor') => {
      const predicted = predictLaunch(table, kernel, { ...amounts, arithmetic }, nano);
      return predicted.ok ? predicted.value.roofline?.durationNsMin : undefined;
    };
    expect(nsOf('fp32')).toBeCloseTo(8 * nsOf('fp16Tensor')!, 3);
  });

  test('registers of another architecture are refused', () => {
    const hopper = { ...table, architecture: 'sm_90', computeCapability: '9.0' };
    expect(predictLaunch(hopper, kernel, launch, nano)).toEqual({
      ok: false,
      error: 'The registers are those of sm_90; Orin Nano 8GB Super has compute capability 8.7.',
    });
  });
});

describe('the roofline under 100 FLOP/s and 10 byte/s', () => {
  test.each([
    ['left of the ridge', 50, 10, { flopsPerByte: 5, bound: 'memory', durationNsMin: 1e9, flopsPerSecMax: 50 }],
    ['on the ridge', 100, 10, { flopsPerByte: 10, bound: 'compute', durationNsMin: 1e9, flopsPerSecMax: 100 }],
    ['right of the ridge', 400, 10, { flopsPerByte: 40, bound: 'compute', durationNsMin: 4e9, flopsPerSecMax: 100 }],
    ['a copy', 0, 20, { flopsPerByte: 0, bound: 'memory', durationNsMin: 2e9, flopsPerSecMax: 0 }],
    ['no traffic', 200, 0, { flopsPerByte: undefined, bound: 'compute', durationNsMin: 2e9, flopsPerSecMax: 100 }],
  ])('%s', (_, flops, bytes, expected) => expect(deriveRoofline(flops, bytes, 100, 10)).toEqual(expected));

  test('nothing to do has no roofline', () => expect(deriveRoofline(0, 0, 100, 10)).toBeUndefined());
});
