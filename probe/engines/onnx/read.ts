// ONNX files: bytes to OnnxModel. Weights are views of the bytes, not copies. Fields that nobody here needs are skipped.

import { readFileSync, statSync } from 'node:fs';
import { type FailureError, failure } from '../../../shared/util/failure';
import {
  ELEMENT_CODES,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './model';
import { fieldsOf, floatOf, floatsOf, textOf, varintsOf, WIRE_BYTES, WireError } from './protobuf';
import { readTensor } from './read-tensor';

/** Of protobuf itself. */
const FILE_BYTES_MAX = 2 ** 31 - 1;
/** ModelProto's fields have numbers up to 26; a file that opens with another is none. */
const MODEL_FIELD_MAX = 26;

/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

function readAttribute(message: Uint8Array): [string, OnnxAttribute] {
  let name = '';
  let type = 0;
  let float = 0;
  let int = 0;
  let text = '';
  let tensor: OnnxTensor | undefined;
  const floats: number[] = [];
  const ints: number[] = [];
  const texts: string[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) float = floatOf(field);
    else if (field.number === 3) int = field.value;
    else if (field.number === 4) text = textOf(field);
    else if (field.number === 5) tensor = readTensor(field.bytes);
    else if (field.number === 7) floats.push(...floatsOf(field));
    else if (field.number === 8) ints.push(...varintsOf(field));
    else if (field.number === 9) texts.push(textOf(field));
    else if (field.number === 20) type = field.value;
  }
  switch (type) {
    case ATTRIBUTE_TYPE.float:
      return [name, { kind: 'float', value: float }];
    case ATTRIBUTE_TYPE.int:
      return [name, { kind: 'int', value: int }];
    case ATTRIBUTE_TYPE.string:
      return [name, { kind: 'string', value: text }];
    case ATTRIBUTE_TYPE.floats:
      return [name, { kind: 'floats', values: floats }];
    case ATTRIBUTE_TYPE.ints:
      return [name, { kind: 'ints', values: ints }];
    case ATTRIBUTE_TYPE.strings:
      return [name, { kind: 'strings', values: texts }];
  }
  return [
    name,
    tensor && type === ATTRIBUTE_TYPE.tensor ? { kind: 'tensor', value: tensor } : { kind: 'other', encoded: message },
  ];
}

function readNode(message: Uint8Array): OnnxNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, operator, domain] = ['', '', ''];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) operator = textOf(field);
    else if (field.number === 5) attributes.set(...readAttribute(field.bytes));
    else if (field.number === 7) domain = textOf(field);
  }
  return { name, operator, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readDim(message: Uint8Array): number | string {
  let dim: number | string = '';
  for (const field of fieldsOf(message)) {
    if (field.number === 1) dim = field.value;
    else if (field.number === 2) dim = textOf(field);
  }
  return dim;
}

/** The inner message with this number, as it stands last in the file. */
function innerOf(message: Uint8Array, number: number): Uint8Array | undefined {
  return [...fieldsOf(message)].filter((field) => field.number === number && field.wireType === WIRE_BYTES).at(-1)
    ?.bytes;
}

function readValue(message: Uint8Array): OnnxValue {
  let name = '';
  let tensorType: Uint8Array | undefined;
  for (const field of fieldsOf(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) tensorType = innerOf(field.bytes, 1);
  }
  if (!tensorType) return { name, element: undefined, shape: undefined };
  const code = [...fieldsOf(tensorType)].find((field) => field.number === 1)?.value ?? 0;
  const shape = innerOf(tensorType, 2);
  return {
    name,
    element: ELEMENT_CODES.get(code),
    shape: shape && [...fieldsOf(shape)].filter(({ number }) => number === 1).map(({ bytes }) => readDim(bytes)),
  };
}

function readGraph(message: Uint8Array): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, OnnxTensor>();
  const [inputs, outputs, values]: [OnnxValue[], OnnxValue[], OnnxValue[]] = [[], [], []];
  let name = '';
  for (const field of fieldsOf(message)) {
    if (field.number === 1) nodes.push(readNode(field.bytes));
    else if (field.number === 2) name = textOf(field);
    else if (field.number === 5) {
      const tensor = readTensor(field.bytes);
      initializers.set(tensor.name, tensor);
    } else if (field.number === 11) inputs.push(readValue(field.bytes));
    else if (field.number === 12) outputs.push(readValue(field.bytes));
    else if (field.number === 13) values.push(readValue(field.bytes));
  }
  return { name, nodes, initializers, inputs: inputs.filter((each) => !initializers.has(each.name)), outputs, values };
}

function readOpset(message: Uint8Array): [string, number] {
  let [domain, version] = ['', 0];
  for (const field of fieldsOf(message)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = field.value;
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

const foreign = (title: string): FailureError =>
  failure('modelForeign', `${title} is not an ONNX model.`, 'Export the network as ONNX and give that file.');

/** `title` is how a sentence calls the file. Throws FailureError modelForeign, modelTruncated or modelDamaged. */
export function parseOnnx(bytes: Uint8Array, title: string): OnnxModel {
  let [irVersion, producer] = [0, ''];
  let graph: OnnxGraph | undefined;
  const opsets = new Map<string, number>();
  try {
    // A Buffer's slices would share memory where those of a plain array are copies.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const field of fieldsOf(plain)) {
      if (field.number > MODEL_FIELD_MAX) throw foreign(title);
      if (field.number === 1) irVersion = field.value;
      else if (field.number === 2) producer = textOf(field);
      else if (field.number === 7) graph = readGraph(field.bytes);
      else if (field.number === 8) opsets.set(...readOpset(field.bytes));
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    if (irVersion < 1) throw foreign(title);
    const remedy = 'Copy or export it again.';
    if (error.isTruncated && !graph)
      throw failure('modelTruncated', `${title} ends in the middle of the model.`, remedy);
    throw failure('modelDamaged', `${title} is damaged: ${error.message}.`, remedy);
  }
  if (irVersion < 1 || !graph || graph.nodes.length === 0) throw foreign(title);
  return { irVersion, producer, opsets, graph };
}

/** Throws FailureError: modelMissing, modelTooLarge, and what parseOnnx throws. */
export function readOnnxFile(path: string): OnnxModel {
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      throw failure(
        'modelTooLarge',
        `${path} has ${size} bytes; an ONNX file has 2 GiB at most.`,
        'Keep its weights in a file of their own.',
      );
    }
    return parseOnnx(readFileSync(path), path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    if (code === 'ENOENT') throw failure('modelMissing', `There is no model ${path}.`, 'Check the path.');
    throw failure(
      'modelUnreadable',
      `The model ${path} cannot be read (${code}).`,
      'Check the path and its permissions.',
    );
  }
}
