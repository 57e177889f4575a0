// The wire format of protobuf, as far as ONNX files use it: varints, fixed 32 and 64 bits, and length-delimited fields. Not a
// schema compiler: who reads and writes says which field is what. (Encoding: protobuf.dev/programming-guides/encoding.)

/** The bytes do not follow the format, or end too soon. */
export class WireError extends Error {
  /** `isTruncated`: more bytes were promised than there are. */
  constructor(
    sentence: string,
    readonly isTruncated = false,
  ) {
    super(sentence);
  }
}

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

const INT64_LIMIT = 2 ** 63;
const VARINT_BYTES_MAX = 10;

/** One field of a message. Only the part of its wire type means something. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  /** Of a varint, as a signed 64-bit number: exact up to 2^53. */
  readonly value: number;
  /** Of the other types: a view, not a copy. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const textDecoder = new TextDecoder();
const textEncoder = new TextEncoder();

/** A varint at `offset`: the signed value and where it ends. */
function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  const first = bytes[offset];
  if (first < 0x80) return { value: first, end: offset + 1 };
  let bits = 0n;
  for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
    const byte = bytes[offset + index];
    if (byte === undefined) throw new WireError('a number is cut off', true);
    bits |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: Number(BigInt.asIntN(64, bits)), end: offset + index + 1 };
  }
  throw new WireError('a number has more than ten bytes');
}

/** The fields of a message in their order. Throws WireError at the first that does not fit. */
export function* fieldsOf(message: Uint8Array): Generator<WireField> {
  for (let offset = 0; offset < message.length; ) {
    const tag = readVarint(message, offset);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value & 7;
    if (number < 1 || tag.value > 0xffff_ffff) throw new WireError(`there is no field ${number}`);
    let begin = tag.end;
    let end = begin;
    let value = 0;
    if (wireType === WIRE_VARINT) ({ value, end } = readVarint(message, begin));
    else if (wireType === WIRE_FIXED64) end = begin + 8;
    else if (wireType === WIRE_FIXED32) end = begin + 4;
    else if (wireType === WIRE_BYTES) {
      const size = readVarint(message, begin);
      if (size.value < 0) throw new WireError(`field ${number} has a negative size`);
      begin = size.end;
      end = begin + size.value;
    } else throw new WireError(`field ${number} has the unknown type ${wireType}`);
    if (end > message.length) throw new WireError(`field ${number} is cut off`, true);
    yield { number, wireType, value, bytes: wireType === WIRE_VARINT ? NO_BYTES : message.subarray(begin, end) };
    offset = end;
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

export const textOf = (field: WireField): string => textDecoder.decode(field.bytes);

export const floatOf = (field: WireField): number =>
  field.bytes.length === 4 ? viewOf(field.bytes).getFloat32(0, true) : 0;

/** The numbers of a repeated varint field, which may be packed or not. */
export function varintsOf({ wireType, value, bytes }: WireField): number[] {
  if (wireType === WIRE_VARINT) return [value];
  const values: number[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const next = readVarint(bytes, offset);
    values.push(next.value);
    offset = next.end;
  }
  return values;
}

/** The numbers of a repeated float field, which may be packed or not. */
export function floatsOf({ bytes }: WireField): number[] {
  if (bytes.length % 4 !== 0) throw new WireError('a list of floats has a broken end');
  const view = viewOf(bytes);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(4 * index, true));
}

/** A number as the 64-bit one that it stands for: ±2^63 and beyond mean the ends. */
function int64Of(value: number): bigint {
  if (value >= INT64_LIMIT) return 2n ** 63n - 1n;
  return value <= -INT64_LIMIT ? -(2n ** 63n) : BigInt(value);
}

/** Puts a message together. Fields that hold a default are written too: a reader must take both. */
export class MessageWriter {
  private readonly parts: Uint8Array[] = [];
  private byteCount = 0;

  private put(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.byteCount += bytes.length;
  }

  private putVarint(value: number): void {
    const bytes: number[] = [];
    let bits = BigInt.asUintN(64, int64Of(value));
    for (; bits >= 0x80n; bits >>= 7n) bytes.push(Number(bits & 0x7fn) | 0x80);
    bytes.push(Number(bits));
    this.put(Uint8Array.from(bytes));
  }

  private putTag(field: number, wireType: number): void {
    this.putVarint(field * 8 + wireType);
  }

  varint(field: number, value: number): this {
    this.putTag(field, WIRE_VARINT);
    this.putVarint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.putTag(field, WIRE_FIXED32);
    const bytes = new Uint8Array(4);
    viewOf(bytes).setFloat32(0, value, true);
    this.put(bytes);
    return this;
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.putTag(field, WIRE_BYTES);
    this.putVarint(bytes.length);
    this.put(bytes);
    return this;
  }

  text(field: number, text: string): this {
    return this.bytes(field, textEncoder.encode(text));
  }

  message(field: number, fill: (inner: MessageWriter) => void): this {
    const inner = new MessageWriter();
    fill(inner);
    return this.bytes(field, inner.finish());
  }

  /** All of it in one piece. */
  finish(): Uint8Array {
    const whole = new Uint8Array(this.byteCount);
    let offset = 0;
    for (const part of this.parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    return whole;
  }
}
