// Points as cells: a column a size, a row a variant.
//
//             32      48      64
//   tile_16  ┌──────┬──────┬──────┐
//            │ 12.1 │ 13.4~│      │   a cell without a point is one that is still to come
//   cublas   │ fail │      │      │
//            └──────┴──────┴──────┘

import type { ExperimentSpec } from '../../../../shared/rpc/experiment';
import { comparedPoints, type Point, pointKey } from './experiments';
import { type Measure, measuredValue } from './measures';
import { pointFlaw, shortLabel } from './words';

export interface HeatColumn {
  readonly label: string;
  readonly title: string;
  readonly x: number;
}

export type CellMark = 'failed' | 'wrong' | 'noisy' | undefined;

export interface HeatCell {
  readonly column: number;
  readonly row: number;
  readonly point: Point;
  /** undefined when the point failed or does not know the measure. */
  readonly value: number | undefined;
  /** Place on the colour scale, 0 to 1, of a value. */
  readonly scaleRatio: number;
  readonly mark: CellMark;
  /** Against the first baseline: 0.05 is 5 % faster than then. */
  readonly changeRatio: number | undefined;
}

export interface HeatMap {
  readonly columns: readonly HeatColumn[];
  readonly rows: readonly string[];
  readonly cells: readonly HeatCell[];
  readonly measure: Measure;
  /** Of the values; both 0 when there are none. */
  readonly least: number;
  readonly most: number;
  readonly isLog: boolean;
}

/** From this ratio of most to least on, a linear scale would show most cells as equal. */
const LOG_FROM_RATIO = 30;

function markOf(point: Point): CellMark {
  if (point.failure !== '') return 'failed';
  if (point.correctness === 'wrong') return 'wrong';
  return pointFlaw(point) === undefined ? undefined : 'noisy';
}

/** Sizes that a GEMM experiment will measure, so that its map has its shape from the beginning. */
function plannedColumns(spec: ExperimentSpec | undefined): HeatColumn[] {
  if (spec?.kind !== 'gemm') return [];
  return spec.sizes.map((size) => {
    const [m, n, k] = typeof size === 'number' ? [size, size, size] : size;
    const label = `${m} × ${n} × ${k}`;
    return { label, title: shortLabel(label), x: Math.cbrt(m * n * k) };
  });
}

function columnsOf(points: readonly Point[], spec: ExperimentSpec | undefined): HeatColumn[] {
  const byLabel = new Map(plannedColumns(spec).map((column) => [column.label, column]));
  for (const { label, x } of points) byLabel.set(label, { label, title: shortLabel(label), x });
  return [...byLabel.values()].sort((left, right) => left.x - right.x);
}

/** In the order in which they came; what is only compared with stands last. */
function rowsOf(points: readonly Point[], spec: ExperimentSpec | undefined): string[] {
  const planned = spec?.kind === 'gemm' ? (spec.variants ?? []) : [];
  const of = (role: Point['role']) => points.filter((point) => point.role === role).map(({ series }) => series);
  return [...new Set([...planned, ...of('measured'), ...of('reference')])];
}

/** `changeOf` gives how much faster a point is than in a baseline, by pointKey. */
export function heatMapOf(
  points: readonly Point[],
  spec: ExperimentSpec | undefined,
  measure: Measure,
  changeOf: ReadonlyMap<string, number> = new Map(),
): HeatMap {
  const compared = comparedPoints(points);
  const columns = columnsOf(compared, spec);
  const rows = rowsOf(compared, spec);
  const values = compared.flatMap((point) => measuredValue(point, measure) ?? []);
  const [least, most] = values.length > 0 ? [Math.min(...values), Math.max(...values)] : [0, 0];
  const isLog = least > 0 && most / least >= LOG_FROM_RATIO;
  const cells = compared.map((point) => {
    const value = measuredValue(point, measure);
    return {
      column: columns.findIndex(({ label }) => label === point.label),
      row: rows.indexOf(point.series),
      point,
      value,
      scaleRatio: value === undefined ? 0 : scaleRatioOf(value, { least, most, isLog, measure }),
      mark: markOf(point),
      changeRatio: changeOf.get(pointKey(point)),
    };
  });
  return { columns, rows, cells, measure, least, most, isLog };
}

/** Better is brighter, whichever way that is. */
function scaleRatioOf(
  value: number,
  { least, most, isLog, measure }: Pick<HeatMap, 'least' | 'most' | 'isLog' | 'measure'>,
): number {
  if (most === least) return 1;
  const ratio = isLog ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
  return measure.isMoreBetter ? ratio : 1 - ratio;
}
