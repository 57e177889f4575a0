// Chrome's trace format, for Perfetto and chrome://tracing. Times in microseconds with the nanoseconds as decimals. Format: "Trace Event
// Format", Google; slices of one thread must nest, so overlapping ones get a thread of their own with the same name.

import { copyWords } from '../../../shared/model/enums';
import type { Store } from '../session/store';
import { type ExportOptions, type TextOutput, writeTextFile } from './output';
import { BOARD_PID, type Track, Tracks } from './tracks';

/** ".000" to ".999", "" for 0: the decimals of a microsecond. Whole numbers are printed several times faster than fractions. */
const DECIMALS = Array.from({ length: 1000 }, (_, ns) => (ns === 0 ? '' : `.${String(ns).padStart(3, '0')}`));

function microseconds(ns: number): string {
  if (!Number.isInteger(ns) || ns < 0) return String(ns / 1000);
  const whole = Math.floor(ns / 1000);
  return whole + DECIMALS[ns - whole * 1000];
}

/** What stands behind the times of a slice, up to the last of its args; `name` is JSON already, `args` the inside of an object. */
function tailStart(name: string, category: string, args: string): string {
  return `,"cat":"${category}","name":${name},"args":{${args}`;
}

class ChromeWriter {
  /** Slices written: what a reader of the file must count. */
  sliceCount = 0;
  private flowCount = 0;
  private readonly heads: string[] = [];
  private readonly namesById = new Map<number, string>();

  constructor(
    private readonly output: TextOutput,
    readonly tracks: Tracks,
  ) {}

  add(event: string): Promise<void> | undefined {
    return this.output.add(`${event},\n`);
  }

  /** A name of the session, as JSON. */
  quotedName(source: number, id: number): string {
    const key = source * 2 ** 32 + id;
    let quoted = this.namesById.get(key);
    if (quoted === undefined) {
      quoted = JSON.stringify(this.tracks.text(source, id));
      this.namesById.set(key, quoted);
    }
    return quoted;
  }

  /** One slice; `tail` is what stands behind its times, begun by tailStart(). Gives where it went, for flows. */
  slice(track: Track, startNs: number, durationNs: number, tail: string): { text: string; threadId: number } {
    const lengthNs = Math.max(0, durationNs);
    const threadId = this.tracks.threadId(track, track.lanes.laneOf(startNs, startNs + lengthNs));
    this.sliceCount++;
    this.heads[threadId] ??= `{"ph":"X","pid":${track.pid},"tid":${threadId},"ts":`;
    const text = `${this.heads[threadId]}${microseconds(startNs)},"dur":${microseconds(lengthNs)}${tail}`;
    return { text, threadId };
  }

  /** An arrow from a call to what it started. */
  flow(from: { pid: number; threadId: number; ns: number }, to: { pid: number; threadId: number; ns: number }): string {
    const id = ++this.flowCount;
    const head = `"cat":"launch","name":"launch","id":${id}`;
    return `{"ph":"s",${head},"pid":${from.pid},"tid":${from.threadId},"ts":${microseconds(from.ns)}},\n{"ph":"f","bp":"e",${head},"pid":${to.pid},"tid":${to.threadId},"ts":${microseconds(to.ns)}},\n`;
  }

  addText(text: string): Promise<void> | undefined {
    return this.output.add(text);
  }

  async metadata(): Promise<void> {
    for (const { pid, name, sortIndex } of this.tracks.processes.values()) {
      await this.add(`{"ph":"M","pid":${pid},"name":"process_name","args":{"name":${JSON.stringify(name)}}}`);
      await this.add(`{"ph":"M","pid":${pid},"name":"process_sort_index","args":{"sort_index":${sortIndex}}}`);
    }
    for (const { pid, name, threadIds } of this.tracks.tracks.values()) {
      for (const [lane, threadId] of threadIds.entries()) {
        const title = lane === 0 ? name : `${name} (${lane + 1})`;
        await this.add(
          `{"ph":"M","pid":${pid},"tid":${threadId},"name":"thread_name","args":{"name":${JSON.stringify(title)}}}`,
        );
        await this.add(
          `{"ph":"M","pid":${pid},"tid":${threadId},"name":"thread_sort_index","args":{"sort_index":${threadId}}}`,
        );
      }
    }
  }
}

/** Where each call that started work was drawn: by source and correlation. */
type Calls = Map<number, { pid: number; threadId: number; ns: number }>;
const callKey = (source: number, correlation: number) => source * 2 ** 32 + correlation;

const HOST_SQL = `
  SELECT source, thread, startNs, durationNs, name, correlation, returnValue, 0::UTINYINT AS kind, 0::UINTEGER AS domain FROM api
  UNION ALL SELECT source, thread, startNs, durationNs, name, 0::UINTEGER, 0::UINTEGER, kind, domain FROM range WHERE kind <> 3
  ORDER BY source, thread, startNs, durationNs DESC`;

async function writeHost(writer: ChromeWriter, store: Store): Promise<Calls> {
  const calls: Calls = new Map();
  await store.stream(HOST_SQL, async (rowCount, columns) => {
    const [source, thread, start, duration, name, correlation, returned, kind, domain] =
      columns as readonly ArrayLike<number>[];
    for (let row = 0; row < rowCount; row++) {
      const track = writer.tracks.thread(source[row], thread[row]);
      const title = writer.quotedName(source[row], name[row]);
      const isCall = kind[row] === 0;
      const args = isCall
        ? `"correlation":${correlation[row]}${returned[row] === 0 ? '' : `,"result":${returned[row]}`}`
        : domain[row] === 0
          ? ''
          : `"domain":${writer.quotedName(source[row], domain[row])}`;
      const tail = `${tailStart(title, isCall ? 'api' : 'nvtx', args)}}},\n`;
      const { text, threadId } = writer.slice(track, start[row], duration[row], tail);
      if (isCall && correlation[row] !== 0)
        calls.set(callKey(source[row], correlation[row]), { pid: track.pid, threadId, ns: start[row] });
      const busy = writer.addText(text);
      if (busy) await busy;
    }
  });
  return calls;
}

type Columns = readonly ArrayLike<number>[];

interface DeviceWork {
  /** Of which the first seven columns are source, device, context, stream, start, duration, correlation. */
  readonly sql: string;
  /** Gives the text of a row from behind its times up to its correlation. */
  readonly describe: (writer: ChromeWriter) => (columns: Columns, row: number) => string;
}

const HEAD = 'source, device, context, stream, startNs, durationNs, correlation';
const ORDER = 'ORDER BY source, device, context, stream, startNs, durationNs DESC';

/** Columns of the kernel query that make a launch shape: the name and everything behind it, and the source. */
const SHAPE_COLUMNS = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 0];
const SHAPE_SLOTS = 1024;

/** A loop launches the same few shapes again and again, so their texts are kept: one a slot, by a hash of the columns. */
function keepingShapes(make: (columns: Columns, row: number) => string): (columns: Columns, row: number) => string {
  const width = SHAPE_COLUMNS.length;
  const kept = new Float64Array(SHAPE_SLOTS * width);
  const texts: string[] = new Array(SHAPE_SLOTS).fill('');
  return (columns, row) => {
    let hash = 0;
    for (let at = 0; at < width; at++) hash = (Math.imul(hash, 31) + columns[SHAPE_COLUMNS[at]][row]) | 0;
    const slot = (hash ^ (hash >>> 10)) & (SHAPE_SLOTS - 1);
    const first = slot * width;
    let isSame = texts[slot] !== '';
    for (let at = 0; isSame && at < width; at++) isSame = kept[first + at] === columns[SHAPE_COLUMNS[at]][row];
    if (isSame) return texts[slot];
    for (let at = 0; at < width; at++) kept[first + at] = columns[SHAPE_COLUMNS[at]][row];
    texts[slot] = make(columns, row);
    return texts[slot];
  };
}

// Plain ASCII and no zeros: a text with one character beyond Latin-1 is twice as long in memory and far slower to write.
function kernelText(writer: ChromeWriter, columns: Columns, row: number): string {
  const at = (column: number) => columns[column][row];
  const size = (first: number) => `${at(first)}x${at(first + 1)}x${at(first + 2)}`;
  const optional = (title: string, value: number) => (value > 0 ? `"${title}":${value},` : '');
  const memory = optional('static shared bytes', at(15)) + optional('dynamic shared bytes', at(16));
  const launch = `"grid":"${size(8)}","block":"${size(11)}","registers":${at(14)},`;
  return tailStart(writer.quotedName(at(0), at(7)), 'kernel', launch + memory + optional('graph node', at(17)));
}

const DEVICE_WORK: readonly DeviceWork[] = [
  {
    sql: `SELECT ${HEAD}, name, gridX, gridY, gridZ, blockX, blockY, blockZ, registers, staticSharedBytes, dynamicSharedBytes, graphNode FROM kernel ${ORDER}`,
    describe: (writer) => keepingShapes((columns, row) => kernelText(writer, columns, row)),
  },
  {
    sql: `SELECT ${HEAD}, bytes, direction FROM memcpy ${ORDER}`,
    describe: () => (columns, row) =>
      tailStart(`"Memcpy ${copyWords(columns[8][row])}"`, 'memcpy', `"bytes":${columns[7][row]},`),
  },
  {
    sql: `SELECT ${HEAD}, bytes FROM memset ${ORDER}`,
    describe: () => (columns, row) => tailStart('"Memset"', 'memset', `"bytes":${columns[7][row]},`),
  },
];

async function writeDevice(
  writer: ChromeWriter,
  store: Store,
  calls: Calls,
  { sql, describe }: DeviceWork,
): Promise<void> {
  // Rows come stream by stream, so the track of the row before is almost always the right one.
  let track: Track | undefined;
  let last = [-1, -1, -1, -1];
  const textOf = describe(writer);
  await store.stream(sql, async (rowCount, cells) => {
    const columns = cells as readonly ArrayLike<number>[];
    const [source, device, context, stream, start, duration, correlation] = columns;
    for (let row = 0; row < rowCount; row++) {
      if (
        !track ||
        stream[row] !== last[3] ||
        context[row] !== last[2] ||
        device[row] !== last[1] ||
        source[row] !== last[0]
      ) {
        last = [source[row], device[row], context[row], stream[row]];
        track = writer.tracks.stream(source[row], device[row], context[row], stream[row]);
      }
      const tail = `${textOf(columns, row)}"correlation":${correlation[row]}}},\n`;
      const { text, threadId } = writer.slice(track, start[row], duration[row], tail);
      const call = calls.get(callKey(source[row], correlation[row]));
      const arrow = call ? writer.flow(call, { pid: track.pid, threadId, ns: start[row] }) : '';
      const busy = writer.addText(text + arrow);
      if (busy) await busy;
    }
  });
}

/** Batches and requests of a workload. Those that never ran have no place on a timeline. */
const SERVED_SQL = `
  SELECT source, model, startNs, durationNs, batch AS id, requestCount::DOUBLE AS detail, 0::UTINYINT AS isRequest FROM batch
  WHERE startNs >= 0 AND durationNs >= 0
  UNION ALL SELECT source, model, arrivalNs, completionNs - arrivalNs, request, batch, 1 FROM request
  WHERE arrivalNs >= 0 AND completionNs >= arrivalNs ORDER BY 3, 4 DESC`;

async function writeServed(writer: ChromeWriter, store: Store): Promise<void> {
  await store.stream(SERVED_SQL, async (rowCount, columns) => {
    const [source, , start, duration, id, detail, isRequest] = columns as readonly ArrayLike<number>[];
    const model = columns[1] as ArrayLike<string>;
    for (let row = 0; row < rowCount; row++) {
      const [tracks, word, key] =
        isRequest[row] === 1 ? ['Requests', 'request', 'batch'] : ['Batches', 'batch', 'requests'];
      const track = writer.tracks.served(source[row], `${tracks} of ${model[row]}`);
      const tail = `${tailStart(`"${word} ${id[row]}"`, 'serving', `"${key}":${detail[row]}`)}}},\n`;
      const busy = writer.addText(writer.slice(track, start[row], duration[row], tail).text);
      if (busy) await busy;
    }
  });
}

async function writeMarks(writer: ChromeWriter, store: Store): Promise<void> {
  await store.stream(
    'SELECT source, thread, startNs, name FROM range WHERE kind = 3 ORDER BY startNs',
    async (rowCount, columns) => {
      const [source, thread, start, name] = columns as readonly ArrayLike<number>[];
      for (let row = 0; row < rowCount; row++) {
        const track = writer.tracks.thread(source[row], thread[row]);
        const title = writer.quotedName(source[row], name[row]);
        await writer.add(
          `{"ph":"i","s":"t","pid":${track.pid},"tid":${writer.tracks.threadId(track, 0)},"ts":${microseconds(start[row])},"cat":"nvtx","name":${title}}`,
        );
      }
    },
  );
}

const LIVE_SQL = `
  SELECT source, timeNs, (CASE WHEN isPool = 1 THEN 8 ELSE kind END)::UTINYINT AS kind,
    sum(CASE operation WHEN 1 THEN bytes ELSE -bytes END) OVER (PARTITION BY source, CASE WHEN isPool = 1 THEN 8 ELSE kind END ORDER BY timeNs ROWS UNBOUNDED PRECEDING) AS live
  FROM memory ORDER BY timeNs`;
const MEMORY_WORDS = [
  'Unknown',
  'Pageable',
  'Pinned',
  'Device',
  'Array',
  'Managed',
  'Device static',
  'Managed static',
  'Pool',
];

async function writeCounters(writer: ChromeWriter, store: Store): Promise<void> {
  await store.stream(LIVE_SQL, async (rowCount, columns) => {
    const [source, time, kind, live] = columns as readonly ArrayLike<number>[];
    for (let row = 0; row < rowCount; row++) {
      const name = `${MEMORY_WORDS[kind[row]] ?? 'Unknown'} memory (bytes)`;
      await writer.add(
        `{"ph":"C","pid":${writer.tracks.pidOf(source[row])},"ts":${microseconds(time[row])},"name":"${name}","args":{"bytes":${live[row]}}}`,
      );
    }
  });
  await store.stream('SELECT source, timeNs, metric, value FROM health ORDER BY timeNs', async (rowCount, columns) => {
    const [source, time, metric, value] = columns as readonly ArrayLike<number>[];
    writer.tracks.processes.set(BOARD_PID, { pid: BOARD_PID, name: 'Machine', sortIndex: -1 });
    for (let row = 0; row < rowCount; row++) {
      const name = writer.quotedName(source[row], metric[row]);
      await writer.add(
        `{"ph":"C","pid":${BOARD_PID},"ts":${microseconds(time[row])},"name":${name},"args":{"value":${value[row]}}}`,
      );
    }
  });
}

/** Writes the session as a Chrome trace; .gz at the end of the name compresses it. Gives the number of slices. Throws a FailureError. */
export async function exportChrome(
  store: Store,
  path: string,
  options: ExportOptions = {},
): Promise<{ sliceCount: number }> {
  let sliceCount = 0;
  await writeTextFile(path, options, async (output) => {
    const writer = new ChromeWriter(output, await Tracks.load(store));
    await output.add('{"displayTimeUnit":"ns","traceEvents":[\n');
    const calls = await writeHost(writer, store);
    options.onProgress?.(0.4);
    for (const work of DEVICE_WORK) await writeDevice(writer, store, calls, work);
    options.onProgress?.(0.8);
    await writeServed(writer, store);
    await writeMarks(writer, store);
    await writeCounters(writer, store);
    await writer.metadata();
    await output.add('{"ph":"M","pid":0,"name":"process_labels","args":{"labels":"HookAnalyzer"}}\n]}\n');
    options.onProgress?.(1);
    sliceCount = writer.sliceCount;
  });
  return { sliceCount };
}
