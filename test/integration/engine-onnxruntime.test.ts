// The engine on ONNX Runtime: answers worked out by hand, layer times, several at once, and every way in which a model can be wrong.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assembleBatch, splitBatch } from '../../probe/engines/batch';
import { modelPlace, NPM_MODELS } from '../../probe/engines/model-places';
import { generateClassifierShaped } from '../../probe/engines/onnx/generate/classifier-shaped';
import { generateYoloShaped } from '../../probe/engines/onnx/generate/yolo-shaped';
import { readOnnxFile } from '../../probe/engines/onnx/read';
import { ensureBuilt } from './build';
import { EngineBed, failureOf, foreignOperatorModel, hugeModel, linearModel } from './engines-kit';

const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-engine-'));
const bed = new EngineBed(folder);
let outFolder = '';
beforeAll(async () => {
  outFolder = await ensureBuilt();
});
afterAll(async () => {
  await bed.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

const rows = [Float32Array.of(1, 2, 3), Float32Array.of(-20, 30, 0), Float32Array.of(0, 0, 10)];
// By hand: [1 - 3 + 10, 2 + 6 - 10], [-20 + 10, 30 - 10], [-10 + 10, 20 - 10], each not below 0.
const answers = [
  [8, 0],
  [0, 20],
  [0, 10],
];

test('a free batch: facts, the right numbers for every item, and times on the host clock', async () => {
  const engine = await bed.load(linearModel('rows'), { name: 'linear', batchMax: 3 });
  expect(engine.facts).toEqual({
    name: 'linear',
    kind: 'onnxruntime',
    device: 'cpu',
    precision: 'fp32',
    inputs: [{ name: 'x', element: 'float32', shape: [-1, 3] }],
    outputs: [{ name: 'y', element: 'float32', shape: [-1, 2] }],
    batchMax: 3,
  });
  const beforeNs = Number(process.hrtime.bigint());
  const inputs = assembleBatch(
    engine.facts,
    rows.map((x) => ({ x })),
  );
  const asked = engine.infer({ batch: 1, size: 3, inputs });
  inputs.x.fill(0 as never); // the engine has its own copy
  const { outputs, startNs, durationNs } = await asked;
  expect(splitBatch(engine.facts, outputs, 3).map(({ y }) => [...y])).toEqual(answers);
  expect(startNs).toBeGreaterThanOrEqual(beforeNs);
  expect(startNs + durationNs).toBeLessThanOrEqual(Number(process.hrtime.bigint()));
  expect(durationNs).toBeGreaterThan(0);
  const one = await engine.infer({ batch: 2, size: 1, inputs: { x: rows[1] } });
  expect([...one.outputs.y]).toEqual(answers[1]);
});

test('a batch of a fixed size is filled up, and cut again', async () => {
  const engine = await bed.load(linearModel(4), { name: 'four' });
  expect(engine.facts).toMatchObject({ batchMax: 4, inputs: [{ shape: [-1, 3] }], outputs: [{ shape: [-1, 2] }] });
  const two = { x: Float32Array.of(...rows[0], ...rows[1]) };
  expect([...(await engine.infer({ batch: 1, size: 2, inputs: two })).outputs.y]).toEqual([
    ...answers[0],
    ...answers[1],
  ]);
});

test('a batch that does not fit is refused before anything runs', async () => {
  const engine = await bed.load(linearModel('rows'), { name: 'linear', batchMax: 2 });
  const infer = (size: number, inputs: Record<string, NodeJS.TypedArray>) =>
    failureOf(engine.infer({ batch: 1, size, inputs }));
  expect((await infer(3, { x: new Float32Array(9) })).sentence).toBe(
    'A batch of 3 is larger than the model linear takes (2).',
  );
  expect((await infer(1, { x: new Float32Array(4) })).sentence).toBe(
    'The batch does not fit the model linear: the input x has 4 numbers instead of 3.',
  );
  expect((await infer(1, {})).sentence).toContain('the input x is missing');
  expect((await infer(1, { x: new Float64Array(3) })).sentence).toContain('the input x is not float32');
  expect((await infer(1, { x: rows[0], z: rows[0] })).sentence).toContain('there is no input z');
  expect((await infer(0, { x: rows[0] })).code).toBe('shapeMismatch');
  expect((await failureOf(engine.warmUp([4]))).code).toBe('batchTooLarge');
  expect([...(await engine.infer({ batch: 1, size: 1, inputs: { x: rows[0] } })).outputs.y]).toEqual(answers[0]);
});

test('the YOLOv8n-shaped network: its output, its layers, and that they sum to a run', async () => {
  const engine = await bed.load(generateYoloShaped({ sidePx: 320, batch: 'free' }), {
    name: 'yolo',
    batchMax: 2,
    profiledRuns: 3,
  });
  expect(engine.facts.outputs).toEqual([{ name: 'output0', element: 'float32', shape: [-1, 84, 2100] }]);
  expect(engine.layerTimes()).toEqual([]);
  await engine.warmUp([1, 2]);
  const images = Float32Array.from({ length: 2 * 3 * 320 * 320 }, (_, index) => (index % 255) / 255);
  const { outputs, durationNs } = await engine.infer({ batch: 1, size: 2, inputs: { images } });
  const output = outputs.output0 as Float32Array;
  expect(output).toHaveLength(2 * 84 * 2100);
  expect(output.every((value) => Number.isFinite(value))).toBe(true);
  const scores = output.subarray(4 * 2100, 84 * 2100);
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  expect(new Set(scores).size).toBeGreaterThan(1000); // neither dead nor saturated
  const layers = engine.layerTimes();
  const ofTwo = layers.filter(({ batchSize }) => batchSize === 2);
  expect(ofTwo.filter(({ type }) => /Conv/.test(type))).toHaveLength(64);
  expect(
    layers.every(({ runCount, averageNs, totalNs }) => runCount === 3 && Math.abs(totalNs - 3 * averageNs) < 1),
  ).toBe(true);
  const sumNs = ofTwo.reduce((sum, { averageNs }) => sum + averageNs, 0);
  // Other programs of the machine may slow either side down.
  expect(sumNs).toBeGreaterThan(durationNs / 4);
  expect(sumNs).toBeLessThan(durationNs * 4);
  expect([...ofTwo].sort((left, right) => left.offsetNs - right.offsetNs)[0].name).toContain('/model.0/');
  expect(engine.memory()).toMatchObject({ activationsBytes: -1, workspaceBytes: -1 });
  expect(engine.memory().weightsBytes).toBeGreaterThan(3_151_904 * 4);
  expect(engine.memory().processGrowthBytes).toBeGreaterThanOrEqual(0);
});

test('at the full side the output is 1 x 84 x 8400', async () => {
  const engine = await bed.load(generateYoloShaped(), { name: 'yolo640', threads: 2 });
  expect(engine.facts.outputs[0].shape).toEqual([-1, 84, 8400]);
});

test('two engines run at once, and this thread is not held up', async () => {
  const [slow, quick] = await Promise.all([
    bed.load(generateYoloShaped({ sidePx: 320 }), { name: 'slow' }),
    bed.load(generateClassifierShaped({ sidePx: 64, batch: 'free', classCount: 10 }), { name: 'quick' }),
  ]);
  const images = new Float32Array(3 * 64 * 64).fill(0.5);
  let isSlowDone = false;
  const slowDone = Promise.all(
    Array.from({ length: 10 }, () =>
      slow.infer({ batch: 1, size: 1, inputs: { images: new Float32Array(3 * 320 * 320) } }),
    ),
  ).then((all) => {
    isSlowDone = true;
    return all;
  });
  const { outputs } = await quick.infer({ batch: 1, size: 1, inputs: { images } });
  expect(isSlowDone).toBe(false);
  expect([...(outputs.scores as Float32Array)].reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 4);
  const starts = (await slowDone).map(({ startNs }) => startNs);
  expect(starts).toEqual([...starts].sort((left, right) => left - right));
});

test('abort answers at once; the process and the other engines go on', async () => {
  const engine = await bed.load(generateYoloShaped({ batch: 'free' }), { name: 'hung' });
  const other = await bed.load(linearModel('rows'), { name: 'linear' });
  const images = new Float32Array(4 * 3 * 640 * 640);
  const asked = [1, 2, 3].map((batch) => failureOf(engine.infer({ batch, size: 4, inputs: { images } })));
  await new Promise((resolve) => setTimeout(resolve, 30)); // the first is under way, and takes ten times as long
  const order: string[] = [];
  engine.abort('it took longer than 30 ms');
  const closed = engine.close().then(() => order.push('closed'));
  const failures = await Promise.all(asked);
  order.push('answered');
  expect(failures.map(({ sentence }) => sentence)).toEqual(
    Array.from({ length: 3 }, () => 'The engine of the model hung is gone: it took longer than 30 ms.'),
  );
  expect((await failureOf(engine.infer({ batch: 4, size: 4, inputs: { images } }))).code).toBe('engineEnded');
  expect([...(await other.infer({ batch: 1, size: 1, inputs: { x: rows[2] } })).outputs.y]).toEqual(answers[2]);
  await closed; // when the run that was given up has returned
  expect(order).toEqual(['answered', 'closed']);
  await engine.close();
});

test('close answers what was asked before', async () => {
  const engine = await bed.load(linearModel('rows'), { name: 'linear' });
  const asked = engine.infer({ batch: 1, size: 1, inputs: { x: rows[0] } });
  await engine.close();
  expect([...(await asked).outputs.y]).toEqual(answers[0]);
  expect((await failureOf(engine.infer({ batch: 2, size: 1, inputs: { x: rows[0] } }))).code).toBe('engineEnded');
});

test('bad files and settings: one sentence each', async () => {
  const sentenceOf = async (model: Parameters<EngineBed['load']>[0], options = {}) => {
    const { code, sentence, remedy } = await failureOf(bed.load(model, { name: 'bad', ...options }));
    expect(remedy).not.toBe('');
    return [code, sentence];
  };
  const path = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const whole = readFileSync(bed.write('whole', linearModel('rows')));
  expect(await sentenceOf(join(folder, 'none.onnx'))).toEqual([
    'modelMissing',
    `There is no model ${folder}/none.onnx.`,
  ]);
  expect(await sentenceOf(path('text.onnx', 'hello'))).toEqual([
    'modelForeign',
    `${folder}/text.onnx is not an ONNX model.`,
  ]);
  expect(await sentenceOf(path('half.onnx', whole.subarray(0, 150)))).toEqual([
    'modelTruncated',
    `${folder}/half.onnx ends in the middle of the model.`,
  ]);
  for (const domain of ['', 'com.example']) {
    expect(await sentenceOf(foreignOperatorModel(domain))).toEqual([
      'unsupportedOperator',
      'ONNX Runtime does not support the operator Frobnicate of the node /model.3/Frobnicate in the model bad.',
    ]);
  }
  expect(await sentenceOf(hugeModel(2 ** 46))).toEqual([
    'outOfMemory',
    'There is not enough memory for the model bad.',
  ]);
  expect(await sentenceOf(linearModel('rows'), { shapes: { x: [-1, 4] } })).toEqual([
    'shapeMismatch',
    'The input x of the model bad is [rows, 3] and cannot be [-1, 4].',
  ]);
  const wrong = linearModel(1);
  const narrow = { ...wrong.graph, inputs: [{ ...wrong.graph.inputs[0], shape: [1, 'columns'] }] };
  const [code, sentence] = await sentenceOf({ ...wrong, graph: narrow }, { shapes: { x: [1, 4] } });
  expect([code, sentence]).toEqual(['shapeMismatch', expect.stringContaining('/product')]);
  expect(await sentenceOf({ ...wrong, irVersion: 99 })).toEqual(['modelTooNew', expect.stringContaining('newer')]);
  for (const provider of ['cuda', 'tensorrt']) {
    const [lost, reason] = await sentenceOf(linearModel(1), { provider });
    expect(lost).toBe('providerMissing');
    expect(reason).toContain(
      `ONNX Runtime has no provider ${provider} on this machine: there is no libonnxruntime_providers_shared.so`,
    );
  }
});

test('real models from npm: free sizes must be said, then they run', async () => {
  const detect = modelPlace(NPM_MODELS.textDetector);
  expect(readOnnxFile(detect).graph.nodes.length).toBeGreaterThan(100);
  expect((await failureOf(bed.load(detect, { name: 'det' }))).sentence).toMatch(
    /^The input x of the model det has free sizes: \[.*3.*\]\.$/,
  );
  const engine = await bed.load(detect, { name: 'det', shapes: { x: [-1, 3, 64, 96] } });
  const { outputs } = await engine.infer({ batch: 1, size: 2, inputs: { x: new Float32Array(2 * 3 * 64 * 96) } });
  expect(engine.facts.outputs[0].shape).toEqual([-1, 1, 64, 96]);
  expect(Object.values(outputs)[0]).toHaveLength(2 * 64 * 96);
});

test('a real file that our reader and writer passed on gives the same numbers', async () => {
  const path = modelPlace(NPM_MODELS.textTurner);
  const again = bed.write('again', readOnnxFile(path));
  const x = Float32Array.from({ length: 3 * 48 * 192 }, (_, index) => Math.sin(index));
  const outputs = [path, again].map(async (each) => {
    const engine = await bed.load(each, { name: 'turner', shapes: { x: [-1, 3, 48, 192] } });
    return (await engine.infer({ batch: 1, size: 1, inputs: { x } })).outputs;
  });
  const [first, second] = await Promise.all(outputs);
  expect(second).toEqual(first);
  const [scores] = Object.values(first) as Float32Array[];
  expect(scores[0] + scores[1]).toBeCloseTo(1, 4);
});

test('where the package is not installed, as on a board, the engine says so and how to get it', async () => {
  const node = join(folder, '.hookanalyzer', 'versions', '1', 'out', 'node');
  mkdirSync(node, { recursive: true });
  cpSync(join(outFolder, 'chunks'), join(node, 'chunks'), { recursive: true });
  cpSync(join(outFolder, 'onnxruntime-thread.js'), join(node, 'onnxruntime-thread.js'));
  const worker = new Worker(join(node, 'onnxruntime-thread.js'), { workerData: { name: 'x', modelPath: 'x' } });
  const message = await new Promise((resolve) => worker.once('message', resolve));
  expect(message).toEqual({
    kind: 'loadFailed',
    failure: {
      code: 'onnxruntimeMissing',
      sentence: 'The engine onnxruntime is not installed on this machine: there is no npm package onnxruntime-node.',
      remedy: `Install it there with: npm install --ignore-scripts --prefix ${folder}/.hookanalyzer onnxruntime-node@1.30.0`,
    },
  });
});
