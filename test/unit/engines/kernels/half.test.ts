// The engine in FP16 against ONNX Runtime in float32, on the CPU device: the detector, every operator between convolutions, what is launched,
// and what is refused.

import { afterAll, describe, expect, test } from 'vitest';
import { planNetwork } from '../../../../probe/engines/kernels/plan';
import { WeightPool } from '../../../../probe/engines/kernels/weights';
import { GraphBuilder, int, ints } from '../../../../probe/engines/onnx/generate/graph-builder';
import { upsample } from '../../../../probe/engines/onnx/generate/yolo-blocks';
import { generateYoloShaped } from '../../../../probe/engines/onnx/generate/yolo-shaped';
import type { OnnxModel } from '../../../../probe/engines/onnx/model';
import { randomFloats, seededRandom } from '../../../../probe/runner/random';
import { DecodedRows } from '../../addon/packets';
import { failureOf, KernelsBed, largestError, wanted } from './bed';

const bed = new KernelsBed();
afterAll(() => bed.close());

/** A half has 11 bits: a number is rounded by at most this part of it. */
const ROUNDING = 2 ** -11;
const CLASSES = 80;

/** With larger weights, so that pictures still differ at the end of the network and a wrong layer is seen. */
function louder(model: OnnxModel, gain: number): OnnxModel {
  const learned = [...model.graph.initializers].map(([name, tensor]) => {
    if (!name.endsWith('conv.weight') || name.includes('dfl')) return [name, tensor] as const;
    const values = new Float32Array(tensor.bytes.slice().buffer).map((value) => gain * value);
    return [name, { ...tensor, bytes: new Uint8Array(values.buffer) }] as const;
  });
  return { ...model, graph: { ...model.graph, initializers: new Map(learned) } };
}

/** Root mean squares of a row's error next to how far its numbers lie from their mean, the largest of all rows. */
function errorInSpreads(got: Float32Array, want: Float32Array, rows: readonly (readonly number[])[]): number {
  const each = rows.map((row) => {
    const mean = row.reduce((sum, at) => sum + want[at], 0) / row.length;
    const squares = (of: (at: number) => number) => row.reduce((sum, at) => sum + of(at) ** 2, 0);
    return Math.sqrt(squares((at) => got[at] - want[at]) / squares((at) => want[at] - mean));
  });
  return Math.max(...each);
}

describe('the network shaped like YOLOv8n', () => {
  // Its longest way is 48 convolutions. Each rounds its weights, what it reads and what it writes, and an evenly spread rounding has a root mean
  // square of 1 / sqrt(3) of the largest: sqrt(3 * 48) * ROUNDING / sqrt(3), doubled, because layers do not pass all errors on alike.
  const SPREADS_MAX = 2 * Math.sqrt(48) * ROUNDING;

  test.each([
    { sidePx: 64, batch: 1 as const, size: 1, isGraph: true },
    { sidePx: 96, batch: 'free' as const, size: 1, isGraph: false },
    { sidePx: 96, batch: 'free' as const, size: 3, isGraph: true },
  ])(
    '$sidePx px, batch $batch, $size pictures, graph $isGraph: the numbers of ONNX Runtime but for rounding',
    async ({ sidePx, batch, size, isGraph }) => {
      const model = louder(generateYoloShaped({ sidePx, batch }), 1.1);
      const engine = await bed.load(model, { batchMax: 3, isGraph, precision: 'fp16' });
      expect([engine.isGraph, engine.graphRefusal, engine.facts.precision]).toEqual([isGraph, '', 'fp16']);
      const images = randomFloats(seededRandom(5), size * 3 * sidePx ** 2, 1);
      const want = (await wanted(bed.write(model), 'images', [size, 3, sidePx, sidePx], images)).output0;
      const rowCount = 4 + CLASSES;
      const placeCount = want.length / size / rowCount;
      const rows = Array.from({ length: size * rowCount }, (_, row) =>
        Array.from({ length: placeCount }, (_, place) => row * placeCount + place),
      );
      for (let run = 0; run < 2; run += 1) {
        const { outputs } = await engine.infer({ batch: run, size, inputs: { images } });
        const got = outputs.output0 as Float32Array;
        expect(got).toBeInstanceOf(Float32Array);
        expect(errorInSpreads(got, want, rows)).toBeLessThan(SPREADS_MAX);
      }
    },
  );

  const countsOf = (batch: number, precision: 'fp16' | 'fp32') => {
    const weights = new WeightPool();
    const { calls } = planNetwork(generateYoloShaped({ sidePx: 64, batch }), {}, weights, precision);
    const counts: Record<string, number> = {};
    for (const { options, memory } of calls) {
      const words = [options.kernel, options.operation, options.activation, memory.residual && 'residual'];
      const name = words.filter((word) => word !== undefined).join(' ');
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return { counts, callCount: calls.length, weightsBytes: weights.bytes };
  };

  test('one picture: sums at the end of convolutions, no concatenation and no split copies anything', () => {
    const { counts, callCount, weightsBytes } = countsOf(1, 'fp16');
    // Copies: the picture and the zeros behind its three channels, two upsamplings, the turn before the softmax.
    expect(counts).toEqual({
      'conv_half silu': 51,
      'conv_half silu residual': 6,
      'conv_half none': 6,
      'tensor max_pool': 3,
      'tensor copy': 5,
      softmax: 1,
      'conv none': 1,
      'elementwise add': 2,
      'tensor sub': 2,
      'tensor div': 1,
      'tensor mul': 1,
      'tensor sigmoid': 1,
    });
    expect(callCount).toBe(80);
    expect(weightsBytes / countsOf(1, 'fp32').weightsBytes).toBeLessThan(0.52);
  });

  test('two pictures: beside what one copies, only rows of places and of the answer lie apart', () => {
    // Three levels into one list of places, two parts of the boxes, and the boxes and scores of the answer.
    expect(countsOf(2, 'fp16').counts['tensor copy']).toBe(5 + 3 + 2 + 2);
  });

  test('allocates nothing while it runs', async () => {
    const engine = await bed.load(generateYoloShaped({ sidePx: 64 }), { precision: 'fp16' });
    await engine.warmUp([1]);
    bed.device.setKinds(['memory', 'kernel']);
    bed.device.takePackets();
    const images = randomFloats(seededRandom(5), 3 * 64 ** 2, 1);
    for (let batch = 1; batch < 5; batch += 1) await engine.infer({ batch, size: 1, inputs: { images } });
    const rows = new DecodedRows(bed.device.takePackets());
    bed.device.setKinds([]);
    expect(rows.of('memory')).toEqual([]);
    expect(rows.of('kernel')).toHaveLength(4 * 80);
  });
});

const value = (name: string, ...shape: number[]) => ({ name, element: 'float32' as const, shape });

/** x [1, 5, 12, 12] to y: what `make` writes, by its last node. */
function modelOf(make: (build: GraphBuilder) => void, channelsOut: number, sidePx: number): OnnxModel {
  const build = new GraphBuilder(9);
  make(build);
  return build.finish('parts', value('x', 1, 5, 12, 12), value('y', 1, channelsOut, sidePx, sidePx));
}
const x = { name: 'x', channels: 5, sidePx: 12 };

/** The launches of a model, by kernel and operation. */
function launchesOf(model: OnnxModel): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { options, memory } of planNetwork(model, {}, new WeightPool(), 'fp16').calls) {
    const name = [options.kernel, options.operation, memory.residual && 'residual'].filter(Boolean).join(' ');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

interface Part {
  readonly what: string;
  readonly make: (build: GraphBuilder) => void;
  readonly channels: number;
  readonly sidePx?: number;
  /** Of the first convolution come the picture and its zeros. */
  readonly launches: Readonly<Record<string, number>>;
}

const stem = (build: GraphBuilder, channels = 16) => build.conv('/stem', x, { channels, kernelPx: 3 });
const last = (build: GraphBuilder, name: string, channels: number, sidePx = 12) =>
  build.conv('/last', { name, channels, sidePx }, { channels: 8, kernelPx: 1 });
const along = { axis: int(1) };
const OUT = 1; // the turn to ONNX's order

const PARTS: readonly Part[] = [
  {
    what: 'channels that are no multiple of 8, through a pool with an edge and a second convolution',
    make: (build) => {
      const first = stem(build, 12);
      const pool = build.maxPool('/pool', first, { kernelPx: 3, stride: 2, padPx: 1 });
      build.conv('/last', pool, { channels: 20, kernelPx: 3, stride: 2, padPx: 1 });
    },
    channels: 20,
    sidePx: 3,
    launches: { conv_half: 2, 'tensor max_pool': 1, 'tensor copy': 2 + OUT },
  },
  {
    what: 'a sum whose part is read elsewhere too stays a sum of its own',
    make: (build) => {
      const first = stem(build);
      const second = build.conv('/second', first, { channels: 16, kernelPx: 3 });
      const sum = build.add2('/sum', first, second);
      const both = build.node('/both', 'Concat', [sum.name, second.name], along);
      last(build, both, 32);
    },
    channels: 8,
    launches: { conv_half: 3, 'tensor add': 1, 'tensor copy': 2 + OUT },
  },
  {
    what: 'a sum of two convolutions is done by the later one',
    make: (build) => {
      const first = stem(build);
      const one = build.conv('/one', first, { channels: 16, kernelPx: 1 });
      const other = build.relu('/act', build.conv('/other', first, { channels: 16, kernelPx: 3 }));
      last(build, build.add2('/sum', other, one).name, 16);
    },
    channels: 8,
    launches: { conv_half: 3, 'conv_half residual': 1, 'tensor copy': 2 + OUT },
  },
  {
    what: 'a split into parts that begin within 16 bytes, of which one goes on and both come together again',
    make: (build) => {
      const sizes = build.int64s('/sizes', [12, 4]);
      const [wide, narrow] = build.nodeOf('/split', 'Split', [stem(build).name, sizes], 2, along);
      const second = build.conv('/second', { ...x, name: narrow, channels: 4 }, { channels: 8, kernelPx: 3 });
      last(build, build.node('/both', 'Concat', [narrow, second.name, wide], along), 24);
    },
    channels: 8,
    // `narrow` and its zeros for its convolution, then the two parts; the convolution's own does not begin at a multiple of 8.
    launches: { conv_half: 3, 'tensor copy': 2 + 2 + 3 + OUT },
  },
  {
    what: 'a sum whose other part is made between a convolution and its ReLU',
    make: (build) => {
      const first = stem(build);
      const one = build.conv('/one', first, { channels: 16, kernelPx: 3 });
      const other = build.conv('/other', first, { channels: 16, kernelPx: 3 });
      const parts = [build.relu('/act2', other), build.relu('/act1', one)] as const;
      last(build, build.add2('/sum', ...parts).name, 16);
    },
    channels: 8,
    launches: { conv_half: 3, 'conv_half residual': 1, 'tensor copy': 2 + OUT },
  },
  {
    what: 'a split into upper and lower rows that come together as channels',
    make: (build) => {
      const first = stem(build);
      const halves = build.nodeOf('/split', 'Split', [first.name, build.int64s('/sizes', [6, 6])], 2, { axis: int(2) });
      const both = build.node('/both', 'Concat', halves, along);
      const wide = upsample(build, '/up', { name: both, channels: 32, sidePx: 6 });
      const second = build.conv('/second', first, { channels: 8, kernelPx: 3 });
      const cut = build.node('/cut', 'Slice', [
        wide.name,
        ...[build.int64s('/from', [0]), build.int64s('/to', [12]), build.int64s('/axes', [3])],
      ]);
      last(build, build.node('/all', 'Concat', [cut, second.name], along), 40);
    },
    channels: 8,
    // Both halves of the rows, the upsampling, and what is left of it.
    launches: { conv_half: 3, 'tensor copy': 2 + 2 + 1 + 1 + OUT },
  },
  {
    what: 'one part twice, one upsampled, one concatenation within another',
    make: (build) => {
      const first = stem(build);
      const small = build.conv('/small', first, { channels: 8, kernelPx: 3, stride: 2, padPx: 1 });
      const wide = upsample(build, '/up', small);
      const inner = build.node('/inner', 'Concat', [wide.name, first.name], along);
      const outer = build.node('/outer', 'Concat', [first.name, inner, wide.name], along);
      last(build, outer, 48);
    },
    channels: 8,
    // The upsampling into its place, and the second time that `first` and `wide` are wanted.
    launches: { conv_half: 3, 'tensor copy': 2 + 1 + 2 + OUT },
  },
  {
    what: 'gates, constants laid over, differences, quotients and a ReLU by itself',
    make: (build) => {
      const first = stem(build);
      const gate = build.node('/gate', 'Sigmoid', [first.name]);
      const numbers = (name: string, from: number) =>
        build.floats(
          name,
          [1, 16, 1, 1],
          Float32Array.from({ length: 16 }, (_, at) => from + at / 16),
        );
      const scaled = build.node('/scale', 'Mul', [first.name, numbers('/s', 0.5)]);
      const less = build.node('/less', 'Sub', [scaled, gate]);
      const part = build.node('/part', 'Div', [less, numbers('/d', 1)]);
      const more = build.node('/more', 'Add', [part, gate]);
      last(build, build.relu('/relu', { ...x, name: more }).name, 16);
    },
    channels: 8,
    // The ReLU goes to float32 and back.
    launches: {
      conv_half: 2,
      ...{ 'tensor sigmoid': 1, 'tensor mul': 1, 'tensor sub': 1, 'tensor div': 1, 'tensor add': 1 },
      ...{ 'elementwise relu': 1, 'tensor copy': 2 + 2 + OUT },
    },
  },
  {
    what: 'every second row and column of a picture, and a picture that is turned',
    make: (build) => {
      const first = stem(build);
      const cut = build.node('/cut', 'Slice', [
        first.name,
        ...[
          ['/from', 0, 0],
          ['/to', 99, 99],
          ['/axes', 2, 3],
          ['/steps', 2, 2],
        ].map(([name, ...numbers]) => build.int64s(String(name), numbers.map(Number))),
      ]);
      const second = build.conv('/second', { ...x, name: cut, channels: 16, sidePx: 6 }, { channels: 16, kernelPx: 3 });
      const turned = build.node('/turn', 'Transpose', [second.name], { perm: ints(0, 1, 3, 2) });
      last(build, turned, 16, 6);
    },
    channels: 8,
    sidePx: 6,
    launches: { conv_half: 3, 'tensor copy': 2 + 1 + 1 + OUT },
  },
  {
    what: 'a sum to fewer than 8 channels stays float32, on pixels as they lie',
    make: (build) => {
      const few = build.conv('/few', stem(build), { channels: 3, kernelPx: 1 });
      build.node('/twice', 'Add', [few.name, few.name]);
    },
    channels: 3,
    launches: { conv: 1, conv_half: 1, 'tensor add': 1, 'tensor copy': 2 },
  },
];

describe('parts of networks', () => {
  test.each(PARTS)('$what', async ({ make, channels, sidePx = 12, launches }) => {
    const model = modelOf(make, channels, sidePx);
    expect(launchesOf(model)).toEqual(launches);
    const engine = await bed.load(model, { precision: 'fp16' });
    const values = randomFloats(seededRandom(3), 5 * 12 * 12, 1);
    const want = (await wanted(bed.write(model), 'x', [1, 5, 12, 12], values)).y;
    const { outputs } = await engine.infer({ batch: 1, size: 1, inputs: { x: values } });
    // At most 8 roundings one behind the other, of numbers below 4, by chance in the same direction.
    expect(largestError(outputs.y as Float32Array, want)).toBeLessThan(8 * 4 * ROUNDING);
    const spread = Math.max(...want) - Math.min(...want);
    expect(spread).toBeGreaterThan(0.5);
  });
});

test('two upsampled pictures as an answer: more dimensions than a kernel walks through', async () => {
  const build = new GraphBuilder(9);
  const wide = upsample(build, '/up', stem(build));
  build.node('/gate', 'Sigmoid', [wide.name]);
  const model = build.finish('two', value('x', 2, 5, 12, 12), value('y', 2, 16, 24, 24));
  const engine = await bed.load(model, { precision: 'fp16' });
  const values = randomFloats(seededRandom(3), 2 * 5 * 12 * 12, 1);
  const want = (await wanted(bed.write(model), 'x', [2, 5, 12, 12], values)).y;
  const { outputs } = await engine.infer({ batch: 1, size: 2, inputs: { x: values } });
  expect(largestError(outputs.y as Float32Array, want)).toBeLessThan(8 * 4 * ROUNDING);
});

describe('what FP16 cannot be', () => {
  test('a weight beyond its range names the node', async () => {
    const build = new GraphBuilder(1);
    const weights = build.floats('/big', [8, 5, 1, 1], new Float32Array(40).fill(70_000));
    build.node('/stem/Conv', 'Conv', ['x', weights]);
    const model = build.finish('big', value('x', 1, 5, 12, 12), value('y', 1, 8, 12, 12));
    expect(await failureOf(bed.load(model, { precision: 'fp16' }))).toMatchObject({
      code: 'unsupportedOperator',
      sentence:
        'The engine kernels does not support the node /stem/Conv (Conv): its constant 70000 is beyond FP16, which ends at 65504.',
    });
  });

  test('a window without a kernel names the node', async () => {
    const model = modelOf((build) => build.conv('/wide', x, { channels: 16, kernelPx: 5 }), 16, 12);
    expect(await failureOf(bed.load(model, { precision: 'fp16' }))).toMatchObject({
      code: 'unsupportedOperator',
      sentence: 'The engine kernels does not support the node /wide/Conv (Conv): a window of 5 x 5.',
    });
  });
});
