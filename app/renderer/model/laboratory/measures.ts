// What of a point is drawn: each measure reads one number and knows how to write it and which way is better.

import type { ExperimentSpec } from '../../../../shared/rpc/experiment';
import { formatNs } from '../../../../shared/units/format';
import type { Point } from './experiments';
import { formatRate, formatRatio, threeDigits } from './words';

export const MEASURE_IDS = ['flops', 'bytes', 'time', 'coldTime', 'reference', 'ceiling'] as const;
export type MeasureId = (typeof MEASURE_IDS)[number];

/** What a baseline keeps of a point is enough for some measures. */
export type Measured = Pick<Point, 'medianNs' | 'flopsPerSec' | 'bytesPerSec'> & Partial<Point>;

export interface Measure {
  readonly id: MeasureId;
  readonly title: string;
  readonly hint: string;
  /** undefined when it is not known. */
  readonly read: (point: Measured) => number | undefined;
  readonly format: (value: number) => string;
  /** Without its unit, which the chart says once. */
  readonly formatShort: (value: number) => string;
  readonly unit: string;
  readonly isMoreBetter: boolean;
}

const known = (value: number | undefined) => (value !== undefined && value >= 0 ? value : undefined);
const positive = (value: number | undefined) => (value !== undefined && value > 0 ? value : undefined);

export const MEASURES: Readonly<Record<MeasureId, Measure>> = {
  flops: {
    id: 'flops',
    title: 'GFLOP/s',
    hint: 'Floating-point operations a second, from the median',
    read: ({ flopsPerSec }) => positive(flopsPerSec),
    format: (value) => formatRate(value, 'FLOP/s'),
    formatShort: (value) => threeDigits(value / 1e9),
    unit: 'GFLOP/s',
    isMoreBetter: true,
  },
  bytes: {
    id: 'bytes',
    title: 'GB/s',
    hint: 'Bytes a second, from the median',
    read: ({ bytesPerSec }) => positive(bytesPerSec),
    format: (value) => formatRate(value, 'B/s'),
    formatShort: (value) => threeDigits(value / 1e9),
    unit: 'GB/s',
    isMoreBetter: true,
  },
  time: {
    id: 'time',
    title: 'Time',
    hint: 'Median of one launch, copy, allocation or image, with warm caches',
    read: ({ medianNs }) => positive(medianNs),
    format: formatNs,
    formatShort: (value) => threeDigits(value / 1000),
    unit: 'µs',
    isMoreBetter: false,
  },
  coldTime: {
    id: 'coldTime',
    title: 'Cold time',
    hint: 'The same with caches swept before each sample',
    read: ({ coldNs }) => positive(coldNs),
    format: formatNs,
    formatShort: (value) => threeDigits(value / 1000),
    unit: 'µs',
    isMoreBetter: false,
  },
  reference: {
    id: 'reference',
    title: '% of cuBLAS',
    hint: 'Speed as a share of the reference at the same size',
    read: ({ referenceRatio }) => known(referenceRatio),
    format: formatRatio,
    formatShort: (value) => threeDigits(value * 100),
    unit: '% of cuBLAS',
    isMoreBetter: true,
  },
  ceiling: {
    id: 'ceiling',
    title: '% of ceiling',
    hint: 'Share of what the device can do at this ratio of operations to bytes, by the ceilings of the same run',
    read: ({ ceilingRatio }) => known(ceilingRatio),
    format: formatRatio,
    formatShort: (value) => threeDigits(value * 100),
    unit: '% of the ceiling',
    isMoreBetter: true,
  },
};

const isUsable = ({ failure }: Point) => failure === '';

/** Those of which at least one point knows something, in their order. */
export function knownMeasures(points: readonly Point[]): Measure[] {
  return MEASURE_IDS.map((id) => MEASURES[id]).filter(({ read }) =>
    points.some((point) => isUsable(point) && point.role === 'measured' && read(point) !== undefined),
  );
}

const FIRST_BY_KIND: Readonly<Record<ExperimentSpec['kind'], readonly MeasureId[]>> = {
  gemm: ['flops'],
  blockSize: ['bytes', 'time'],
  batch: ['flops', 'time'],
  streams: ['flops', 'time'],
  copy: ['bytes'],
  launch: ['time'],
  allocation: ['time'],
  kernel: ['flops', 'bytes', 'time'],
};

/** The one that is shown when nobody chose: the first of the kind that is known. */
export function defaultMeasure(kind: ExperimentSpec['kind'] | undefined, measures: readonly Measure[]): Measure {
  const wanted = kind ? FIRST_BY_KIND[kind] : [];
  const found = wanted.flatMap((id) => measures.filter((measure) => measure.id === id));
  return found[0] ?? measures[0] ?? MEASURES.time;
}

/** The value of a point that has a result. */
export function measuredValue(point: Point, measure: Measure): number | undefined {
  return isUsable(point) ? measure.read(point) : undefined;
}
