// Theoretical occupancy: how many blocks of a kernel an SM can hold at once, and which resource ends first. A prediction from sizes
// alone; it never says how well a kernel runs.

import {
  blocksByBarriers,
  blocksByRegisters,
  blocksBySharedMemory,
  blocksByWarps,
  chosenCarveoutBytes,
  type LaunchShape,
  registersPerBlock,
  sharedBytesAllocated,
  warpsPerBlock,
} from './allocation';
import { findLaunchFault, findMalformed } from './launch-fault';
import { type ComputeLimits, WARP_THREADS } from './limits';

export type Resource = 'warps' | 'blocks' | 'registers' | 'sharedMemory' | 'barriers';

export interface Limiter {
  readonly resource: Resource;
  /** How many blocks an SM could hold if this resource were the only one; undefined when it sets no limit. */
  readonly blocksPerSm: number | undefined;
  /** True when no other resource allows less. */
  readonly isLimiting: boolean;
}

export interface Occupancy {
  readonly computeCapability: string;
  readonly blocksPerSm: number;
  readonly activeWarps: number;
  readonly warpsMax: number;
  /** activeWarps / warpsMax, 0 to 1. */
  readonly occupancyRatio: number;
  /** All five resources; none when a number of the launch makes no sense. */
  readonly limiters: readonly Limiter[];
  readonly registersPerBlockAllocated: number;
  /** With the driver's part, rounded up to the unit. */
  readonly sharedBytesPerBlockAllocated: number;
  /** How much of the SM's memory is shared memory while this kernel runs; 0 when no block can be launched. */
  readonly carveoutBytes: number;
  /** One sentence when no block can be launched. */
  readonly impossible: string | undefined;
}

function deriveLimiters(limits: ComputeLimits, shape: LaunchShape): Limiter[] {
  const allowed: Record<Resource, number | undefined> = {
    warps: blocksByWarps(limits, shape),
    blocks: limits.blocksPerSmMax,
    registers: blocksByRegisters(limits, shape),
    sharedMemory: blocksBySharedMemory(limits, shape),
    barriers: blocksByBarriers(limits, shape),
  };
  const least = Math.min(...Object.values(allowed).filter((blocks) => blocks !== undefined));
  return (Object.keys(allowed) as Resource[]).map((resource) => {
    return { resource, blocksPerSm: allowed[resource], isLimiting: allowed[resource] === least };
  });
}

/** How many blocks of `shape` an SM holds, and why not more. Pure; an impossible launch has zero blocks and a reason. */
export function deriveOccupancy(limits: ComputeLimits, shape: LaunchShape): Occupancy {
  const warpsMax = limits.threadsPerSmMax / WARP_THREADS;
  const malformed = findMalformed(shape);
  if (malformed !== undefined) {
    return {
      computeCapability: limits.computeCapability,
      blocksPerSm: 0,
      activeWarps: 0,
      warpsMax,
      occupancyRatio: 0,
      limiters: [],
      registersPerBlockAllocated: 0,
      sharedBytesPerBlockAllocated: 0,
      carveoutBytes: 0,
      impossible: malformed,
    };
  }
  const limiters = deriveLimiters(limits, shape);
  const blocksPerSm = limiters.find(({ isLimiting }) => isLimiting)?.blocksPerSm ?? 0;
  const activeWarps = blocksPerSm * warpsPerBlock(shape);
  return {
    computeCapability: limits.computeCapability,
    blocksPerSm,
    activeWarps,
    warpsMax,
    occupancyRatio: activeWarps / warpsMax,
    limiters,
    registersPerBlockAllocated: registersPerBlock(shape),
    sharedBytesPerBlockAllocated: sharedBytesAllocated(limits, shape),
    carveoutBytes: blocksPerSm === 0 ? 0 : chosenCarveoutBytes(limits, shape),
    impossible: findLaunchFault(limits, shape),
  };
}

/** The resources that end first, such as `registers`. */
export function limitingResources({ limiters }: Occupancy): Resource[] {
  return limiters.filter(({ isLimiting }) => isLimiting).map(({ resource }) => resource);
}
