// What one streaming multiprocessor (SM) of each compute capability can hold. Sources:
//   threads, blocks, registers, shared memory, lanes: CUDA C++ Programming Guide, "Technical Specifications per Compute Capability" and
//     "Arithmetic Instructions"; CCCL's arch_traits.h for 6.2 and 7.5 to 12.0; deviceQuery of an Orin for 8.7
//   allocation units, sub-partitions, carve-outs, barriers: cuda_occupancy.h of CUDA 13.0

import { KIB } from '../units/units';

export const WARP_THREADS = 32;
export const BLOCK_THREADS_MAX = 1024;
/** R0 to R254; the 256th encoding, RZ, is the constant zero. cuda_occupancy.h writes 256 from 7.0 on, a count that no kernel has. */
export const THREAD_REGISTERS_MAX = 255;
/** Named barriers of a block, 0 to 15 (PTX ISA, bar). */
export const BLOCK_BARRIER_COUNT_MAX = 16;
/** Static shared memory of a block, everywhere: ptxas refuses more. What is above it must be dynamic. */
export const STATIC_SHARED_BYTES_MAX = 48 * KIB;
/** Registers are given to whole warps in this unit. */
export const REGISTER_UNIT = 256;
/** Schedulers of an SM, each with its own quarter of the registers. */
export const SUB_PARTITION_COUNT = 4;

export interface ComputeLimits {
  readonly computeCapability: string;
  readonly chip: string;
  readonly threadsPerSmMax: number;
  readonly blocksPerSmMax: number;
  readonly registersPerSm: number;
  readonly registersPerBlockMax: number;
  readonly sharedBytesPerSm: number;
  /** What a block gets without asking, static and dynamic together. */
  readonly sharedBytesPerBlockDefault: number;
  /** What a block gets after cudaFuncSetAttribute(MaxDynamicSharedMemorySize). */
  readonly sharedBytesPerBlockMax: number;
  /** Shared memory is given to blocks in this unit. */
  readonly sharedUnitBytes: number;
  /** What the driver keeps of each block's shared memory for itself. */
  readonly sharedReservedBytes: number;
  /** Sizes between which shared memory and L1 are divided, ascending; empty where shared memory is a memory of its own. */
  readonly carveoutBytes: readonly number[];
  /** Named barriers of an SM, undefined where the block limit always comes first. */
  readonly barriersPerSm: number | undefined;
  /** FP32 lanes: each finishes one multiply-add a clock. */
  readonly fp32LanesPerSm: number;
}

const inBytes = (kibs: readonly number[]) => kibs.map((kib) => kib * KIB);

const CARVEOUTS_UP_TO_96 = inBytes([0, 8, 16, 32, 64, 96]);
const CARVEOUTS_UP_TO_100 = inBytes([0, 8, 16, 32, 64, 100]);
const CARVEOUTS_UP_TO_164 = inBytes([0, 8, 16, 32, 64, 100, 132, 164]);
const CARVEOUTS_UP_TO_228 = inBytes([0, 8, 16, 32, 64, 100, 132, 164, 196, 228]);

// What the generations of the table share; a row says what is its own.
const MAXWELL = {
  registersPerSm: 65536,
  registersPerBlockMax: 32768,
  sharedUnitBytes: 256,
  sharedReservedBytes: 0,
  barriersPerSm: undefined,
};
const VOLTA = { ...MAXWELL, registersPerBlockMax: 65536 };
const AMPERE = { ...VOLTA, sharedUnitBytes: 128, sharedReservedBytes: KIB };

type Sizes = [threadsPerSmMax: number, blocksPerSmMax: number, sharedKib: number, blockMaxKib: number, lanes: number];

function row(
  computeCapability: string,
  chip: string,
  [threadsPerSmMax, blocksPerSmMax, sharedKib, blockMaxKib, fp32LanesPerSm]: Sizes,
  generation: typeof MAXWELL | (Omit<typeof MAXWELL, 'barriersPerSm'> & { barriersPerSm: number }),
  carveoutBytes: readonly number[],
): ComputeLimits {
  return {
    ...generation,
    computeCapability,
    chip,
    threadsPerSmMax,
    blocksPerSmMax,
    sharedBytesPerSm: sharedKib * KIB,
    sharedBytesPerBlockDefault: 48 * KIB,
    sharedBytesPerBlockMax: blockMaxKib * KIB,
    carveoutBytes,
    fp32LanesPerSm,
  };
}

/** Ascending by compute capability. */
export const COMPUTE_LIMITS: readonly ComputeLimits[] = [
  row('5.3', 'Jetson TX1 and Nano', [2048, 32, 64, 48, 128], MAXWELL, []),
  row('6.2', 'Jetson TX2', [2048, 32, 64, 48, 128], MAXWELL, []),
  row('7.2', 'Jetson Xavier', [2048, 32, 96, 96, 64], VOLTA, CARVEOUTS_UP_TO_96),
  row('7.5', 'Turing', [1024, 16, 64, 64, 64], VOLTA, inBytes([32, 64])),
  row('8.0', 'A100', [2048, 32, 164, 163, 64], AMPERE, CARVEOUTS_UP_TO_164),
  row('8.6', 'GeForce RTX 30', [1536, 16, 100, 99, 128], AMPERE, CARVEOUTS_UP_TO_100),
  row('8.7', 'Jetson Orin', [1536, 16, 164, 163, 128], AMPERE, CARVEOUTS_UP_TO_164),
  row('8.9', 'GeForce RTX 40', [1536, 24, 100, 99, 128], AMPERE, CARVEOUTS_UP_TO_100),
  row('9.0', 'H100 and H200', [2048, 32, 228, 227, 128], { ...AMPERE, barriersPerSm: 64 }, CARVEOUTS_UP_TO_228),
  row('10.0', 'B200', [2048, 32, 228, 227, 128], { ...AMPERE, barriersPerSm: 64 }, CARVEOUTS_UP_TO_228),
  row('11.0', 'Jetson Thor', [1536, 24, 228, 227, 128], { ...AMPERE, barriersPerSm: 24 }, CARVEOUTS_UP_TO_228),
  row('12.0', 'GeForce RTX 50', [1536, 24, 100, 99, 128], { ...AMPERE, barriersPerSm: 24 }, CARVEOUTS_UP_TO_100),
];

/** The row of `8.7` and the like; undefined for a compute capability that the table lacks. */
export function findComputeLimits(computeCapability: string): ComputeLimits | undefined {
  return COMPUTE_LIMITS.find((limits) => limits.computeCapability === computeCapability);
}

/** The carve-out that holds `bytes`: the smallest one that is large enough, or the largest there is. */
export function carveoutForBytes({ carveoutBytes, sharedBytesPerSm }: ComputeLimits, bytes: number): number {
  return carveoutBytes.find((each) => each >= bytes) ?? sharedBytesPerSm;
}
