// Rows of one session on their way to the window: only the columns it holds, names readable, and never more on the way than the
// window has room for.

import { type TextColumn, textRows } from '../../../shared/model/column';
import {
  DATA_BYTES_MAX,
  type DataMessage,
  type DataTaken,
  WINDOW_COLUMNS,
  type WindowPacket,
  type WindowTableName,
} from '../../../shared/window/columns';
import type { Packet } from '../../../shared/wire/decode';
import type { HostPort } from './port-rpc';

type Values = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array | string[];

/** A rough size of a text in a message: two bytes a character and a header. */
const TEXT_BYTES = 40;

function bytesOf(values: Values): number {
  return Array.isArray(values) ? values.length * TEXT_BYTES : values.byteLength;
}

/** The rows as the window gets them, in arrays of their own; undefined for a table the window does not show. */
export function windowPacketOf(packet: Packet, demangle: (name: string) => string): WindowPacket | undefined {
  const table = packet.table.name as WindowTableName;
  const names: readonly string[] | undefined = Object.hasOwn(WINDOW_COLUMNS, table) ? WINDOW_COLUMNS[table] : undefined;
  if (!names) return undefined;
  const given = packet.columns as Record<string, Exclude<Values, string[]> | TextColumn>;
  const columns: Record<string, Values> = {};
  for (const name of names) {
    const column = given[name];
    // A view would take its whole buffer along.
    if (ArrayBuffer.isView(column)) columns[name] = column.slice();
    else columns[name] = textRows(column);
  }
  if (table === 'string') columns.text = (columns.text as string[]).map(demangle);
  return { table, source: packet.header.sourceId, rowCount: packet.rowCount, columns } as unknown as WindowPacket;
}

export class WindowFeed {
  private port: HostPort | undefined;
  private onWayBytes = 0;
  private wake: () => void = () => {};
  private waiting: Promise<void> | undefined;

  constructor(private readonly demangle: (name: string) => string) {}

  /** Begins anew with this port: whoever calls pushes everything from the beginning. */
  attach(port: HostPort): void {
    this.port?.close();
    this.port = port;
    this.onWayBytes = 0;
    this.release();
    port.on('message', ({ data }) => {
      if (port !== this.port || (data as DataTaken).kind !== 'taken') return;
      this.onWayBytes -= (data as DataTaken).bytes;
      if (this.onWayBytes <= DATA_BYTES_MAX / 2) this.release();
    });
    port.on('close', () => {
      if (port === this.port) this.detach();
    });
    port.start();
  }

  /** Without a window nothing is sent and nobody waits. */
  detach(): void {
    this.port = undefined;
    this.onWayBytes = 0;
    this.release();
  }

  push(packet: Packet): void {
    if (!this.port) return;
    const rows = windowPacketOf(packet, this.demangle);
    if (!rows) return;
    const bytes = Object.values(rows.columns as Record<string, Values>).reduce((sum, each) => sum + bytesOf(each), 0);
    this.onWayBytes += bytes;
    this.port.postMessage({ kind: 'packets', packets: [rows], bytes } satisfies DataMessage);
  }

  /** Undefined when more may be pushed; else resolves when the window has taken enough. */
  whenReady(): Promise<void> | undefined {
    if (this.onWayBytes <= DATA_BYTES_MAX) return undefined;
    this.waiting ??= new Promise((resolve) => {
      this.wake = resolve;
    });
    return this.waiting;
  }

  complete(): void {
    this.port?.postMessage({ kind: 'complete' } satisfies DataMessage);
  }

  private release(): void {
    this.wake();
    this.wake = () => {};
    this.waiting = undefined;
  }
}
