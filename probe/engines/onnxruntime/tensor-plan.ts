// From what a model says about its inputs and outputs to what a batch of it looks like. Pure.

import { failure } from '../../../shared/util/failure';
import type { TensorFacts } from '../engine';
import type { ElementType } from '../onnx/model';
import { hasValues } from '../values';

export interface DeclaredTensor {
  readonly name: string;
  readonly element: string;
  /** Names are sizes that are free. */
  readonly shape: readonly (number | string)[];
}

export interface InputPlan {
  readonly inputs: readonly TensorFacts[];
  readonly batchMax: number;
  /** Items that the model itself insists on. */
  readonly fixedSize: number | undefined;
}

const BATCH_MAX = 8;

const shapeText = (shape: readonly (number | string)[]) => `[${shape.map((dim) => dim || '?').join(', ')}]`;

function elementOf({ name, element }: DeclaredTensor, model: string): ElementType {
  if (hasValues(element as ElementType)) return element as ElementType;
  const sentence = `The tensor ${name} of the model ${model} holds ${element}, which cannot be given to an engine.`;
  throw failure('unsupportedElement', sentence, 'Export the model with numbers there.');
}

/** The shape of one input with -1 where the batch is. */
function resolved(tensor: DeclaredTensor, model: string, asked: readonly number[] | undefined): readonly number[] {
  const { name, shape } = tensor;
  const declared = shape.map((dim, at) => (typeof dim === 'number' ? dim : at === 0 ? -1 : dim));
  if (asked) {
    const fits =
      asked.length === shape.length &&
      asked.every(
        (dim, at) => (dim === -1 ? at === 0 : dim > 0) && (typeof shape[at] === 'string' || shape[at] === dim),
      );
    if (fits) return asked;
    const sentence = `The input ${name} of the model ${model} is ${shapeText(shape)} and cannot be ${shapeText(asked)}.`;
    throw failure(
      'shapeMismatch',
      sentence,
      'Say sizes that the model was exported for; -1 is the batch, which comes first.',
    );
  }
  if (declared.every((dim) => typeof dim === 'number')) return declared;
  const remedy = `Say them under shapes, such as ${name}: [-1, 3, 640, 640].`;
  throw failure('freeShape', `The input ${name} of the model ${model} has free sizes: ${shapeText(shape)}.`, remedy);
}

/**
 * A free first dimension is the batch. Where none is free but all inputs and outputs begin with the same number, that is a batch of a
 * fixed size. Else one run is one item. Throws FailureError: freeShape, shapeMismatch, unsupportedElement.
 */
export function planInputs(
  model: string,
  declared: { readonly inputs: readonly DeclaredTensor[]; readonly outputs: readonly DeclaredTensor[] },
  { shapes = {}, batchMax = BATCH_MAX }: { shapes?: Readonly<Record<string, readonly number[]>>; batchMax?: number },
): InputPlan {
  const foreign = Object.keys(shapes).find((name) => declared.inputs.every((input) => input.name !== name));
  if (foreign !== undefined) {
    const names = declared.inputs.map(({ name }) => name).join(', ');
    throw failure('shapeMismatch', `The model ${model} has no input ${foreign}.`, `Its inputs: ${names}.`);
  }
  const inputs = declared.inputs.map((tensor) => {
    return {
      name: tensor.name,
      element: elementOf(tensor, model),
      shape: resolved(tensor, model, shapes[tensor.name]),
    };
  });
  if (inputs.some(({ shape }) => shape[0] === -1)) return { inputs, batchMax, fixedSize: undefined };
  const firsts = [...inputs.map(({ shape }) => shape[0]), ...declared.outputs.map(({ shape }) => shape[0])];
  const size = firsts[0];
  if (typeof size !== 'number' || size < 1 || firsts.some((first) => first !== size))
    return { inputs, batchMax: 1, fixedSize: undefined };
  return {
    inputs: inputs.map((each) => ({ ...each, shape: [-1, ...each.shape.slice(1)] })),
    batchMax: size,
    fixedSize: size,
  };
}

/** The facts of an output from the dims that a run over `size` items gave. */
export function outputFacts(
  tensor: DeclaredTensor,
  model: string,
  dims: readonly number[],
  size: number,
  hasBatch: boolean,
): TensorFacts {
  const isBatched = hasBatch && dims[0] === size;
  return { name: tensor.name, element: elementOf(tensor, model), shape: isBatched ? [-1, ...dims.slice(1)] : dims };
}

/** The dims that ONNX Runtime is given for `size` items. */
export const dimsFor = (shape: readonly number[], size: number): number[] =>
  shape.map((dim) => (dim === -1 ? size : dim));
