// Which nodes run as one kernel: a convolution with the ReLU or SiLU behind it. SiLU is x · sigmoid(x), which exporters write as two nodes. Pure.

import type { OnnxGraph, OnnxNode } from '../onnx/model';

export interface Fusion {
  readonly activation: 'none' | 'relu' | 'silu';
  /** The value that the fused nodes make. */
  readonly output: string;
  /** What is added behind the activation; `residuals.ts` finds it. */
  readonly addend?: string;
}

export interface Fusions {
  readonly byConv: ReadonlyMap<OnnxNode, Fusion>;
  /** Nodes that the convolution in front of them does. */
  readonly absorbed: ReadonlySet<OnnxNode>;
}

export function findFusions({ nodes, outputs }: OnnxGraph): Fusions {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const name of new Set(node.inputs)) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const isOutput = new Set(outputs.map(({ name }) => name));
  const readersOf = (name: string) => (isOutput.has(name) ? [] : (readers.get(name) ?? []));
  const byConv = new Map<OnnxNode, Fusion>();
  const absorbed = new Set<OnnxNode>();
  for (const conv of nodes) {
    if (conv.operator !== 'Conv') continue;
    const [sum] = conv.outputs;
    const next = readersOf(sum);
    const [only] = next;
    if (next.length === 1 && only.operator === 'Relu') {
      byConv.set(conv, { activation: 'relu', output: only.outputs[0] });
      absorbed.add(only);
    }
    const gate = next.find(({ operator }) => operator === 'Sigmoid');
    const product = next.find(({ operator }) => operator === 'Mul');
    if (next.length !== 2 || !gate || !product) continue;
    const isSilu = product.inputs.includes(sum) && product.inputs.includes(gate.outputs[0]);
    if (!isSilu || readersOf(gate.outputs[0]).length !== 1) continue;
    byConv.set(conv, { activation: 'silu', output: product.outputs[0] });
    absorbed.add(gate).add(product);
  }
  return { byConv, absorbed };
}
