// The slow twin of the memory log: all operations in a list, everything worked out from the beginning each time.

import { enums } from '../../../../shared/model/enums';
import type { Operation } from './memory-rows';

export interface SlowBlock {
  readonly key: string;
  readonly address: number;
  readonly bytes: number;
  readonly kind: number;
  readonly pool: number | undefined;
  readonly allocatedNs: number;
  freedNs: number | undefined;
}

export interface SlowMoment {
  readonly live: readonly SlowBlock[];
  /** The latest first, one an address of a space. */
  readonly freed: readonly SlowBlock[];
  readonly liveBytes: Map<number, number>;
  readonly peakBytes: number;
  readonly poolUsedBytes: Map<number, number>;
  readonly freeWithoutAllocation: number;
  readonly allocationOverLive: number;
}

const placeOf = ({ source, device, kind, address }: Operation) => `${source} ${device} ${kind} ${address}`;

/** @param operations in any order; those of one moment count in the order given */
export function slowMoment(operations: readonly Operation[], timeNs: number): SlowMoment {
  const live = new Map<string, SlowBlock>();
  const freed: SlowBlock[] = [];
  const poolUsedBytes = new Map<number, number>();
  let peakBytes = 0;
  let freeWithoutAllocation = 0;
  let allocationOverLive = 0;
  for (const each of operations.toSorted((left, right) => left.timeNs - right.timeNs)) {
    if (each.timeNs > timeNs) break;
    const key = placeOf(each);
    const before = live.get(key);
    live.delete(key);
    if (each.pool !== undefined) poolUsedBytes.set(each.pool, each.poolUsedBytes ?? 0);
    if (each.operation === 'free') {
      if (before) freed.unshift({ ...before, freedNs: each.timeNs });
      else freeWithoutAllocation += 1;
    } else {
      if (before) allocationOverLive += 1;
      live.set(key, {
        key,
        address: each.address,
        bytes: each.bytes ?? 0,
        kind: enums.memoryKind[each.kind ?? 'device'],
        pool: each.pool,
        allocatedNs: each.timeNs,
        freedNs: undefined,
      });
    }
    peakBytes = Math.max(
      peakBytes,
      [...live.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }
  const liveBytes = new Map<number, number>();
  for (const { kind, bytes } of live.values()) liveBytes.set(kind, (liveBytes.get(kind) ?? 0) + bytes);
  const latest = freed.filter(({ key }, at) => freed.findIndex((other) => other.key === key) === at);
  return {
    live: [...live.values()],
    freed: latest,
    liveBytes,
    peakBytes,
    poolUsedBytes,
    freeWithoutAllocation,
    allocationOverLive,
  };
}
