// What a board that is not here would show for one launch, from the sizes that ptxas reported and the board's stated clocks. The
// result says of itself that it is a prediction and from what; whoever shows it shows that too.

import { fail, ok, type Result } from '../util/result';
import { type Board, type BoardCeilings, deriveCeilings } from './boards';
import { deriveGridFit, type GridFit } from './grid';
import { findComputeLimits } from './limits';
import { deriveOccupancy, type Occupancy } from './occupancy';
import type { KernelResources, ResourceTable } from './resources';

export interface PlannedLaunch {
  readonly threadsPerBlock: number;
  readonly blockCount: number;
  readonly dynamicSharedBytes: number;
  readonly carveoutPercent?: number;
  /** Useful operations of the whole launch; without them there is no roofline. */
  readonly flops?: number;
  /** Least DRAM traffic of the whole launch. */
  readonly bytes?: number;
  /** Which ceiling the arithmetic runs under; FP32 lanes unless said otherwise. */
  readonly arithmetic?: 'fp32' | 'fp16Tensor';
}

/** The least time that the board's ceilings allow. Real kernels take longer. */
export interface Roofline {
  /** flops / bytes; undefined when there is no traffic. */
  readonly flopsPerByte: number | undefined;
  readonly bound: 'compute' | 'memory';
  readonly durationNsMin: number;
  readonly flopsPerSecMax: number;
}

export interface Prediction {
  readonly kind: 'prediction';
  /** From what: `registers by ptxas 13.0.88 for sm_87, clocks of the table of boards`. */
  readonly basis: string;
  readonly kernelName: string;
  readonly board: Board;
  readonly ceilings: BoardCeilings;
  readonly occupancy: Occupancy;
  readonly grid: GridFit;
  readonly roofline: Roofline | undefined;
}

/** Roofline of `flops` and `bytes` under two ceilings, per second. Undefined when both amounts are zero. */
export function deriveRoofline(flops: number, bytes: number, flopsPerSec: number, bytesPerSec: number) {
  const computeSec = flops / flopsPerSec;
  const memorySec = bytes / bytesPerSec;
  const sec = Math.max(computeSec, memorySec);
  if (!(sec > 0)) return undefined;
  const roofline: Roofline = {
    flopsPerByte: bytes > 0 ? flops / bytes : undefined,
    bound: computeSec >= memorySec ? 'compute' : 'memory',
    durationNsMin: sec * 1e9,
    flopsPerSecMax: flops / sec,
  };
  return roofline;
}

/**
 * `kernel` of `table`, launched so, on `board`. An impossible launch is a prediction too: its occupancy says why. Fails when the table
 * was made for another compute capability than the board's, because its registers mean nothing there.
 */
export function predictLaunch(
  table: ResourceTable,
  kernel: KernelResources,
  launch: PlannedLaunch,
  board: Board,
): Result<Prediction, string> {
  const limits = findComputeLimits(board.computeCapability);
  if (!limits || table.computeCapability !== board.computeCapability) {
    return fail(
      `The registers are those of ${table.architecture}; ${board.name} has compute capability ${board.computeCapability}.`,
    );
  }
  const { flops = 0, bytes = 0, arithmetic = 'fp32' } = launch;
  const ceilings = deriveCeilings(board);
  const occupancy = deriveOccupancy(limits, {
    threadsPerBlock: launch.threadsPerBlock,
    registersPerThread: kernel.registersPerThread,
    staticSharedBytes: kernel.staticSharedBytes,
    dynamicSharedBytes: launch.dynamicSharedBytes,
    carveoutPercent: launch.carveoutPercent,
    blockBarrierCount: kernel.blockBarrierCount,
  });
  const flopsPerSec = arithmetic === 'fp32' ? ceilings.fp32FlopsPerSec : ceilings.fp16TensorFlopsPerSec;
  return ok({
    kind: 'prediction',
    basis: `registers by nvcc ${table.nvccVersion} for ${table.architecture}, clocks of the table of boards`,
    kernelName: kernel.name,
    board,
    ceilings,
    occupancy,
    grid: deriveGridFit(launch.blockCount, occupancy.blocksPerSm, board.smCount),
    roofline: occupancy.impossible ? undefined : deriveRoofline(flops, bytes, flopsPerSec, ceilings.bytesPerSec),
  });
}
