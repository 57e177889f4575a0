// An ONNX model in memory: what the file says, without its encoding. Plain values, so that a generator can write one down and a test can compare two.

export type ElementType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'string'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'bfloat16';

/** The element types by the number that onnx.proto gives them (TensorProto.DataType); holes are types that no engine here takes. */
export const ELEMENT_CODES: ReadonlyMap<number, ElementType> = new Map([
  [1, 'float32'],
  [2, 'uint8'],
  [3, 'int8'],
  [4, 'uint16'],
  [5, 'int16'],
  [6, 'int32'],
  [7, 'int64'],
  [8, 'string'],
  [9, 'bool'],
  [10, 'float16'],
  [11, 'float64'],
  [12, 'uint32'],
  [13, 'uint64'],
  [16, 'bfloat16'],
]);

/** Bytes of one element; 0 of a string, which has no fixed width. */
export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  string: 0,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

export interface OnnxTensor {
  readonly name: string;
  readonly element: ElementType;
  readonly dims: readonly number[];
  /** Little-endian, row-major. Empty for strings and where `externalFile` says that they lie elsewhere. */
  readonly bytes: Uint8Array;
  /** The file beside the model that holds the bytes. */
  readonly externalFile?: string;
}

/** Whole numbers are exact up to 2^53; the ends of int64 are kept as ±2^63 and written back as the end they mean. */
export type OnnxAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'floats'; readonly values: readonly number[] }
  | { readonly kind: 'ints'; readonly values: readonly number[] }
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  /** A graph and what else is not read here: the encoded attribute with its name, written back as it is. */
  | { readonly kind: 'other'; readonly encoded: Uint8Array };

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** '' is ONNX's own. */
  readonly domain: string;
  /** Names of values; '' is an optional one left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxValue {
  readonly name: string;
  /** undefined where the file does not say, or where it is no tensor. */
  readonly element: ElementType | undefined;
  /** A size, or the name of one that is free ('' when it has none); undefined where even the rank is open. */
  readonly shape: readonly (number | string)[] | undefined;
}

export interface OnnxGraph {
  readonly name: string;
  /** In an order in which they can run. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the file says about values between. */
  readonly values: readonly OnnxValue[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly producer: string;
  /** Version by domain; '' is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
}

export function elementCountOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** How a person finds a node: its name, or what it makes when it has none. */
export function nodeTitle({ name, outputs }: OnnxNode): string {
  return name || `that makes ${outputs[0] ?? 'nothing'}`;
}

/** Float weights that layers learn: those of convolutions, matrix products and normalisations, biases with them. */
const LEARNING = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'BatchNormalization']);

/** Learned numbers in the graph, each counted once. */
export function parameterCountOf({ nodes, initializers }: OnnxGraph): number {
  const names = new Set(
    nodes.filter(({ operator }) => LEARNING.has(operator)).flatMap(({ inputs }) => inputs.slice(1)),
  );
  return [...names].reduce((sum, name) => sum + elementCountOf(initializers.get(name)?.dims ?? [0]), 0);
}

const PRECISION_OF: Partial<Record<ElementType, string>> = {
  float32: 'fp32',
  float64: 'fp64',
  float16: 'fp16',
  bfloat16: 'bf16',
  int8: 'int8',
  uint8: 'int8',
};

/** What most of the weights, by count, are stored in; 'mixed' where no type has half, 'fp32' of a graph without weights. */
export function precisionOf({ initializers }: OnnxGraph): string {
  const counts = new Map<string, number>();
  for (const { element, dims } of initializers.values()) {
    const precision = PRECISION_OF[element];
    if (precision) counts.set(precision, (counts.get(precision) ?? 0) + elementCountOf(dims));
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return total === 0 ? 'fp32' : ([...counts].find(([, count]) => count * 2 >= total)?.[0] ?? 'mixed');
}
