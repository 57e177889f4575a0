// How the values of a network are stored when it runs in FP16: pictures that convolutions read are halves with their channels side by side
// (NHWC), and so is what lies between convolutions; everything else, such as the decoding of boxes, stays float32. Pure.

import type { OnnxGraph, OnnxNode } from '../onnx/model';
import type { TensorShape } from '../onnx/operators/rule';
import type { Fusions } from './fuse';
import type { StoredElement } from './view';

export interface Form {
  readonly element: StoredElement;
  /** Whether the channels, axis 1, lie side by side in memory, and the pixels behind one another. */
  readonly isChannelsLast: boolean;
}

export const ROW_MAJOR: Form = { element: 'f32', isChannelsLast: false };

export interface Forms {
  formOf(name: string): Form;
  /** Whether a convolution runs on the tensor cores. */
  isHalf(node: OnnxNode): boolean;
}

/** A network in float32: every value lies as ONNX numbers it. */
export const SINGLE_FORMS: Forms = { formOf: () => ROW_MAJOR, isHalf: () => false };

/** A tile of the tensor cores is at least as wide: a sum to fewer numbers would leave most of it idle, and keeps its float32. */
const CHANNELS_MIN = 8;

/** Operators whose pictures are halves when what they make is read as halves. */
const PICTURE_OPERATORS = new Set(['MaxPool', 'Resize', 'Relu', 'Sigmoid', 'Add', 'Sub', 'Mul', 'Div', 'Slice']);
const SAME_OPERATORS = new Set(['Identity', 'Dropout']);
const LAST_AXIS_OF_ROWS = 2;

export class HalfForms implements Forms {
  private readonly half = new Set<string>();
  private readonly channelsLast = new Set<string>();

  constructor(
    private readonly graph: OnnxGraph,
    private readonly shapes: ReadonlyMap<string, TensorShape>,
    fusions: Fusions,
  ) {
    for (const node of graph.nodes.toReversed()) this.spreadBack(node);
    for (const { name } of graph.inputs) this.half.delete(name);
    for (const node of graph.nodes) {
      const outputs = [...node.outputs, fusions.byConv.get(node)?.output ?? node.outputs[0]];
      if (this.makesChannelsLast(node)) for (const name of outputs) this.channelsLast.add(name);
    }
  }

  formOf(name: string): Form {
    const element = this.half.has(name) ? 'f16' : 'f32';
    return { element, isChannelsLast: element === 'f16' || this.channelsLast.has(name) };
  }

  isHalf({ operator, inputs }: OnnxNode): boolean {
    return operator === 'Conv' && (this.dims(inputs[1])[0] ?? 0) >= CHANNELS_MIN && this.isPicture(inputs[0]);
  }

  private dims(name: string): readonly number[] {
    return this.shapes.get(name)?.dims ?? [];
  }

  private isPicture(name: string): boolean {
    return this.dims(name).length === 4 && !this.graph.initializers.has(name);
  }

  private isAlongChannels(node: OnnxNode): boolean {
    return isAlongChannels(node, this.dims(node.inputs[0]).length);
  }

  /** From what a node makes to what it reads. */
  private spreadBack(node: OnnxNode): void {
    const { operator, inputs, outputs } = node;
    const isPassing =
      PICTURE_OPERATORS.has(operator) ||
      SAME_OPERATORS.has(operator) ||
      ((operator === 'Concat' || operator === 'Split') && this.isAlongChannels(node));
    const isRead = isPassing && outputs.some((name) => this.half.has(name));
    if (this.isHalf(node)) this.half.add(inputs[0]);
    else if (isRead) for (const name of inputs.filter((each) => this.isPicture(each))) this.half.add(name);
  }

  private makesChannelsLast(node: OnnxNode): boolean {
    const { operator, inputs, outputs } = node;
    if (this.isHalf(node) || outputs.some((name) => this.half.has(name))) return true;
    const isEach = inputs.every((name) => this.formOf(name).isChannelsLast);
    if (operator === 'Concat') {
      const axis = node.attributes.get('axis');
      const isLast = this.dims(inputs[0]).length === 3 && axis?.kind === 'int' && axis.value === LAST_AXIS_OF_ROWS;
      return isEach && (isLast || this.isAlongChannels(node));
    }
    const isFirst = this.formOf(inputs[0] ?? '').isChannelsLast;
    if (operator === 'Split') return isFirst && this.isAlongChannels(node);
    return isFirst && (SAME_OPERATORS.has(operator) || isRowsOfPixels(node, (name) => this.dims(name)));
  }
}

/** Whether a Concat or Split of values of `rank` dimensions goes along their channels. */
export function isAlongChannels({ attributes }: OnnxNode, rank: number): boolean {
  const axis = attributes.get('axis');
  const at = axis?.kind === 'int' ? axis.value : 0;
  return at === 1 || at + rank === 1;
}

/** Whether a Reshape only numbers the pixels of pictures through: [images, channels, height, width] to [images, channels, pixels]. */
export function isRowsOfPixels(
  { operator, inputs, outputs }: OnnxNode,
  dimsOf: (name: string) => readonly number[],
): boolean {
  const [from, to] = [dimsOf(inputs[0]), dimsOf(outputs[0])];
  return operator === 'Reshape' && from.length === 4 && to.length === 3 && from[0] === to[0] && from[1] === to[1];
}
