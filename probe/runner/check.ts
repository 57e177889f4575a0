// Compares every kernel of a device with the naive reference, on sizes that do not divide the tiles. Outputs are poisoned with NaN
// first, so that an element nobody wrote is a miss, and so is one written behind the end.

import type { ComputeDevice, DeviceAddress, NativeAddon } from './addon';
import { randomFloats, seededRandom } from './random';

export interface CheckResult {
  readonly kernel: string;
  /** Largest |got - want| / (1 + |want|): relative for large values, absolute for those near 0. NaN when an output is NaN. */
  readonly errorMax: number;
  readonly isGood: boolean;
}

/** float32 keeps 24 bits; sums of up to 300 products of numbers below 1 stay well within this, also when fused or reordered. */
const ERROR_MAX = 2e-5;
const GUARD_COUNT = 64;
const FLOAT_BYTES = 4;

class Bench {
  private readonly allocations: DeviceAddress[] = [];

  constructor(readonly device: ComputeDevice) {}

  input(values: Float32Array): DeviceAddress {
    const address = this.device.alloc(values.length * FLOAT_BYTES, 'check input');
    this.allocations.push(address);
    this.device.upload({ target: address, source: values });
    return address;
  }

  poisoned(count: number): DeviceAddress {
    return this.input(new Float32Array(count + GUARD_COUNT).fill(Number.NaN));
  }

  compare(kernel: string, output: DeviceAddress, want: Float32Array): CheckResult {
    const got = new Float32Array(want.length + GUARD_COUNT);
    this.device.synchronize();
    this.device.download({ source: output, target: got });
    for (const address of this.allocations.splice(0)) this.device.free(address);
    let errorMax = 0;
    for (let index = 0; index < want.length; index++) {
      const error = Math.abs(got[index] - want[index]) / (1 + Math.abs(want[index]));
      if (!(error <= errorMax)) errorMax = error; // so that NaN is taken and stays
      if (Number.isNaN(error)) break;
    }
    const isGuardWhole = got.subarray(want.length).every(Number.isNaN);
    return { kernel, errorMax, isGood: errorMax <= ERROR_MAX && isGuardWhole };
  }
}

function checkGemm(addon: NativeAddon, bench: Bench, tile: number): CheckResult {
  const random = seededRandom(tile);
  const shape = { rows: 67, columns: 131, depth: 259 };
  const a = randomFloats(random, shape.rows * shape.depth, 1);
  const b = randomFloats(random, shape.depth * shape.columns, 1);
  const output = bench.poisoned(shape.rows * shape.columns);
  bench.device.gemm({ a: bench.input(a), b: bench.input(b), c: output, ...shape, tile });
  return bench.compare(`gemm_tile<${tile}>`, output, addon.references.gemm({ a, b, ...shape }));
}

function checkConv(addon: NativeAddon, bench: Bench): CheckResult {
  const random = seededRandom(2);
  const shape = { images: 3, channelsIn: 5, channelsOut: 7, height: 35, width: 29 };
  const input = randomFloats(random, shape.images * shape.channelsIn * shape.height * shape.width, 1);
  const weights = randomFloats(random, shape.channelsOut * shape.channelsIn * 9, 1);
  const bias = randomFloats(random, shape.channelsOut, 1);
  const output = bench.poisoned(shape.images * shape.channelsOut * shape.height * shape.width);
  const addresses = { input: bench.input(input), weights: bench.input(weights), bias: bench.input(bias), output };
  bench.device.conv3x3({ ...addresses, ...shape });
  return bench.compare('conv3x3', output, addon.references.conv3x3({ input, weights, bias, ...shape }));
}

function checkSoftmax(addon: NativeAddon, bench: Bench): CheckResult {
  const shape = { rows: 33, columns: 301 };
  const input = randomFloats(seededRandom(3), shape.rows * shape.columns, 20);
  const output = bench.poisoned(input.length);
  bench.device.softmax({ input: bench.input(input), output, ...shape });
  return bench.compare('softmax_rows', output, addon.references.softmax({ input, ...shape }));
}

function checkRelu(addon: NativeAddon, bench: Bench): CheckResult {
  const input = randomFloats(seededRandom(4), 100_003, 1);
  const output = bench.poisoned(input.length);
  bench.device.relu({ input: bench.input(input), output, count: input.length });
  return bench.compare('relu', output, addon.references.relu({ input, count: input.length }));
}

/** Checks GEMM with each tile, convolution, softmax and ReLU. */
export function checkKernels(addon: NativeAddon, device: ComputeDevice): CheckResult[] {
  const bench = new Bench(device);
  return [
    ...[8, 16, 32].map((tile) => checkGemm(addon, bench, tile)),
    checkConv(addon, bench),
    checkSoftmax(addon, bench),
    checkRelu(addon, bench),
  ];
}

/** One line for people. */
export function checkSentence({ kernel, errorMax, isGood }: CheckResult): string {
  return `${kernel.padEnd(14)} largest relative error ${errorMax.toExponential(1)}  ${isGood ? 'ok' : 'WRONG'}`;
}
