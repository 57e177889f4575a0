// What one block takes of an SM, and how many blocks each resource alone would hold. The arithmetic is that of NVIDIA's
// cuda_occupancy.h (CUDA 13.0); test/native/occupancy.test.ts holds it to that header case by case.

import {
  BLOCK_BARRIER_COUNT_MAX,
  BLOCK_THREADS_MAX,
  type ComputeLimits,
  carveoutForBytes,
  REGISTER_UNIT,
  STATIC_SHARED_BYTES_MAX,
  SUB_PARTITION_COUNT,
  THREAD_REGISTERS_MAX,
  WARP_THREADS,
} from './limits';

/** What a block of a kernel asks for. All whole numbers. */
export interface LaunchShape {
  readonly threadsPerBlock: number;
  readonly registersPerThread: number;
  readonly staticSharedBytes: number;
  readonly dynamicSharedBytes: number;
  /**
   * What cudaFuncSetAttribute(MaxDynamicSharedMemorySize) was given. Without it the launcher is taken to ask for as much as it uses,
   * as ours do.
   */
  readonly dynamicSharedBytesMax?: number;
  /**
   * What cudaFuncSetAttribute(PreferredSharedMemoryCarveout) was given: percent of the SM's shared memory, 0 to 100. Without it the
   * driver divides as it sees fit, and the most is assumed.
   */
  readonly carveoutPercent?: number;
  /** Barriers a block uses, as ptxas counts them; 1 for a kernel with __syncthreads. They limit from 9.0 on. */
  readonly blockBarrierCount?: number;
}

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;

/** Warps of a block; the last one may be part empty and takes as much as a full one. */
export const warpsPerBlock = ({ threadsPerBlock }: LaunchShape) => Math.ceil(threadsPerBlock / WARP_THREADS);

const registersPerWarp = ({ registersPerThread }: LaunchShape) =>
  roundUp(registersPerThread * WARP_THREADS, REGISTER_UNIT);

/** Registers that a block is given. */
export const registersPerBlock = (shape: LaunchShape) => registersPerWarp(shape) * warpsPerBlock(shape);

/** Registers that the check of a launch counts: it takes whole rounds of the sub-partitions, though the block is given fewer. */
export function registersPerBlockChecked(shape: LaunchShape): number {
  return registersPerWarp(shape) * roundUp(warpsPerBlock(shape), SUB_PARTITION_COUNT);
}

/** Shared memory that a block is given, with the driver's part. */
export function sharedBytesAllocated(limits: ComputeLimits, shape: LaunchShape): number {
  const bytes = shape.staticSharedBytes + shape.dynamicSharedBytes + limits.sharedReservedBytes;
  return roundUp(bytes, limits.sharedUnitBytes);
}

/** The most that a block of this shape may use, without the driver's part. More than the default has to be asked for. */
export function sharedBytesAllowed(limits: ComputeLimits, shape: LaunchShape): number {
  const asked = shape.staticSharedBytes + (shape.dynamicSharedBytesMax ?? shape.dynamicSharedBytes);
  const isAboveDefault = asked > limits.sharedBytesPerBlockDefault;
  return isAboveDefault ? limits.sharedBytesPerBlockMax : limits.sharedBytesPerBlockDefault;
}

/** How much of the SM's memory is shared memory. The preference gives way when not even one block would fit. */
export function chosenCarveoutBytes(limits: ComputeLimits, shape: LaunchShape): number {
  if (limits.carveoutBytes.length === 0) return limits.sharedBytesPerSm;
  const percent = shape.carveoutPercent ?? 100;
  const preferred = carveoutForBytes(limits, Math.floor((percent * limits.sharedBytesPerSm) / 100));
  const allocated = sharedBytesAllocated(limits, shape);
  return preferred >= allocated ? preferred : carveoutForBytes(limits, allocated);
}

/** Blocks that the warp slots hold. */
export function blocksByWarps(limits: ComputeLimits, shape: LaunchShape): number {
  if (shape.threadsPerBlock > BLOCK_THREADS_MAX) return 0;
  return Math.floor(limits.threadsPerSmMax / WARP_THREADS / warpsPerBlock(shape));
}

/**
 * Blocks that the registers hold; undefined when none are used. A warp lives in one sub-partition, so each of them is filled by
 * itself: what remains in one is no use to the others.
 */
export function blocksByRegisters(limits: ComputeLimits, shape: LaunchShape): number | undefined {
  if (shape.registersPerThread > THREAD_REGISTERS_MAX) return 0;
  if (registersPerBlockChecked(shape) > limits.registersPerBlockMax) return 0;
  if (shape.registersPerThread === 0) return undefined;
  const warpsPerSubPartition = Math.floor(limits.registersPerSm / SUB_PARTITION_COUNT / registersPerWarp(shape));
  return Math.floor((warpsPerSubPartition * SUB_PARTITION_COUNT) / warpsPerBlock(shape));
}

/** Blocks that the shared memory holds; undefined when none is used. */
export function blocksBySharedMemory(limits: ComputeLimits, shape: LaunchShape): number | undefined {
  const { staticSharedBytes, dynamicSharedBytes, dynamicSharedBytesMax = dynamicSharedBytes } = shape;
  if (staticSharedBytes > STATIC_SHARED_BYTES_MAX || dynamicSharedBytes > dynamicSharedBytesMax) return 0;
  const allocated = sharedBytesAllocated(limits, shape);
  if (allocated > sharedBytesAllowed(limits, shape) + limits.sharedReservedBytes) return 0;
  return allocated === 0 ? undefined : Math.floor(chosenCarveoutBytes(limits, shape) / allocated);
}

/** Blocks that the named barriers hold; undefined when they do not limit. */
export function blocksByBarriers({ barriersPerSm }: ComputeLimits, { blockBarrierCount = 0 }: LaunchShape) {
  if (blockBarrierCount > BLOCK_BARRIER_COUNT_MAX) return 0;
  if (barriersPerSm === undefined || blockBarrierCount === 0) return undefined;
  return Math.floor(barriersPerSm / blockBarrierCount);
}
