// Typed arrays by element type, as they lie in EngineBatch and EngineResult.

import type { TensorValues } from './engine';
import { ELEMENT_BYTES, type ElementType, elementCountOf } from './onnx/model';

type ValuesMaker = new (buffer: ArrayBuffer, byteOffset: number, count: number) => TensorValues;

const MAKERS: Partial<Record<ElementType, ValuesMaker>> = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
};

/** Whether an engine can be given such numbers. */
export const hasValues = (element: ElementType): boolean => MAKERS[element] !== undefined;

/** The first `count` elements of a buffer. Throws RangeError on an element without values, which loading has refused. */
export function valuesOver(element: ElementType, buffer: ArrayBuffer, count: number): TensorValues {
  const make = MAKERS[element];
  if (!make) throw new RangeError(`no array holds ${element}`);
  return new make(buffer, 0, count);
}

/** Whether `values` is the kind of array that holds `element`. */
export function holds(values: TensorValues, element: ElementType): boolean {
  const make = MAKERS[element];
  return make !== undefined && values instanceof make;
}

/** Elements of one item: the product of all dimensions but the batch. */
export const itemCountOf = (shape: readonly number[]): number => elementCountOf(shape.filter((dim) => dim !== -1));

export const itemBytesOf = (element: ElementType, shape: readonly number[]): number =>
  itemCountOf(shape) * ELEMENT_BYTES[element];
