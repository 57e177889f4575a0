// What a memory log says about a moment or a stretch of time: which blocks lived, how much, in which pools.

import { enums } from '../../../../shared/model/enums';
import { type MemoryLog, NONE, type Space } from './memory-log';
import { slotOfKind, type Totals } from './totals';

/** SessionNs, [fromNs, toNs). */
export interface TimeRange {
  readonly fromNs: number;
  readonly toNs: number;
}

export interface Block {
  readonly space: Space;
  readonly address: number;
  readonly bytes: number;
  readonly allocatedNs: number;
  /** undefined while it lives. */
  readonly freedNs: number | undefined;
  /** Of the allocating call; 0 when there is none. */
  readonly correlation: number;
  /** String of the source; 0 when unknown. */
  readonly library: number;
  /** Index of the log's pools; 0 outside pools. */
  readonly pool: number;
}

/** One block, to show it. */
export function blockOf(log: MemoryLog, block: number): Block {
  const { operations, blocks } = log;
  const allocation = blocks.allocatedBy[block];
  const freedBy = blocks.freedBy[block];
  return {
    space: log.spaces[operations.space[allocation]],
    address: operations.address[allocation],
    bytes: operations.bytes[allocation],
    allocatedNs: operations.timeNs[allocation],
    freedNs: freedBy === NONE ? undefined : operations.timeNs[freedBy],
    correlation: operations.correlation[allocation],
    library: operations.library[allocation],
    pool: operations.pool[allocation],
  };
}

/** Freed blocks go back so far from a moment, and no further, however many operations were traced. */
const FREED_COUNT_MAX = 4096;
const FREED_OPERATIONS_MAX = 65_536;

export interface BlocksAt {
  /** Blocks that live at the moment. */
  readonly live: Uint32Array;
  /** Those freed before it, the latest first; of those at one address the latest only. */
  readonly freed: Uint32Array;
}

/** Live and recently freed blocks after all operations up to and including timeNs. */
export function blocksAt(log: MemoryLog, timeNs: number): BlocksAt {
  const operationCount = log.operationsUntil(timeNs);
  return { live: liveAfter(log, operationCount), freed: freedBefore(log, operationCount) };
}

function liveAfter(log: MemoryLog, operationCount: number): Uint32Array {
  const { allocatedBy, freedBy } = log.blocks;
  const { blockCount } = log;
  const checkpoint = log.checkpointBefore(operationCount);
  const live: number[] = [];
  for (const block of checkpoint.live) if (freedBy[block] >= operationCount) live.push(block);
  for (let block = checkpoint.blockCount; block < blockCount && allocatedBy[block] < operationCount; block++) {
    if (freedBy[block] >= operationCount) live.push(block);
  }
  return Uint32Array.from(live);
}

function freedBefore(log: MemoryLog, operationCount: number): Uint32Array {
  const { operations, effects } = log;
  const seen: Set<number>[] = log.spaces.map(() => new Set());
  const freed: number[] = [];
  const last = Math.max(0, operationCount - FREED_OPERATIONS_MAX);
  for (let at = operationCount - 1; at >= last && freed.length < FREED_COUNT_MAX; at--) {
    if (operations.operation[at] !== enums.memoryOperation.free || effects.block[at] === NONE) continue;
    const seenHere = seen[operations.space[at]];
    if (seenHere.has(operations.address[at])) continue;
    seenHere.add(operations.address[at]);
    freed.push(effects.block[at]);
  }
  return Uint32Array.from(freed);
}

/** Live bytes, blocks and peaks by kind after all operations up to and including timeNs. */
export function totalsAt(log: MemoryLog, timeNs: number): Totals {
  const operationCount = log.operationsUntil(timeNs);
  const checkpoint = log.checkpointBefore(operationCount);
  const totals = checkpoint.totals.copy();
  const { operations, effects } = log;
  const slots = slotsOf(log);
  for (let at = checkpoint.operationCount; at < operationCount; at++) {
    totals.change(slots[operations.space[at]], effects.deltaBytes[at], effects.deltaCount[at], operations.timeNs[at]);
  }
  return totals;
}

/** The slot of each space. */
export const slotsOf = (log: MemoryLog) => Uint8Array.from(log.spaces, ({ kind }) => slotOfKind(kind));

/** Blocks that nothing freed until the newest row. */
export function neverFreed(log: MemoryLog): Uint32Array {
  return liveAfter(log, log.operationCount);
}

/** Blocks allocated in any of the ranges, in order of time. A block in two ranges is there once. */
export function insideRanges(log: MemoryLog, ranges: readonly TimeRange[]): Uint32Array {
  const { operations, effects } = log;
  const inside: number[] = [];
  let at = 0;
  for (const { fromNs, toNs } of ranges.toSorted((left, right) => left.fromNs - right.fromNs)) {
    at = Math.max(at, log.operationsBefore(fromNs));
    const end = log.operationsBefore(toNs);
    for (; at < end; at++) {
      if (operations.operation[at] === enums.memoryOperation.allocate) inside.push(effects.block[at]);
    }
  }
  return Uint32Array.from(inside);
}

export interface PoolAt {
  /** Index of the log's pools. */
  readonly pool: number;
  /** As the driver counted after the pool's last operation. */
  readonly usedBytes: number;
  readonly liveBytes: number;
  readonly liveCount: number;
}

/** Pools that were used up to and including timeNs. */
export function poolsAt(log: MemoryLog, timeNs: number): PoolAt[] {
  const operationCount = log.operationsUntil(timeNs);
  const checkpoint = log.checkpointBefore(operationCount);
  const { operations, blocks } = log;
  const last = [...checkpoint.poolLast];
  for (let at = checkpoint.operationCount; at < operationCount; at++) {
    if (operations.pool[at] !== 0) last[operations.pool[at]] = at;
  }
  const liveBytes = new Float64Array(log.pools.length);
  const liveCount = new Float64Array(log.pools.length);
  for (const block of liveAfter(log, operationCount)) {
    const allocation = blocks.allocatedBy[block];
    liveBytes[operations.pool[allocation]] += operations.bytes[allocation];
    liveCount[operations.pool[allocation]] += 1;
  }
  return last.flatMap((operation, pool) => {
    if (operation === undefined) return [];
    const usedBytes = operations.poolUsedBytes[operation];
    return [{ pool, usedBytes, liveBytes: liveBytes[pool], liveCount: liveCount[pool] }];
  });
}
