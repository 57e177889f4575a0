// The references of the kernel families, checked by eye, and what a call that does not fit says. That the twins agree with the references
// is in kernels.test.ts.

import { afterAll, describe, expect, test } from 'vitest';
import { type KernelCall, loadAddon, type ReferenceCall } from '../../../probe/runner/addon';
import { nmsWorkspaceBytes } from '../../../probe/runner/check/nms';
import { ensureNativeBuilt } from '../../integration/native-built';

const addon = loadAddon(ensureNativeBuilt().addonPath);
const device = addon.createCpuDevice({ threads: 2 });
afterAll(() => device.close());

const floats = (...values: number[]) => Float32Array.from(values);

function reference(count: number, call: ReferenceCall): number[] {
  const output = new Float32Array(count).fill(Number.NaN);
  addon.runReference({ ...call, output });
  return [...output];
}

describe('references', () => {
  test('elementwise: the bias belongs to the column', () => {
    const input = floats(-1, 2, 3, -4);
    const call = { kernel: 'elementwise', input, count: 4 };
    expect(reference(4, { ...call, operation: 'add', addend: floats(1, 1, 1, 1) })).toEqual([0, 3, 4, -3]);
    expect(reference(4, { ...call, operation: 'add_relu', addend: floats(1, 1, 1, 1) })).toEqual([0, 3, 4, 0]);
    // silu(x) = x / (1 + exp(-x)): 0 for 0, and x / 2 where exp(-x) is 1, which is at 0 alone; far right it is x.
    const silu = reference(4, { ...call, operation: 'bias_silu', columns: 2, bias: floats(1, 98) });
    expect(silu[0]).toBe(0); // -1 + 1
    expect(silu[1]).toBe(100); // 2 + 98
    expect(silu[2]).toBeCloseTo(4 / (1 + Math.exp(-4)), 5); // 3 + 1
    expect(silu[3]).toBe(94); // -4 + 98
  });

  test('convolution in nhwc with a stride: every other pixel, the weights of each channel together', () => {
    // 1 × 3 pixels of two channels: (1, 10) (2, 20) (3, 30); weights of the one output channel: 100 and 1.
    const shape = { images: 1, height: 1, width: 3, channelsIn: 2, channelsOut: 1, window: 1, stride: 2, padding: 0 };
    const call = {
      kernel: 'conv',
      layout: 'nhwc',
      ...shape,
      input: floats(1, 10, 2, 20, 3, 30),
      weights: floats(100, 1),
    };
    expect(reference(2, call)).toEqual([110, 330]);
    expect(reference(2, { ...call, bias: floats(-200) })).toEqual([-90, 130]);
    expect(reference(2, { ...call, bias: floats(-200), isRelu: true })).toEqual([0, 130]);
  });

  test('preprocess: between two pixels, from red to blue, and beside the letterbox', () => {
    // Two pixels: red 0, green 8, blue 100 ▸ red 100, green 8, blue 0.
    const input = Uint8Array.of(0, 8, 100, 100, 8, 0, 0, 0);
    const call = { kernel: 'preprocess', input, sourceWidth: 2, sourceHeight: 1 };
    // Target pixel x lies over (x + 1/2) / 2 - 1/2: -1/4, 1/4, 3/4, 5/4.
    const wide = reference(12, { ...call, targetWidth: 4, targetHeight: 1 });
    expect(wide).toEqual([0, 25, 75, 100, 8, 8, 8, 8, 100, 75, 25, 0]);
    const boxed = { ...call, targetWidth: 2, targetHeight: 3, isLetterboxed: true, padValue: 7, swapsRedBlue: true };
    expect(reference(18, { ...boxed, mean2: 10, scale2: 2 })).toEqual(
      // blue               green                red, less 10, times 2
      [7, 7, 100, 0, 7, 7, 7, 7, 8, 8, 7, 7, -6, -6, -20, 180, -6, -6],
    );
  });

  test('nms: the better box stays, equal scores keep their order, classes do not meet, the threshold itself is allowed', () => {
    const kept = (count: number, boxes: number[], scores: number[], more: ReferenceCall | object = {}) => {
      const output = new Int32Array(count + 1);
      const workspace = new Uint8Array(nmsWorkspaceBytes(1, count));
      const call = {
        kernel: 'nms',
        count,
        boxes: floats(...boxes),
        scores: floats(...scores),
        kept: output,
        workspace,
      };
      addon.runReference({ overlapThreshold: 0.5, ...call, ...more });
      return [...output];
    };
    const [left, besideLeft, far] = [
      [0, 0, 10, 10],
      [1, 0, 11, 10], // shares 90 of 110
      [20, 0, 30, 10],
    ];
    expect(kept(3, [...left, ...besideLeft, ...far], [0.8, 0.9, 0.1])).toEqual([2, 1, 2, -1]);
    expect(kept(3, [...far, ...left, ...left], [0.5, 0.5, 0.5])).toEqual([2, 0, 1, -1]);
    expect(kept(2, [...left, ...left], [0.5, 0.6], { classes: Int32Array.of(1, 2) })).toEqual([2, 1, 0]);
    expect(kept(2, [...left, ...far], [0.5, Number.NaN], { scoreThreshold: 0.5 })).toEqual([0, -1, -1]);
    // Half of the larger box.
    const [whole, half] = [
      [0, 0, 4, 1],
      [0, 0, 2, 1],
    ];
    expect(kept(2, [...whole, ...half], [0.9, 0.8])).toEqual([2, 0, 1]);
    expect(kept(2, [...whole, ...half], [0.9, 0.8], { overlapThreshold: 0.49 })).toEqual([1, 0, -1]);
  });
});

test('a heartbeat brings the number and a clock that goes on', () => {
  const [stamp, clockNs] = [device.alloc(4), device.alloc(8)];
  const [beat, time] = [new Uint32Array(1), new BigUint64Array(1)];
  let lastNs = 0n;
  for (const number of [7, 8]) {
    device.launch({ kernel: 'heartbeat', stamp, clockNs, beat: number });
    device.synchronize();
    device.download({ source: stamp, target: beat });
    device.download({ source: clockNs, target: time });
    expect(beat[0]).toBe(number);
    expect(time[0]).toBeGreaterThan(lastNs);
    lastNs = time[0];
  }
});

test('the online softmax takes the kernel that keeps a row', () => {
  const address = device.alloc(4 * 40_000);
  const nameOf = (columns: number) =>
    device.describeLaunch({ kernel: 'softmax', variant: 'online', input: address, output: address, rows: 1, columns })
      .launches[0].name;
  expect([128, 129, 1024, 1025, 32_768, 32_772].map(nameOf)).toEqual([
    'softmax_warp<1>',
    'softmax_warp<2>',
    'softmax_warp<8>',
    'softmax_block<256, 2>',
    'softmax_block<1024, 8>',
    'softmax_stream',
  ]);
});

describe('what does not fit is one sentence', () => {
  const memory = device.alloc(64);
  const conv = {
    kernel: 'conv',
    ...{ input: memory, weights: memory, output: memory },
    ...{ images: 1, channelsIn: 1, channelsOut: 1, height: 2, width: 2 },
  };
  const picture = { sourceWidth: 3, sourceHeight: 1, targetWidth: 1, targetHeight: 1 };
  const nms = { kernel: 'nms', boxes: memory, scores: memory, kept: memory };
  const calls: [string, KernelCall, RegExp][] = [
    ['a stride of direct', { ...conv, variant: 'direct', stride: 2 }, /^conv: direct is for layout nchw/],
    ['a window of two', { ...conv, window: 2 }, /^conv: window must be 1 or 3\.$/],
    ['too large a window', { ...conv, padding: 0 }, /^conv: the window is larger than the padded image\.$/],
    ['no such layout', { ...conv, layout: 'chwn' }, /^conv: layout must be one of nchw, nhwc/],
    ['no such variant', { ...conv, variant: 'tile_7' }, /^conv: variant must be one of direct, tile_64, tile_128/],
    ['blocks', { ...conv, variant: 'direct', images: 60_000, channelsOut: 60_000 }, /needs? more than 65535 blocks/],
    ['no workspace', { ...nms, count: 1 }, /^nms: workspace must be/],
    [
      'too small a workspace',
      { ...nms, count: 2, workspace: memory },
      /^nms: workspace has 64 bytes; 68 are needed\.$/,
    ],
    ['too many boxes', { ...nms, count: 65_537 }, /^nms: count must be a whole number from 1 to 65536/],
    [
      'pictures that end inside a word',
      { kernel: 'preprocess', ...picture, input: device.alloc(9), output: memory },
      /^preprocess: input has 9 bytes; 12 are needed\.$/,
    ],
    [
      'a copy onto itself',
      { kernel: 'ceiling', operation: 'copy', input: memory, output: memory, count: 1 },
      /^ceiling: input and output must not be the same memory\.$/,
    ],
    ['half a beat', { kernel: 'heartbeat', stamp: memory, clockNs: memory, beat: 0.5 }, /^heartbeat: beat must be/],
  ];
  test.each(calls)('%s', (_, call, sentence) => expect(() => device.launch(call)).toThrow(sentence));
});
