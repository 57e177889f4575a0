// What an operator of the network is given to write its kernel calls down.

import type { OnnxNode } from '../../onnx/model';
import type { NodeInputs, TensorShape } from '../../onnx/operators/rule';
import type { ChannelsLast } from '../channels-last';
import type { Fusion } from '../fuse';
import type { PlanBuilder } from '../plan-builder';
import type { Storage, View } from '../view';
import type { Turn } from '../weights';

/** Of a window of equal sides. */
export interface Window {
  readonly window: number;
  readonly stride: number;
  readonly padding: number;
}

export interface OperatorTask {
  readonly node: OnnxNode;
  /** Attributes and constants. */
  readonly given: NodeInputs;
  readonly shapes: readonly TensorShape[];
  readonly fusion: Fusion | undefined;
  readonly plan: PlanBuilder;
  /** Whether the network runs in FP16. */
  readonly isHalfNetwork: boolean;
  /** Whether this node does, on the tensor cores. */
  readonly isHalf: boolean;
  readonly channelsLast: ChannelsLast;
  /** The value of an input as numbers on the device. */
  view(index: number): View;
  /** The same in FP16: a constant is converted while loading, other numbers by the device. Throws FailureError unsupportedOperator. */
  halfView(index: number): View;
  /** What the fused sum adds. */
  addend(): View | undefined;
  /** Where an output is to be written: memory of its own, or its place in a concatenation. */
  output(index?: number): View;
  /** A constant input as it is stored, or turned over. Throws FailureError unsupportedOperator when it is computed. */
  constant(index: number, turn?: Turn): Storage;
}

/** Gives a view for each of the node's outputs. Throws FailureError unsupportedOperator. */
export type Operator = (task: OperatorTask) => View[];
