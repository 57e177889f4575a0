// The worker's memory map: takes rows of memory, calls, ranges, names, devices and RAM, and answers the questions of memory-methods.ts.

import { enums } from '../../../shared/model/enums';
import type { WindowPacket } from '../../../shared/window/columns';
import { type AddressMap, layOutAddressMap } from '../model/memory/address-map';
import { CallIndex } from '../model/memory/call-index';
import { gapsOf, type SpaceGaps } from '../model/memory/gaps';
import { MemoryLog, NONE } from '../model/memory/memory-log';
import {
  type BlocksAt,
  blockOf,
  blocksAt,
  insideRanges,
  neverFreed,
  poolsAt,
  slotsOf,
  type TimeRange,
  totalsAt,
} from '../model/memory/moments';
import { RangeIndex } from '../model/memory/range-index';
import { liveBytesSeries } from '../model/memory/series';
import { sortedBy, sortedByAddress } from '../model/memory/sorted';
import { ALL, type Totals } from '../model/memory/totals';
import { Transferred, type WorkerFeature } from './feature';
import { MemoryMachine } from './memory-machine';
import type {
  BlockPage,
  BlockRef,
  BlockRow,
  KindTotals,
  MemoryAt,
  MemoryExtent,
  MemoryMap,
  MemoryMethods,
  PageOf,
  RangeName,
} from './memory-methods';

/** Where neither the device's memory nor RAM is known, a hole this large separates two regions. */
const BREAK_BYTES = 2 ** 40;
const RANGE_NAMES_MAX = 500;
/** A range's name and end may come after the allocations in it. */
const CHANGES_LISTS: ReadonlySet<WindowPacket['table']> = new Set(['memory', 'range', 'string']);

/** Owns everything it keeps. Give it to serveFeatures. */
export class MemoryFeature implements WorkerFeature<MemoryMethods> {
  private readonly log = new MemoryLog();
  private readonly calls = new CallIndex();
  private readonly ranges = new RangeIndex();
  private readonly machine = new MemoryMachine();
  /** Counts packets that change which blocks there are; lists of blocks from before are stale. */
  private revision = 0;
  private readonly moments = new Last<BlocksAt>();
  private readonly gaps = new Last<SpaceGaps[]>();
  private readonly orders = new Last<Uint32Array>();

  append(packet: WindowPacket): void {
    const { source, rowCount } = packet;
    if (packet.table === 'memory') {
      this.log.append(source, rowCount, packet.columns);
      this.calls.want(source, packet.columns.correlation, rowCount);
    } else if (packet.table === 'api') this.calls.append(source, rowCount, packet.columns);
    else if (packet.table === 'range') this.ranges.append(source, rowCount, packet.columns);
    else this.machine.append(packet);
    if (CHANGES_LISTS.has(packet.table)) this.revision += 1;
  }

  readonly methods: MemoryMethods = {
    'memory/extent': () => this.extent(),
    'memory/at': ({ timeNs = this.newestNs(), space, page }) => this.at(timeNs, space, page),
    'memory/map': ({ timeNs = this.newestNs(), space, widthPx, heightPx, hasFreed }) => {
      const { live, freed } = this.moment(timeNs);
      const blocks = hasFreed ? joined(freed, live) : live;
      return this.map(timeNs, this.only(blocks, space), widthPx, heightPx);
    },
    'memory/block': (ref) => {
      const block = this.find(ref);
      return block === undefined ? undefined : this.row(block, this.newestNs());
    },
    'memory/series': ({ fromNs, toNs, widthPx }) => {
      const series = liveBytesSeries(this.log, { fromNs, toNs }, widthPx);
      return new Transferred(
        series,
        [series.lowBytes, ...series.liveBytes].map(({ buffer }) => buffer),
      );
    },
    'memory/never-freed': ({ space, page }) => {
      return this.page(`never ${space}`, page, this.newestNs(), () => this.only(neverFreed(this.log), space));
    },
    'memory/inside': ({ ranges, rangeName, space, page }) => {
      const key = `inside ${space} ${rangeName} ${JSON.stringify(ranges)}`;
      return this.page(key, page, this.newestNs(), () => this.only(this.inside(ranges, rangeName), space));
    },
    'memory/range-names': () => this.rangeNames(),
    'memory/ledger': ({ timeNs = this.newestNs() }) => {
      const isTraced = this.log.operationCount > 0;
      return this.machine.ledgerAt(timeNs, isTraced ? totalsAt(this.log, timeNs).liveBytes[ALL] : undefined);
    },
  };

  private newestNs(): number {
    const { operationCount, operations } = this.log;
    const lastNs = operationCount === 0 ? 0 : operations.timeNs[operationCount - 1];
    return Math.max(lastNs, this.machine.newestNs);
  }

  private extent(): MemoryExtent {
    const { log, machine } = this;
    const exits = log.spaces.map(({ source }) => machine.exitedNs(source));
    const isOver = exits.length > 0 && exits.every((each) => each !== undefined);
    return {
      fromNs: log.operationCount === 0 ? 0 : log.operations.timeNs[0],
      toNs: this.newestNs(),
      operationCount: log.operationCount,
      mismatches: log.mismatches,
      spaces: log.spaces.map(({ source, device, kind }) => {
        const { name: deviceName, kind: deviceKind } = machine.device(source, device) ?? {};
        return { kind, device, deviceName, deviceKind, source, pid: machine.pidOf(source) };
      }),
      exitedNs: isOver ? Math.max(...exits) : undefined,
    };
  }

  private at(timeNs: number, space: number | undefined, page: PageOf | undefined): MemoryAt {
    const { live } = this.moment(timeNs);
    const totals = totalsAt(this.log, timeNs);
    const kinds = [...new Set(slotsOf(this.log))].sort((left, right) => left - right);
    return {
      timeNs,
      total: { ...kindTotals(totals, ALL), kind: undefined },
      kinds: kinds.map((kind) => kindTotals(totals, kind)),
      gaps: this.gaps.get(`${this.revision} ${timeNs}`, () => {
        return gapsOf(this.log, sortedByAddress(this.log, live), (each) => this.breakBytes(each, timeNs));
      }),
      pools: poolsAt(this.log, timeNs).map(({ pool, ...rest }) => ({ ...this.log.pools[pool], ...rest })),
      live: page && this.page(`at ${timeNs} ${space}`, page, timeNs, () => this.only(live, space)),
    };
  }

  private breakBytes(space: number, timeNs: number): number {
    const { source, device, kind } = this.log.spaces[space];
    const isHost = kind === enums.memoryKind.pageable || kind === enums.memoryKind.pinned;
    const ramBytes = this.machine.ramBytes('totalBytes', timeNs);
    const memoryBytes = this.machine.device(source, device)?.memoryBytes;
    return (isHost ? ramBytes : memoryBytes || ramBytes) ?? BREAK_BYTES;
  }

  private map(timeNs: number, unsorted: Uint32Array, widthPx: number, heightPx: number): Transferred<MemoryMap> {
    const { operations, blocks: rows } = this.log;
    const blocks = sortedByAddress(this.log, unsorted);
    const space = new Uint16Array(blocks.length);
    const address = new Float64Array(blocks.length);
    const bytes = new Float64Array(blocks.length);
    const allocatedNs = new Float64Array(blocks.length);
    const freedNs = new Float64Array(blocks.length);
    const isLive = new Uint8Array(blocks.length);
    const ageNs = new Float64Array(blocks.length);
    for (const [at, block] of blocks.entries()) {
      const allocation = rows.allocatedBy[block];
      space[at] = operations.space[allocation];
      address[at] = operations.address[allocation];
      bytes[at] = operations.bytes[allocation];
      allocatedNs[at] = operations.timeNs[allocation];
      const isFreed = rows.freedBy[block] !== NONE && operations.timeNs[rows.freedBy[block]] <= timeNs;
      freedNs[at] = isFreed ? operations.timeNs[rows.freedBy[block]] : Number.NaN;
      isLive[at] = isFreed ? 0 : 1;
      ageNs[at] = timeNs - (isFreed ? freedNs[at] : allocatedNs[at]);
    }
    const map = layOutAddressMap({ section: space, address, bytes, isLive, ageNs }, widthPx, heightPx);
    const columns = [space, address, bytes, allocatedNs, freedNs].map(({ buffer }) => buffer);
    const value = { timeNs, map, space, address, bytes, allocatedNs, freedNs };
    return new Transferred(value, [...columns, ...mapBuffers(map)]);
  }

  private moment(timeNs: number): BlocksAt {
    return this.moments.get(`${this.revision} ${timeNs}`, () => blocksAt(this.log, timeNs));
  }

  private only(blocks: Uint32Array, space: number | undefined): Uint32Array {
    if (space === undefined) return blocks;
    const { operations, blocks: rows } = this.log;
    return blocks.filter((block) => operations.space[rows.allocatedBy[block]] === space);
  }

  private inside(ranges: readonly TimeRange[], rangeName: string | undefined): Uint32Array {
    if (rangeName === undefined) return insideRanges(this.log, ranges);
    const sources = [...this.ranges.names.keys()];
    const inSource = sources.flatMap((source) => {
      const times = this.machine.idsOf(source, rangeName).flatMap((name) => this.ranges.timesOf(source, name));
      const blocks = insideRanges(this.log, times);
      return [...blocks].filter((block) => blockOf(this.log, block).space.source === source);
    });
    return Uint32Array.from(inSource);
  }

  private rangeNames(): RangeName[] {
    const counts = new Map<string, number>();
    for (const [source, names] of this.ranges.names) {
      for (const [id, count] of names) {
        const name = this.machine.textOf(source, id);
        if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + count);
      }
    }
    const sorted = [...counts].sort(([, left], [, right]) => right - left);
    return sorted.slice(0, RANGE_NAMES_MAX).map(([name, count]) => ({ name, count }));
  }

  private page(key: string, page: PageOf, timeNs: number, list: () => Uint32Array): BlockPage {
    const { order, isDescending, firstRow, rowCount } = page;
    const sorted = this.orders.get(`${this.revision} ${key} ${order} ${isDescending}`, () => {
      return sortedBy(this.log, list(), order, isDescending);
    });
    const { operations, blocks } = this.log;
    const rows = Array.from(sorted.subarray(firstRow, firstRow + rowCount), (block) => this.row(block, timeNs));
    const bytes = sorted.reduce((sum, block) => sum + operations.bytes[blocks.allocatedBy[block]], 0);
    return { count: sorted.length, bytes, firstRow, rows };
  }

  private find({ space, address, allocatedNs }: BlockRef): number | undefined {
    const { operations, effects } = this.log;
    const end = this.log.operationsUntil(allocatedNs);
    for (let at = this.log.operationsBefore(allocatedNs); at < end; at++) {
      const isAllocation = operations.operation[at] === enums.memoryOperation.allocate;
      if (isAllocation && operations.address[at] === address && operations.space[at] === space)
        return effects.block[at];
    }
    return undefined;
  }

  private row(block: number, timeNs: number): BlockRow {
    const { operations, blocks } = this.log;
    const { space, address, bytes, allocatedNs, freedNs, correlation, library, pool } = blockOf(this.log, block);
    const allocation = blocks.allocatedBy[block];
    const call = this.calls.find(space.source, correlation);
    const range = call && this.ranges.find(space.source, call.thread, call.startNs);
    return {
      space: operations.space[allocation],
      address,
      bytes,
      allocatedNs,
      freedNs: freedNs !== undefined && freedNs <= timeNs ? freedNs : undefined,
      call: this.machine.textOf(space.source, call?.name),
      thread: call?.thread,
      range: this.machine.textOf(space.source, range),
      library: this.machine.textOf(space.source, library),
      pool:
        pool === 0
          ? undefined
          : { address: this.log.pools[pool].address, usedBytes: operations.poolUsedBytes[allocation] },
    };
  }
}

/** Keeps the last thing that was derived, for as long as its key stays the same. */
class Last<T> {
  private key: string | undefined;
  private value: T | undefined;

  get(key: string, derive: () => T): T {
    if (this.key === key && this.value !== undefined) return this.value;
    this.value = derive();
    this.key = key;
    return this.value;
  }
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const both = new Uint32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function kindTotals({ liveBytes, liveCount, peakBytes, peakNs }: Totals, slot: number): KindTotals {
  return {
    kind: slot,
    liveBytes: liveBytes[slot],
    liveCount: liveCount[slot],
    peakBytes: peakBytes[slot],
    peakNs: peakNs[slot],
  };
}

function mapBuffers({ xPx, yPx, rectWidthPx, rectHeightPx, block, isLive, recencyRatio }: AddressMap): ArrayBuffer[] {
  return [xPx, yPx, rectWidthPx, rectHeightPx, block, isLive, recencyRatio].map(({ buffer }) => buffer);
}
