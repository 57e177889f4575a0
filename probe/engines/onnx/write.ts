// OnnxModel to the bytes of an ONNX file. Numbers of tensors always go to raw_data; the field numbers are those of onnx.proto.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  ELEMENT_CODES,
  type ElementType,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxTensor,
  type OnnxValue,
} from './model';
import { MessageWriter } from './protobuf';

const CODE_OF = new Map<ElementType, number>([...ELEMENT_CODES].map(([code, element]) => [element, code]));

function writeTensor(to: MessageWriter, tensor: OnnxTensor): void {
  // A path would have to stay true, and strings are kept by no reader here.
  if (tensor.externalFile !== undefined || tensor.element === 'string') {
    throw new Error(`the tensor ${tensor.name} has no bytes to write`);
  }
  for (const dim of tensor.dims) to.varint(1, dim);
  to.varint(2, CODE_OF.get(tensor.element) ?? 0);
  to.text(8, tensor.name);
  to.bytes(9, tensor.bytes);
}

function writeAttribute(to: MessageWriter, name: string, attribute: OnnxAttribute): void {
  to.text(1, name);
  switch (attribute.kind) {
    case 'float':
      to.float(2, attribute.value).varint(20, 1);
      break;
    case 'int':
      to.varint(3, attribute.value).varint(20, 2);
      break;
    case 'string':
      to.text(4, attribute.value).varint(20, 3);
      break;
    case 'tensor':
      to.message(5, (inner) => writeTensor(inner, attribute.value)).varint(20, 4);
      break;
    case 'floats':
      for (const value of attribute.values) to.float(7, value);
      to.varint(20, 6);
      break;
    case 'ints':
      for (const value of attribute.values) to.varint(8, value);
      to.varint(20, 7);
      break;
    case 'strings':
      for (const value of attribute.values) to.text(9, value);
      to.varint(20, 8);
  }
}

function writeValue(to: MessageWriter, { name, element, shape }: OnnxValue): void {
  to.text(1, name);
  if (element === undefined) return;
  const writeDim = (dim: number | string) => (each: MessageWriter) => {
    if (typeof dim === 'number') each.varint(1, dim);
    else if (dim) each.text(2, dim);
  };
  to.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.varint(1, CODE_OF.get(element) ?? 0);
      if (shape) {
        tensor.message(2, (dims) => {
          for (const dim of shape) dims.message(1, writeDim(dim));
        });
      }
    }),
  );
}

function writeGraph(to: MessageWriter, { name, nodes, initializers, inputs, outputs, values }: OnnxGraph): void {
  for (const node of nodes) {
    to.message(1, (inner) => {
      for (const input of node.inputs) inner.text(1, input);
      for (const output of node.outputs) inner.text(2, output);
      inner.text(3, node.name).text(4, node.operator);
      for (const [key, attribute] of node.attributes) {
        if (attribute.kind === 'other') inner.bytes(5, attribute.encoded);
        else inner.message(5, (each) => writeAttribute(each, key, attribute));
      }
      inner.text(7, node.domain);
    });
  }
  to.text(2, name);
  for (const tensor of initializers.values()) to.message(5, (inner) => writeTensor(inner, tensor));
  for (const value of inputs) to.message(11, (inner) => writeValue(inner, value));
  for (const value of outputs) to.message(12, (inner) => writeValue(inner, value));
  for (const value of values) to.message(13, (inner) => writeValue(inner, value));
}

/** The bytes of an ONNX file. Throws an Error on a tensor without bytes. */
export function encodeOnnx({ irVersion, producer, opsets, graph }: OnnxModel): Uint8Array {
  const to = new MessageWriter().varint(1, irVersion).text(2, producer);
  to.message(7, (inner) => writeGraph(inner, graph));
  for (const [domain, version] of opsets) to.message(8, (inner) => inner.text(1, domain).varint(2, version));
  return to.finish();
}

/** Writes the file beside its place and renames it, so that nobody ever reads half a model. Makes the folder. */
export function writeOnnxFile(path: string, model: OnnxModel): void {
  mkdirSync(dirname(path), { recursive: true });
  const partPath = `${path}.${process.pid}.part`;
  writeFileSync(partPath, encodeOnnx(model));
  renameSync(partPath, path);
}
