// A session as tables: DuckDB behind one small class. Each table of the wire becomes a table of the same name and columns, with `source`
// in front; numbers are copied as typed arrays. DuckDB is loaded when the first store is opened, so that recording needs none.

import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type ARRAY_TYPE, type NumberType, type Table, type TextColumn, textRows } from '../../../shared/model/column';
import { failure } from '../../../shared/util/failure';
import type { Packet } from '../../../shared/wire/decode';
import { TABLE_NAMES, type TableName, tables } from '../../../shared/wire/tables';
import viewsSql from './views.sql?raw';

const SQL_TYPE: Readonly<Record<NumberType | 'text', string>> = {
  u8: 'UTINYINT',
  u16: 'USMALLINT',
  u32: 'UINTEGER',
  i32: 'INTEGER',
  f64: 'DOUBLE',
  text: 'VARCHAR',
};
/** The most rows a DuckDB chunk can hold. */
const CHUNK_ROWS = 2048;

export type Cell = number | bigint | string | boolean | null;

/** The answer of a query: what every report, export and window shows. */
export interface ResultTable {
  readonly columns: readonly { readonly name: string; readonly isText: boolean }[];
  readonly rows: readonly (readonly Cell[])[];
}

type Duck = typeof import('@duckdb/node-api');
type Bindings = typeof import('@duckdb/node-bindings');
type NumberArray = InstanceType<(typeof ARRAY_TYPE)[NumberType]>;

interface Sink {
  readonly appender: Awaited<ReturnType<DuckDBConnection['createAppender']>>;
  readonly chunk: unknown;
  /** One array a column, `source` first; texts are written one by one. */
  readonly columns: readonly { readonly name: string; readonly type: NumberType | 'text' }[];
}

/** Quotes a name for SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function columnsOf(table: Table): { name: string; type: NumberType | 'text' }[] {
  return [
    { name: 'source', type: 'u32' },
    ...Object.entries(table.columns).map(([name, { type }]) => ({ name, type })),
  ];
}

async function loadDuck(): Promise<{ duck: Duck; bindings: Bindings }> {
  try {
    return {
      duck: await import('@duckdb/node-api'),
      bindings: (await import('@duckdb/node-bindings')).default as unknown as Bindings,
    };
  } catch (error) {
    throw failure(
      'noDuckDb',
      `DuckDB cannot be loaded: ${(error as Error).message.split('\n')[0]}.`,
      'Install the npm packages anew: npm ci',
    );
  }
}

/** undefined when DuckDB loads, else what it said. */
export async function whyNoStore(): Promise<string | undefined> {
  try {
    await loadDuck();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export interface StoreOptions {
  /** A file of DuckDB; in memory when undefined. */
  readonly path?: string;
  /** How many cores a query may take; all when undefined. */
  readonly threads?: number;
}

export class Store {
  private readonly sinks = new Map<string, Sink>();
  /** Tables with rows that no query sees yet: flushing an empty appender costs as much as a full one. */
  private readonly unflushed = new Set<string>();

  private constructor(
    private readonly duck: Duck,
    private readonly bindings: Bindings,
    private readonly instance: DuckDBInstance,
    /** Of the appenders. */
    private readonly writing: DuckDBConnection,
    /** Of queries. A flush or another query on the connection of a stream would end it early and say nothing, so none is shared. */
    private readonly asking: DuckDBConnection,
  ) {}

  /** An empty store, in memory or in a file of DuckDB. */
  static async open({ path = ':memory:', threads }: StoreOptions = {}): Promise<Store> {
    const { duck, bindings } = await loadDuck();
    const instance = await duck.DuckDBInstance.create(path, threads === undefined ? {} : { threads: String(threads) });
    const store = new Store(duck, bindings, instance, await instance.connect(), await instance.connect());
    for (const name of TABLE_NAMES) await store.createTable(name);
    await store.writing.run(viewsSql);
    return store;
  }

  private async createTable(name: TableName): Promise<void> {
    const columns = columnsOf(tables[name]);
    const words = columns.map((column) => `${quoted(column.name)} ${SQL_TYPE[column.type]}`);
    await this.writing.run(`CREATE TABLE ${quoted(name)} (${words.join(', ')})`);
    const appender = await this.writing.createAppender(name);
    const { duck } = this;
    const duckTypes = {
      u8: duck.UTINYINT,
      u16: duck.USMALLINT,
      u32: duck.UINTEGER,
      i32: duck.INTEGER,
      f64: duck.DOUBLE,
      text: duck.VARCHAR,
    };
    const types = columns.map((column) => duckTypes[column.type].toLogicalType().logical_type);
    this.sinks.set(name, { appender, columns, chunk: this.bindings.create_data_chunk(types) });
  }

  /** Adds the rows of a packet. Synchronous; a query sees them after flush(). */
  append(packet: Packet): void {
    const sink = this.sinks.get(packet.table.name) as Sink;
    this.unflushed.add(packet.table.name);
    const source = new Uint32Array(Math.min(packet.rowCount, CHUNK_ROWS)).fill(packet.header.sourceId);
    const values = packet.columns as Record<string, NumberArray | TextColumn>;
    const texts = new Map(
      sink.columns.flatMap(({ name, type }) =>
        type === 'text' ? [[name, textRows(values[name] as TextColumn)] as const] : [],
      ),
    );
    for (let from = 0; from < packet.rowCount; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, packet.rowCount - from);
      this.appendChunk(sink, count, (name, type) => {
        if (name === 'source') return source.subarray(0, count);
        if (type === 'text') return (texts.get(name) as string[]).slice(from, from + count);
        return (values[name] as NumberArray).subarray(from, from + count) as NumberArray;
      });
    }
  }

  private appendChunk(
    sink: Sink,
    count: number,
    valuesOf: (name: string, type: NumberType | 'text') => NumberArray | string[],
  ): void {
    const { bindings } = this;
    const chunk = sink.chunk as Parameters<Bindings['data_chunk_reset']>[0];
    bindings.data_chunk_reset(chunk);
    bindings.data_chunk_set_size(chunk, count);
    sink.columns.forEach(({ name, type }, index) => {
      const vector = bindings.data_chunk_get_vector(chunk, index);
      const values = valuesOf(name, type);
      if (Array.isArray(values))
        for (const [row, text] of values.entries()) bindings.vector_assign_string_element(vector, row, text);
      else bindings.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    });
    bindings.append_data_chunk(
      (sink.appender as unknown as { appender: Parameters<Bindings['append_data_chunk']>[0] }).appender,
      chunk,
    );
  }

  flush(): void {
    for (const name of this.unflushed) this.sinks.get(name)?.appender.flushSync();
    this.unflushed.clear();
  }

  /** Runs SQL and gives all rows. Throws a FailureError with DuckDB's words. */
  async query(sql: string, parameters: Readonly<Record<string, number>> = {}): Promise<ResultTable> {
    try {
      // Without the types a whole number would be bound as an integer, and a time is none.
      const types = Object.fromEntries(Object.keys(parameters).map((name) => [name, this.duck.DOUBLE]));
      const reader = await this.asking.runAndReadAll(sql, parameters, types);
      const names = reader.columnNames();
      const columnTypes = reader.columnTypes();
      return {
        columns: names.map((name, index) => ({ name, isText: String(columnTypes[index]).startsWith('VARCHAR') })),
        rows: reader.getRowsJS() as Cell[][],
      };
    } catch (error) {
      const message = (error as Error).message.replace(/^\w+ Error: /, '').split('\n')[0];
      throw failure(
        'badSql',
        `DuckDB does not understand the query: ${message}`,
        'The tables are listed by: hookanalyzer query FILE.hka "show tables"',
      );
    }
  }

  /** Runs SQL and hands out its rows in column pieces as they come; for exports of any length. */
  async stream(
    sql: string,
    onPiece: (rowCount: number, columns: readonly ArrayLike<Cell>[]) => void | Promise<void>,
  ): Promise<void> {
    const connection = await this.instance.connect();
    try {
      await this.streamOn(connection, sql, onPiece);
    } finally {
      connection.closeSync();
    }
  }

  private async streamOn(
    connection: DuckDBConnection,
    sql: string,
    onPiece: (rowCount: number, columns: readonly ArrayLike<Cell>[]) => void | Promise<void>,
  ): Promise<void> {
    const result = await connection.stream(sql);
    let coming = result.fetchChunk();
    for (;;) {
      const chunk = await coming;
      if (!chunk || chunk.rowCount === 0) return;
      coming = result.fetchChunk(); // DuckDB makes the next piece while this one is worked on
      coming.catch(() => {}); // it is awaited in the next turn, unless onPiece throws before
      const columns = Array.from({ length: chunk.columnCount }, (_, index) => {
        const vector = chunk.getColumnVector(index) as unknown as {
          items?: ArrayLike<Cell>;
          itemCount: number;
          getItem(row: number): Cell;
        };
        return vector.items ?? Array.from({ length: vector.itemCount }, (_, row) => vector.getItem(row));
      });
      await onPiece(chunk.rowCount, columns);
    }
  }

  /** Runs a statement that gives nothing back. */
  async run(sql: string): Promise<void> {
    await this.asking.run(sql);
  }

  /** Ends the query that runs now, which then throws. */
  interrupt(): void {
    this.asking.interrupt();
  }

  /** Nothing may be asked of it then or afterwards. */
  async close(): Promise<void> {
    for (const { appender } of this.sinks.values()) appender.closeSync();
    this.sinks.clear();
    this.writing.closeSync();
    this.asking.closeSync();
    this.instance.closeSync();
  }
}
