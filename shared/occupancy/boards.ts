// Jetson boards as their makers state them, for ceilings before anything was measured. Sources: SMs, bus and clocks from NVIDIA's
// data sheets, the "super" clocks from NVIDIA's nvpmodel files of JetPack 6.1 and later. CUDA's own memoryClockRate and memoryBusWidth
// are wrong on Jetson, which is why this table exists. Never a measurement: a board under a lower power mode has less.

import { MIB } from '../units/units';
import { findComputeLimits } from './limits';

export interface Board {
  /** Stable, for files and command lines. */
  readonly id: string;
  readonly name: string;
  readonly computeCapability: string;
  readonly smCount: number;
  readonly gpuMhzMax: number;
  readonly memoryBusBits: number;
  /** Clock of the memory controller (EMC); data moves on both of its edges. */
  readonly memoryMhzMax: number;
  readonly l2Bytes: number;
}

function orin(
  id: string,
  name: string,
  [smCount, gpuMhzMax]: [number, number],
  [memoryBusBits, memoryMhzMax]: [number, number],
  l2Mib: number,
): Board {
  return {
    id,
    name,
    computeCapability: '8.7',
    smCount,
    gpuMhzMax,
    memoryBusBits,
    memoryMhzMax,
    l2Bytes: l2Mib * MIB,
  };
}

export const BOARDS: readonly Board[] = [
  orin('orin-nano-4gb', 'Orin Nano 4GB', [4, 625], [64, 2133], 2),
  orin('orin-nano-4gb-super', 'Orin Nano 4GB Super', [4, 1020], [64, 3199], 2),
  orin('orin-nano-8gb', 'Orin Nano 8GB', [8, 625], [128, 2133], 2),
  orin('orin-nano-8gb-super', 'Orin Nano 8GB Super', [8, 1020], [128, 3199], 2),
  orin('orin-nx-8gb', 'Orin NX 8GB', [8, 765], [128, 3199], 2),
  orin('orin-nx-8gb-super', 'Orin NX 8GB Super', [8, 1173], [128, 3199], 2),
  orin('orin-nx-16gb', 'Orin NX 16GB', [8, 918], [128, 3199], 2),
  orin('orin-nx-16gb-super', 'Orin NX 16GB Super', [8, 1173], [128, 3199], 2),
  orin('agx-orin-32gb', 'AGX Orin 32GB', [14, 930], [256, 3199], 4),
  orin('agx-orin-64gb', 'AGX Orin 64GB', [16, 1300], [256, 3199], 4),
];

export function findBoard(id: string): Board | undefined {
  return BOARDS.find((board) => board.id === id);
}

/** FP16 inputs and FP32 sums on the tensor cores of an Orin, dense, against its FP32 lanes (NVIDIA's Orin technical brief). */
const TENSOR_FP16_PER_FP32 = 8;

export interface BoardCeilings {
  /** From DRAM, in both directions together. */
  readonly bytesPerSec: number;
  readonly fp32FlopsPerSec: number;
  readonly fp16TensorFlopsPerSec: number;
}

/** What a board cannot exceed: lanes × 2 (a multiply-add is two) × clock, and bus × clock × 2 (both edges). */
export function deriveCeilings(board: Board): BoardCeilings {
  const lanes = findComputeLimits(board.computeCapability)?.fp32LanesPerSm ?? 0;
  const fp32FlopsPerSec = board.smCount * lanes * 2 * board.gpuMhzMax * 1e6;
  return {
    bytesPerSec: (board.memoryBusBits / 8) * board.memoryMhzMax * 1e6 * 2,
    fp32FlopsPerSec,
    fp16TensorFlopsPerSec: fp32FlopsPerSec * TENSOR_FP16_PER_FP32,
  };
}
