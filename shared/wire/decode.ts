// Packet bytes to columns: views, not copies. Anything a hostile or torn packet can hold is answered with a PacketError.

import {
  ARRAY_TYPE,
  type ColumnsOf,
  padded,
  type RowOf,
  type Table,
  type TextColumn,
  textAt,
  WIDTH,
} from '../model/column';
import { fail, ok, type Result } from '../util/result';
import { checkPacket, type PacketError, type PacketHeader, parseHeader } from './header';
import { HEADER_BYTES } from './limits';
import { type TableName, type Tables, tableOfKind } from './tables';

/** A decoded packet of one table. The columns are views of the packet's bytes and live as long as they do. */
export interface Packet<T extends Table = Table> {
  readonly header: PacketHeader;
  readonly table: T;
  readonly rowCount: number;
  readonly columns: ColumnsOf<T>;
}

/** A decoded packet of any table, told apart by `packet.table.name` through `isPacketOf`. */
export function isPacketOf<N extends TableName>(packet: Packet, name: N): packet is Packet<Tables[N]> {
  return packet.table.name === name;
}

function badLayout(table: Table, sentence: string): { ok: false; error: PacketError } {
  return fail({ kind: 'badLayout', table: table.name, sentence });
}

function textColumn(body: Uint8Array, at: number, rowCount: number): Result<{ text: TextColumn; end: number }, string> {
  const bytesAt = at + padded(4 * rowCount);
  if (bytesAt > body.length) return fail('its text ends are cut off');
  const byteEnd = new Uint32Array(body.buffer, body.byteOffset + at, rowCount);
  let previous = 0;
  for (const end of byteEnd) {
    if (end < previous) return fail('its text ends go backwards');
    previous = end;
  }
  const end = bytesAt + padded(previous);
  if (previous > body.length || end > body.length) return fail('its text is cut off');
  return ok({ text: { byteEnd, bytes: body.subarray(bytesAt, bytesAt + previous) }, end });
}

/** Columns of a body whose header and checksum were checked. `body` must begin on a multiple of 8 of its buffer. */
export function decodeBody<T extends Table>(
  table: T,
  body: Uint8Array,
  rowCount: number,
): Result<ColumnsOf<T>, PacketError> {
  const columns: Record<string, unknown> = {};
  let at = 0;
  for (const name in table.columns) {
    const { type } = table.columns[name];
    if (type === 'text') {
      const text = textColumn(body, at, rowCount);
      if (!text.ok) return badLayout(table, text.error);
      columns[name] = text.value.text;
      at = text.value.end;
    } else {
      const end = at + padded(WIDTH[type] * rowCount);
      if (end > body.length) return badLayout(table, `${rowCount} rows do not fit into ${body.length} bytes`);
      columns[name] = new ARRAY_TYPE[type](body.buffer as ArrayBuffer, body.byteOffset + at, rowCount);
      at = end;
    }
  }
  if (at !== body.length) return badLayout(table, `${body.length - at} bytes are left over`);
  return ok(columns as ColumnsOf<T>);
}

/**
 * Decodes the packet at the start of `bytes`; what lies behind it is not looked at. Checks sizes, checksum and layout. A
 * table kind of a later version is the error `unknownKind`, which a reader counts and passes over.
 */
export function decodePacket(bytes: Uint8Array): Result<Packet, PacketError> {
  const parsed = parseHeader(bytes);
  if (!parsed.ok) return parsed;
  const header = parsed.value;
  const needBytes = HEADER_BYTES + header.bodyBytes;
  if (bytes.length < needBytes) return fail({ kind: 'truncated', haveBytes: bytes.length, needBytes });
  const packet = bytes.subarray(0, needBytes);
  // Not slice(): that of a Node Buffer is a view and would stand where it stood.
  const aligned = bytes.byteOffset % 8 === 0 ? packet : new Uint8Array(packet);
  const bad = checkPacket(aligned, header);
  if (bad) return fail(bad);
  return decodeChecked(aligned, header);
}

/** Decodes a packet whose header was parsed and whose checksum was checked by its reader. */
export function decodeChecked(bytes: Uint8Array, header: PacketHeader): Result<Packet, PacketError> {
  const table = tableOfKind(header.kind);
  if (!table) return fail({ kind: 'unknownKind', tableKind: header.kind });
  const columns = decodeBody(table, bytes.subarray(HEADER_BYTES), header.rowCount);
  if (!columns.ok) return columns;
  return ok({ header, table, rowCount: header.rowCount, columns: columns.value });
}

/** The rows of a packet as objects: for people and for tables of low rate. */
export function rowsOf<T extends Table>(packet: Packet<T>): RowOf<T>[] {
  const entries = Object.entries(packet.columns as Record<string, TextColumn | Float64Array>);
  return Array.from({ length: packet.rowCount }, (_, row) => {
    const object: Record<string, unknown> = {};
    for (const [name, values] of entries) object[name] = 'byteEnd' in values ? textAt(values, row) : values[row];
    return object as RowOf<T>;
  });
}
