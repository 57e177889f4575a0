// What operators write into: values as views, and the kernel calls that make them.

import { failure } from '../../../shared/util/failure';
import { nodeTitle, type OnnxNode } from '../onnx/model';
import { countOf, isPacked, joined, rootOf, type Storage, VECTOR_COUNT, type View, wholeView } from './view';

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
  make(dims: readonly number[]): View {
    const count = dims.reduce((product, dim) => product * dim, 1);
    return wholeView({ count, kind: 'activation', constantOffset: 0, parent: undefined }, dims);
  }

  emit(options: Step['options'], reads: Step['reads'], writes: Step['writes']): void {
    this.steps.push({ layer: this.layer, options, reads, writes });
  }

  /** One operation of the family tensor over views of the same dims. */
  strided(operation: string, output: View, input: View, second?: View): void {
    const views = [input, output, ...(second ? [second] : [])];
    const { dims, strides } = joined({ dims: output.dims, strides: views.map((view) => view.strides) });
    if (dims.length > WALK_RANK_MAX) {
      // Packed, an input has one dimension at most for each of the output's.
      const packed = [input, ...(second ? [second] : [])].map((view) => this.packed(view));
      this.strided(operation, output, packed[0], packed[1]);
      return;
    }
    const [inputStrides, outputStrides, secondStrides] = strides;
    const lists = { dims, inputStrides, outputStrides, ...(second ? { secondStrides } : {}) };
    const reads: Record<string, View> = second ? { input, second } : { input };
    this.emit({ kernel: 'tensor', operation, ...lists }, reads, { output });
  }

  copy(from: View, to: View): void {
    this.strided('copy', to, from);
  }

  /** The same numbers one after another; copied only when they are not. */
  packed(view: View, isVector = false): View {
    if (isPacked(view) && (!isVector || view.offset % VECTOR_COUNT === 0)) return view;
    const whole = this.make(view.dims);
    this.copy(view, whole);
    return whole;
  }

  /**
   * Makes `parts`, which lie one after another in `whole` from `offset`, be written there in the first place. Gives how many of them that
   * was possible for: those, from the first on, that together are all of a storage.
   */
  settle(parts: readonly View[], whole: Storage, offset: number): number {
    const { storage, offset: begin } = parts[0];
    const isFree = storage.kind === 'activation' && !storage.parent && !this.fixed.has(storage) && storage !== whole;
    if (!isFree || begin !== 0 || offset % VECTOR_COUNT !== 0 || rootOf({ storage: whole, offset }).storage === storage)
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
