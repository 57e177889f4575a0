import { afterAll, describe, expect, test } from 'vitest';
import { loadAddon, type ReferenceCall } from '../../../probe/runner/addon';
import { checkKernels, checkSentence } from '../../../probe/runner/check/check';
import { randomFloats, seededRandom } from '../../../probe/runner/random';
import { ensureNativeBuilt } from '../../integration/native-built';

const RELU = { kernel: 'elementwise', operation: 'relu', variant: 'scalar' };
const addon = loadAddon(ensureNativeBuilt().addonPath);
const device = addon.createCpuDevice({ threads: 2 });
afterAll(() => device.close());

const floats = (...values: number[]) => Float32Array.from(values);

function uploaded(values: Float32Array): number {
  const address = device.alloc(values.length * 4);
  device.upload({ target: address, source: values });
  return address;
}

function poisoned(count: number): number {
  return uploaded(new Float32Array(count).fill(Number.NaN));
}

function read(address: number, count: number): Float32Array {
  const values = new Float32Array(count);
  device.download({ source: address, target: values });
  return values;
}

/** What the reference writes into `count` elements under `key`. */
function reference(key: string, count: number, call: ReferenceCall): Float32Array {
  const output = new Float32Array(count).fill(Number.NaN);
  addon.runReference({ ...call, [key]: output });
  return output;
}

/** Phrased so that NaN fails. */
function isClose(got: number, want: number, absTol = 1e-5, relTol = 1e-5): boolean {
  return Math.abs(got - want) <= absTol + relTol * Math.abs(want);
}

function expectClose(got: Float32Array, want: Float32Array): void {
  const far = want.findIndex((value, index) => !isClose(got[index], value));
  expect(far === -1 ? 'all close' : `[${far}] is ${got[far]}, not ${want[far]}`).toBe('all close');
}

describe('references, checked by eye', () => {
  test('gemm', () => {
    const [a, b] = [floats(1, 2, 3, 4, 5, 6), floats(1, 0, 0, 1, 10, 100)];
    // 1 2 3     1   0     31 302
    // 4 5 6  ·  0   1  =  64 605
    //          10 100
    expect([...reference('c', 4, { kernel: 'gemm', a, b, rows: 2, columns: 2, depth: 3 })]).toEqual([31, 302, 64, 605]);
  });

  test('convolution sums the window, reads zero outside, adds the bias', () => {
    const image = { images: 1, channelsIn: 1, channelsOut: 2, height: 2, width: 3 };
    const onlyRight = [0, 0, 0, 0, 0, 1, 0, 0, 0];
    const weights = floats(...new Array(9).fill(1), ...onlyRight);
    const input = floats(1, 2, 3, 4, 5, 6);
    const output = reference('output', 12, {
      kernel: 'conv',
      variant: 'direct',
      input,
      weights,
      bias: floats(0, 100),
      ...image,
    });
    expect([...output]).toEqual([12, 21, 16, 12, 21, 16, 102, 103, 100, 105, 106, 100]);
  });

  test('softmax and relu', () => {
    const row = reference('output', 2, { kernel: 'softmax', input: floats(0, Math.log(3)), rows: 1, columns: 2 });
    expectClose(row, floats(0.25, 0.75));
    const relu = reference('output', 4, { ...RELU, input: floats(-1, 0, 2, Number.NaN), count: 4 });
    expect([...relu]).toEqual([0, 0, 2, Number.NaN]);
  });
});

describe('twins against the references', () => {
  test('the check that the runner offers finds nothing', () => {
    const results = checkKernels(addon, device);
    expect(results.filter((result) => !result.isGood).map(checkSentence)).toEqual([]);
    // The kernels of the demo, and one call of every family.
    const names = results.map((result) => result.kernel);
    for (const name of ['conv3x3', 'softmax_rows', 'relu']) {
      expect(names).toContain(name);
    }
    for (const name of [
      /^gemm tile_16 /,
      /^gemm_half /,
      /^conv nhwc tile_128 /,
      /^conv_half auto /,
      /^tensor_copy f16 to f32 /,
      /^max_pool f16 /,
      /^softmax online /,
      /^bias_silu_vector$/,
      /^fma$/,
      /^preprocess words /,
      /^nms bitmask /,
      /^heartbeat$/,
    ]) {
      expect(names.filter((label) => name.test(label))).not.toEqual([]);
    }
    expect(new Set(names).size).toBe(names.length);
  });

  test('the check fails on a device that does nothing', () => {
    const results = checkKernels(addon, { ...device, launch: () => undefined });
    expect(results.filter((result) => result.isGood)).toEqual([]);
  });

  test.each([8, 16, 32])('gemm with tile %i on sides around the tile', (tile) => {
    const random = seededRandom(tile);
    for (const [rows, columns, depth] of [
      [1, 1, 1],
      [tile - 1, tile + 1, tile],
      [tile, tile, tile - 1],
      [tile + 1, 1, 2 * tile + 3],
      [1, 3 * tile + 5, 1],
    ]) {
      const a = randomFloats(random, rows * depth, 1);
      const b = randomFloats(random, depth * columns, 1);
      const c = poisoned(rows * columns);
      device.launch({
        kernel: 'gemm',
        a: uploaded(a),
        b: uploaded(b),
        c,
        rows,
        columns,
        depth,
        variant: `tile_${tile}`,
      });
      expectClose(
        read(c, rows * columns),
        reference('c', rows * columns, { kernel: 'gemm', a, b, rows, columns, depth }),
      );
    }
  });

  test('convolution of sides around the tile', () => {
    const random = seededRandom(5);
    for (const [images, channelsIn, channelsOut, height, width] of [
      [1, 1, 1, 1, 1],
      [2, 3, 4, 15, 17],
      [1, 2, 3, 16, 16],
      [2, 1, 2, 33, 1],
    ]) {
      const shape = { images, channelsIn, channelsOut, height, width };
      const input = randomFloats(random, images * channelsIn * height * width, 1);
      const weights = randomFloats(random, channelsOut * channelsIn * 9, 1);
      const bias = randomFloats(random, channelsOut, 1);
      const outputCount = images * channelsOut * height * width;
      const output = poisoned(outputCount);
      const addresses = { input: uploaded(input), weights: uploaded(weights), bias: uploaded(bias), output };
      device.launch({ kernel: 'conv', variant: 'direct', ...addresses, ...shape });
      expectClose(
        read(output, outputCount),
        reference('output', outputCount, { kernel: 'conv', variant: 'direct', input, weights, bias, ...shape }),
      );
    }
  });

  test('softmax survives large values and one column', () => {
    const input = floats(1000, 1001, -1000, 88, 89, 90);
    const output = poisoned(6);
    device.launch({ kernel: 'softmax', input: uploaded(input), output, rows: 2, columns: 3 });
    expectClose(read(output, 6), reference('output', 6, { kernel: 'softmax', input, rows: 2, columns: 3 }));
    device.launch({ kernel: 'softmax', input: uploaded(floats(7, -7)), output, rows: 2, columns: 1 });
    expect([...read(output, 2)]).toEqual([1, 1]);
  });

  test('relu works in place and lets a NaN through', () => {
    const address = uploaded(floats(-1, 3, Number.NaN));
    device.launch({ ...RELU, input: address, output: address, count: 3 });
    expect([...read(address, 3)]).toEqual([0, 3, Number.NaN]);
  });

  test('a stream runs in order: each kernel sees what the one before it wrote', () => {
    const count = 4096;
    const stream = device.createStream();
    const [front, back] = [uploaded(new Float32Array(count * count).fill(1)), poisoned(count * count)];
    // A row of ones becomes a row of 1/4096; relu keeps it; the softmax of equal values is the same again.
    device.launch({ kernel: 'softmax', input: front, output: back, rows: count, columns: count, stream });
    device.launch({ ...RELU, input: back, output: back, count: count * count, stream });
    device.launch({ kernel: 'softmax', input: back, output: front, rows: count, columns: count, stream });
    const got = new Float32Array(count * count);
    device.download({ source: front, target: got, stream });
    expect(got.every((value) => isClose(value, 1 / count, 1e-9))).toBe(true);
    for (const address of [front, back]) device.free(address);
  });
});

// With few rounds a sum still tells its thread and its chain; 300 and 1000 elements end within a block.
test.each([
  [1, 1],
  [300, 3],
  [1000, 7],
  [1024, 256],
])('multiply-adds of %i elements: each sum is that of its own thread, after %i rounds', (count, rounds) => {
  const call = { kernel: 'ceiling', operation: 'fma', count, rounds };
  const output = poisoned(count);
  device.launch({ ...call, output });
  device.synchronize();
  expectClose(read(output, count), reference('output', count, call));
  device.free(output);
});
