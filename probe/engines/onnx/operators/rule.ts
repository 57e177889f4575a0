// What a rule of an operator is given and gives. A rule knows one operator: which shapes come out, and what its sums cost.

import { failure } from '../../../../shared/util/failure';
import { type ElementType, nodeTitle, type OnnxNode, type OnnxTensor } from '../model';
import { floatsOfTensor, integersOf } from '../read-tensor';

export interface TensorShape {
  readonly element: ElementType;
  readonly dims: readonly number[];
}

export interface OperatorRule {
  /** One shape an output. Throws FailureError shapeMismatch. */
  readonly outputs: (given: NodeInputs) => TensorShape[];
  /** Multiplications with an addition behind each; 0 where this is absent. Element-wise work is not counted. */
  readonly multiplyAdds?: (given: NodeInputs, outputs: readonly TensorShape[]) => number;
}

/** What is known about a node's inputs and attributes. */
export class NodeInputs {
  constructor(
    readonly node: OnnxNode,
    private readonly shapes: readonly (TensorShape | undefined)[],
    private readonly constants: readonly (OnnxTensor | undefined)[],
  ) {}

  fail(reason: string): never {
    const { operator } = this.node;
    const sentence = `The node ${nodeTitle(this.node)} (${operator}) does not fit: ${reason}.`;
    throw failure(
      'shapeMismatch',
      sentence,
      'Give inputs of the sizes that the model was exported for, or export it again.',
    );
  }

  get inputCount(): number {
    return this.shapes.length;
  }

  has(index: number): boolean {
    return this.shapes[index] !== undefined;
  }

  shape(index: number): TensorShape {
    return this.shapes[index] ?? this.fail(`its input ${index} is missing`);
  }

  dims(index: number): readonly number[] {
    return this.shape(index).dims;
  }

  constant(index: number): OnnxTensor | undefined {
    return this.constants[index];
  }

  /** The whole numbers of an input that must be known before anything runs. */
  integers(index: number): number[] {
    const constant = this.constants[index];
    const values = constant && integersOf(constant);
    return (
      values ??
      this.fail(`its input ${index} (${this.node.inputs[index]}) is computed while it runs and must be a constant`)
    );
  }

  floats(index: number): Float32Array | undefined {
    const constant = this.constants[index];
    return constant && floatsOfTensor(constant);
  }

  int(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'int' ? attribute.value : otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'ints' ? attribute.values : undefined;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'string' ? attribute.value : otherwise;
  }

  /** An axis counted from the front. */
  axis(value: number, rank: number): number {
    const axis = value < 0 ? value + rank : value;
    return axis >= 0 && axis < rank ? axis : this.fail(`there is no axis ${value} in ${rank} dimensions`);
  }
}
