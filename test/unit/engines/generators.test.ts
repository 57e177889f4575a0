// The generated networks, counted; and shape inference by hand.

import { expect, test } from 'vitest';
import { generateClassifierShaped } from '../../../probe/engines/onnx/generate/classifier-shaped';
import { GraphBuilder, int, ints } from '../../../probe/engines/onnx/generate/graph-builder';
import { generateYoloShaped } from '../../../probe/engines/onnx/generate/yolo-shaped';
import { checkOperators, inferShapes, SHAPED_OPERATORS } from '../../../probe/engines/onnx/infer-shapes';
import { type OnnxModel, parameterCountOf, precisionOf } from '../../../probe/engines/onnx/model';
import { encodeOnnx } from '../../../probe/engines/onnx/write';

const operatorsOf = ({ graph }: OnnxModel, name: string) =>
  graph.nodes.filter(({ operator }) => operator === name).length;

test('YOLOv8n: the published 3,151,904 parameters and 8.7 GFLOPs, 64 convolutions, 84 x 8400 out', () => {
  const model = generateYoloShaped();
  const { shapes, multiplyAdds } = inferShapes(model);
  // "168 layers, 3151904 parameters, 0 gradients, 8.7 GFLOPs": what the published tool says of yolov8n.pt with folded normalisations.
  expect(parameterCountOf(model.graph)).toBe(3_151_904);
  expect((2 * multiplyAdds) / 1e9).toBeCloseTo(8.7, 1);
  expect(shapes.get('output0')).toEqual({ element: 'float32', dims: [1, 84, 8400] });
  expect(operatorsOf(model, 'Conv')).toBe(64);
  expect(operatorsOf(model, 'Sigmoid')).toBe(57 + 1); // SiLU, and the class scores
  expect(operatorsOf(model, 'MaxPool')).toBe(3);
  expect(operatorsOf(model, 'Resize')).toBe(2);
  expect(precisionOf(model.graph)).toBe('fp32');
});

test('YOLOv8s by its own ratios: the published 11,156,544 parameters', () => {
  expect(parameterCountOf(generateYoloShaped({ widthRatio: 0.5 }).graph)).toBe(11_156_544);
});

test('a smaller side costs by its area, a larger batch by its number, and neither costs weights', () => {
  const whole = inferShapes(generateYoloShaped());
  const small = inferShapes(generateYoloShaped({ sidePx: 320 }));
  expect(small.multiplyAdds * 4).toBe(whole.multiplyAdds);
  expect(small.shapes.get('output0')?.dims).toEqual([1, 84, 2100]);
  const free = generateYoloShaped({ sidePx: 320, batch: 'free' });
  const four = inferShapes(free, { images: [4, 3, 320, 320] });
  expect(four.multiplyAdds).toBe(whole.multiplyAdds);
  expect(four.shapes.get('output0')?.dims).toEqual([4, 84, 2100]);
  expect(parameterCountOf(free.graph)).toBe(3_151_904);
});

test('the same seed makes the same bytes, another seed others', () => {
  const bytesOf = (seed: number) => Buffer.from(encodeOnnx(generateClassifierShaped({ sidePx: 32, seed })));
  expect(bytesOf(7).equals(bytesOf(7))).toBe(true);
  expect(bytesOf(7).equals(bytesOf(8))).toBe(false);
});

test('the classifier: its sums by hand', () => {
  const { multiplyAdds, shapes } = inferShapes(generateClassifierShaped({ classCount: 10 }));
  const stem = 112 ** 2 * 16 * 3 * 49;
  const block16 = 2 * 56 ** 2 * 16 * 16 * 9;
  const block32 = 28 ** 2 * (32 * 16 * 9 + 32 * 32 * 9 + 32 * 16);
  const block64 = 14 ** 2 * (64 * 32 * 9 + 64 * 64 * 9 + 64 * 32);
  expect(multiplyAdds).toBe(stem + block16 + block32 + block64 + 64 * 10);
  expect(shapes.get('scores')?.dims).toEqual([1, 10]);
});

test('a side or a batch that cannot be', () => {
  expect(() => generateYoloShaped({ sidePx: 100 })).toThrow('a side of 100 px is no multiple of 32');
  expect(() => generateClassifierShaped({ sidePx: 8 })).toThrow('too small');
});

/** One node over an input x of [2, 3, 8, 8]. */
function shapeAfter(
  operator: string,
  more: (build: GraphBuilder) => string[],
  attributes = {},
): readonly number[] | undefined {
  const build = new GraphBuilder(1);
  build.node('/node', operator, ['x', ...more(build)], attributes);
  const value = (name: string) => ({ name, element: 'float32' as const, shape: [2, 3, 8, 8] });
  return inferShapes(build.finish('one', value('x'), value('y'))).shapes.get('y')?.dims;
}

test.each([
  ['MaxPool', [2, 3, 4, 4], () => [], { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(1, 1, 1, 1) }],
  [
    'MaxPool',
    [2, 3, 4, 4],
    () => [],
    { kernel_shape: ints(3, 3), strides: ints(2, 2), pads: ints(0, 0, 0, 0), ceil_mode: int(1) },
  ],
  ['AveragePool', [2, 3, 3, 3], () => [], { kernel_shape: ints(3, 3), strides: ints(2, 2) }],
  ['GlobalAveragePool', [2, 3, 1, 1], () => [], {}],
  ['Flatten', [2, 192], () => [], { axis: int(1) }],
  ['Transpose', [2, 8, 8, 3], () => [], { perm: ints(0, 2, 3, 1) }],
  ['Reshape', [2, 64, 3], (build: GraphBuilder) => [build.int64s('s', [0, -1, 3])], {}],
  [
    'Slice',
    [2, 3, 8, 3],
    (build: GraphBuilder) => [
      build.int64s('b', [-1]),
      build.int64s('e', [0]),
      build.int64s('a', [-1]),
      build.int64s('t', [-3]),
    ],
    {},
  ],
  [
    'Slice',
    [2, 2, 8, 8],
    (build: GraphBuilder) => [build.int64s('b', [1]), build.int64s('e', [2 ** 53]), build.int64s('a', [1])],
    {},
  ],
  ['Unsqueeze', [1, 2, 3, 8, 1, 8], (build: GraphBuilder) => [build.int64s('a', [0, -2])], {}],
  ['Mul', [2, 3, 8, 8], (build: GraphBuilder) => [build.floats('f', [8, 1], new Float32Array(8))], {}],
  ['Softmax', [2, 3, 8, 8], () => [], { axis: int(1) }],
])('%s makes %j', (operator, dims, more, attributes) => {
  expect(shapeAfter(operator, more, attributes)).toEqual(dims);
});

test('shapes that do not fit name the node', () => {
  expect(() => shapeAfter('Reshape', (build) => [build.int64s('s', [5, -1])])).toThrow(
    'The node /node (Reshape) does not fit: 2x3x8x8 cannot become 5x-1.',
  );
  expect(() => shapeAfter('Conv', (build) => [build.weights('w', [4, 2, 3, 3], 1)])).toThrow(
    'weights of 4x2x3x3 in 1 groups meet an input of 2x3x8x8',
  );
  expect(() => inferShapes(generateYoloShaped({ sidePx: 320, batch: 'free' }))).toThrow(
    'The input images has the free shape [batch, 3, 320, 320].',
  );
  expect(() => inferShapes(generateYoloShaped({ sidePx: 320 }), { images: [1, 3, 640, 640] })).toThrow(
    'cannot be [1, 3, 640, 640]',
  );
});

test('an unsupported operator is named with its node', () => {
  expect(() => shapeAfter('Einsum', () => [])).toThrow(
    'Shape inference does not support the operator Einsum of the node /node.',
  );
  const model = generateYoloShaped({ sidePx: 32 });
  checkOperators(model, SHAPED_OPERATORS, 'The engine kernels');
  const few = SHAPED_OPERATORS.filter((name) => name !== 'Resize');
  expect(() => checkOperators(model, few, 'The engine kernels')).toThrow(
    'The engine kernels does not support the operator Resize of the node /model.10/Resize.',
  );
});
