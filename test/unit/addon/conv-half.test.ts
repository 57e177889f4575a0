import { afterAll, describe, expect, test } from 'vitest';
import { type KernelCall, loadAddon } from '../../../probe/runner/addon';
import { checkSentence } from '../../../probe/runner/check/check';
import { CheckBench } from '../../../probe/runner/check/check-bench';
import { CONV_HALF_TILES, convHalfChecks } from '../../../probe/runner/check/conv-half';
import { halfBitsOfWhole } from '../../../probe/runner/check/gemm-half';
import { floatsOfHalves } from '../../../probe/runner/check/halves';
import { tensorHalfChecks } from '../../../probe/runner/check/tensor-half';
import { ensureNativeBuilt } from '../../integration/native-built';

const addon = loadAddon(ensureNativeBuilt().addonPath);
const device = addon.createCpuDevice({ threads: 2 });
afterAll(() => device.close());

const halves = (...values: number[]) => Uint16Array.from(values, halfBitsOfWhole);

test('halves as numbers, from the tables of IEEE 754', () => {
  const numbers = floatsOfHalves(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00, 0x3555));
  expect([...numbers]).toEqual([
    1,
    -2,
    65504,
    2 ** -24,
    Number.POSITIVE_INFINITY,
    Number.NaN,
    Math.fround(0.333251953125),
  ]);
});

describe('the reference, checked by eye', () => {
  const shape = { images: 1, channelsIn: 8, channelsOut: 8, height: 1, width: 2 };
  // Two pixels: channel 0 is 1 and 2. Output channel 0 sums the middle and the right tap of channel 0, the right one ten times.
  const input = halves(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0);
  const weights = new Uint16Array(8 * 9 * 8);
  weights.set(halves(1), 4 * 8);
  weights.set(halves(10), 5 * 8);
  const call = { kernel: 'conv_half', input, weights, ...shape };

  test('window, bias, activation, and the residual behind it', () => {
    const output = new Uint16Array(16);
    const bias = Float32Array.of(-22, -1, 0, 0, 0, 0, 0, 0);
    addon.runReference({ ...call, output });
    expect([...floatsOfHalves(output)].filter((_, index) => index % 8 === 0)).toEqual([21, 2]);
    const residual = halves(...new Array(16).fill(5));
    addon.runReference({ ...call, output, bias, residual, activation: 'relu' });
    expect([...floatsOfHalves(output).subarray(0, 3)]).toEqual([5, 5, 5]);
  });

  test('pixels into a part of wider ones, as floats', () => {
    const output = new Float32Array(24).fill(7);
    addon.runReference({ ...call, output, outputPitch: 16, outputElement: 'f32' });
    expect([...output]).toEqual([21, 0, 0, 0, 0, 0, 0, 0, ...new Array(8).fill(7), 2, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('the largest of halves in NHWC, a NaN before all', () => {
    const output = new Uint16Array(8);
    const pool = { kernel: 'tensor', operation: 'max_pool', element: 'f16', layout: 'nhwc', channels: 8, images: 1 };
    const row = halves(1, 2, 3, 4, 5, 6, 7, 8, 8, 7, 6, 5, 4, 3, 2, 1);
    const input = Uint16Array.of(...row, ...row);
    input[2] = 0x7e00;
    addon.runReference({ ...pool, height: 2, width: 2, window: 2, input, output });
    expect([...floatsOfHalves(output)]).toEqual([8, 7, Number.NaN, 5, 5, 6, 7, 8]);
  });
});

describe('twins', () => {
  test('the check finds nothing', () => {
    const bench = new CheckBench(addon, device);
    const results = [...convHalfChecks(device), ...tensorHalfChecks()].map((check) => bench.run(check));
    expect(results.filter((result) => !result.isGood).map(checkSentence)).toEqual([]);
  });

  test('the check fails on a device that does nothing', () => {
    const bench = new CheckBench(addon, { ...device, launch: () => undefined });
    const checks = [...convHalfChecks(device), ...tensorHalfChecks()];
    expect(checks.filter((check) => bench.run(check).isGood).map(({ label }) => label)).toEqual([]);
  });
});

describe('calls', () => {
  const memory = device.alloc(1 << 20);
  const call = {
    kernel: 'conv_half',
    ...{ images: 1, channelsIn: 8, channelsOut: 16, height: 4, width: 4 },
    ...{ input: memory, weights: memory, output: memory },
  };

  test('the tiles are those of the header, and auto takes one of them', () => {
    expect(addon.kernelVariants('conv_half')).toEqual([...CONV_HALF_TILES, 'auto']);
    const [launch] = device.describeLaunch(call).launches;
    expect(launch.name).toMatch(/^conv_half<\d+, \d+, \d+, \d+, \d, \d>$/);
    const sliced = { ...call, variant: 'tile_64x64_32x32_k2' };
    expect(device.describeLaunch(sliced).launches[0]).toMatchObject({ grid: [1, 1, 1], block: [256, 1, 1] });
  });

  test('chunks are moved where both sides lie together, elements elsewhere', () => {
    const nameOf = (options: Record<string, unknown>) => {
      const copy = {
        kernel: 'tensor',
        operation: 'copy',
        dims: [3, 16],
        inputStrides: [16, 1],
        outputStrides: [32, 1],
      };
      const element = { inputElement: 'f16', outputElement: 'f16' };
      return device.describeLaunch({ ...copy, ...element, input: memory, output: memory + 4096, ...options })
        .launches[0].name;
    };
    expect(nameOf({})).toBe('tensor_copy_chunks');
    expect(nameOf({ output: memory + 4096 + 2 })).toBe('tensor_copy_half<__half, __half>');
    expect(nameOf({ outputStrides: [33, 1] })).toBe('tensor_copy_half<__half, __half>');
    expect(nameOf({ inputElement: 'f32' })).toBe('tensor_copy_half<float, __half>');
    expect(nameOf({ inputElement: 'f32', outputElement: 'f32' })).toBe('tensor_copy');
  });

  const calls: [string, KernelCall, RegExp][] = [
    ['channels', { ...call, channelsIn: 3 }, /^conv_half: channelsIn must be a multiple of 8; pad/],
    ['a pitch', { ...call, outputPitch: 20 }, /^conv_half: outputPitch must be a multiple of 8/],
    ['a short pitch', { ...call, inputPitch: 0 }, /^conv_half: inputPitch must be a whole number from 8/],
    ['an address', { ...call, input: memory + 8 }, /^conv_half: input must be a multiple of 16 bytes\.$/],
    [
      'more weights than are counted',
      { ...call, channelsIn: 65528, channelsOut: 65528 },
      /^conv_half: the weights have more than 2\^34 elements; take fewer channels at once\.$/,
    ],
    ['a window', { ...call, window: 2 }, /^conv_half: window must be 1 or 3\.$/],
    ['a tile', { ...call, variant: 'tile_1x1' }, /^conv_half: variant must be one of tile_/],
    ['little memory', { ...call, height: 400, width: 400 }, /^conv_half: input has 1048576 bytes; 2560000 are needed/],
    [
      'a layout',
      { kernel: 'tensor', operation: 'max_pool', element: 'f16', layout: 'nchw' },
      /^tensor: max_pool takes f32 in layout nchw, or f16 in layout nhwc\.$/,
    ],
  ];
  test.each(calls)('%s that does not fit is one sentence', (_, wrong, sentence) => {
    expect(() => device.launch(wrong)).toThrow(sentence);
  });
});
