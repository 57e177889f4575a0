// TensorProto to OnnxTensor: seven places where the numbers may lie become one, little-endian bytes.

import { ELEMENT_BYTES, ELEMENT_CODES, type ElementType, elementCountOf, type OnnxTensor } from './model';
import { fieldsOf, textOf, varintsOf, WIRE_BYTES, WireError, type WireField } from './protobuf';

/** Fields of TensorProto in onnx.proto. */
const FIELD = {
  dims: 1,
  element: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
} as const;
const LOCATION_EXTERNAL = 1;

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Whole numbers as elements of their width. */
function integerBytes(values: readonly number[], elementBytes: number): Uint8Array {
  const bytes = new Uint8Array(values.length * elementBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    const offset = index * elementBytes;
    if (elementBytes === 1) view.setUint8(offset, value & 0xff);
    else if (elementBytes === 2) view.setUint16(offset, value & 0xffff, true);
    else if (elementBytes === 4) view.setInt32(offset, value | 0, true);
    else view.setBigInt64(offset, BigInt(Math.min(value, 2 ** 63 - 1024)), true);
  }
  return bytes;
}

/** `location` of the key-value pairs that say where the bytes are. */
function externalFileOf(pair: Uint8Array): string | undefined {
  const [key, value] = [...fieldsOf(pair)].map(textOf);
  return key === 'location' ? value : undefined;
}

interface Parts {
  name: string;
  code: number;
  readonly dims: number[];
  readonly blocks: Uint8Array[];
  readonly integers: number[];
  externalFile: string | undefined;
}

function take(parts: Parts, field: WireField): void {
  switch (field.number) {
    case FIELD.dims:
      parts.dims.push(...varintsOf(field));
      break;
    case FIELD.element:
      parts.code = field.value;
      break;
    case FIELD.name:
      parts.name = textOf(field);
      break;
    case FIELD.raw:
    // Packed floats and doubles are the bytes that we want; one that is not packed is four or eight of them.
    case FIELD.floats:
    case FIELD.doubles:
      parts.blocks.push(field.bytes);
      break;
    case FIELD.int32s:
    case FIELD.int64s:
    case FIELD.uint64s:
      for (const value of varintsOf(field)) parts.integers.push(value);
      break;
    case FIELD.external:
      if (field.wireType === WIRE_BYTES) parts.externalFile ??= externalFileOf(field.bytes);
      break;
    case FIELD.location:
      if (field.value === LOCATION_EXTERNAL) parts.externalFile ??= '';
  }
}

function checkBytes(tensor: OnnxTensor): OnnxTensor {
  const { element, dims, bytes, name } = tensor;
  if (dims.some((dim) => dim < 0)) throw new WireError(`the tensor ${name} has a negative size`);
  if (element === 'string' || tensor.externalFile !== undefined) return tensor;
  const bytesWanted = elementCountOf(dims) * ELEMENT_BYTES[element];
  if (bytes.length !== bytesWanted) {
    throw new WireError(
      `the tensor ${name} has ${bytes.length} bytes where ${dims.join('x')} ${element} need ${bytesWanted}`,
    );
  }
  return tensor;
}

/** Throws WireError when the bytes are no tensor, its type is none that an engine takes, or its numbers do not fill its shape. */
export function readTensor(message: Uint8Array): OnnxTensor {
  const parts: Parts = { name: '', code: 0, dims: [], blocks: [], integers: [], externalFile: undefined };
  for (const field of fieldsOf(message)) take(parts, field);
  const { name, dims, code, blocks, integers, externalFile } = parts;
  const element: ElementType | undefined = ELEMENT_CODES.get(code);
  if (!element) throw new WireError(`the tensor ${name} has the unknown element type ${code}`);
  if (externalFile !== undefined) return checkBytes({ name, element, dims, bytes: new Uint8Array(0), externalFile });
  const bytes = blocks.length > 0 ? joined(blocks) : integerBytes(integers, ELEMENT_BYTES[element] || 1);
  return checkBytes({ name, element, dims, bytes: element === 'string' ? new Uint8Array(0) : bytes });
}

/** The numbers of a small whole-number tensor, such as a shape; undefined of other types. Exact up to 2^53. */
export function integersOf({ element, bytes }: OnnxTensor): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (element === 'int64') {
    return Array.from({ length: bytes.length / 8 }, (_, index) => Number(view.getBigInt64(8 * index, true)));
  }
  if (element !== 'int32') return undefined;
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(4 * index, true));
}

/** The numbers of a float32 tensor, copied; undefined of other types. */
export function floatsOfTensor({ element, bytes }: OnnxTensor): Float32Array | undefined {
  return element === 'float32' ? new Float32Array(bytes.slice().buffer) : undefined;
}
