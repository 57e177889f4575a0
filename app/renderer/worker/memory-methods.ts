// What the window may ask the worker about memory. Moments are SessionNs; no moment is the newest one.

import type { AddressMap } from '../model/memory/address-map';
import type { SpaceGaps } from '../model/memory/gaps';
import type { Ledger } from '../model/memory/ledger';
import type { Mismatches } from '../model/memory/memory-log';
import type { TimeRange } from '../model/memory/moments';
import type { LiveBytesSeries } from '../model/memory/series';
import type { BlockOrder } from '../model/memory/sorted';
import type { Transferred } from './feature';

export interface SpaceLabel {
  /** enums.memoryKind */
  readonly kind: number;
  readonly device: number;
  /** undefined before the device's row. */
  readonly deviceName: string | undefined;
  /** A value of enums.deviceKind; undefined before the device's row. */
  readonly deviceKind: number | undefined;
  readonly source: number;
  /** Of the process; undefined before its row. */
  readonly pid: number | undefined;
}

export interface MemoryExtent {
  /** First operation. */
  readonly fromNs: number;
  /** Newest operation or health reading. */
  readonly toNs: number;
  readonly operationCount: number;
  readonly mismatches: Mismatches;
  /** Index is the number of the space. */
  readonly spaces: readonly SpaceLabel[];
  /** When the last process with memory rows ended; undefined while one runs or nobody knows. */
  readonly exitedNs: number | undefined;
}

/** Names a block for as long as the session is open. */
export interface BlockRef {
  readonly space: number;
  readonly address: number;
  readonly allocatedNs: number;
}

export interface BlockRow extends BlockRef {
  readonly bytes: number;
  /** undefined while nothing freed it. */
  readonly freedNs: number | undefined;
  /** The CUDA function; undefined when calls were not traced. */
  readonly call: string | undefined;
  readonly thread: number | undefined;
  /** Innermost NVTX range of the calling thread. */
  readonly range: string | undefined;
  /** Who allocated, or the name given to the allocation. */
  readonly library: string | undefined;
  readonly pool: { readonly address: number; readonly usedBytes: number } | undefined;
}

/** A piece of a long list. */
export interface PageOf {
  readonly order: BlockOrder;
  readonly isDescending: boolean;
  readonly firstRow: number;
  readonly rowCount: number;
}

export interface BlockPage {
  /** All blocks of the list, and their bytes. */
  readonly count: number;
  readonly bytes: number;
  readonly firstRow: number;
  readonly rows: readonly BlockRow[];
}

export interface KindTotals {
  /** enums.memoryKind; undefined is all together. */
  readonly kind: number | undefined;
  readonly liveBytes: number;
  readonly liveCount: number;
  readonly peakBytes: number;
  readonly peakNs: number;
}

export interface PoolRow {
  readonly space: number;
  readonly address: number;
  readonly usedBytes: number;
  readonly liveBytes: number;
  readonly liveCount: number;
}

export interface MemoryAt {
  readonly timeNs: number;
  readonly total: KindTotals;
  /** Kinds that ever had a block. */
  readonly kinds: readonly KindTotals[];
  readonly gaps: readonly SpaceGaps[];
  readonly pools: readonly PoolRow[];
  /** When a page was asked for. */
  readonly live: BlockPage | undefined;
}

export interface MemoryMap {
  readonly timeNs: number;
  readonly map: AddressMap;
  /** Of the map's blocks, one entry each. */
  readonly space: Uint16Array<ArrayBuffer>;
  readonly address: Float64Array<ArrayBuffer>;
  readonly bytes: Float64Array<ArrayBuffer>;
  readonly allocatedNs: Float64Array<ArrayBuffer>;
  /** NaN of a live block. */
  readonly freedNs: Float64Array<ArrayBuffer>;
}

export interface LedgerAt extends Ledger {
  /** Whether CUDA memory is part of RAM; undefined when the device or the RAM is not known yet. */
  readonly isUnified: boolean | undefined;
  /** Of the reading it is made from. */
  readonly readNs: number | undefined;
}

export interface RangeName {
  readonly name: string;
  readonly count: number;
}

interface Moment {
  readonly timeNs?: number;
  /** Only this space. */
  readonly space?: number;
}

export type MemoryMethods = {
  'memory/extent'(params: Record<string, never>): MemoryExtent;
  'memory/at'(params: Moment & { readonly page?: PageOf }): MemoryAt;
  'memory/map'(
    params: Moment & { readonly widthPx: number; readonly heightPx: number; readonly hasFreed: boolean },
  ): Transferred<MemoryMap>;
  'memory/block'(params: BlockRef): BlockRow | undefined;
  'memory/series'(params: TimeRange & { readonly widthPx: number }): Transferred<LiveBytesSeries>;
  'memory/never-freed'(params: { readonly space?: number; readonly page: PageOf }): BlockPage;
  /** Allocations in the ranges, or while an NVTX range of this name was open. */
  'memory/inside'(params: {
    readonly ranges: readonly TimeRange[];
    readonly rangeName?: string;
    readonly space?: number;
    readonly page: PageOf;
  }): BlockPage;
  /** The most frequent first. */
  'memory/range-names'(params: Record<string, never>): readonly RangeName[];
  'memory/ledger'(params: { readonly timeNs?: number }): LedgerAt;
};

/** How the panel asks: WorkerClient's request. */
export type AskMemory = <N extends keyof MemoryMethods>(
  method: N,
  params: Parameters<MemoryMethods[N]>[0],
) => Promise<MemoryAnswer<N>>;

export type MemoryAnswer<N extends keyof MemoryMethods> =
  ReturnType<MemoryMethods[N]> extends Transferred<infer T> ? T : ReturnType<MemoryMethods[N]>;
