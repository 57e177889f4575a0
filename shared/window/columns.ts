// What the host gives the window of each table: the columns the window holds, and no more, because a window shows ten million rows.
// Everything else about a row is asked of the host when somebody looks at it.

import type { ColumnType } from '../model/column';
import type { TableName, Tables } from '../wire/tables';

/** Columns by table, in the order of the wire. A table that is not named here does not go to the window. */
export const WINDOW_COLUMNS = {
  session: ['epochUnixMs', 'epochMonotonicNs', 'sessionId', 'hostName', 'system', 'model', 'probeVersion'],
  string: ['id', 'text'],
  process: ['timeNs', 'event', 'pid', 'parentPid', 'exitCode', 'executable', 'arguments'],
  thread: ['timeNs', 'thread', 'name'],
  device: ['timeNs', 'device', 'kind', 'computeMajor', 'computeMinor', 'smCount', 'memoryBytes', 'name'],
  context: ['timeNs', 'context', 'device'],
  stream: ['timeNs', 'context', 'stream', 'priority', 'isDefault'],
  kernel: ['startNs', 'durationNs', 'name', 'device', 'context', 'stream', 'correlation'],
  memcpy: ['startNs', 'durationNs', 'bytes', 'device', 'context', 'stream', 'correlation', 'direction'],
  memset: ['startNs', 'durationNs', 'bytes', 'device', 'context', 'stream', 'correlation'],
  memory: [
    'timeNs',
    'address',
    'bytes',
    'poolAddress',
    'poolUsedBytes',
    'device',
    'context',
    'correlation',
    'library',
    'operation',
    'kind',
    'isPool',
  ],
  api: ['startNs', 'durationNs', 'name', 'thread', 'correlation', 'returnValue'],
  range: ['startNs', 'durationNs', 'name', 'domain', 'thread', 'color', 'kind'],
  sync: ['startNs', 'durationNs', 'context', 'stream', 'correlation', 'kind'],
  overhead: ['startNs', 'durationNs', 'name', 'thread'],
  health: ['timeNs', 'value', 'metric'],
  loss: ['startNs', 'endNs', 'count', 'bytes', 'stage', 'reason'],
  diagnostic: ['timeNs', 'severity', 'code', 'sentence', 'remedy'],
  gap: ['timeNs', 'packetCount', 'rowCount', 'table'],
} as const satisfies { readonly [N in TableName]?: readonly (keyof Tables[N]['columns'])[] };

export type WindowTableName = keyof typeof WINDOW_COLUMNS;

type ValuesOf<T extends ColumnType> = T extends 'f64'
  ? Float64Array
  : T extends 'u32'
    ? Uint32Array
    : T extends 'i32'
      ? Int32Array
      : T extends 'u16'
        ? Uint16Array
        : T extends 'u8'
          ? Uint8Array
          : readonly string[];

type ColumnTypeOf<N extends WindowTableName, C> = C extends keyof Tables[N]['columns']
  ? Tables[N]['columns'][C] extends { readonly type: infer T extends ColumnType }
    ? T
    : never
  : never;

/** The columns of one table as the window gets them; all have rowCount entries. Strings are readable: names are demangled. */
export type WindowColumnsOf<N extends WindowTableName> = {
  readonly [C in (typeof WINDOW_COLUMNS)[N][number]]: ValuesOf<ColumnTypeOf<N, C>>;
};

/** Rows of one table of one source. */
export type WindowPacket = {
  readonly [N in WindowTableName]: {
    readonly table: N;
    readonly source: number;
    readonly rowCount: number;
    readonly columns: WindowColumnsOf<N>;
  };
}[WindowTableName];

/** What goes through a session's data port, host to worker. */
export type DataMessage =
  | { readonly kind: 'packets'; readonly packets: readonly WindowPacket[]; readonly bytes: number }
  /** All rows of a file were sent, or those that were there when a live session was joined. */
  | { readonly kind: 'complete' };

/** And back: so many bytes were taken, so that the host never has more than DATA_BYTES_MAX on the way. */
export interface DataTaken {
  readonly kind: 'taken';
  readonly bytes: number;
}

export const DATA_BYTES_MAX = 64 * 1024 * 1024;
