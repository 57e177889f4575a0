// What an operator of the network is given to write its kernel calls down.

import type { OnnxNode } from '../../onnx/model';
import type { NodeInputs, TensorShape } from '../../onnx/operators/rule';
import type { Fusion } from '../fuse';
import type { PlanBuilder } from '../plan-builder';
import type { Storage, View } from '../view';

export interface OperatorTask {
  readonly node: OnnxNode;
  /** Attributes and constants. */
  readonly given: NodeInputs;
  readonly shapes: readonly TensorShape[];
  readonly fusion: Fusion | undefined;
  readonly plan: PlanBuilder;
  /** The value of an input as numbers on the device. */
  view(index: number): View;
  /** A constant input as it is stored, or turned over. Throws FailureError unsupportedOperator when it is computed. */
  constant(index: number, turn?: { name: string; make: (values: Float32Array) => Float32Array }): Storage;
}

/** Gives a view for each of the node's outputs. Throws FailureError unsupportedOperator. */
export type Operator = (task: OperatorTask) => View[];
