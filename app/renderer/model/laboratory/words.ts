// How experiments are called and their figures written.

import type { ExperimentKind, ExperimentSpec } from '../../../../shared/rpc/experiment';
import type { Experiment, Point } from './experiments';

export const KIND_TITLES: Readonly<Record<ExperimentKind, string>> = {
  gemm: 'GEMM',
  blockSize: 'Block sizes',
  batch: 'Batch',
  streams: 'Streams',
  copy: 'Copies',
  launch: 'Launches',
  allocation: 'Allocations',
  kernel: 'Own kernel',
};

/** What stands on the axis that an experiment of this kind sweeps. */
export const AXIS_TITLES: Readonly<Record<ExperimentKind, string>> = {
  gemm: 'Side of the matrices',
  blockSize: 'Threads a block',
  batch: 'Images a launch',
  streams: 'Streams',
  copy: 'Bytes',
  launch: 'Launches in the chain',
  allocation: 'Bytes',
  kernel: 'Threads a block',
};

/** "NVIDIA H200", "Cortex-A78AE [CPU]": the device of the processor is never taken for a GPU. Without a name nobody knows which it was. */
export function deviceWords(device: string, deviceKind: 'cuda' | 'cpu'): string {
  if (device === '') return 'device not known';
  return deviceKind === 'cpu' && !device.endsWith('[CPU]') ? `${device} [CPU]` : device;
}

const countWords = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

function specWords(spec: ExperimentSpec): string {
  switch (spec.kind) {
    case 'gemm':
      return `${spec.precision} · ${countWords(spec.sizes.length, 'size', 'sizes')} · ${
        spec.variants ? countWords(spec.variants.length, 'variant', 'variants') : 'all variants'
      }`;
    case 'blockSize':
      return `${spec.kernel} · ${countWords(spec.blockSizes.length, 'block', 'blocks')}`;
    case 'batch':
      return countWords(spec.batchSizes.length, 'batch', 'batches');
    case 'streams':
      return countWords(spec.streamCounts.length, 'count', 'counts');
    case 'copy':
      return `${spec.memories.join(', ')} · ${countWords(spec.bytes.length, 'size', 'sizes')}`;
    case 'launch':
      return countWords(spec.launchCounts.length, 'chain', 'chains');
    case 'allocation':
      return `${spec.allocators.join(', ')} · ${countWords(spec.bytes.length, 'size', 'sizes')}`;
    case 'kernel':
      return `${spec.fileName} · ${countWords(spec.blockSizes.length, 'block', 'blocks')}`;
  }
}

/** "GEMM fp32 · 3 sizes · all variants". */
export function experimentTitle({ spec }: Pick<Experiment, 'spec'>): string {
  return spec ? `${KIND_TITLES[spec.kind]} ${specWords(spec)}` : 'Experiment that did not say what it measures';
}

/** Three significant digits without an exponent: 1234 → "1,230", 0.01234 → "0.0123". */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

const RATE_STEPS: readonly (readonly [number, string])[] = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** 1.5e12 and "FLOP/s" → "1.5 TFLOP/s"; "-" when it is not known. */
export function formatRate(perSec: number, unit: string): string {
  if (!(perSec >= 0) || !Number.isFinite(perSec)) return '-';
  const [amount, prefix] = RATE_STEPS.find(([least]) => perSec >= least) ?? [1, ''];
  return `${threeDigits(perSec / amount)} ${prefix}${unit}`;
}

/** 0.667 → "67 %"; "-" when it is not known. */
export function formatRatio(ratio: number): string {
  return ratio < 0 || !Number.isFinite(ratio) ? '-' : `${threeDigits(ratio * 100)} %`;
}

/** "512 × 512 × 512" → "512"; other labels as they are. */
export function shortLabel(label: string): string {
  const sides = label.split(' × ');
  return sides.length === 3 && new Set(sides).size === 1 ? sides[0] : label;
}

/** Why a figure is to be taken with care, or is none; undefined when it is sound. */
export function pointFlaw({ failure, correctness, isNoisy, spreadRatio }: Point): string | undefined {
  if (failure !== '') return `Failed: ${failure}`;
  if (correctness === 'wrong') return 'Wrong: the result differs from the reference';
  return isNoisy ? `Noisy: the quartiles lie ${formatRatio(spreadRatio)} of the median apart` : undefined;
}
