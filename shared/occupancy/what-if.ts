// What-if curves: the occupancy of one launch while one of its numbers moves and all others stay.

import type { LaunchShape } from './allocation';
import {
  BLOCK_THREADS_MAX,
  type ComputeLimits,
  STATIC_SHARED_BYTES_MAX,
  THREAD_REGISTERS_MAX,
  WARP_THREADS,
} from './limits';
import { deriveOccupancy, limitingResources, type Resource } from './occupancy';

export interface WhatIfPoint {
  /** Registers, threads or bytes: what the curve moves. */
  readonly value: number;
  readonly blocksPerSm: number;
  readonly activeWarps: number;
  readonly occupancyRatio: number;
  /** Empty when the launch is impossible. */
  readonly limiting: readonly Resource[];
}

function pointAt(limits: ComputeLimits, shape: LaunchShape, value: number): WhatIfPoint {
  const occupancy = deriveOccupancy(limits, shape);
  const { blocksPerSm, activeWarps, occupancyRatio } = occupancy;
  const limiting = blocksPerSm === 0 ? [] : limitingResources(occupancy);
  return { value, blocksPerSm, activeWarps, occupancyRatio, limiting };
}

function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

/** Over 1 to 255 registers a thread. */
export function registerCurve(limits: ComputeLimits, shape: LaunchShape): WhatIfPoint[] {
  return steps(1, THREAD_REGISTERS_MAX, 1).map((registersPerThread) =>
    pointAt(limits, { ...shape, registersPerThread }, registersPerThread),
  );
}

/**
 * Over whole warps, 32 to 1024 threads a block. `dynamicSharedBytesOf` says how the dynamic shared memory follows the block, for
 * kernels whose tile grows with it; without it, it stays.
 */
export function blockCurve(
  limits: ComputeLimits,
  shape: LaunchShape,
  dynamicSharedBytesOf: (threadsPerBlock: number) => number = () => shape.dynamicSharedBytes,
): WhatIfPoint[] {
  return steps(WARP_THREADS, BLOCK_THREADS_MAX, WARP_THREADS).map((threadsPerBlock) => {
    const dynamicSharedBytes = dynamicSharedBytesOf(threadsPerBlock);
    return pointAt(limits, { ...shape, threadsPerBlock, dynamicSharedBytes }, threadsPerBlock);
  });
}

/** Over the shared memory of a block, from none to the most it may have, in the unit in which it is given. All of it is dynamic above 48 KiB. */
export function sharedMemoryCurve(limits: ComputeLimits, shape: LaunchShape): WhatIfPoint[] {
  return steps(0, limits.sharedBytesPerBlockMax, limits.sharedUnitBytes).map((bytes) => {
    const staticSharedBytes = Math.min(bytes, shape.staticSharedBytes, STATIC_SHARED_BYTES_MAX);
    const dynamicSharedBytes = bytes - staticSharedBytes;
    const moved = { ...shape, staticSharedBytes, dynamicSharedBytes, dynamicSharedBytesMax: undefined };
    return pointAt(limits, moved, bytes);
  });
}

/** The last point before `value` and the first after it at which the number of blocks changes: how much there is to lose or win. */
export function nearestChanges(
  curve: readonly WhatIfPoint[],
  value: number,
): { readonly below: WhatIfPoint | undefined; readonly above: WhatIfPoint | undefined } {
  const here = curve.findLast((point) => point.value <= value) ?? curve[0];
  const differs = (point: WhatIfPoint) => point.occupancyRatio !== here.occupancyRatio;
  return {
    below: curve.findLast((point) => point.value < here.value && differs(point)),
    above: curve.find((point) => point.value > here.value && differs(point)),
  };
}
