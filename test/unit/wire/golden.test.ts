// Golden bytes: one file a table, and both languages write it.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../../shared/model/column';
import { decodePacket, rowsOf } from '../../../shared/wire/decode';
import { BODY_BYTES_MAX } from '../../../shared/wire/limits';
import { tables } from '../../../shared/wire/tables';
import { type AnyRow, edgeRows, goldens, longText, rowsAsRead } from './golden-rows';
import { NativeEncoder } from './native-encoder';
import { encodeAnyRows, packetsOf } from './packets';

const FIXTURES = join(import.meta.dirname, '../../fixtures/wire');
const COMPILE_MS_MAX = 120_000;
const encoder = new NativeEncoder();

beforeAll(() => encoder.compile(), COMPILE_MS_MAX);
afterAll(() => encoder.close());

// A difference of bytes reads best as hex, and a whole one would fill the screen.
function firstDifference(left: Uint8Array, right: Uint8Array): string {
  const at = left.findIndex((byte, index) => byte !== right[index]);
  if (at < 0 && left.length === right.length) return 'none';
  if (at < 0) return `${left.length} bytes against ${right.length}`;
  const near = (bytes: Uint8Array) => Buffer.from(bytes.subarray(at, at + 8)).toString('hex');
  return `at byte ${at}: ${near(left)} against ${near(right)}`;
}

describe.each(goldens)('$fileName', (golden) => {
  const path = join(FIXTURES, golden.fileName);
  const encoded = encodeAnyRows(golden.table, golden.rows, golden.sourceId);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, encoded);

  test('is what TypeScript encodes', () => {
    expect(firstDifference(encoded, readFileSync(path))).toBe('none');
  });

  test('is what C++ encodes', () => {
    expect(firstDifference(encoder.encode([golden]), readFileSync(path))).toBe('none');
  });

  test('decodes to its rows', () => {
    const decoded = decodePacket(readFileSync(path));
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
    expect(decoded.value.header).toMatchObject({ version: 1, sequence: 0, sourceId: golden.sourceId });
    expect(rowsOf(decoded.value)).toEqual(rowsAsRead(golden));
  });
});

test('each golden file belongs to a table', () => {
  const fileNames = readdirSync(FIXTURES).filter((name) => name.startsWith('v1-'));
  expect(fileNames.sort()).toEqual(goldens.map(({ fileName }) => fileName).sort());
});

test('a text at the limit stays whole and one byte more is cut, in both languages', () => {
  const texts = ['x'.repeat(8192), 'x'.repeat(8193), `${'x'.repeat(8190)}🚀`, longText.given];
  const order = { table: tables.string, sourceId: 1, rows: texts.map((text, id) => ({ id, text })) };
  const native = encoder.encode([order]);
  expect(firstDifference(native, encodeAnyRows(order.table, order.rows, 1))).toBe('none');
  const [packet] = packetsOf(native);
  const kept = rowsOf(packet).map((row) => (row as AnyRow).text);
  expect(kept).toEqual(['x'.repeat(8192), `${'x'.repeat(8189)}…`, `${'x'.repeat(8189)}…`, longText.kept]);
});

test('more rows than a packet holds become several packets, and no row is lost, doubled or moved', () => {
  const kernel = edgeRows(tables.kernel)[1];
  const kernels = Array.from({ length: 11_000 }, (_, index) => ({ ...kernel, correlation: index }));
  const outputs = Array.from({ length: 300 }, (_, pid) => ({ timeNs: pid, pid, stream: 1, text: 'y'.repeat(7_000) }));
  const check = (table: Table, rows: readonly AnyRow[]) => {
    const packets = packetsOf(encoder.encode([{ table, sourceId: 3, rows }]));
    expect(packets.length).toBeGreaterThan(1);
    // Full but for the last: a packet that is closed early costs a header and a checksum for nothing.
    for (const { header } of packets.slice(0, -1)) expect(header.bodyBytes).toBeGreaterThan(BODY_BYTES_MAX * 0.98);
    expect(packets.flatMap(rowsOf)).toEqual(rows);
  };
  check(tables.kernel, kernels);
  check(tables.output, outputs);
});
