// Edges between layers from a graph, whatever the engine made of its nodes.

import { expect, test } from 'vitest';
import { isFusedOperator } from '../../../probe/engines/onnx/outline';
import { outputSizes } from '../../../probe/engines/onnxruntime/profile-sizes';
import { inspectorSize } from '../../../shared/model/inspector-size';
import { deriveLayerEdges, distinctLayers, type GraphOutline, layerIndexes } from '../../../shared/model/layer-edges';

/** "Conv conv x → a" is a node; the graph goes from x to y. */
function graph(...lines: string[]): GraphOutline {
  const nodes = lines.map((line) => {
    const [operator, name, ...values] = line.split(' ');
    const arrow = values.indexOf('→');
    return {
      operator,
      name: name === '-' ? '' : name,
      inputs: values.slice(0, arrow),
      outputs: values.slice(arrow + 1),
    };
  });
  return { nodes, inputs: ['x'], outputs: ['y'] };
}

const edgesOf = (of: GraphOutline, ...layers: string[]) =>
  deriveLayerEdges(
    of,
    layers.map((layer) => ({ name: layer.split(' ')[0], type: layer.split(' ')[1] ?? '' })),
    { isFused: isFusedOperator, sizeOf: () => undefined },
  ).map(({ from, to, tensor }) => `${from} ${tensor} ${to}`);

test('each node a layer: a fork and a join', () => {
  const forked = graph('Conv a x w → va', 'Relu b va → vb', 'Add c va vb → y');
  expect(edgesOf(forked, 'a', 'b', 'c')).toEqual(['-1 x 0', '0 va 1', '0 va 2', '1 vb 2', '2 y -1']);
});

test('nodes that were fused into the one before them: its output is theirs', () => {
  const silu = graph('Conv a x w → va', 'Sigmoid s va → vs', 'Mul m va vs → vm', 'Conv b vm w → y');
  expect(edgesOf(silu, 'a', 'b')).toEqual(['-1 x 0', '0 vm 1', '1 y -1']);
});

test('a sum that was fused belongs to the later of the layers that feed it', () => {
  const skip = graph('Conv a x w → va', 'Conv b va w → vb', 'Add p va vb → vp', 'Conv c vp w → y');
  expect(edgesOf(skip, 'a', 'b', 'c')).toEqual(['-1 x 0', '0 va 1', '1 vp 2', '2 y -1']);
});

test('one that only lays out values anew is looked through', () => {
  const joined = graph(
    'Conv a x w → va',
    'Conv b x w → vb',
    'Concat j va vb → vj',
    'Reshape r vj shape → vr',
    'Conv c vr w → y',
  );
  expect(edgesOf(joined, 'a', 'b', 'c')).toEqual(['-1 x 0', '-1 x 1', '0 va 2', '1 vb 2', '2 y -1']);
});

test('layers that the graph does not know have no edges, and nodes without a name are found by operator, in order', () => {
  const unnamed = graph('Conv - x w → va', 'Relu - va → vb', 'Conv - vb w → y');
  expect(edgesOf(unnamed, 'Conv_7 Conv', 'Cast_9 Cast', 'Relu_8 Relu', 'Conv_12 Conv')).toEqual([
    '-1 x 0',
    '0 va 2',
    '2 vb 3',
    '3 y -1',
  ]);
});

test('an input that is an output goes nowhere', () => {
  expect(edgesOf({ nodes: [], inputs: ['x'], outputs: ['x'] })).toEqual([]);
});

const at = (batchSize: number, ...names: string[]) => names.map((name) => ({ name, type: '', batchSize }));

test('a layer keeps its place over batch sizes; one that only some have comes behind the one it follows', () => {
  const layers = [...at(1, 'a', 'c', 'd'), ...at(4, 'a', 'b', 'c', 'd', 'e')];
  expect(layerIndexes(layers)).toEqual([0, 2, 3, 0, 1, 2, 3, 4]);
  expect(distinctLayers(layers).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('layers of one name are told apart by their turn', () => {
  expect(layerIndexes([...at(1, 'a', 'a', 'b'), ...at(2, 'a', 'a', 'b')])).toEqual([0, 1, 2, 0, 1, 2]);
});

test.each([
  [[1, 3, 8, 8], 'Row major linear FP32', { dims: [1, 3, 8, 8], bytes: 768 }],
  [[-1, 16], 'Channel major FP16 format where channel % 8 == 0', { dims: [1, 16], bytes: 32 }],
  [[4, 16], 'Four wide channel vectorized row major Int8 format', { dims: [4, 16], bytes: 64 }],
  [[4, 2], 'Row major linear BFloat16 format', { dims: [4, 2], bytes: 16 }],
  [[4, 16], 'N/A due to dynamic shapes', { dims: [4, 16], bytes: -1 }],
  [[4, -1], 'Row major linear FP32', undefined],
  [[], 'Row major linear FP32', undefined],
])('a tensor of the inspector: %o of %s', (dims, format, size) => {
  expect(inspectorSize(dims, format)).toEqual(size);
});

test('sizes as ONNX Runtime’s profile tells them', () => {
  expect(outputSizes([{ float: [1, 16] }, { int64: [2] }, { 'seq(tensor(float))': [] }, {}])).toEqual([
    { dims: [1, 16], bytes: 64 },
    { dims: [2], bytes: 16 },
    undefined,
    undefined,
  ]);
  expect(outputSizes(undefined)).toEqual([]);
});
