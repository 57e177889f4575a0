// What a tensor of TensorRT's engine inspector holds: its Dimensions, and its Format/Datatype in words that change with the version, such as
// "Row major linear FP32", "Channel major FP16 format where channel % 8 == 0" or, since 10.13, "N/A due to dynamic shapes".

import type { ValueSize } from './layer-edges';

const ELEMENT_BYTES: readonly (readonly [RegExp, number])[] = [
  [/\b(?:FP64|Int64|double)\b/i, 8],
  [/\b(?:FP32|Int32|float32|float)\b/i, 4],
  [/\b(?:FP16|BF16|half|float16|bfloat16)\b/i, 2],
  [/\b(?:INT8|UINT8|FP8|bool)\b/i, 1],
  [/\b(?:INT4|FP4)\b/i, 0.5],
];

/** At a batch of 1, unpadded: an open first dimension is the batch. bytes is -1 where the words or another open dimension hide them. */
export function inspectorSize(dims: readonly number[], format: string): ValueSize | undefined {
  if (dims.length === 0) return undefined;
  const sized = dims.map((dim, at) => (dim === -1 && at === 0 ? 1 : dim));
  if (sized.some((dim) => dim < 0)) return undefined;
  const [, elementBytes] = ELEMENT_BYTES.find(([words]) => words.test(format)) ?? [undefined, undefined];
  const count = sized.reduce((product, dim) => product * dim, 1);
  return { dims: sized, bytes: elementBytes === undefined ? -1 : Math.ceil(count * elementBytes) };
}
