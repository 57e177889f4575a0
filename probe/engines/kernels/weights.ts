// The constants of a network, gathered for one allocation and one upload. All batch sizes share them.

import { failure } from '../../../shared/util/failure';
import type { OnnxTensor } from '../onnx/model';
import { floatsOfTensor } from '../onnx/read-tensor';
import { alignedBytes } from './arena';
import type { Storage } from './view';

/** Other numbers made of a constant's, under a name of their own. Halves are their bits. */
export interface Turn {
  readonly name: string;
  readonly make: (values: Float32Array) => Float32Array | Uint16Array;
}

export class WeightPool {
  private readonly storages = new Map<string, Storage>();
  private readonly parts: { readonly offsetBytes: number; readonly values: Float32Array | Uint16Array }[] = [];
  private totalBytes = 0;

  /** So far. */
  get bytes(): number {
    return this.totalBytes;
  }

  /** The storage of a constant. Throws FailureError unsupportedElement, and what `turn` throws. */
  add(tensor: OnnxTensor, turn?: Turn): Storage {
    const key = turn ? `${tensor.name} ${turn.name}` : tensor.name;
    const known = this.storages.get(key);
    if (known) return known;
    const stored = floatsOfTensor(tensor);
    if (!stored) {
      const sentence = `The engine kernels computes in float32, and the constant ${tensor.name} holds ${tensor.element}.`;
      throw failure('unsupportedElement', sentence, 'Export the model in float32, or use the engine onnxruntime.');
    }
    return this.keep(key, turn ? turn.make(stored) : stored);
  }

  /** `count` zeros in FP16. */
  halfZeros(count: number): Storage {
    const key = `${count} zeros in FP16`;
    return this.storages.get(key) ?? this.keep(key, new Uint16Array(count));
  }

  private keep(key: string, values: Float32Array | Uint16Array): Storage {
    const storage: Storage = {
      count: values.length,
      element: values instanceof Uint16Array ? 'f16' : 'f32',
      kind: 'constant',
      constantOffsetBytes: this.totalBytes,
      parent: undefined,
    };
    this.parts.push({ offsetBytes: this.totalBytes, values });
    this.storages.set(key, storage);
    this.totalBytes += alignedBytes(values.byteLength);
    return storage;
  }

  /** All constants as they lie in device memory. */
  joined(): Uint8Array {
    const all = new Uint8Array(this.totalBytes);
    for (const { offsetBytes, values } of this.parts) {
      all.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offsetBytes);
    }
    return all;
  }
}
