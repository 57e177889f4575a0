// What probe/engines/tensorrt makes of TensorRT's words and shapes, without the addon.

import { describe, expect, test } from 'vitest';
import {
  batchMaxOf,
  batchMinOf,
  inputFacts,
  outputFacts,
  shapesAt,
} from '../../../../probe/engines/tensorrt/batch-shapes';
import { parseLayers } from '../../../../probe/engines/tensorrt/layers';
import { failureOf, type NativeEngine, type NativeTensor } from '../../../../probe/engines/tensorrt/native';
import { checkPlanFacts, type PlanFacts } from '../../../../probe/engines/tensorrt/plan-facts';

type Range = readonly [min: number[], best: number[], max: number[]];

/** An engine with the input `images` and the output `boxes`, for functions that read its facts only. */
function engineWith(shape: number[], ranges: readonly Range[], more: Partial<NativeTensor> = {}): NativeEngine {
  const tensors: NativeTensor[] = [
    { name: 'images', element: 'float32', shape, isInput: true, ...more },
    { name: 'boxes', element: 'float32', shape: [-1, 84, -1], isInput: false },
  ];
  const profiles = ranges.map(([min, best, max]) => [{ input: 'images', min, best, max }]);
  return { facts: { name: 'detector', layerCount: 1, tensors, profiles } } as unknown as NativeEngine;
}

const RANGES: readonly Range[] = [
  [
    [1, 3, 320, 320],
    [4, 3, 640, 640],
    [8, 3, 640, 640],
  ],
  [
    [16, 3, 320, 320],
    [16, 3, 320, 320],
    [32, 3, 320, 320],
  ],
];

describe('shapes', () => {
  test('the batch is open, the other sizes are those the first profile was timed for', () => {
    const engine = engineWith([-1, 3, -1, -1], RANGES);
    const inputs = inputFacts(engine);
    expect(inputs).toEqual([{ name: 'images', element: 'float32', shape: [-1, 3, 640, 640] }]);
    expect(shapesAt(inputs, 4)).toEqual([[4, 3, 640, 640]]);
    expect(batchMinOf(engine, inputs)).toBe(1);
    // The second profile takes 320 only.
    expect(batchMaxOf(engine, inputs)).toBe(8);
  });

  test('without an open batch a batch is one', () => {
    const engine = engineWith([4, 3, 640, 640], []);
    expect(batchMaxOf(engine, inputFacts(engine))).toBe(1);
    expect(shapesAt(inputFacts(engine), 1)).toEqual([[4, 3, 640, 640]]);
  });

  test('outputs have the sizes that a run gave, or are refused', () => {
    const engine = engineWith([-1, 3, -1, -1], RANGES);
    const output = { name: 'boxes', element: 'float32' as const, bytes: new Uint8Array() };
    expect(outputFacts(engine, [{ ...output, shape: [2, 84, 8400] }], 2)).toEqual([
      { name: 'boxes', element: 'float32', shape: [-1, 84, 8400] },
    ]);
    expect(() => outputFacts(engine, [{ ...output, shape: [7, 84, 8400] }], 2)).toThrow(
      'boxes has the shape 7x84x8400',
    );
  });

  test('elements that JavaScript has no array for', () => {
    expect(() => inputFacts(engineWith([1], [], { element: 'other' }))).toThrow('The tensor images has elements');
  });
});

describe('layers of the inspector', () => {
  test.each([
    [
      '{"Layers":[{"Name":"a","LayerType":"Reformat","TacticValue":"0x0"},{"Name":"b"}],"Bindings":["x"]}',
      ['a Reformat', 'b '],
    ],
    ['{"Layers":["a","b"],"Bindings":[]}', ['a ', 'b ']],
    ['{}', []],
    ['no JSON', []],
    ['{"Layers":7}', []],
  ])('%s', (text, layers) => {
    expect(parseLayers(text).map(({ name, type }) => `${name} ${type}`)).toEqual(layers);
  });
});

describe('facts beside a plan', () => {
  const facts = { tensorrtVersion: '10.3.0', deviceName: 'Orin', computeCapability: '8.7' } as PlanFacts;
  const orin = { name: 'Orin', computeCapability: '8.7' };

  test('another version, unless the plan is compatible; another device; a driver that does not say', () => {
    expect(() => checkPlanFacts(facts, { version: '10.3.0', device: orin })).not.toThrow();
    expect(() => checkPlanFacts(facts, { version: '10.4.0', device: orin })).toThrow('by TensorRT 10.3.0, and here is');
    const compatible = { ...facts, isVersionCompatible: true };
    expect(() => checkPlanFacts(compatible, { version: '10.4.0', device: orin })).not.toThrow();
    const hopper = { name: 'H100', computeCapability: '9.0' };
    expect(() => checkPlanFacts(facts, { version: '10.3.0', device: hopper })).toThrow('and here is H100 (9.0)');
    expect(() => checkPlanFacts(facts, { version: '10.3.0', device: undefined })).not.toThrow();
  });
});

test('errors of the addon keep their code and remedy, others become a failure of TensorRT', () => {
  const problem = Object.assign(new Error('It is not there.'), { code: 'tensorrtMissing', remedy: 'Install it.' });
  expect(failureOf(problem).failure).toEqual({
    code: 'tensorrtMissing',
    sentence: 'It is not there.',
    remedy: 'Install it.',
  });
  expect(failureOf(new Error('odd')).failure.code).toBe('tensorrtFailed');
});
