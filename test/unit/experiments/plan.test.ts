import { expect, test } from 'vitest';
import { planPoints } from '../../../probe/experiments/plan';
import type { DeviceTraits } from '../../../probe/experiments/point';
import { type ExperimentInput, experimentSpec } from '../../../shared/rpc/experiment';

const CPU: DeviceTraits = {
  kind: 'cpu',
  name: 'a CPU',
  smCount: 2,
  computeMajor: 0,
  computeMinor: 0,
  memoryBytes: 8e9,
  cacheBytes: 0,
};
const GPU: DeviceTraits = { ...CPU, kind: 'cuda', name: 'a GPU', computeMajor: 8, computeMinor: 7 };
const variantsOf = () => ['tile_8', 'tile_16', 'cublas', 'auto'];

/** Each point as role, series and label. */
function drawn(spec: ExperimentInput, device: DeviceTraits): string[] {
  return planPoints(experimentSpec.parse(spec), device, variantsOf).map(
    ({ role, series, label }) => `${role} ${series}: ${label}`,
  );
}

test('GEMM: ceilings, then at each size cuBLAS and every variant', () => {
  expect(drawn({ kind: 'gemm', sizes: [64, [1, 2, 3]] }, GPU)).toEqual([
    'ceiling copy: copy bandwidth',
    'ceiling fma: multiply-adds',
    'reference cublas: 64 × 64 × 64',
    'measured tile_8: 64 × 64 × 64',
    'measured tile_16: 64 × 64 × 64',
    'reference cublas: 1 × 2 × 3',
    'measured tile_8: 1 × 2 × 3',
    'measured tile_16: 1 × 2 × 3',
  ]);
});

test('a CPU has no cuBLAS, one kind of memory, one allocator and no graphs', () => {
  expect(drawn({ kind: 'gemm', sizes: [64], variants: ['tile_8'] }, CPU).slice(2)).toEqual([
    'measured tile_8: 64 × 64 × 64',
  ]);
  expect(drawn({ kind: 'copy', bytes: [4096] }, CPU)).toEqual(['measured memory to memory: 4.000 KiB']);
  expect(drawn({ kind: 'allocation', bytes: [4096] }, CPU)).toEqual(['measured device: 4.000 KiB']);
  expect(drawn({ kind: 'launch', launchCounts: [10] }, CPU)).toEqual(['measured one by one: 10 launches']);
});

test('copies: each way with each kind of host memory, and once within the device', () => {
  expect(drawn({ kind: 'copy', bytes: [4096], memories: ['pageable', 'pinned'] }, GPU)).toEqual([
    'measured pageable hostToDevice: 4.000 KiB',
    'measured pinned hostToDevice: 4.000 KiB',
    'measured pageable deviceToHost: 4.000 KiB',
    'measured pinned deviceToHost: 4.000 KiB',
    'measured deviceToDevice: 4.000 KiB',
  ]);
});

test('sweeps: one point a value', () => {
  expect(drawn({ kind: 'launch', launchCounts: [1, 2] }, CPU)).toEqual([
    'measured one by one: 1 launch',
    'measured one by one: 2 launches',
  ]);
  expect(drawn({ kind: 'streams', streamCounts: [1, 4] }, CPU)).toEqual([
    'measured gemm: 1 stream',
    'measured gemm: 4 streams',
  ]);
  expect(drawn({ kind: 'batch', batchSizes: [1, 8] }, CPU)).toEqual([
    'measured network: 1 image',
    'measured network: 8 images',
  ]);
  expect(drawn({ kind: 'blockSize', blockSizes: [64, 128] }, CPU).slice(2)).toEqual([
    'measured relu: 64 threads',
    'measured relu: 128 threads',
  ]);
});

test('a reference of a large matrix is computed for a few rows only', () => {
  const rowsOf = (side: number) => {
    const point = planPoints(experimentSpec.parse({ kind: 'gemm', sizes: [side] }), CPU, variantsOf)[2];
    return point.work.kind === 'call' ? point.work.check?.rowCount : undefined;
  };
  expect([rowsOf(64), rowsOf(1024), rowsOf(8192)]).toEqual([64, 38, 1]);
});

test.each<[string, unknown, RegExp]>([
  ['a size of zero', { kind: 'gemm', sizes: [0] }, /sizes/],
  ['too large a size', { kind: 'gemm', sizes: [20_000] }, /sizes/],
  ['no size', { kind: 'gemm', sizes: [] }, /sizes/],
  ['a strange variant', { kind: 'gemm', sizes: [8], variants: ['x; rm -rf'] }, /variants/],
  ['a block that no device has', { kind: 'blockSize', blockSizes: [2048] }, /blockSizes/],
  ['no such kind', { kind: 'magic' }, /kind/],
])('%s is refused', (_, spec, place) => {
  const parsed = experimentSpec.safeParse(spec);
  expect(parsed.success ? 'taken' : JSON.stringify(parsed.error.issues)).toMatch(place);
});
