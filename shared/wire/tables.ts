// Every table that crosses a process, once. The C++ layout header (native/wire/layout.h) is rendered from here by
// layout-header.ts, and a test fails when it is stale. Kinds are never reused and columns are only appended, each with a new
// format version in README.md. Times are SessionNs, lengths DurationNs, both float64.

import type { Column, ColumnMeaning, ColumnSet, ColumnType, Lane, Table, TableRole } from '../model/column';

const column =
  <T extends ColumnType>(type: T) =>
  (meaning: ColumnMeaning, doc: string): Column<T> => ({ type, meaning, doc });
const u8 = column('u8');
const u16 = column('u16');
const u32 = column('u32');
const i32 = column('i32');
const f64 = column('f64');
const text = (doc: string) => column('text')('text', doc);

function table<C extends ColumnSet>(
  kind: number,
  name: string,
  lane: Lane,
  role: TableRole,
  doc: string,
  columns: C,
): Table<C> {
  return { kind, name, lane, role, doc, columns };
}

const at = (doc: string) => f64('timeNs', doc);
const took = (doc: string) => f64('durationNs', doc);
const stringId = (doc: string) => u32('string', doc);
const correlation = u32('correlation', 'joins the API call with the work it started, inside one source; 0 is none');
const deviceId = u32('id', 'index of the device');
const contextId = u32('id', 'CUDA context');
const streamId = u32('id', 'CUDA stream, unique within its context');
const graphNodeId = f64('id', 'node of the CUDA graph that launched it; 0 outside a graph');

export const tables = {
  string: table(1, 'string', 'vital', 'state', 'The string table of one source: names are sent once.', {
    id: u32('id', 'the number other tables use; 0 is the empty string and is never sent'),
    text: text('as the source gave it: kernel names are still mangled'),
  }),
  session: table(2, 'session', 'vital', 'state', 'First packet of a session and of a file.', {
    epochUnixMs: f64('number', 'wall clock at SessionNs 0, milliseconds since 1970'),
    epochMonotonicNs: f64('number', 'CLOCK_MONOTONIC of the board at SessionNs 0'),
    sessionId: text('random, new for each session'),
    hostName: text('of the machine that was measured'),
    system: text('operating system, kernel and architecture'),
    model: text('board or processor'),
    probeVersion: text('of the program that measured'),
  }),
  process: table(3, 'process', 'vital', 'state', 'A measured process: one row when it starts, one when it ends.', {
    timeNs: at('of the event'),
    event: u8('enum:processEvent', 'started or exited'),
    pid: u32('id', 'process'),
    parentPid: u32('id', 'its parent'),
    exitCode: i32('number', 'of an exit; 128 + signal when a signal ended it; -1 when unknown'),
    executable: text('path'),
    arguments: text('the whole command line, one space between words'),
  }),
  thread: table(4, 'thread', 'vital', 'state', 'Names of threads that made calls.', {
    timeNs: at('when it was first seen'),
    thread: u32('id', 'system thread id'),
    name: text('as the system knows it'),
  }),
  device: table(5, 'device', 'vital', 'state', 'A device that runs kernels.', {
    timeNs: at('when it was first seen'),
    device: deviceId,
    kind: u8('enum:deviceKind', 'cuda or cpu; a cpu device is labelled CPU wherever it is shown'),
    computeMajor: u16('number', 'compute capability, major; 0 for a cpu'),
    computeMinor: u16('number', 'compute capability, minor'),
    smCount: u32('count', 'streaming multiprocessors now available, or cpu threads used'),
    coreClockKhz: u32('number', 'kHz; 0 when unknown'),
    memoryClockKhz: u32('number', 'kHz as the driver says; wrong on Jetson'),
    memoryBytes: f64('bytes', 'global memory; on a board with unified memory, all of RAM'),
    memoryBytesPerSec: f64('number', 'peak bandwidth as the driver says; 0 when unknown'),
    warpsPerSmMax: u32('count', 'resident warps an SM can hold'),
    registersPerSm: u32('count', '32-bit registers'),
    sharedBytesPerSm: u32('bytes', 'shared memory of one SM'),
    name: text('as the driver gives it'),
  }),
  context: table(6, 'context', 'vital', 'state', 'A CUDA context.', {
    timeNs: at('when it was first seen'),
    context: contextId,
    device: deviceId,
  }),
  stream: table(7, 'stream', 'vital', 'state', 'A CUDA stream.', {
    timeNs: at('when it was first seen'),
    context: contextId,
    stream: streamId,
    priority: i32('number', 'lower is more urgent'),
    isDefault: u8('number', '1 for the default stream'),
  }),
  kernel: table(10, 'kernel', 'bulk', 'event', 'One kernel that ran on a device.', {
    startNs: at('first block began'),
    durationNs: took('-1 when it could not be timed'),
    queuedNs: at('put into the command buffer; -1 unless latency timestamps are on'),
    submittedNs: at('handed to the device; -1 unless latency timestamps are on'),
    graphNode: graphNodeId,
    name: stringId('mangled'),
    device: deviceId,
    context: contextId,
    stream: streamId,
    correlation,
    gridX: u32('count', 'blocks in x'),
    gridY: u32('count', 'blocks in y'),
    gridZ: u32('count', 'blocks in z'),
    blockX: u32('count', 'threads in x'),
    blockY: u32('count', 'threads in y'),
    blockZ: u32('count', 'threads in z'),
    staticSharedBytes: u32('bytes', 'static shared memory a block'),
    dynamicSharedBytes: u32('bytes', 'dynamic shared memory a block'),
    localBytes: u32('bytes', 'local memory a thread'),
    registers: u16('count', 'registers a thread'),
  }),
  memcpy: table(11, 'memcpy', 'bulk', 'event', 'One copy.', {
    startNs: at('copy began'),
    durationNs: took('-1 when it could not be timed'),
    bytes: f64('bytes', 'copied'),
    graphNode: graphNodeId,
    device: deviceId,
    context: contextId,
    stream: streamId,
    correlation,
    peerDevice: u32('id', 'the other device of a peer copy; else the same as device'),
    direction: u8('enum:copyDirection', 'from where to where'),
    sourceKind: u8('enum:memoryKind', 'memory it was read from'),
    targetKind: u8('enum:memoryKind', 'memory it was written to'),
    isAsync: u8('number', '1 for an asynchronous copy'),
  }),
  memset: table(12, 'memset', 'bulk', 'event', 'One fill.', {
    startNs: at('fill began'),
    durationNs: took('-1 when it could not be timed'),
    bytes: f64('bytes', 'written'),
    graphNode: graphNodeId,
    value: u32('number', 'written value'),
    device: deviceId,
    context: contextId,
    stream: streamId,
    correlation,
    kind: u8('enum:memoryKind', 'memory it was written to'),
    isAsync: u8('number', '1 for an asynchronous fill'),
  }),
  memory: table(13, 'memory', 'bulk', 'event', 'One allocation or free.', {
    timeNs: at('of the call'),
    address: f64('address', 'first byte; exact, because addresses stay below 2^53'),
    bytes: f64('bytes', 'size'),
    poolAddress: f64('address', 'of the pool; 0 outside pools'),
    poolUsedBytes: f64('bytes', 'of the pool after the operation; 0 outside pools'),
    device: deviceId,
    context: contextId,
    stream: u32('id', 'of an asynchronous operation; 0xffffffff when none'),
    correlation,
    library: stringId('the library that allocated, or the name given to the allocation; 0 when unknown'),
    operation: u8('enum:memoryOperation', 'allocate or free'),
    kind: u8('enum:memoryKind', 'which memory'),
    isPool: u8('number', '1 when it came from a memory pool'),
    isAsync: u8('number', '1 for cudaMallocAsync and its like'),
  }),
  api: table(14, 'api', 'bulk', 'event', 'One call into CUDA.', {
    startNs: at('call entered'),
    durationNs: took('until it returned'),
    name: stringId('of the function'),
    thread: u32('id', 'system thread id'),
    correlation,
    returnValue: u32('number', '0 is success'),
    domain: u8('enum:apiDomain', 'driver or runtime'),
  }),
  range: table(15, 'range', 'bulk', 'event', 'An NVTX range or mark, or one of our own.', {
    startNs: at('pushed or started'),
    durationNs: took('0 for a mark; -1 when it never ended'),
    name: stringId('message'),
    domain: stringId('NVTX domain; 0 is the default one'),
    category: stringId('NVTX category; 0 is none'),
    thread: u32('id', 'system thread id that began it'),
    endThread: u32('id', 'system thread id that ended it'),
    color: u32('number', 'ARGB; 0 when none was given'),
    depth: u16('count', 'ranges open on the thread when it began; 0 for start/end ranges'),
    kind: u8('enum:rangeKind', 'push/pop, start/end or mark'),
  }),
  sync: table(16, 'sync', 'bulk', 'event', 'One wait for the device.', {
    startNs: at('wait began'),
    durationNs: took('of the wait'),
    context: contextId,
    stream: u32('id', '0xffffffff when it is not about one stream'),
    correlation,
    kind: u8('enum:syncKind', 'what was waited for'),
  }),
  overhead: table(17, 'overhead', 'bulk', 'event', 'Time that measuring itself took: of CUPTI and of the collector.', {
    startNs: at('began'),
    durationNs: took('of it'),
    name: stringId('what it was'),
    thread: u32('id', 'system thread id; 0 when it belongs to none'),
  }),
  health: table(18, 'health', 'vital', 'event', 'One reading of one sensor or counter.', {
    timeNs: at('of the reading'),
    value: f64('number', 'in the unit that the metric name ends with'),
    metric: stringId('such as cpu0_load_ratio'),
  }),
  loss: table(
    19,
    'loss',
    'vital',
    'event',
    'Records that were dropped, by whom and why. Nothing is lost without such a row.',
    {
      startNs: at('of the interval in which they were lost'),
      endNs: at('of that interval'),
      count: f64('count', 'records; 0 when only the bytes are known'),
      bytes: f64('bytes', 'bytes; 0 when only the records are known'),
      stage: text('cupti, collector, intake, spool, link'),
      reason: text('one short clause'),
    },
  ),
  diagnostic: table(20, 'diagnostic', 'vital', 'event', 'Something the user should know, with a remedy.', {
    timeNs: at('when it was found'),
    severity: u8('enum:severity', 'info, warning or error'),
    code: text('stable, for programs'),
    sentence: text('for people'),
    remedy: text('what to do; empty when nothing is needed'),
  }),
  gap: table(
    21,
    'gap',
    'vital',
    'event',
    'What a viewer missed because it left the ring before it was read. One row a table.',
    {
      timeNs: at('when the hole was found'),
      firstSequence: f64('id', 'first packet of the hole'),
      lastSequence: f64('id', 'last packet of the hole'),
      packetCount: f64('count', 'packets of this table in the hole'),
      rowCount: f64('count', 'rows of this table in the hole'),
      table: u16('id', 'kind number of the table'),
      lane: u8('enum:lane', 'lane of the hole'),
      isExact: u8('number', '1 when the counts are exact, 0 when they are the most it can be'),
    },
  ),
  output: table(22, 'output', 'vital', 'event', 'What a launched target wrote to its standard output and error.', {
    timeNs: at('when it was read'),
    pid: u32('id', 'of the launched process'),
    stream: u8('enum:outputStream', 'stdout or stderr'),
    text: text('a piece of it, cut anywhere'),
  }),
  end: table(23, 'end', 'vital', 'event', 'Last packet of a file that was closed properly.', {
    timeNs: at('when it was closed'),
    packetCount: f64('count', 'packets before this one'),
    rowCount: f64('count', 'rows before this one'),
  }),
  experiment: table(
    24,
    'experiment',
    'vital',
    'event',
    'What an experiment asks for, how far it is, and how it ended.',
    {
      timeNs: at('of the event'),
      event: u8('enum:experimentEvent', 'started, progress, done, failed or cancelled'),
      deviceKind: u8('enum:deviceKind', 'where it runs'),
      experiment: f64('id', 'random; joins its rows over all sources'),
      doneCount: u32('count', 'points that have a row, those that failed among them'),
      pointCount: u32('count', 'points that it will have'),
      device: text('name of the device; empty until it is known'),
      spec: text('JSON of shared/rpc/experiment.ts, in the row that says started'),
      sentence: text('what is being measured, or why it failed'),
      remedy: text('what to do; empty when nothing is needed'),
    },
  ),
  point: table(25, 'point', 'vital', 'event', 'One measured point of an experiment. -1 is "not known".', {
    startNs: at('its measurement began, warming up among it'),
    durationNs: took('of the measurement'),
    experiment: f64('id', 'of its experiment'),
    index: u32('id', 'of the point in its experiment, from 0; a later row of the same index replaces an earlier one'),
    role: u8('enum:pointRole', 'measured, reference or ceiling'),
    correctness: u8('enum:correctness', 'unchecked, right or wrong'),
    isNoisy: u8('number', '1 when the samples spread so much that the median says little'),
    x: f64('number', 'place on the axis that is swept: side, block size, batch, streams, bytes or launches'),
    medianNs: f64('durationNs', 'of one launch, with warm caches'),
    minNs: f64('durationNs', 'shortest sample'),
    spreadRatio: f64('number', 'distance of the quartiles over the median'),
    coldNs: f64('durationNs', 'median with caches swept before each sample'),
    sampleCount: u32('count', 'samples'),
    errorMax: f64('number', 'largest relative error against the reference'),
    flops: f64('number', 'floating-point operations of one launch'),
    bytes: f64('bytes', 'least memory traffic of one launch'),
    flopsPerSec: f64('number', 'flops over the median'),
    bytesPerSec: f64('number', 'bytes over the median'),
    referenceRatio: f64('number', 'median of the reference at the same x over this median'),
    ceilingRatio: f64(
      'number',
      'share of what the device can do at this ratio of flops to bytes, by the ceilings measured in the same run',
    ),
    threadsPerBlock: u32('count', 'threads of a block'),
    blockCount: f64('count', 'blocks of the grid'),
    registers: i32('count', 'registers a thread'),
    sharedBytes: i32('bytes', 'static and dynamic shared memory of a block'),
    occupancyRatio: f64('number', 'theoretical occupancy'),
    coreClockKhz: f64('number', 'core clock during the measurement'),
    temperatureC: f64('number', 'of the device during the measurement'),
    series: text('variant, allocator, kind of memory: what is compared at one x'),
    label: text('for people, such as 512 × 512 × 512'),
    precision: text('fp32, fp16 or empty'),
    kernel: text('name of the kernel as the timeline shows it'),
    limiter: text('what limits the theoretical occupancy: warps, blocks, registers, shared memory, barriers'),
    failure: text('why there is no result; empty when there is one'),
  }),
  pointMetric: table(
    26,
    'pointMetric',
    'vital',
    'event',
    'What hardware counters say of a point, measured in a pass of its own.',
    {
      timeNs: at('when it was measured'),
      experiment: f64('id', 'of its experiment'),
      index: u32('id', 'of the point'),
      value: f64('number', 'in the unit that the metric name ends with'),
      metric: text('such as achieved_occupancy_ratio, load_sectors_per_request, l2_hit_ratio, dram_read_bytes'),
    },
  ),
} as const;

export type Tables = typeof tables;
export type TableName = keyof Tables;

const byKind = new Map<number, Table>(Object.values(tables).map((each) => [each.kind, each]));

/** The table with this kind number, or undefined for one of a later version. */
export function tableOfKind(kind: number): Table | undefined {
  return byKind.get(kind);
}

export const TABLE_NAMES = Object.keys(tables) as TableName[];
