// Allocations and frees in order of time, and the blocks they make. A block is an allocation and its free: same source, device and
// kind (together a space), same address. Questions about a past moment (moments.ts) start at the checkpoint before it:
//
//   operations  a a a f a f a a f ...          each names its block
//   checkpoints |        |        |            live blocks, totals and pools at that place
//
// A late row goes back to the checkpoint before its place, and the rest is derived again.

import { enums } from '../../../../shared/model/enums';
import type { WindowColumnsOf } from '../../../../shared/window/columns';
import { GrowingColumns } from './growing-columns';
import { rowAfter, rowFrom, TimeSortedRows } from './time-sorted-rows';
import { slotOfKind, Totals } from './totals';

/** One kind of memory of one device in one process. */
export interface Space {
  readonly source: number;
  readonly device: number;
  /** enums.memoryKind */
  readonly kind: number;
}

export interface Pool {
  readonly space: number;
  /** 0 when the driver did not say. */
  readonly address: number;
}

/** What does not fit in the rows: some were lost, or tracing began in the middle. */
export interface Mismatches {
  readonly freeWithoutAllocation: number;
  /** An allocation where a block lives closes that block. */
  readonly allocationOverLive: number;
}

export interface Checkpoint {
  readonly operationCount: number;
  readonly blockCount: number;
  /** Blocks, in no order. */
  readonly live: Uint32Array;
  readonly totals: Totals;
  /** The last operation of each pool; undefined before its first. */
  readonly poolLast: readonly (number | undefined)[];
  readonly mismatches: Mismatches;
}

const OPERATION_TYPES = {
  timeNs: 'f64',
  address: 'f64',
  bytes: 'f64',
  poolUsedBytes: 'f64',
  correlation: 'u32',
  library: 'u32',
  pool: 'u32', // 0 outside pools
  space: 'u16',
  operation: 'u8',
} as const;
/** What an operation did, one row each. */
const EFFECT_TYPES = { deltaBytes: 'f64', block: 'u32', deltaCount: 'i32' } as const;
/** The operations of a block. */
const BLOCK_TYPES = { allocatedBy: 'u32', freedBy: 'u32' } as const;

/** Of freedBy: still live. Of block: a free without an allocation. */
export const NONE = 0xffffffff;

/** Operations between checkpoints: at least so many, and as many as there are live blocks, so that they never outgrow the log. */
const CHECKPOINT_OPERATIONS_MIN = 4096;

const START: Checkpoint = {
  operationCount: 0,
  blockCount: 0,
  live: new Uint32Array(0),
  totals: new Totals(),
  poolLast: [],
  mismatches: { freeWithoutAllocation: 0, allocationOverLive: 0 },
};

export class MemoryLog {
  readonly spaces: Space[] = [];
  /** Pool 0 is none. */
  readonly pools: Pool[] = [{ space: 0, address: 0 }];
  private readonly rows = new TimeSortedRows(OPERATION_TYPES);
  private readonly effectRows = new GrowingColumns(EFFECT_TYPES);
  private readonly blockRows = new GrowingColumns(BLOCK_TYPES);
  private readonly spaceIndex = new Map<string, number>();
  private readonly poolIndex = new Map<string, number>();
  private readonly checkpoints: Checkpoint[] = [START];
  /** Live blocks by address, of each space. */
  private live: (Map<number, number> | undefined)[] = [];
  private liveCount = 0;
  private totals = new Totals();
  private poolLast: (number | undefined)[] = [];
  private freeWithoutAllocation = 0;
  private allocationOverLive = 0;

  /** Takes rows of one source; they may come somewhat out of order. */
  append(source: number, rowCount: number, rows: WindowColumnsOf<'memory'>): void {
    const first = this.rows.add(rowCount);
    const { columns } = this.rows;
    for (let row = 0; row < rowCount; row++) {
      const at = first + row;
      const space = this.spaceOf(source, rows.device[row], rows.kind[row]);
      columns.timeNs[at] = rows.timeNs[row];
      columns.address[at] = rows.address[row];
      columns.bytes[at] = rows.bytes[row];
      columns.poolUsedBytes[at] = rows.poolUsedBytes[row];
      columns.correlation[at] = rows.correlation[row];
      columns.library[at] = rows.library[row];
      columns.operation[at] = rows.operation[row];
      columns.space[at] = space;
      columns.pool[at] = rows.isPool[row] === 0 ? 0 : this.poolOf(space, rows.poolAddress[row]);
    }
  }

  get operationCount(): number {
    return this.rows.rowCount;
  }

  get blockCount(): number {
    this.settle();
    return this.blockRows.rowCount;
  }

  /** In order of time. Not held across append(). */
  get operations() {
    this.settle();
    return this.rows.columns;
  }

  get effects() {
    this.settle();
    return this.effectRows.columns;
  }

  /** In order of allocation. */
  get blocks() {
    this.settle();
    return this.blockRows.columns;
  }

  get mismatches(): Mismatches {
    this.settle();
    return { freeWithoutAllocation: this.freeWithoutAllocation, allocationOverLive: this.allocationOverLive };
  }

  /** How many operations had happened up to and including this moment. */
  operationsUntil(timeNs: number): number {
    return rowAfter(this.operations.timeNs, this.rows.rowCount, timeNs);
  }

  /** How many operations had happened before this moment. */
  operationsBefore(timeNs: number): number {
    return rowFrom(this.operations.timeNs, this.rows.rowCount, timeNs);
  }

  /** The last checkpoint at or before the first `operationCount` operations. */
  checkpointBefore(operationCount: number): Checkpoint {
    this.settle();
    let low = 0;
    let high = this.checkpoints.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.checkpoints[middle].operationCount <= operationCount) low = middle;
      else high = middle - 1;
    }
    return this.checkpoints[low];
  }

  private spaceOf(source: number, device: number, kind: number): number {
    return indexOf(this.spaceIndex, `${source} ${device} ${kind}`, this.spaces, () => ({ source, device, kind }));
  }

  private poolOf(space: number, address: number): number {
    return indexOf(this.poolIndex, `${space} ${address}`, this.pools, () => ({ space, address }));
  }

  private settle(): void {
    const derivedCount = this.effectRows.rowCount;
    const from = this.rows.settle();
    if (from < derivedCount) this.goBack(from);
    const first = this.effectRows.rowCount;
    if (first === this.rows.rowCount) return;
    this.effectRows.add(this.rows.rowCount - first);
    for (let operation = first; operation < this.rows.rowCount; operation++) this.derive(operation);
  }

  private goBack(operation: number): void {
    const kept = this.checkpointBefore(operation);
    this.checkpoints.length = this.checkpoints.indexOf(kept) + 1;
    this.effectRows.truncate(kept.operationCount);
    this.blockRows.truncate(kept.blockCount);
    this.live = [];
    this.liveCount = kept.live.length;
    for (const block of kept.live) {
      this.blockRows.columns.freedBy[block] = NONE;
      const allocation = this.blockRows.columns.allocatedBy[block];
      this.liveOf(this.rows.columns.space[allocation]).set(this.rows.columns.address[allocation], block);
    }
    this.totals = kept.totals.copy();
    this.poolLast = [...kept.poolLast];
    this.freeWithoutAllocation = kept.mismatches.freeWithoutAllocation;
    this.allocationOverLive = kept.mismatches.allocationOverLive;
  }

  private derive(operation: number): void {
    const { columns } = this.rows;
    const space = columns.space[operation];
    const live = this.liveOf(space);
    const before = live.get(columns.address[operation]);
    const closedBytes = before === undefined ? 0 : columns.bytes[this.blockRows.columns.allocatedBy[before]];
    if (before !== undefined) this.blockRows.columns.freedBy[before] = operation;

    const isAllocation = columns.operation[operation] === enums.memoryOperation.allocate;
    let block = before ?? NONE;
    if (isAllocation) {
      if (before !== undefined) this.allocationOverLive += 1;
      block = this.blockRows.add(1);
      this.blockRows.columns.allocatedBy[block] = operation;
      this.blockRows.columns.freedBy[block] = NONE;
      live.set(columns.address[operation], block);
    } else if (before === undefined) this.freeWithoutAllocation += 1;
    else live.delete(columns.address[operation]);

    const deltaBytes = (isAllocation ? columns.bytes[operation] : 0) - closedBytes;
    const deltaCount = (isAllocation ? 1 : 0) - (before === undefined ? 0 : 1);
    const effects = this.effectRows.columns;
    effects.deltaBytes[operation] = deltaBytes;
    effects.deltaCount[operation] = deltaCount;
    effects.block[operation] = block;
    this.liveCount += deltaCount;
    this.totals.change(slotOfKind(this.spaces[space].kind), deltaBytes, deltaCount, columns.timeNs[operation]);
    if (columns.pool[operation] !== 0) this.poolLast[columns.pool[operation]] = operation;
    this.keepCheckpoint(operation + 1);
  }

  private keepCheckpoint(operationCount: number): void {
    const since = operationCount - this.checkpoints[this.checkpoints.length - 1].operationCount;
    if (since < CHECKPOINT_OPERATIONS_MIN || since < this.liveCount) return;
    const live = new Uint32Array(this.liveCount);
    let filled = 0;
    for (const blocks of this.live) for (const block of blocks?.values() ?? []) live[filled++] = block;
    this.checkpoints.push({
      operationCount,
      blockCount: this.blockRows.rowCount,
      live,
      totals: this.totals.copy(),
      poolLast: [...this.poolLast],
      mismatches: {
        freeWithoutAllocation: this.freeWithoutAllocation,
        allocationOverLive: this.allocationOverLive,
      },
    });
  }

  private liveOf(space: number): Map<number, number> {
    const known = this.live[space];
    if (known) return known;
    const made = new Map<number, number>();
    this.live[space] = made;
    return made;
  }
}

function indexOf<T>(index: Map<string, number>, key: string, list: T[], make: () => T): number {
  let found = index.get(key);
  if (found === undefined) {
    found = list.push(make()) - 1;
    index.set(key, found);
  }
  return found;
}
