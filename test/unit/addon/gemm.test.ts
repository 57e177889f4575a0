// What is particular to the GEMM: its list of variants, the choice among them, split-K's workspace, and cuBLAS where there is none.

import { afterAll, describe, expect, test } from 'vitest';
import { type KernelCall, loadAddon } from '../../../probe/runner/addon';
import { GEMM_VARIANTS } from '../../../probe/runner/check/gemm';
import { randomFloats, seededRandom } from '../../../probe/runner/random';
import { ensureNativeBuilt } from '../../integration/native-built';

const addon = loadAddon(ensureNativeBuilt().addonPath);
const device = addon.createCpuDevice({ threads: 2 });
afterAll(() => device.close());

const room = device.alloc(4 * 2 ** 20);
const callOf = (rows: number, columns: number, depth: number, variant: string): KernelCall => ({
  kernel: 'gemm',
  a: room,
  b: room,
  c: room,
  rows,
  columns,
  depth,
  variant,
});

test('the addon has the variants that are checked, auto and cublas, and no others', () => {
  const listed = [...GEMM_VARIANTS, 'auto', 'cublas'].join(', ');
  expect(() => device.describeLaunch(callOf(1, 1, 1, '?'))).toThrow(`gemm: variant must be one of ${listed}.`);
});

test('a launch has the grid of its blocks, and all the shared memory that the kernel asks for', () => {
  const launchOf = (variant: string) => device.describeLaunch(callOf(300, 500, 100, variant)).launches[0];
  expect(launchOf('double_8x8')).toEqual({
    name: 'gemm_double<true>',
    grid: [4, 3, 1],
    block: [256, 1, 1],
    staticSharedBytes: 2 * 8 * (132 + 128) * 4,
    dynamicSharedBytes: 0,
  });
  // Three stages of 32 steps; the sums of 4 slices, 64 × 128 each, take more room.
  expect(launchOf('warp_64x128x32_8x16_64x64_s3_k4')).toEqual({
    name: 'gemm_warp<64, 128, 32, 8, 16, 64, 64, 3, 4, 1, true>',
    grid: [4, 5, 1],
    block: [256, 1, 1],
    staticSharedBytes: 0,
    dynamicSharedBytes: 4 * 64 * 128 * 4,
  });
  const odd = device.describeLaunch(callOf(300, 499, 100, 'warp_64x128x32_8x16_64x64_s3_k4'));
  expect(odd.launches[0].name).toBe('gemm_warp<64, 128, 32, 8, 16, 64, 64, 3, 4, 1, false>');
});

test('auto is one of the warp-tiled variants: small blocks for a small C, large ones for a large C', () => {
  const blockOf = (side: number) => device.describeLaunch(callOf(side, side, 64, 'auto')).launches[0].name;
  expect(blockOf(32)).toMatch(/^gemm_warp<32, 64, /);
  expect(blockOf(1000)).toMatch(/^gemm_warp<(64|128), /);
});

describe('split-K', () => {
  const shape = { rows: 40, columns: 52, depth: 1000 };
  const count = shape.rows * shape.columns;
  const random = seededRandom(1);
  const a = device.alloc(shape.rows * shape.depth * 4);
  const b = device.alloc(shape.depth * shape.columns * 4);
  device.upload({ target: a, source: randomFloats(random, shape.rows * shape.depth, 1) });
  device.upload({ target: b, source: randomFloats(random, shape.depth * shape.columns, 1) });
  const c = device.alloc(count * 4);
  const split = { kernel: 'gemm', variant: 'split_k', a, b, c, ...shape };

  test('is two launches: the parts, a multiple of 32 steps each, and their sum', () => {
    const workspace = device.alloc(7 * count * 4);
    const { launches, flops, bytes } = device.describeLaunch({ ...split, parts: 7, workspace });
    // 1000 / 7 = 142.9, rounded up to 160 steps: 7 parts.
    expect(launches.map(({ name, grid }) => [name, grid])).toEqual([
      ['gemm_warp<64, 64, 32, 8, 8, 32, 64, 3, 4, 2, true>', [1, 1, 7]],
      ['gemm_sum_parts', [Math.ceil(count / 256), 1, 1]],
    ]);
    expect(flops).toBe(2 * 40 * 52 * 1000);
    expect(bytes).toBe(4 * (40 * 1000 + 1000 * 52 + 40 * 52));
    device.free(workspace);
  });

  test('leaves out parts that would have no depth', () => {
    const workspace = device.alloc(60 * count * 4);
    const { launches } = device.describeLaunch({ ...split, parts: 60, workspace });
    expect(launches[0].grid).toEqual([1, 1, 32]); // 1000 steps are 31.25 times 32
    device.free(workspace);
  });

  test('gives the same bits every time', () => {
    const workspace = device.alloc(5 * count * 4);
    const run = () => {
      const got = new Float32Array(count);
      device.launch({ ...split, parts: 5, workspace });
      device.synchronize();
      device.download({ source: c, target: got });
      return got;
    };
    const first = run();
    expect(first.some((value) => value !== 0)).toBe(true);
    for (let again = 0; again < 5; again++) expect(run()).toEqual(first);
    device.free(workspace);
  });

  test('is what auto takes for a long depth and a small C, where it has a workspace', () => {
    const workspace = device.alloc(64 * 64 * 64 * 4);
    const long = { ...callOf(64, 64, 2 ** 14, 'auto'), a: device.alloc(4 * 2 ** 20), b: device.alloc(4 * 2 ** 20) };
    const stagesOf = (call: KernelCall) => device.describeLaunch(call).launches.length;
    expect(stagesOf({ ...long, workspace })).toBe(2);
    expect(stagesOf(long)).toBe(1);
    expect(stagesOf({ ...callOf(512, 512, 64, 'auto'), workspace })).toBe(1);
    for (const address of [workspace, long.a, long.b] as number[]) device.free(address);
  });

  test('says what it lacks', () => {
    const small = device.alloc(2 * count * 4);
    expect(() => device.launch({ ...split, parts: 3, workspace: small })).toThrow(
      `gemm: workspace has ${2 * count * 4} bytes; ${3 * count * 4} are needed.`,
    );
    expect(() => device.launch({ ...split, parts: 3 })).toThrow('gemm: workspace');
    expect(() => device.launch({ ...split, parts: 0, workspace: small })).toThrow('gemm: parts must be');
    expect(() => device.launch({ ...split, parts: 65, workspace: small })).toThrow('gemm: parts must be');
    device.free(small);
  });
});

test('cublas is refused where there is no CUDA', () => {
  expect(() => device.launch(callOf(4, 4, 4, 'cublas'))).toThrow('gemm: cublas runs on CUDA devices only.');
});

test('rows of blocks that no grid has are refused, for the variants that need them', () => {
  const tall = { ...callOf(2 ** 20, 1, 1, 'tile_8'), a: room, b: room, c: room };
  expect(() => device.describeLaunch(tall)).toThrow('gemm: the sizes need more than 65535 blocks in y or z');
  expect(device.describeLaunch({ ...tall, variant: 'tile_32' }).launches[0].grid).toEqual([1, 32768, 1]);
});
