// The ONNX reader and writer against each other, and against bytes that are none.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { generateClassifierShaped } from '../../../probe/engines/onnx/generate/classifier-shaped';
import { fieldsOf, floatsOf, MessageWriter, varintsOf } from '../../../probe/engines/onnx/protobuf';
import { parseOnnx, readOnnxFile } from '../../../probe/engines/onnx/read';
import { integersOf, readTensor } from '../../../probe/engines/onnx/read-tensor';
import { encodeOnnx, writeOnnxFile } from '../../../probe/engines/onnx/write';
import { FailureError } from '../../../shared/util/failure';
import { arbitraryModel } from './arbitrary-model';

const folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
  return 'none';
}

test('what was written is read back', () => {
  fc.assert(
    fc.property(arbitraryModel, (model) => {
      expect(parseOnnx(encodeOnnx(model), 'model')).toEqual(model);
    }),
    { numRuns: 200 },
  );
});

test('no bytes make the reader throw anything but a failure', () => {
  fc.assert(
    fc.property(arbitraryModel, fc.nat(), fc.nat(255), fc.boolean(), (model, place, byte, isCut) => {
      const bytes = encodeOnnx(model);
      const at = place % bytes.length;
      if (isCut) codeOf(() => parseOnnx(bytes.subarray(0, at), 'model'));
      else {
        bytes[at] = byte;
        codeOf(() => parseOnnx(bytes, 'model'));
      }
    }),
    { numRuns: 500 },
  );
});

test('varints at the ends of their range', () => {
  const written = new MessageWriter();
  const numbers = [0, 1, 127, 128, -1, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 2 ** 63, -(2 ** 63)];
  for (const value of numbers) written.varint(3, value);
  expect([...fieldsOf(written.finish())].flatMap(varintsOf)).toEqual(numbers);
  // One is ten bytes in the worst case; -1 by hand from the definition.
  expect([...new MessageWriter().varint(1, -1).finish()]).toEqual([8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
});

test('tensors whose numbers lie in the typed fields', () => {
  const packed = new MessageWriter()
    .varint(1, 2)
    .varint(2, 1)
    .bytes(4, new Uint8Array(Float32Array.of(1.5, -2).buffer))
    .finish();
  expect(readTensor(packed)).toMatchObject({ element: 'float32', dims: [2] });
  expect(floatsOf({ number: 4, wireType: 2, value: 0, bytes: readTensor(packed).bytes })).toEqual([1.5, -2]);
  const loose = new MessageWriter().varint(1, 2).varint(2, 7).varint(7, -1).varint(7, 640).finish();
  expect(integersOf(readTensor(loose))).toEqual([-1, 640]);
  const halves = new MessageWriter().varint(1, 1).varint(2, 10).varint(5, 0x3c00).finish(); // 1.0 as float16
  expect([...readTensor(halves).bytes]).toEqual([0x00, 0x3c]);
  const short = new MessageWriter().varint(1, 3).varint(2, 1).text(8, 'w').bytes(9, new Uint8Array(8)).finish();
  expect(() => readTensor(short)).toThrow('the tensor w has 8 bytes where 3 float32 need 12');
});

test('a file that is missing, foreign, cut off or damaged is one sentence each', () => {
  const bytes = encodeOnnx(generateClassifierShaped({ sidePx: 32, classCount: 4 }));
  const path = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  expect(codeOf(() => readOnnxFile(join(folder, 'none.onnx')))).toBe('modelMissing');
  expect(codeOf(() => readOnnxFile(folder))).toBe('modelUnreadable');
  const foreign = [
    '',
    'hello, world\n',
    '#!/bin/sh\nexit 0\n',
    '{"a": 1}',
    '\x7fELF\x02\x01\x01',
    'ftrtplan',
    '\x89PNG\r\n',
  ];
  for (const [index, content] of foreign.entries()) {
    expect(
      codeOf(() => readOnnxFile(path(`foreign${index}`, Buffer.from(content, 'latin1')))),
      content,
    ).toBe('modelForeign');
  }
  expect(codeOf(() => readOnnxFile(path('half.onnx', bytes.subarray(0, bytes.length >> 1))))).toBe('modelTruncated');
  expect(() => readOnnxFile(path('half.onnx', bytes.subarray(0, 999)))).toThrow(
    /half\.onnx ends in the middle of the model\./,
  );
  // The first node's first input: a size beyond the node that holds it.
  const damaged = bytes.slice();
  const at = Buffer.from(bytes).indexOf('images') - 1;
  damaged[at] = 0x7f;
  expect(codeOf(() => readOnnxFile(path('damaged.onnx', damaged)))).toBe('modelDamaged');
});

test('a written file is there whole or not at all', () => {
  const model = generateClassifierShaped({ sidePx: 32, classCount: 4 });
  const path = join(folder, 'cache', 'small.onnx');
  writeOnnxFile(path, model);
  expect(readOnnxFile(path)).toEqual(model);
});
