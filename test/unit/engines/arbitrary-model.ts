// Random ONNX models: any names, any bytes of the right number. They need not make sense to a runtime.

import fc from 'fast-check';
import {
  ELEMENT_BYTES,
  ELEMENT_CODES,
  elementCountOf,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from '../../../probe/engines/onnx/model';

const element = fc.constantFrom(...[...ELEMENT_CODES.values()].filter((each) => each !== 'string'));
const name = fc.string({ unit: 'grapheme', maxLength: 8 });
const float = fc.float({ noNaN: true }).map((value) => (value === 0 ? 0 : value));
const whole = fc.maxSafeInteger();

const tensor: fc.Arbitrary<OnnxTensor> = fc
  .record({ name, element, dims: fc.array(fc.nat(3), { maxLength: 4 }), seed: fc.nat(255) })
  .map(({ seed, ...rest }) => {
    const bytes = Uint8Array.from(
      { length: elementCountOf(rest.dims) * ELEMENT_BYTES[rest.element] },
      (_, index) => seed + index,
    );
    return { ...rest, bytes };
  });

const attribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.record({ kind: fc.constant('float' as const), value: float }),
  fc.record({ kind: fc.constant('int' as const), value: whole }),
  fc.record({ kind: fc.constant('string' as const), value: name }),
  fc.record({ kind: fc.constant('tensor' as const), value: tensor }),
  fc.record({ kind: fc.constant('floats' as const), values: fc.array(float, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('ints' as const), values: fc.array(whole, { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('strings' as const), values: fc.array(name, { maxLength: 3 }) }),
);

const node: fc.Arbitrary<OnnxNode> = fc.record({
  name,
  operator: name,
  domain: fc.constantFrom('', 'com.microsoft'),
  inputs: fc.array(name, { maxLength: 4 }),
  outputs: fc.array(name, { maxLength: 3 }),
  attributes: fc.array(fc.tuple(name, attribute), { maxLength: 4 }).map((pairs) => new Map(pairs)),
});

const value: fc.Arbitrary<OnnxValue> = fc.record({
  name,
  element,
  shape: fc.option(fc.array(fc.oneof(fc.nat(1000), name), { maxLength: 4 }), { nil: undefined }),
});

const isNoInitializer = (tensors: readonly OnnxTensor[]) => (each: OnnxValue) =>
  tensors.every((other) => other.name !== each.name);

export const arbitraryModel: fc.Arbitrary<OnnxModel> = fc
  .record({
    irVersion: fc.integer({ min: 1, max: 20 }),
    producer: name,
    opsets: fc.constant(
      new Map([
        ['', 17],
        ['com.microsoft', 1],
      ]),
    ),
    name,
    nodes: fc.array(node, { minLength: 1, maxLength: 5 }),
    tensors: fc.array(tensor, { maxLength: 4 }),
    inputs: fc.array(value, { maxLength: 3 }),
    outputs: fc.array(value, { maxLength: 3 }),
    values: fc.array(value, { maxLength: 3 }),
  })
  .map(({ irVersion, producer, opsets, tensors, ...graph }) => {
    // Old files list initializers among the inputs; the reader takes those out.
    const inputs = graph.inputs.filter(isNoInitializer(tensors));
    const initializers = new Map(tensors.map((each) => [each.name, each]));
    return { irVersion, producer, opsets, graph: { ...graph, inputs, initializers } };
  });
