// Packets as the host sends them, from short rows.

import type { WindowColumnsOf, WindowPacket, WindowTableName } from '../../../../shared/window/columns';
import { WINDOW_COLUMNS } from '../../../../shared/window/columns';
import { tables } from '../../../../shared/wire/tables';

type Row = Readonly<Record<string, number | string>>;

function columnOf(type: string, values: readonly (number | string)[]): unknown {
  const numbers = values as readonly number[];
  switch (type) {
    case 'f64':
      return Float64Array.from(numbers);
    case 'i32':
      return Int32Array.from(numbers);
    case 'u16':
      return Uint16Array.from(numbers);
    case 'u8':
      return Uint8Array.from(numbers);
    case 'text':
      return values;
    default:
      return Uint32Array.from(numbers);
  }
}

/** A packet of a table; what a row leaves out is 0 or ''. */
export function packetOf<N extends WindowTableName>(table: N, rows: readonly Row[], source = 1): WindowPacket {
  const types: Readonly<Record<string, { readonly type: string }>> = tables[table].columns;
  const columns = Object.fromEntries(
    WINDOW_COLUMNS[table].map((name) => {
      const { type } = types[name];
      return [
        name,
        columnOf(
          type,
          rows.map((row) => row[name] ?? (type === 'text' ? '' : 0)),
        ),
      ];
    }),
  );
  return { table, source, rowCount: rows.length, columns: columns as WindowColumnsOf<N> } as WindowPacket;
}

/** A string table: ids from 1. */
export function stringsOf(texts: readonly string[], source = 1): WindowPacket {
  return packetOf(
    'string',
    texts.map((text, index) => ({ id: index + 1, text })),
    source,
  );
}
