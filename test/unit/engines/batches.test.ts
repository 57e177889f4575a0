// Batches, which dimension is the batch, where models are, and ONNX Runtime's profile and refusals: all without an engine.

import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { assembleBatch, BatchScratch, splitBatch } from '../../../probe/engines/batch';
import type { EngineFacts } from '../../../probe/engines/engine';
import { modelPlace, NPM_MODELS } from '../../../probe/engines/model-places';
import { readOnnxFile } from '../../../probe/engines/onnx/read';
import { BufferPool } from '../../../probe/engines/onnxruntime/buffer-pool';
import { parseProfile } from '../../../probe/engines/onnxruntime/profile';
import { refusalOf } from '../../../probe/engines/onnxruntime/refusals';
import { planInputs } from '../../../probe/engines/onnxruntime/tensor-plan';

const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-places-'));
afterAll(() => rmSync(folder, { recursive: true }));

const facts: EngineFacts = {
  name: 'net',
  kind: 'kernels',
  device: 'cpu',
  precision: 'fp32',
  inputs: [
    { name: 'x', element: 'float32', shape: [-1, 2, 3] },
    { name: 'rate', element: 'int64', shape: [] },
  ],
  outputs: [{ name: 'y', element: 'float32', shape: [-1, 2, 3] }],
  batchMax: 8,
};

test('items to a batch and back, each at its place', () => {
  const item = fc.float32Array({ minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 8 }), (items) => {
      const rate = BigInt64Array.of(16_000n);
      const batch = assembleBatch(
        facts,
        items.map((x) => ({ x, rate })),
      );
      expect(batch.rate).toEqual(rate);
      expect(batch.x).toHaveLength(6 * items.length);
      const back = splitBatch(facts, { y: batch.x }, items.length);
      expect(back.map(({ y }) => y)).toEqual(items);
    }),
  );
});

test('an item that does not fit is named', () => {
  const good = { x: new Float32Array(6), rate: new BigInt64Array(1) };
  const assemble = (second: Record<string, NodeJS.TypedArray>) => () => assembleBatch(facts, [good, second]);
  expect(assemble({ x: new Float32Array(5) })).toThrow('item 1 has 5 numbers for x instead of 6 float32');
  expect(assemble({})).toThrow('item 1 has 0 numbers for x');
  expect(assemble({ x: new Float64Array(6) })).toThrow('instead of 6 float32');
});

const tensor = (name: string, ...shape: (number | string)[]) => ({ name, element: 'float32', shape });

test('which dimension is the batch', () => {
  const plan = (input: (number | string)[], output: (number | string)[], options = {}) => {
    const { inputs, batchMax, fixedSize } = planInputs(
      'net',
      { inputs: [tensor('x', ...input)], outputs: [tensor('y', ...output)] },
      options,
    );
    return [inputs[0].shape, batchMax, fixedSize];
  };
  expect(plan(['batch', 3], ['batch', 2], { batchMax: 5 })).toEqual([[-1, 3], 5, undefined]);
  expect(plan([4, 3], [4, 2])).toEqual([[-1, 3], 4, 4]);
  expect(plan([4, 3], [1, 2])).toEqual([[4, 3], 1, undefined]); // many in, one out: no batch
  expect(plan(['', 3, 'h'], ['', 2], { shapes: { x: [-1, 3, 64] } })).toEqual([[-1, 3, 64], 8, undefined]);
  expect(plan(['b', 3, 'h'], ['b', 2], { shapes: { x: [2, 3, 64] } })).toEqual([[2, 3, 64], 1, undefined]);
  expect(() => plan(['b', 3, 'h'], ['b'])).toThrow('The input x of the model net has free sizes: [b, 3, h].');
  expect(() => plan(['b', 3], ['b'], { shapes: { x: [-1, 4] } })).toThrow('is [b, 3] and cannot be [-1, 4]');
  expect(() => plan(['b', 3], ['b'], { shapes: { z: [1] } })).toThrow('The model net has no input z. Its inputs: x.');
  const text = { ...tensor('x', 1), element: 'string' };
  expect(() => planInputs('net', { inputs: [text], outputs: [] }, {})).toThrow(
    'The tensor x of the model net holds string',
  );
});

test('a generated model is written once, and other words are another file', () => {
  const place = (text: string) => modelPlace(text, { cacheFolder: folder });
  const path = place('generated:classifier-shaped?sidePx=32&classCount=4&batch=free');
  expect(readOnnxFile(path).graph.inputs[0].shape).toEqual(['batch', 3, 32, 32]);
  const madeMs = statSync(path).mtimeMs;
  expect(place('generated:classifier-shaped?batch=free&classCount=4&sidePx=32')).toBe(path);
  expect(statSync(path).mtimeMs).toBe(madeMs);
  expect(place('generated:classifier-shaped?sidePx=32&classCount=4&batch=2')).not.toBe(path);
  expect(() => place('generated:bert')).toThrow(
    'There is no generated model bert. The generated models: yolov8n-shaped, classifier-shaped',
  );
  expect(() => place('generated:yolov8n-shaped?side=3')).toThrow('unknown option side=3');
  expect(() => place('generated:yolov8n-shaped?sidePx=no')).toThrow('unknown option sidePx=no');
  expect(() => place('generated:yolov8n-shaped?sidePx=33')).toThrow(
    'cannot be made: a side of 33 px is no multiple of 32.',
  );
});

test('models of npm packages, those that the presets name among them', () => {
  for (const place of Object.values(NPM_MODELS)) expect(existsSync(modelPlace(place)), place).toBe(true);
  const model = join(folder, 'node_modules', '@some', 'one', 'a', 'net.onnx');
  mkdirSync(join(model, '..'), { recursive: true });
  writeFileSync(model, '');
  expect(modelPlace('npm:@some/one/a/net.onnx', { folder: join(folder, 'deep') })).toBe(model);
  expect(() => modelPlace('npm:@some/other/net.onnx')).toThrow(
    'The model npm:@some/other/net.onnx is not on this machine. Get it with: npm install --no-save @some/other',
  );
  writeFileSync(join(folder, 'node_modules', 'outside.onnx'), '');
  expect(() => modelPlace('npm:@some/one/../../outside.onnx', { folder })).toThrow('is not on this machine');
  expect(modelPlace('net.onnx', { folder })).toBe(join(folder, 'net.onnx'));
});

test('a pool gives back what it was given, and keeps few', () => {
  const pool = new BufferPool();
  const buffers = Array.from({ length: 9 }, () => pool.take(16));
  expect(new Set(buffers).size).toBe(9);
  for (const buffer of buffers) pool.giveBack(buffer);
  const again = Array.from({ length: 9 }, () => pool.take(16));
  expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(4);
  expect(pool.take(8).byteLength).toBe(8);
});

const run = (ts: number, dur: number) => ({ cat: 'Session', name: 'model_run', ph: 'X', ts, dur, args: {} });
const node = (name: string, ts: number, dur: number, index: string) => {
  const args = { op_name: 'Conv', node_index: index, output_type_shape: [{ float: [1, 4] }] };
  return { cat: 'Node', name: `${name}_kernel_time`, ph: 'X', ts, dur, args };
};

test('a profile: first runs left out, microseconds to nanoseconds, one layer a node and batch size', () => {
  const events = [
    { cat: 'Session', name: 'session_initialization', ts: 0, dur: 50, args: {} },
    node('a', 105, 90, '0'),
    run(100, 100),
    { cat: 'Node', name: 'a_fence_before', ts: 301, dur: 1, args: {} }, // of old versions
    node('a', 302, 10, '0'),
    node('b', 320, 40, '1'),
    run(300, 100),
    node('b', 525, 20, '1'),
    node('a', 504, 12, '0'),
    run(500, 60),
    node('a', 702, 33, '0'),
    run(700, 60),
  ];
  const runs = [
    { size: 1, isCounted: false },
    { size: 1, isCounted: true },
    { size: 1, isCounted: true },
    { size: 4, isCounted: true },
  ];
  const layer = { type: 'Conv', batchSize: 1, runCount: 2, outputs: [{ dims: [1, 4], bytes: 16 }] };
  expect(parseProfile(JSON.stringify(events), runs)).toEqual([
    { ...layer, name: 'a', offsetNs: 3000, averageNs: 11_000, medianNs: 11_000, totalNs: 22_000 },
    { ...layer, name: 'b', offsetNs: 22_500, averageNs: 30_000, medianNs: 30_000, totalNs: 60_000 },
    {
      ...layer,
      name: 'a',
      batchSize: 4,
      runCount: 1,
      offsetNs: 2000,
      averageNs: 33_000,
      medianNs: 33_000,
      totalNs: 33_000,
    },
  ]);
  expect(() => parseProfile(JSON.stringify(events), runs.slice(1))).toThrow('holds 4 runs instead of 3');
  expect(() => parseProfile('', [])).toThrow('is no list of events');
  expect(() => parseProfile('{}', [])).toThrow('is no list of events');
});

test.each([
  ['bad allocation', 'outOfMemory', 'There is not enough memory for the model net.'],
  [
    "Could not find an implementation for Einsum(12) node with name '/attn/Einsum'",
    'unsupportedOperator',
    'ONNX Runtime does not support the operator Einsum of the node /attn/Einsum in the model net.',
  ],
  [
    "Non-zero status code returned while running Reshape node. Name:'/r' Status Message: the size\n does not fit.",
    'shapeMismatch',
    'The node /r (Reshape) of the model net does not fit: the size does not fit.',
  ],
  ['whatever else', 'modelRefused', 'ONNX Runtime does not take the model net: whatever else.'],
])('ONNX Runtime says "%s"', (message, code, sentence) => {
  expect(refusalOf(new Error(message), 'net').failure).toMatchObject({ code, sentence });
});

test('one item is not copied; several lie in the scratch, which the next batch of that size takes', () => {
  const one = { ...facts, inputs: [{ name: 'x', element: 'float32', shape: [-1, 2] }] } as const;
  const [first, second] = [{ x: Float32Array.of(1, 2) }, { x: Float32Array.of(3, 4) }];
  const scratch = new BatchScratch();
  expect(assembleBatch(one, [first], undefined, scratch).x).toBe(first.x);
  const both = assembleBatch(one, [first, second], undefined, scratch).x;
  expect([...(both as Float32Array)]).toEqual([1, 2, 3, 4]);
  const again = assembleBatch(one, [second, first], undefined, scratch).x;
  expect([...(again as Float32Array)]).toEqual([3, 4, 1, 2]);
  expect(again.buffer).toBe(both.buffer);
  expect(assembleBatch(one, [first, second]).x.buffer).not.toBe(both.buffer);
});
