// The engine on our own kernels against ONNX Runtime on the same models, what it allocates, and every way in which a model can be wrong.

import { afterAll, describe, expect, test } from 'vitest';
import { GraphBuilder, int, ints, text } from '../../../../probe/engines/onnx/generate/graph-builder';
import { generateYoloShaped } from '../../../../probe/engines/onnx/generate/yolo-shaped';
import type { OnnxModel } from '../../../../probe/engines/onnx/model';
import type { KernelCall } from '../../../../probe/runner/addon';
import { randomFloats, seededRandom } from '../../../../probe/runner/random';
import { enums } from '../../../../shared/model/enums';
import { foreignOperatorModel, linearModel } from '../../../integration/engines-kit';
import { DecodedRows } from '../../addon/packets';
import { failureOf, KernelsBed, largestError, wanted } from './bed';

const bed = new KernelsBed();
afterAll(() => bed.close());

const ERROR_MAX = 1e-3;
const pictures = (sidePx: number, count: number) => randomFloats(seededRandom(5), count * 3 * sidePx ** 2, 1);

describe('the network shaped like YOLOv8n', () => {
  test.each([
    { sidePx: 64, batch: 1 as const, size: 1, isGraph: true },
    { sidePx: 96, batch: 'free' as const, size: 1, isGraph: false },
    { sidePx: 96, batch: 'free' as const, size: 3, isGraph: true },
    { sidePx: 320, batch: 1 as const, size: 1, isGraph: true },
  ])(
    '$sidePx px, batch $batch, $size pictures, graph $isGraph: the numbers of ONNX Runtime',
    async ({ sidePx, batch, size, isGraph }) => {
      const model = generateYoloShaped({ sidePx, batch });
      const engine = await bed.load(model, { batchMax: 3, isGraph });
      expect([engine.isGraph, engine.graphRefusal]).toEqual([isGraph, '']);
      const images = pictures(sidePx, size);
      const want = await wanted(bed.write(model), 'images', [size, 3, sidePx, sidePx], images);
      for (let run = 0; run < (sidePx > 100 ? 1 : 2); run += 1) {
        const { outputs } = await engine.infer({ batch: run, size, inputs: { images } });
        expect(largestError(outputs.output0 as Float32Array, want.output0)).toBeLessThan(ERROR_MAX);
      }
    },
  );

  test('closing does not wait until the layers are measured', async () => {
    const engine = await bed.load(generateYoloShaped({ sidePx: 64 }), { layerRuns: 100 });
    const warming = failureOf(engine.warmUp([1]));
    await engine.close();
    expect((await warming).code).toBe('engineEnded');
    expect(engine.layerTimes()).toEqual([]);
  });

  test('facts, memory, and layers measured one by one', async () => {
    const engine = await bed.load(generateYoloShaped({ sidePx: 64, batch: 'free' }), {
      batchMax: 2,
      layerRuns: 3,
      name: 'detector',
    });
    expect(engine.facts).toEqual({
      name: 'detector',
      kind: 'kernels',
      device: 'cpu',
      precision: 'fp32',
      inputs: [{ name: 'images', element: 'float32', shape: [-1, 3, 64, 64] }],
      outputs: [{ name: 'output0', element: 'float32', shape: [-1, 84, 84] }],
      batchMax: 2,
    });
    const { weightsBytes, activationsBytes, workspaceBytes } = engine.memory();
    // 3.15 million weights of YOLOv8n, each part at a multiple of 256 bytes.
    expect(weightsBytes / 4).toBeGreaterThan(3.14e6);
    expect(weightsBytes / 4).toBeLessThan(3.2e6);
    // Without sharing, the values between the layers of two pictures of 64 x 64 are about 2.8 million numbers.
    expect(activationsBytes / 4).toBeLessThan(0.4e6);
    expect(workspaceBytes).toBe(0);
    expect(engine.layerTimes()).toEqual([]);
    await engine.warmUp([1]);
    const layers = engine.layerTimes();
    expect(layers.filter(({ type }) => type === 'Conv + SiLU')).toHaveLength(57);
    expect(
      layers.every(
        ({ isAlone, runCount, averageNs, totalNs }) => isAlone && runCount === 3 && averageNs === totalNs / 3,
      ),
    ).toBe(true);
    expect(layers.some(({ type }) => type === 'Transpose' || type === 'Split')).toBe(false);
  });

  test.each([
    { way: 'one by one', isGraph: false, first: 101 },
    { way: 'as a graph', isGraph: true, first: 201 },
  ])(
    '$way it allocates nothing while it runs, and names each batch around its launches',
    async ({ isGraph, first }) => {
      const engine = await bed.load(generateYoloShaped({ sidePx: 64, batch: 'free' }), { batchMax: 2, isGraph });
      await engine.warmUp([1, 2]);
      bed.device.setKinds(['kernel', 'memory', 'memcpy', 'nvtx', 'api']);
      bed.device.takePackets();
      for (let batch = first; batch < first + 6; batch += 1) {
        const size = 1 + (batch % 2);
        await engine.infer({ batch, size, inputs: { images: pictures(64, size) } });
      }
      const rows = new DecodedRows(bed.device.takePackets());
      const other = await bed.load(linearModel(1));
      const after = new DecodedRows(bed.device.takePackets());
      bed.device.setKinds([]);
      await other.close();
      expect(rows.of('memory')).toEqual([]);
      expect(after.of('memory').map(({ operation }) => operation)).toEqual([
        enums.memoryOperation.allocate,
        enums.memoryOperation.allocate,
      ]);
      expect(rows.of('memcpy')).toHaveLength(12);
      const ranges = rows.of('range');
      expect(ranges.map(({ name }) => rows.text(name))).toEqual(
        [0, 1, 2, 3, 4, 5].map((index) => `batch ${first + index}`),
      );
      // The kernels of the fourth batch, of one picture, are those whose launch lies in its range, on its thread.
      const { startNs, durationNs, thread } = ranges[3];
      const launches = rows
        .of('api')
        .filter((row) => row.thread === thread && row.startNs >= startNs && row.startNs < startNs + durationNs);
      const own = new Set(launches.map(({ correlation }) => correlation));
      expect(rows.of('kernel').filter(({ correlation }) => own.has(correlation))).toHaveLength(engine.callCount(1));
    },
  );
});

const value = (name: string, ...shape: (number | string)[]) => ({ name, element: 'float32' as const, shape });

/** x [1, 4, 6, 6] through one of everything that the detector does not have. */
function oddModel(): OnnxModel {
  const build = new GraphBuilder(3);
  const x = { name: 'x', channels: 4, sidePx: 6 };
  const first = build.relu('/relu', build.conv('/conv', x, { channels: 6, kernelPx: 3, stride: 2, padPx: 0 }));
  const turned = build.node('/turn', 'Transpose', [first.name], { perm: ints(0, 2, 3, 1) });
  const scaled = build.node('/scale', 'Mul', [turned, build.floats('/s', [6], Float32Array.of(1, -2, 3, 0.5, -1, 4))]);
  const divided = build.node('/div', 'Div', [scaled, turned]);
  const every = build.node('/every', 'Slice', [
    scaled,
    build.int64s('/from', [-5]),
    build.int64s('/to', [99]),
    build.int64s('/axis', [3]),
    build.int64s('/step', [2]),
  ]);
  const gate = build.node('/gate', 'Sigmoid', [every]);
  const chances = build.node('/chances', 'Softmax', [gate], { axis: int(2) });
  const rest = build.node('/rest', 'Slice', [
    divided,
    build.int64s('/a', [0]),
    build.int64s('/b', [3]),
    build.int64s('/c', [3]),
  ]);
  const both = build.node('/both', 'Concat', [chances, rest, chances, gate], { axis: int(3) });
  const flat = build.node('/flat', 'Flatten', [both]);
  const wide = build.node('/wide', 'Unsqueeze', [flat, build.int64s('/axes', [0, 3])]);
  build.node('/last', 'Transpose', [wide], { perm: ints(0, 2, 1, 3) });
  return build.finish('odd', value('x', 1, 4, 6, 6), value('y', 1, 48, 1, 1));
}

describe('other networks', () => {
  test('views of views, strides, repeated parts and broadcasts are what ONNX Runtime makes of them', async () => {
    const model = oddModel();
    const engine = await bed.load(model);
    // Where the ReLU gives 0, the division of 0 by 0 is no number, here as there.
    const x = randomFloats(seededRandom(11), 144, 1).map((number) => number + 3);
    const want = await wanted(bed.write(model), 'x', [1, 4, 6, 6], x);
    const { outputs } = await engine.infer({ batch: 1, size: 1, inputs: { x } });
    const [got, numbers] = [outputs.y as Float32Array, want.y];
    const known = [...numbers.keys()].filter((index) => !Number.isNaN(numbers[index]));
    expect(known.length).toBeGreaterThan(36);
    expect([...got.keys()].filter((index) => !Number.isNaN(got[index]))).toEqual(known);
    expect(
      largestError(
        known.map((index) => got[index]),
        Float32Array.from(known, (index) => numbers[index]),
      ),
    ).toBeLessThan(1e-5);
  });

  test('a matrix product with a bias; batches asked for at once are answered in their order; inputs may be written again', async () => {
    const engine = await bed.load(linearModel('rows'), { batchMax: 3 });
    const x = Float32Array.of(1, 2, 3, -20, 30, 0, 0, 0, 10);
    const asked = [3, 1, 2].map((size) => {
      const part = x.slice(0, 3 * size);
      const answer = engine.infer({ batch: size, size, inputs: { x: part } });
      part.fill(0);
      return answer;
    });
    const answers = await Promise.all(asked);
    // By hand: [1 - 3 + 10, 2 + 6 - 10], [-20 + 10, 30 - 10], [-10 + 10, 20 - 10], each not below 0.
    expect(answers.map(({ outputs }) => [...outputs.y])).toEqual([
      [8, 0, 0, 20, 0, 10],
      [8, 0],
      [8, 0, 0, 20],
    ]);
    const ends = answers.map(({ startNs, durationNs }) => startNs + durationNs);
    expect(answers.slice(1).every(({ startNs }, index) => startNs >= ends[index])).toBe(true);
  });

  test('closing answers what was asked for before, and nothing after', async () => {
    const engine = await bed.load(linearModel(1));
    const x = Float32Array.of(1, 2, 3);
    const asked = [1, 2].map((batch) => engine.infer({ batch, size: 1, inputs: { x } }));
    const closed = engine.close();
    expect((await failureOf(engine.infer({ batch: 3, size: 1, inputs: { x } }))).sentence).toBe(
      'The engine of the model test is gone: it was closed.',
    );
    for (const answer of await Promise.all(asked)) expect([...answer.outputs.y]).toEqual([8, 0]);
    await closed;
    await engine.close();
  });

  test('a batch of a fixed size is filled up, and cut again', async () => {
    const engine = await bed.load(linearModel(4));
    expect(engine.facts.batchMax).toBe(4);
    const x = Float32Array.of(1, 2, 3, -20, 30, 0);
    expect([...(await engine.infer({ batch: 1, size: 2, inputs: { x } })).outputs.y]).toEqual([8, 0, 0, 20]);
  });
});

describe('what cannot be run', () => {
  const build = (make: (builder: GraphBuilder) => void) => {
    const builder = new GraphBuilder(1);
    make(builder);
    return builder.finish('wrong', value('x', 1, 4, 8, 8), value('y', 1, 4, 8, 8));
  };
  const x = { name: 'x', channels: 4, sidePx: 8 };

  test.each([
    [
      'an operator',
      foreignOperatorModel(''),
      'The engine kernels does not support the operator Frobnicate of the node /model.3/Frobnicate.',
    ],
    [
      'a window',
      build((builder) => builder.conv('/stem', x, { channels: 4, kernelPx: 5 })),
      'The engine kernels does not support the node /stem/Conv (Conv): a window of 5 x 5.',
    ],
    [
      'a way of resizing',
      build((builder) =>
        builder.node('/up', 'Resize', ['x', '', builder.floats('/s', [4], Float32Array.of(1, 1, 2, 2))], {
          mode: text('linear'),
        }),
      ),
      'The engine kernels does not support the node /up (Resize): the mode linear.',
    ],
  ])('%s is named with its node', async (_, model, sentence) => {
    expect(await failureOf(bed.load(model))).toMatchObject({ code: 'unsupportedOperator', sentence });
  });

  test('shapes that do not fit: of the model, and of a batch', async () => {
    const model = build((builder) =>
      builder.node('/sum', 'Add', ['x', builder.floats('/b', [3], Float32Array.of(1, 2, 3))]),
    );
    expect((await failureOf(bed.load(model))).code).toBe('shapeMismatch');
    const engine = await bed.load(linearModel(1));
    expect(await failureOf(engine.infer({ batch: 1, size: 1, inputs: { x: new Float32Array(4) } }))).toMatchObject({
      code: 'shapeMismatch',
      sentence: 'The batch does not fit the model test: the input x has 4 numbers instead of 3.',
    });
  });

  test('out of memory: one sentence, nothing kept, and the others go on', async () => {
    const other = await bed.load(linearModel(1));
    const small = {
      ...bed.device,
      alloc: (bytes: number, name?: string) =>
        name?.includes('weights') ? bed.device.alloc(2 ** 40) : bed.device.alloc(bytes, name),
    };
    bed.device.setKinds(['memory']);
    bed.device.takePackets();
    const refusal = await failureOf(bed.load(generateYoloShaped({ sidePx: 64 }), { device: small, name: 'large' }));
    const memory = new DecodedRows(bed.device.takePackets()).of('memory');
    bed.device.setKinds([]);
    expect(refusal.code).toBe('outOfMemory');
    expect(refusal.sentence).toMatch(
      /^There is not enough memory for the model large: its weights need \d+ bytes \(.*\)\.$/,
    );
    expect(memory.map(({ operation }) => operation)).toEqual([
      enums.memoryOperation.allocate,
      enums.memoryOperation.free,
    ]);
    expect([...(await other.infer({ batch: 1, size: 1, inputs: { x: Float32Array.of(1, 2, 3) } })).outputs.y]).toEqual([
      8, 0,
    ]);
  });

  test('a capture that fails half way leaves the stream ready', async () => {
    let isCapturing = false;
    const device = {
      ...bed.device,
      captureBegin: (stream: number) => {
        isCapturing = true;
        bed.device.captureBegin(stream);
      },
      launch: (call: KernelCall) => {
        bed.device.launch(call);
        if (isCapturing) throw new Error('This kernel cannot be captured.');
      },
      captureEnd: (stream: number) => {
        isCapturing = false;
        return bed.device.captureEnd(stream);
      },
    };
    const engine = await bed.load(linearModel(1), { device });
    expect(engine.graphRefusal).toBe('This kernel cannot be captured');
    const x = Float32Array.of(1, 2, 3);
    expect([...(await engine.infer({ batch: 1, size: 1, inputs: { x } })).outputs.y]).toEqual([8, 0]);
  });

  test('a device without graphs runs it one by one; an engine that is given up answers at once', async () => {
    let wake = () => {};
    const hang = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const freed: number[] = [];
    const plain = {
      ...bed.device,
      free: (address: number) => {
        freed.push(address);
        bed.device.free(address);
      },
      captureBegin: () => {
        throw new Error('This device takes no graphs.');
      },
      whenDone: () => hang,
    };
    const engine = await bed.load(linearModel(1), { device: plain });
    expect([engine.isGraph, engine.graphRefusal]).toEqual([false, 'This device takes no graphs']);
    const hanging = [1, 2].map((batch) => engine.infer({ batch, size: 1, inputs: { x: Float32Array.of(1, 2, 3) } }));
    engine.abort('it hangs');
    for (const each of hanging)
      expect((await failureOf(each)).sentence).toBe('The engine of the model test is gone: it hangs.');
    expect((await failureOf(engine.infer({ batch: 3, size: 1, inputs: {} }))).code).toBe('engineEnded');
    expect(freed).toEqual([]);
    wake();
    await engine.close();
    expect(freed).toHaveLength(2);
  });
});
