// Writes a graph down node by node, with seeded random weights. A value is named after the node that makes it, as exporters of PyTorch do.

import { randomFloats, seededRandom } from '../../../runner/random';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../model';

/** A value under construction, with what the next layer must know about it. */
export interface Picture {
  readonly name: string;
  readonly channels: number;
  readonly sidePx: number;
}

export interface ConvOptions {
  readonly channels: number;
  readonly kernelPx: number;
  readonly stride?: number;
  /** Half of the kernel when absent, which keeps the side with stride 1. */
  readonly padPx?: number;
  readonly hasBias?: boolean;
}

/** ONNX 1.12 and later: read by TensorRT 8.5 to 10 and by every ONNX Runtime that a board has. */
const OPSET = 17;
const IR_VERSION = 8;

export const int = (value: number): OnnxAttribute => ({ kind: 'int', value });
export const ints = (...values: number[]): OnnxAttribute => ({ kind: 'ints', values });
export const text = (value: string): OnnxAttribute => ({ kind: 'string', value });

export class GraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers = new Map<string, OnnxTensor>();
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  private add(tensor: OnnxTensor): string {
    this.initializers.set(tensor.name, tensor);
    return tensor.name;
  }

  floats(name: string, dims: readonly number[], values: Float32Array): string {
    return this.add({ name, element: 'float32', dims, bytes: new Uint8Array(values.buffer) });
  }

  int64s(name: string, values: readonly number[]): string {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.add({ name, element: 'int64', dims: [values.length], bytes });
  }

  /** Even numbers whose sum over `fanIn` inputs of variance 1 has variance 2, so that numbers neither die nor grow from layer to layer. */
  weights(name: string, dims: readonly number[], fanIn: number): string {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return this.floats(name, dims, randomFloats(this.random, count, Math.sqrt(6 / fanIn)));
  }

  bias(name: string, count: number): string {
    return this.floats(name, [count], randomFloats(this.random, count, 0.1));
  }

  /** Adds a node with one output and gives that value's name. */
  node(
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    return this.nodeOf(name, operator, inputs, 1, attributes)[0];
  }

  nodeOf(
    name: string,
    operator: string,
    inputs: readonly string[],
    outputCount: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string[] {
    const outputs = Array.from({ length: outputCount }, (_, index) => `${name}_output_${index}`);
    this.nodes.push({ name, operator, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) });
    return outputs;
  }

  conv(name: string, from: Picture, options: ConvOptions): Picture {
    const { channels, kernelPx, stride = 1, padPx = Math.floor(kernelPx / 2), hasBias = true } = options;
    const fanIn = from.channels * kernelPx * kernelPx;
    const weights = this.weights(`${name}.weight`, [channels, from.channels, kernelPx, kernelPx], fanIn);
    const made = this.node(
      `${name}/Conv`,
      'Conv',
      [from.name, weights, ...(hasBias ? [this.bias(`${name}.bias`, channels)] : [])],
      {
        dilations: ints(1, 1),
        group: int(1),
        kernel_shape: ints(kernelPx, kernelPx),
        pads: ints(padPx, padPx, padPx, padPx),
        strides: ints(stride, stride),
      },
    );
    return { name: made, channels, sidePx: Math.floor((from.sidePx + 2 * padPx - kernelPx) / stride) + 1 };
  }

  maxPool(
    name: string,
    from: Picture,
    { kernelPx, stride, padPx }: { kernelPx: number; stride: number; padPx: number },
  ): Picture {
    const made = this.node(name, 'MaxPool', [from.name], {
      kernel_shape: ints(kernelPx, kernelPx),
      pads: ints(padPx, padPx, padPx, padPx),
      strides: ints(stride, stride),
    });
    return { ...from, name: made, sidePx: Math.floor((from.sidePx + 2 * padPx - kernelPx) / stride) + 1 };
  }

  relu(name: string, from: Picture): Picture {
    return { ...from, name: this.node(name, 'Relu', [from.name]) };
  }

  add2(name: string, left: Picture, right: Picture): Picture {
    return { ...left, name: this.node(name, 'Add', [left.name, right.name]) };
  }

  /** `output` becomes the name of the value that the last node makes. */
  finish(name: string, input: OnnxValue, output: OnnxValue): OnnxModel {
    const last = this.nodes.pop();
    if (!last) throw new Error('a graph needs a node');
    const nodes = [...this.nodes, { ...last, outputs: [output.name] }];
    const graph = { name, nodes, initializers: this.initializers, inputs: [input], outputs: [output], values: [] };
    return { irVersion: IR_VERSION, producer: 'hookanalyzer', opsets: new Map([['', OPSET]]), graph };
  }
}
