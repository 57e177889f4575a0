// The constants of a network, gathered for one allocation and one upload. All batch sizes share them.

import { failure } from '../../../shared/util/failure';
import type { OnnxTensor } from '../onnx/model';
import { floatsOfTensor } from '../onnx/read-tensor';
import { alignedCount } from './arena';
import type { Storage } from './view';

export class WeightPool {
  private readonly storages = new Map<string, Storage>();
  private readonly parts: { readonly offset: number; readonly values: Float32Array }[] = [];
  private total = 0;

  /** Elements so far. */
  get count(): number {
    return this.total;
  }

  /** The storage of a constant. `turn` makes other numbers of it, under a name of their own. Throws FailureError unsupportedElement. */
  add(
    tensor: OnnxTensor,
    turn?: { readonly name: string; readonly make: (values: Float32Array) => Float32Array },
  ): Storage {
    const key = turn ? `${tensor.name} ${turn.name}` : tensor.name;
    const known = this.storages.get(key);
    if (known) return known;
    const stored = floatsOfTensor(tensor);
    if (!stored) {
      const sentence = `The engine kernels computes in float32, and the constant ${tensor.name} holds ${tensor.element}.`;
      throw failure('unsupportedElement', sentence, 'Export the model in float32, or use the engine onnxruntime.');
    }
    const values = turn ? turn.make(stored) : stored;
    const storage: Storage = { count: values.length, kind: 'constant', constantOffset: this.total, parent: undefined };
    this.parts.push({ offset: this.total, values });
    this.storages.set(key, storage);
    this.total += alignedCount(values.length);
    return storage;
  }

  /** All constants as they lie in device memory. */
  joined(): Float32Array {
    const all = new Float32Array(this.total);
    for (const { offset, values } of this.parts) all.set(values, offset);
    return all;
  }
}
