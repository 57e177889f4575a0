// What a board that is not here would show for the points of an experiment: from what ptxas said of our kernels there, and the board's
// stated clocks. Always a prediction, and called so wherever it is shown.

import { type Board, deriveCeilings } from '../../../../shared/occupancy/boards';
import { limitingResources, type Resource } from '../../../../shared/occupancy/occupancy';
import { type Prediction, predictLaunch } from '../../../../shared/occupancy/predict';
import { findKernelResources, parseResourceTable, type ResourceTable } from '../../../../shared/occupancy/resources';
import { ok, type Result } from '../../../../shared/util/result';
import type { WindowTable } from '../../../../shared/window/methods';
import type { Cell } from '../table/columns';
import { comparedPoints, type Point } from './experiments';
import type { Ceilings } from './roofline';

export interface PredictedPoint {
  readonly point: Point;
  readonly prediction: Prediction;
}

export interface Predictions {
  readonly predicted: readonly PredictedPoint[];
  /** Kernels that the table does not have, each once. */
  readonly unknownKernels: readonly string[];
}

/** The text of kernels/resources/sm_NN.json. */
export function parseResourceText(json: string): Result<ResourceTable, string> {
  try {
    return parseResourceTable(JSON.parse(json));
  } catch {
    return { ok: false, error: 'The resource table is no JSON.' };
  }
}

/** What the timeline adds to a name is no part of it. */
export const bareKernel = (kernel: string) => kernel.replace(/ \[CPU\]$/, '');

function predict(point: Point, table: ResourceTable, board: Board): Result<Prediction | undefined, string> {
  const kernel = findKernelResources(table, bareKernel(point.kernel));
  if (!kernel || point.threadsPerBlock <= 0) return ok(undefined);
  const launch = {
    threadsPerBlock: point.threadsPerBlock,
    blockCount: Math.max(0, point.blockCount),
    dynamicSharedBytes: Math.max(0, point.sharedBytes - kernel.staticSharedBytes),
    flops: Math.max(0, point.flops),
    bytes: Math.max(0, point.bytes),
    arithmetic: point.precision === 'fp16' ? ('fp16Tensor' as const) : ('fp32' as const),
  };
  return predictLaunch(table, kernel, launch, board);
}

/** Of every point whose kernel the table has. Fails when the table was made for another compute capability than the board's. */
export function predictPoints(
  points: readonly Point[],
  table: ResourceTable,
  board: Board,
): Result<Predictions, string> {
  const predicted: PredictedPoint[] = [];
  const unknown = new Set<string>();
  for (const point of comparedPoints(points)) {
    if (point.role !== 'measured') continue;
    const prediction = predict(point, table, board);
    if (!prediction.ok) return prediction;
    if (prediction.value) predicted.push({ point, prediction: prediction.value });
    else if (point.kernel !== '') unknown.add(bareKernel(point.kernel));
  }
  return ok({ predicted, unknownKernels: [...unknown] });
}

export const RESOURCE_WORDS: Readonly<Record<Resource, string>> = {
  warps: 'warps',
  blocks: 'blocks',
  registers: 'registers',
  sharedMemory: 'shared memory',
  barriers: 'barriers',
};

const COLUMNS: readonly { readonly name: string; readonly isText: boolean }[] = [
  { name: 'At', isText: true },
  { name: 'Predicted occupancy (%)', isText: false },
  { name: 'Limited by', isText: true },
  { name: 'Blocks an SM', isText: false },
  { name: 'Waves', isText: false },
  { name: 'Places used (%)', isText: false },
  { name: 'Bound by', isText: true },
  { name: 'Predicted least (ns)', isText: false },
  { name: 'Predicted most GFLOP/s', isText: false },
  { name: 'Kernel', isText: true },
  // A table keeps its last column in view.
  { name: 'Series', isText: true },
];

const rounded = (value: number) => Number(value.toPrecision(6));

function cellsOf({ point, prediction }: PredictedPoint): Cell[] {
  const { occupancy, grid, roofline, kernelName } = prediction;
  const limiting = limitingResources(occupancy).map((resource) => RESOURCE_WORDS[resource]);
  return [
    point.label,
    rounded(occupancy.occupancyRatio * 100),
    occupancy.impossible ?? limiting.join(', '),
    occupancy.blocksPerSm,
    rounded(grid.waves),
    rounded(grid.usedRatio * 100),
    roofline?.bound ?? '',
    roofline ? rounded(roofline.durationNsMin) : null,
    roofline && roofline.flopsPerSecMax > 0 ? rounded(roofline.flopsPerSecMax / 1e9) : null,
    kernelName,
    point.series,
  ];
}

/** One row a prediction. */
export function predictionTable({ predicted }: Predictions): WindowTable {
  return { columns: COLUMNS.map((column) => ({ ...column })), rows: predicted.map(cellsOf) };
}

/** The stated ceilings of a board, for a roofline without measured ones. */
export function statedCeilings(board: Board, isFp16: boolean): Ceilings {
  const { bytesPerSec, fp32FlopsPerSec, fp16TensorFlopsPerSec } = deriveCeilings(board);
  return {
    flopsPerSec: isFp16 ? fp16TensorFlopsPerSec : fp32FlopsPerSec,
    bytesPerSec,
    source: `stated for ${board.name}`,
  };
}
