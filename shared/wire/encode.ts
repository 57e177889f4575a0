// Columns to packet bytes. Used for low-rate tables and in tests; kernels and their like are packed by native/wire.

import {
  ARRAY_TYPE,
  type Column,
  type ColumnsOf,
  type NumberType,
  padded,
  type RowOf,
  type Table,
  type TextColumn,
  WIDTH,
} from '../model/column';
import { assert } from '../util/result';
import { HEADER_AT, packetChecksum, stampHeader } from './header';
import {
  BODY_BYTES_MAX,
  FORMAT_VERSION,
  HEADER_BYTES,
  MAGIC,
  MARK_KIND,
  ROW_COUNT_MAX,
  STRING_BYTES_MAX,
} from './limits';

const encoder = new TextEncoder();
const ELLIPSIS = encoder.encode('…');

function writeHeader(packet: Uint8Array, kind: number, rowCount: number, bodyBytes: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES);
  view.setUint32(HEADER_AT.magic, MAGIC, true);
  view.setUint16(HEADER_AT.version, FORMAT_VERSION, true);
  view.setUint16(HEADER_AT.kind, kind, true);
  view.setUint32(HEADER_AT.rowCount, rowCount, true);
  view.setUint32(HEADER_AT.bodyBytes, bodyBytes, true);
}

function textBytes({ byteEnd }: TextColumn, rowCount: number): number {
  return rowCount === 0 ? 0 : byteEnd[rowCount - 1];
}

function columnBytes(column: Column, value: unknown, rowCount: number): number {
  if (column.type === 'text') return padded(4 * rowCount) + padded(textBytes(value as TextColumn, rowCount));
  return padded(WIDTH[column.type] * rowCount);
}

/**
 * Packs `rowCount` rows of one table. Typed arrays may be longer than rowCount. The packet has sequence 0; intake stamps it.
 * More rows or bytes than the limits is a bug of the caller.
 */
export function encodePacket<T extends Table>(
  table: T,
  columns: ColumnsOf<T>,
  rowCount: number,
  sourceId = 0,
): Uint8Array {
  assert(rowCount <= ROW_COUNT_MAX, `${table.name}: ${rowCount} rows in one packet`);
  const entries = Object.entries(table.columns).map(([name, column]) => {
    return { column, value: (columns as Record<string, unknown>)[name] };
  });
  const bodyBytes = entries.reduce((sum, { column, value }) => sum + columnBytes(column, value, rowCount), 0);
  assert(bodyBytes <= BODY_BYTES_MAX, `${table.name}: ${bodyBytes} bytes in one packet`);
  const packet = new Uint8Array(HEADER_BYTES + bodyBytes);
  writeHeader(packet, table.kind, rowCount, bodyBytes);
  let at = HEADER_BYTES;
  for (const { column, value } of entries) {
    if (column.type === 'text') {
      const text = value as TextColumn;
      new Uint32Array(packet.buffer, at, rowCount).set(text.byteEnd.subarray(0, rowCount));
      packet.set(text.bytes.subarray(0, textBytes(text, rowCount)), at + padded(4 * rowCount));
    } else {
      const numbers = value as Float64Array;
      const ArrayType = ARRAY_TYPE[column.type as NumberType];
      new ArrayType(packet.buffer, at, rowCount).set(numbers.subarray(0, rowCount));
    }
    at += columnBytes(column, value, rowCount);
  }
  stampHeader(packet, 0, sourceId);
  new DataView(packet.buffer).setUint32(HEADER_AT.crc32, packetChecksum(packet), true);
  return packet;
}

/** A mark: everything of this lane below `sequence` was sent. */
export function encodeMark(sequence: number): Uint8Array {
  const packet = new Uint8Array(HEADER_BYTES);
  writeHeader(packet, MARK_KIND, 0, 0);
  stampHeader(packet, sequence, 0);
  new DataView(packet.buffer).setUint32(HEADER_AT.crc32, packetChecksum(packet), true);
  return packet;
}

/** UTF-8 of `text`, cut at a character's edge and ended with "…" when longer than STRING_BYTES_MAX. */
export function encodeText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length <= STRING_BYTES_MAX) return bytes;
  let end = STRING_BYTES_MAX - ELLIPSIS.length;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  const cut = new Uint8Array(end + ELLIPSIS.length);
  cut.set(bytes.subarray(0, end));
  cut.set(ELLIPSIS, end);
  return cut;
}

/** Columns of a few rows given as objects. */
export function columnsFromRows<T extends Table>(table: T, rows: readonly RowOf<T>[]): ColumnsOf<T> {
  const columns: Record<string, unknown> = {};
  for (const [name, column] of Object.entries(table.columns)) {
    const values = rows.map((row) => (row as Record<string, unknown>)[name]);
    if (column.type === 'text') {
      const pieces = values.map((value) => encodeText(value as string));
      const byteEnd = new Uint32Array(pieces.length);
      const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      pieces.forEach((piece, row) => {
        bytes.set(piece, at);
        at += piece.length;
        byteEnd[row] = at;
      });
      columns[name] = { byteEnd, bytes };
    } else {
      columns[name] = ARRAY_TYPE[column.type].from(values as number[]);
    }
  }
  return columns as ColumnsOf<T>;
}

/** One packet of a few rows given as objects: for tables of low rate. */
export function encodeRows<T extends Table>(table: T, rows: readonly RowOf<T>[], sourceId = 0): Uint8Array {
  return encodePacket(table, columnsFromRows(table, rows), rows.length, sourceId);
}
