// Rows of every table, drawn by fast-check. A failure prints its seed, its path and the smallest rows that fail.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Table } from '../../../shared/model/column';
import { decodeChecked, decodePacket, isPacketOf, rowsOf } from '../../../shared/wire/decode';
import { stampHeader } from '../../../shared/wire/header';
import { PacketReader } from '../../../shared/wire/packet-reader';
import { TABLE_NAMES, tables } from '../../../shared/wire/tables';
import { arbitraryRows } from './arbitrary-rows';
import { encodeAnyRows } from './packets';

const sourceIds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const sequences = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe.each(TABLE_NAMES)('%s', (name) => {
  const table: Table = tables[name];

  test('encoded, stamped and decoded rows are the same rows', () => {
    fc.assert(
      fc.property(arbitraryRows(table), sourceIds, sequences, (rows, sourceId, sequence) => {
        const packet = encodeAnyRows(table, rows);
        stampHeader(packet, sequence, sourceId);
        const decoded = decodePacket(packet);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
        expect(decoded.value.header).toMatchObject({ kind: table.kind, sourceId, sequence, rowCount: rows.length });
        expect(isPacketOf(decoded.value, name)).toBe(true);
        expect(rowsOf(decoded.value)).toEqual(rows);
      }),
    );
  });

  test('packets cut anywhere come out of the reader with their rows', () => {
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    fc.assert(
      fc.property(arbitraryRows(table), arbitraryRows(table), cuts, fc.boolean(), (first, second, places, reuse) => {
        const got: unknown[] = [];
        const reader = new PacketReader({
          reuse,
          onPacket: (bytes, header) => {
            const decoded = decodeChecked(bytes, header);
            got.push(decoded.ok ? rowsOf(decoded.value) : decoded.error);
          },
          onDamaged: (_, error) => got.push(error),
        });
        const stream = new Uint8Array([...encodeAnyRows(table, first), ...encodeAnyRows(table, second)]);
        const ends = [...places.map((place) => place % stream.length), stream.length].sort((a, b) => a - b);
        ends.reduce((begin, end) => {
          expect(reader.push(stream.subarray(begin, end))).toBeUndefined();
          return end;
        }, 0);
        expect(got).toEqual([first, second]);
      }),
      { numRuns: 25 }, // each run has its own slab of four megabytes
    );
  });
});
