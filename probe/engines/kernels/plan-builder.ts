// What operators write into: values as views, and the kernel calls that make them.

import { failure } from '../../../shared/util/failure';
import { nodeTitle, type OnnxNode } from '../onnx/model';
import { type Form, ROW_MAJOR } from './forms';
import {
  channelsLastStrides,
  countOf,
  isPacked,
  joined,
  packedCount,
  rootOf,
  type Storage,
  type StoredElement,
  sliced,
  type View,
  vectorCount,
  wholeView,
} from './view';

type Option = number | string | boolean | readonly number[];

/** One kernel call whose memory is not settled yet. */
export interface Step {
  /** Index of the layer that it belongs to. */
  readonly layer: number;
  readonly options: Readonly<Record<string, Option>> & { readonly kernel: string };
  /** By the call's argument. */
  readonly reads: Readonly<Record<string, View>>;
  readonly writes: Readonly<Record<string, View>>;
}

/** Dimensions that the kernel family tensor walks through. */
const WALK_RANK_MAX = 5;

export function unsupported(node: OnnxNode, reason: string): never {
  const sentence = `The engine kernels does not support the node ${nodeTitle(node)} (${node.operator}): ${reason}.`;
  throw failure(
    'unsupportedOperator',
    sentence,
    'Run the model with the engine onnxruntime, or export it without that.',
  );
}

export class PlanBuilder {
  readonly steps: Step[] = [];
  layer = 0;

  /** New memory for a value. */
  make(dims: readonly number[], { element, isChannelsLast }: Form = ROW_MAJOR): View {
    const laid = isChannelsLast ? dims.map((dim, axis) => (axis === 1 ? packedCount(dim) : dim)) : dims;
    const count = laid.reduce((product, dim) => product * dim, 1);
    const view = wholeView({ count, element, kind: 'activation', constantOffsetBytes: 0, parent: undefined }, dims);
    return isChannelsLast ? { ...view, strides: channelsLastStrides(dims) } : view;
  }

  emit(options: Step['options'], reads: Step['reads'], writes: Step['writes']): void {
    this.steps.push({ layer: this.layer, options, reads, writes });
  }

  /** One operation of the family tensor over views of the same dims; two inputs are of one element. */
  strided(operation: string, output: View, input: View, second?: View): void {
    const views = [input, output, ...(second ? [second] : [])];
    // The output's neighbours go last, so that what is written together lies together.
    const order = [...output.dims.keys()].sort((a, b) => output.strides[b] - output.strides[a] || a - b);
    const { dims, strides } = joined({
      dims: order.map((axis) => output.dims[axis]),
      strides: views.map((view) => order.map((axis) => view.strides[axis])),
    });
    if (dims.length > WALK_RANK_MAX) {
      this.eachSlice(operation, output, second ? [input, second] : [input]);
      return;
    }
    const [inputStrides, outputStrides, secondStrides] = strides;
    const lists = { dims, inputStrides, outputStrides, ...(second ? { secondStrides } : {}) };
    const elements = {
      ...(input.storage.element === 'f16' ? { inputElement: 'f16' } : {}),
      ...(output.storage.element === 'f16' ? { outputElement: 'f16' } : {}),
    };
    const reads: Record<string, View> = second ? { input, second } : { input };
    this.emit({ kernel: 'tensor', operation, ...elements, ...lists }, reads, { output });
  }

  /** The same operation for each place of the shortest axis, which leaves the rest one dimension less. */
  private eachSlice(operation: string, output: View, inputs: readonly View[]): void {
    const counts = output.dims.map((count) => (count > 1 ? count : Number.POSITIVE_INFINITY));
    const axis = counts.indexOf(Math.min(...counts));
    for (let at = 0; at < output.dims[axis]; at += 1) {
      const [to, from, second] = [output, ...inputs].map((view) => sliced(view, axis, at, 1));
      this.strided(operation, to, from, second);
    }
  }

  copy(from: View, to: View): void {
    this.strided('copy', to, from);
  }

  /** The same numbers in float32 one after another; copied only when they are not. */
  packed(view: View, isVector = false): View {
    const isThere = view.storage.element === 'f32' && isPacked(view);
    if (isThere && (!isVector || view.offset % vectorCount(view.storage) === 0)) return view;
    const whole = this.make(view.dims);
    this.copy(view, whole);
    return whole;
  }

  /** The same numbers in that element; copied only when they are in another. */
  stored(view: View, element: StoredElement): View {
    if (view.storage.element === element) return view;
    const whole = this.make(view.dims, { element, isChannelsLast: element === 'f16' && view.dims.length === 4 });
    this.copy(view, whole);
    return whole;
  }

  /**
   * Makes `parts`, which lie one after another in `whole` from `offset`, be written there in the first place. Gives how many of them that
   * was possible for: those, from the first on, that together are all of a storage.
   */
  settle(parts: readonly View[], whole: Storage, offset: number): number {
    const { storage, offset: begin } = parts[0];
    const isMovable = storage.kind === 'activation' && !storage.parent && !this.fixed.has(storage);
    const isFree = isMovable && storage !== whole && storage.element === whole.element;
    if (
      !isFree ||
      begin !== 0 ||
      offset % vectorCount(storage) !== 0 ||
      rootOf({ storage: whole, offset }).storage === storage
    )
      return 0;
    let covered = 0;
    let count = 0;
    for (const part of parts) {
      if (part.storage !== storage || part.offset !== covered || !isPacked(part)) break;
      covered += countOf(part);
      count += 1;
    }
    if (covered !== storage.count) return 0;
    storage.parent = { storage: whole, offset };
    return count;
  }

  /** The network's inputs, which stay where they are. */
  readonly fixed = new Set<Storage>();
}
