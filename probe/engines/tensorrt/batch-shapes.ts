// TensorRT's shapes as the engine interface has them: -1 is the batch and nothing else.

import { type FailureError, failure } from '../../../shared/util/failure';
import type { TensorFacts } from '../engine';
import type { ElementType } from '../onnx/model';
import { hasValues } from '../values';
import type { NativeEngine, NativeOutput, NativeTensor } from './native';

function elementOf({ name, element }: { name: string; element: ElementType | 'other' }): ElementType {
  if (element !== 'other' && hasValues(element)) return element;
  const sentence = `The tensor ${name} has elements that cannot be given or taken (${element}).`;
  throw failure('unsupportedElement', sentence, 'Build the plan with float32 or float16 inputs and outputs.');
}

/** Open dimensions but the first are fixed to what the first profile was timed for. */
function fixedShape(engine: NativeEngine, { name, shape }: NativeTensor): readonly number[] {
  const best = engine.facts.profiles[0]?.find((range) => range.input === name)?.best ?? [];
  return shape.map((size, axis) => (size === -1 && axis > 0 ? (best[axis] ?? 1) : size));
}

export function inputFacts(engine: NativeEngine): TensorFacts[] {
  const inputs = engine.facts.tensors.filter(({ isInput }) => isInput);
  return inputs.map((tensor) => ({ name: tensor.name, element: elementOf(tensor), shape: fixedShape(engine, tensor) }));
}

/** For an output whose size is not that of the batch. */
export function freeShape(output: string, shape: readonly number[]): FailureError {
  const sentence = `The output ${output} has the shape ${shape.join('x')}, which changes with the values.`;
  return failure('freeShape', sentence, 'Export the model with outputs of a fixed size.');
}

/**
 * From what a batch of `size` gave: sizes that follow from those of the inputs are known only then. Throws FailureError freeShape,
 * unsupportedElement.
 */
export function outputFacts(engine: NativeEngine, outputs: readonly NativeOutput[], size: number): TensorFacts[] {
  return outputs.map((output) => {
    const declared = engine.facts.tensors.find(({ name }) => name === output.name)?.shape ?? [];
    if (declared[0] === -1 && output.shape[0] !== size) throw freeShape(output.name, output.shape);
    const shape = output.shape.map((size, axis) => (axis === 0 && declared[0] === -1 ? -1 : size));
    return { name: output.name, element: elementOf(output), shape };
  });
}

const shapeAt = (shape: readonly number[], size: number): number[] => shape.map((each) => (each === -1 ? size : each));

export const shapesAt = (inputs: readonly TensorFacts[], size: number): number[][] =>
  inputs.map(({ shape }) => shapeAt(shape, size));

/** The largest batch that a profile takes with the other sizes as they are; 1 of an engine without an open batch. */
export function batchMaxOf(engine: NativeEngine, inputs: readonly TensorFacts[]): number {
  const batched = inputs.filter(({ shape }) => shape.includes(-1));
  if (batched.length === 0) return 1;
  const maxima = engine.facts.profiles.map((profile) => {
    const fits = inputs.every(({ name, shape }) => {
      const range = profile.find(({ input }) => input === name);
      return shape.every((size, axis) => size === -1 || !range || (range.min[axis] <= size && size <= range.max[axis]));
    });
    if (!fits) return 0;
    return Math.min(...batched.map(({ name }) => profile.find(({ input }) => input === name)?.max[0] ?? 0));
  });
  return Math.max(1, ...maxima);
}

/** The smallest batch of any profile, for the first run. */
export function batchMinOf(engine: NativeEngine, inputs: readonly TensorFacts[]): number {
  const batched = inputs.filter(({ shape }) => shape.includes(-1)).map(({ name }) => name);
  const minima = engine.facts.profiles.flatMap((profile) => {
    return profile.filter(({ input }) => batched.includes(input)).map(({ min }) => Math.max(1, min[0]));
  });
  return minima.length === 0 ? 1 : Math.min(...minima);
}
