// The shape of every value of a graph, and what its sums cost, before anything runs. Only for graphs whose shapes do not depend on
// numbers: what a shape is made of must be constant.

import { failure } from '../../../shared/util/failure';
import { nodeTitle, type OnnxModel, type OnnxNode, type OnnxTensor } from './model';
import { ELEMENTWISE_RULES } from './operators/elementwise';
import { LAYOUT_RULES } from './operators/layout';
import { MATRIX_RULES } from './operators/matrices';
import { NodeInputs, type OperatorRule, type TensorShape } from './operators/rule';
import { WINDOW_RULES } from './operators/windows';

const RULES: Readonly<Record<string, OperatorRule>> = {
  ...WINDOW_RULES,
  ...ELEMENTWISE_RULES,
  ...LAYOUT_RULES,
  ...MATRIX_RULES,
};

/** Operators of ONNX's own domain whose shapes are known here. */
export const SHAPED_OPERATORS: readonly string[] = Object.keys(RULES);

/**
 * Throws FailureError unsupportedOperator for the first node, in the file's order, whose operator is not in `operators`. `who` begins the
 * sentence, such as 'The engine kernels'.
 */
export function checkOperators({ graph }: OnnxModel, operators: Iterable<string>, who: string): void {
  const known = new Set(operators);
  const node = graph.nodes.find(({ domain, operator }) => domain !== '' || !known.has(operator));
  if (!node) return;
  const operator = node.domain ? `${node.domain}.${node.operator}` : node.operator;
  const sentence = `${who} does not support the operator ${operator} of the node ${nodeTitle(node)}.`;
  throw failure(
    'unsupportedOperator',
    sentence,
    'Run the model with the engine onnxruntime, or export it without that operator.',
  );
}

export interface NodeWork {
  readonly node: OnnxNode;
  readonly multiplyAdds: number;
}

export interface ShapedGraph {
  /** Of every value, by name. */
  readonly shapes: ReadonlyMap<string, TensorShape>;
  /** One entry a node, in their order. */
  readonly work: readonly NodeWork[];
  /** Of all nodes. One of them is two floating-point operations. */
  readonly multiplyAdds: number;
}

function inputShapes(
  { graph }: OnnxModel,
  sizes: Readonly<Record<string, readonly number[]>>,
): Map<string, TensorShape> {
  const shapes = new Map<string, TensorShape>();
  for (const { name, element, shape } of graph.inputs) {
    const dims = sizes[name] ?? shape;
    const text = `[${(shape ?? ['?']).map((dim) => dim || '?').join(', ')}]`;
    if (!element || !dims || dims.some((dim) => typeof dim !== 'number')) {
      throw failure(
        'freeShape',
        `The input ${name} has the free shape ${text}.`,
        `Say its sizes, such as ${name}: [1, 3, 640, 640].`,
      );
    }
    const fits =
      !shape || (shape.length === dims.length && shape.every((dim, at) => typeof dim === 'string' || dim === dims[at]));
    if (!fits) {
      const sentence = `The input ${name} is ${text} in the model and cannot be [${dims.join(', ')}].`;
      throw failure('shapeMismatch', sentence, 'Give sizes that the model was exported for.');
    }
    shapes.set(name, { element, dims: dims as readonly number[] });
  }
  return shapes;
}

/**
 * `sizes` gives the dims of inputs that the model leaves free, by name. Throws FailureError: freeShape, shapeMismatch,
 * unsupportedOperator, and modelDamaged when a node uses what nobody makes.
 */
export function inferShapes(model: OnnxModel, sizes: Readonly<Record<string, readonly number[]>> = {}): ShapedGraph {
  checkOperators(model, SHAPED_OPERATORS, 'Shape inference');
  const shapes = inputShapes(model, sizes);
  const constants = new Map<string, OnnxTensor>(model.graph.initializers);
  for (const [name, { element, dims }] of constants) shapes.set(name, { element, dims });
  const work = model.graph.nodes.map((node) => {
    const lost = node.inputs.find((name) => name !== '' && !shapes.has(name));
    if (lost !== undefined) {
      const sentence = `The node ${nodeTitle(node)} uses ${lost}, which no node before it makes.`;
      throw failure('modelDamaged', sentence, 'Export the model again.');
    }
    const given = new NodeInputs(
      node,
      node.inputs.map((name) => shapes.get(name)),
      node.inputs.map((name) => constants.get(name)),
    );
    const rule = RULES[node.operator];
    const outputs = rule.outputs(given);
    for (const [index, name] of node.outputs.entries()) if (outputs[index]) shapes.set(name, outputs[index]);
    const value = node.attributes.get('value');
    if (node.operator === 'Constant' && value?.kind === 'tensor') constants.set(node.outputs[0], value.value);
    return { node, multiplyAdds: rule.multiplyAdds?.(given, outputs) ?? 0 };
  });
  return { shapes, work, multiplyAdds: work.reduce((sum, each) => sum + each.multiplyAdds, 0) };
}
