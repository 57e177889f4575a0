// What ONNX Runtime's profile says of the values that a node made, such as [{"float":[1,16,32,32]}].

import type { ValueSize } from '../../../shared/model/layer-edges';
import type { ElementType } from '../onnx/model';
import { valueSize } from '../onnx/outline';

/** ONNX Runtime's names of element types where they are not ONNX's own. */
const RENAMED: Readonly<Record<string, ElementType>> = { float: 'float32', double: 'float64' };
const KNOWN = new Set<string>([
  'float16',
  'bfloat16',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'bool',
]);

/** By the output's position; undefined where the profile does not tell, or tells of no tensor of numbers. */
export function outputSizes(told: unknown): (ValueSize | undefined)[] {
  if (!Array.isArray(told)) return [];
  return told.map((each: unknown) => {
    const [[name, dims] = ['', undefined]] = Object.entries((each ?? {}) as Record<string, unknown>);
    const element = RENAMED[name] ?? (KNOWN.has(name) ? (name as ElementType) : undefined);
    const isShape = Array.isArray(dims) && dims.every((dim) => typeof dim === 'number');
    return element && isShape ? valueSize(element, dims) : undefined;
  });
}
