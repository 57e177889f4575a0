// Everything that is known of one point, as names and texts: for the tooltip of a cell and for the details beside the charts.

import { formatBytes, formatCount, formatNs } from '../../../../shared/units/format';
import type { Baseline } from '../../../../shared/window/methods';
import { changesAgainst } from './baselines';
import { type Point, pointKey } from './experiments';
import { ACHIEVED_OCCUPANCY } from './occupancy-bars';
import { formatRate, formatRatio, pointFlaw, threeDigits } from './words';

export type Figure = readonly [name: string, text: string];

/** "+5 %" is faster than then. */
export function formatChange(ratio: number): string {
  const percent = threeDigits(Math.abs(ratio * 100));
  if (percent === '0') return '±0 %';
  return `${ratio > 0 ? '+' : '−'}${percent} %`;
}

const CORRECTNESS: Readonly<Record<Point['correctness'], string>> = {
  unchecked: 'not checked',
  right: 'equals the reference',
  wrong: 'differs from the reference',
};

function metricFigures({ metrics }: Point): Figure[] {
  const figure = (name: string, key: string, format: (value: number) => string): Figure[] => {
    const value = metrics.get(key);
    return value === undefined || value < 0 ? [] : [[name, format(value)]];
  };
  return [
    ...figure('Achieved occupancy', ACHIEVED_OCCUPANCY, formatRatio),
    ...figure('Load sectors a request', 'load_sectors_per_request', threeDigits),
    ...figure('Store sectors a request', 'store_sectors_per_request', threeDigits),
    ...figure('L2 hits', 'l2_hit_ratio', formatRatio),
    ...figure('DRAM read', 'dram_read_bytes', formatBytes),
    ...figure('DRAM written', 'dram_write_bytes', formatBytes),
    ...figure('SM throughput', 'sm_throughput_ratio', formatRatio),
  ];
}

function when(condition: boolean, name: string, text: string): Figure[] {
  return condition ? [[name, text]] : [];
}

/** In the order of their weight; what is not known is left out. */
export function pointFigures(point: Point, baselines: readonly Baseline[] = []): Figure[] {
  const flaw = pointFlaw(point);
  const hasResult = point.failure === '';
  const changes = baselines.flatMap((baseline): Figure[] => {
    const ratio = changesAgainst([point], baseline).get(pointKey(point));
    return ratio === undefined ? [] : [[`Against ${baseline.name}`, formatChange(ratio)]];
  });
  return [
    ...when(flaw !== undefined, 'Note', flaw ?? ''),
    ...when(hasResult && point.medianNs > 0, 'Median', formatNs(point.medianNs)),
    ...when(hasResult && point.minNs > 0, 'Shortest', formatNs(point.minNs)),
    ...when(hasResult && point.coldNs > 0, 'Cold caches', formatNs(point.coldNs)),
    ...when(hasResult && point.spreadRatio >= 0, 'Spread', `${formatRatio(point.spreadRatio)} of ${point.sampleCount}`),
    ...when(point.flopsPerSec > 0, 'Speed', formatRate(point.flopsPerSec, 'FLOP/s')),
    ...when(point.bytesPerSec > 0, 'Bandwidth', formatRate(point.bytesPerSec, 'B/s')),
    ...when(point.referenceRatio >= 0, 'Of cuBLAS', formatRatio(point.referenceRatio)),
    ...when(point.ceilingRatio >= 0, 'Of the ceiling', formatRatio(point.ceilingRatio)),
    ...changes,
    ...when(
      point.occupancyRatio >= 0,
      'Predicted occupancy',
      `${formatRatio(point.occupancyRatio)}${point.limiter && ` by ${point.limiter}`}`,
    ),
    ...metricFigures(point),
    ...when(point.threadsPerBlock > 0, 'Threads a block', formatCount(point.threadsPerBlock)),
    ...when(point.blockCount > 0, 'Blocks', formatCount(point.blockCount)),
    ...when(point.registers >= 0, 'Registers a thread', formatCount(point.registers)),
    ...when(point.sharedBytes >= 0, 'Shared memory', formatBytes(point.sharedBytes)),
    ...when(point.coreClockKhz > 0, 'Clock', `${threeDigits(point.coreClockKhz / 1000)} MHz`),
    ...when(point.temperatureC > 0, 'Temperature', `${threeDigits(point.temperatureC)} °C`),
    ...when(point.correctness !== 'unchecked', 'Result', CORRECTNESS[point.correctness]),
    ...when(point.errorMax >= 0 && point.correctness !== 'unchecked', 'Largest error', point.errorMax.toPrecision(2)),
    ...when(point.kernel !== '', 'Kernel', point.kernel),
  ];
}
