// All points as a table and as CSV: plain numbers in the units of their headers, empty where nothing is known.

import type { Baseline, WindowTable } from '../../../../shared/window/methods';
import type { Cell } from '../table/columns';
import { csvOf } from '../table/delimited-text';
import { changesAgainst } from './baselines';
import { type Experiment, type Point, pointKey } from './experiments';
import { deviceWords, pointFlaw } from './words';

interface ColumnOf {
  readonly name: string;
  readonly isText: boolean;
  readonly cellOf: (point: Point) => Cell;
}

const scaled = (value: number, by: number): Cell => (value < 0 ? null : Number((value * by).toPrecision(12)));
const number = (name: string, numberOf: (point: Point) => number, by = 1): ColumnOf => {
  return { name, isText: false, cellOf: (point) => scaled(numberOf(point), by) };
};
const text = (name: string, cellOf: (point: Point) => string): ColumnOf => ({ name, isText: true, cellOf });
const metric = (name: string, key: string, by = 1): ColumnOf =>
  number(name, ({ metrics }) => metrics.get(key) ?? -1, by);

/** A rate of zero says that nobody counted, not that nothing moved. */
const rate = (value: number) => (value > 0 ? value : -1);

/** Where the index of a point stands in a row. */
export const INDEX_COLUMN = 'Point';

const COLUMNS: readonly ColumnOf[] = [
  number(INDEX_COLUMN, ({ index }) => index),
  text('At', ({ label }) => label),
  text('Role', ({ role }) => role),
  text('Precision', ({ precision }) => precision),
  number('Median (ns)', ({ medianNs }) => medianNs),
  number('Min (ns)', ({ minNs }) => minNs),
  number('Cold (ns)', ({ coldNs }) => coldNs),
  number('Spread (%)', ({ spreadRatio }) => spreadRatio, 100),
  number('Samples', ({ sampleCount }) => sampleCount),
  number('GFLOP/s', ({ flopsPerSec }) => rate(flopsPerSec), 1e-9),
  number('GB/s', ({ bytesPerSec }) => rate(bytesPerSec), 1e-9),
  number('Of cuBLAS (%)', ({ referenceRatio }) => referenceRatio, 100),
  number('Of ceiling (%)', ({ ceilingRatio }) => ceilingRatio, 100),
  number('Occupancy (%)', ({ occupancyRatio }) => occupancyRatio, 100),
  metric('Achieved (%)', 'achieved_occupancy_ratio', 100),
  text('Limited by', ({ limiter }) => limiter),
  number('Registers', ({ registers }) => registers),
  number('Shared (B)', ({ sharedBytes }) => sharedBytes),
  number('Threads', ({ threadsPerBlock }) => threadsPerBlock),
  number('Blocks', ({ blockCount }) => blockCount),
  metric('Load sectors/request', 'load_sectors_per_request'),
  metric('Store sectors/request', 'store_sectors_per_request'),
  metric('L2 hits (%)', 'l2_hit_ratio', 100),
  metric('DRAM read (B)', 'dram_read_bytes'),
  metric('DRAM written (B)', 'dram_write_bytes'),
  metric('SM throughput (%)', 'sm_throughput_ratio', 100),
  number('Clock (MHz)', ({ coreClockKhz }) => coreClockKhz, 1e-3),
  number('Temperature (°C)', ({ temperatureC }) => temperatureC),
  text('Result', ({ correctness }) => correctness),
  number('Max error', ({ errorMax }) => errorMax),
  text('Kernel', ({ kernel }) => kernel),
  text('Note', (point) => pointFlaw(point) ?? ''),
];

// Behind the columns that a baseline's is compared with.
const CHANGES_AT = COLUMNS.findIndex(({ name }) => name === 'Occupancy (%)');
// A table keeps its last column in view.
const SERIES = text('Series', ({ series }) => series);

export const POINT_NOTES: Readonly<Record<string, string>> = {
  'Median (ns)': 'of one launch, with warm caches',
  'Cold (ns)': 'median with caches swept before each sample',
  'Spread (%)': 'distance of the quartiles over the median',
  'Of ceiling (%)': 'share of what the ceilings of the same run allow at this ratio of operations to bytes',
  'Occupancy (%)': 'theoretical',
  'Achieved (%)': 'occupancy as hardware counters measured it',
  'Max error': 'largest relative error against the reference',
};

/** One row a point; columns that no point knows are left out, one column a baseline is added. */
export function pointTable(
  points: readonly Point[],
  { device, deviceKind }: Pick<Experiment, 'device' | 'deviceKind'>,
  baselines: readonly Baseline[],
): WindowTable {
  const changes = baselines.map((baseline, place): ColumnOf => {
    const sameCount = baselines.slice(0, place).filter(({ name }) => name === baseline.name).length;
    const ratios = changesAgainst(points, baseline);
    const cellOf = (point: Point): Cell => {
      const ratio = ratios.get(pointKey(point));
      return ratio === undefined || point.role === 'ceiling' ? null : Number((ratio * 100).toPrecision(4));
    };
    const again = sameCount === 0 ? '' : ` ${sameCount + 1}`;
    return { name: `Δ ${baseline.name}${again} (%)`, isText: false, cellOf };
  });
  const onDevice = text('Device', () => deviceWords(device, deviceKind));
  const [head, tail] = [COLUMNS.slice(0, CHANGES_AT), COLUMNS.slice(CHANGES_AT)];
  const shown = [...head, ...changes, ...tail, onDevice, SERIES].filter(({ cellOf, isText, name }) => {
    return name === INDEX_COLUMN || points.some((point) => (isText ? cellOf(point) !== '' : cellOf(point) !== null));
  });
  return {
    columns: shown.map(({ name, isText }) => ({ name, isText })),
    rows: points.map((point) => shown.map(({ cellOf }) => cellOf(point))),
  };
}

/** The whole table as CSV, times in ns. */
export function pointsCsv(...of: Parameters<typeof pointTable>): string {
  const table = pointTable(...of);
  return csvOf({ table, order: table.rows.map((_, row) => row), timeUnit: 'ns' });
}
