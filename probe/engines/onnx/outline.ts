// What of an ONNX graph is kept to say how an engine's layers hang together: names and sizes, no weights.

import type { GraphOutline, ValueSize } from '../../../shared/model/layer-edges';
import { FailureError } from '../../../shared/util/failure';
import { inferShapes } from './infer-shapes';
import { ELEMENT_BYTES, type ElementType, elementCountOf, type OnnxModel, type OnnxNode } from './model';

export interface ModelOutline extends GraphOutline {
  /** Of the values whose size is known, at a batch of 1. */
  readonly sizes: ReadonlyMap<string, ValueSize>;
}

/** Operators that lay out or name values anew: an engine may leave them out altogether. All others compute. */
const LAYOUT = new Set([
  ...['Concat', 'Constant', 'ConstantOfShape', 'DepthToSpace', 'Dropout', 'Expand', 'Flatten', 'Gather', 'Identity'],
  ...['Reshape', 'Shape', 'Slice', 'SpaceToDepth', 'Split', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'],
]);

/** Whether a node that has no layer of its own was fused into the one before it. */
export const isFusedOperator = (operator: string): boolean => !LAYOUT.has(operator);

export const valueSize = (element: ElementType, dims: readonly number[]): ValueSize => ({
  dims,
  bytes: elementCountOf(dims) * ELEMENT_BYTES[element],
});

/** What the file itself says of its values: a free first dimension is the batch; values with another free one are left out. */
function declaredSizes({ graph: { inputs, outputs, values } }: OnnxModel): [string, ValueSize][] {
  return [...inputs, ...values, ...outputs].flatMap(({ name, element, shape }) => {
    const dims = shape?.map((dim, at) => (typeof dim === 'string' && at === 0 ? 1 : dim));
    if (!element || !dims || dims.some((dim) => typeof dim === 'string')) return [];
    return [[name, valueSize(element, dims as number[])] as const] as [string, ValueSize][];
  });
}

/**
 * `inputDims` are those of one item, by input; `nameOf` names a node as the engine's layers do, '' where it has no name. Sizes are inferred; where an operator stands in the way, only what the file says is known.
 */
export function outlineOf(
  model: OnnxModel,
  inputDims: Readonly<Record<string, readonly number[]>> = {},
  nameOf: (node: OnnxNode) => string = ({ name }) => name,
): ModelOutline {
  const { nodes, inputs, outputs } = model.graph;
  const sizes = new Map(declaredSizes(model));
  try {
    for (const [name, { element, dims }] of inferShapes(model, inputDims).shapes)
      sizes.set(name, valueSize(element, dims));
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
  }
  return {
    nodes: nodes.map((node) => {
      return { name: nameOf(node), operator: node.operator, inputs: node.inputs, outputs: node.outputs };
    }),
    inputs: inputs.map(({ name }) => name),
    outputs: outputs.map(({ name }) => name),
    sizes,
  };
}
