// Points for the tests of the laboratory: known figures where a test says nothing else.

import type { Experiment, Point } from '../../../../app/renderer/model/laboratory/experiments';
import { experimentSpec } from '../../../../shared/rpc/experiment';

const UNKNOWN: Point = {
  index: 0,
  role: 'measured',
  correctness: 'right',
  isNoisy: false,
  startNs: 1000,
  durationNs: 500,
  x: 32,
  medianNs: 100,
  minNs: 90,
  spreadRatio: 0.01,
  coldNs: -1,
  sampleCount: 50,
  errorMax: 0,
  flops: -1,
  bytes: -1,
  flopsPerSec: -1,
  bytesPerSec: -1,
  referenceRatio: -1,
  ceilingRatio: -1,
  threadsPerBlock: 256,
  blockCount: 4,
  registers: -1,
  sharedBytes: -1,
  occupancyRatio: -1,
  coreClockKhz: -1,
  temperatureC: -1,
  series: 'tile_16',
  label: '32 × 32 × 32',
  precision: 'fp32',
  kernel: 'gemm_tile<16>',
  limiter: '',
  failure: '',
  metrics: new Map(),
};

export const pointOf = (given: Partial<Point>): Point => ({ ...UNKNOWN, ...given });

/** A GEMM point of so many GFLOP/s. */
export const gemmPoint = (index: number, series: string, side: number, gflops: number, more: Partial<Point> = {}) =>
  pointOf({
    index,
    series,
    x: side,
    label: `${side} × ${side} × ${side}`,
    flops: 2 * side ** 3,
    bytes: 12 * side ** 2,
    flopsPerSec: gflops * 1e9,
    medianNs: (2 * side ** 3) / gflops,
    ...more,
  });

export const gemmSpec = (sizes: number[], variants?: string[]) =>
  experimentSpec.parse({ kind: 'gemm', sizes, variants });

export const experimentOf = (given: Partial<Experiment> = {}): Experiment => ({
  experiment: 7,
  state: 'done',
  startedNs: 2e9,
  deviceKind: 'cuda',
  device: 'Orin',
  doneCount: 4,
  pointCount: 4,
  spec: gemmSpec([32, 64]),
  sentence: '',
  remedy: '',
  ...given,
});
