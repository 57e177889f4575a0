// The roofline: what a device can do at each ratio of operations to bytes, and where the points stand below it.
// Williams, Waterman, Patterson 2009, https://doi.org/10.1145/1498765.1498785: attainable = min(peak, bandwidth × intensity).

import { type Point, pointKey } from './experiments';

export interface Ceilings {
  readonly flopsPerSec: number;
  readonly bytesPerSec: number;
  /** "measured in this run", "stated for Orin Nano 8GB". */
  readonly source: string;
}

export interface RooflinePoint {
  readonly flopsPerByte: number;
  readonly flopsPerSec: number;
  /** Of what the ceilings allow at this intensity. */
  readonly attainedRatio: number | undefined;
  readonly series: string;
  readonly label: string;
  readonly point: Point;
  /** FLOP/s of the same point in baselines that have it. */
  readonly before: readonly { readonly name: string; readonly flopsPerSec: number }[];
}

export interface RooflineChart {
  readonly ceilings: Ceilings | undefined;
  readonly points: readonly RooflinePoint[];
  readonly seriesNames: readonly string[];
  /** Of the axis, FLOP a byte; powers of ten. */
  readonly fromFlopsPerByte: number;
  readonly toFlopsPerByte: number;
}

/** The ceilings of the run: the best of those that give operations, and of those that give bytes. undefined until both are there. */
export function measuredCeilings(points: readonly Point[]): Ceilings | undefined {
  const most = (name: 'flopsPerSec' | 'bytesPerSec') =>
    Math.max(
      -1,
      ...points.filter(({ role, failure }) => role === 'ceiling' && failure === '').map((each) => each[name]),
    );
  const [flopsPerSec, bytesPerSec] = [most('flopsPerSec'), most('bytesPerSec')];
  return flopsPerSec > 0 && bytesPerSec > 0 ? { flopsPerSec, bytesPerSec, source: 'measured in this run' } : undefined;
}

/** FLOP/s that the ceilings allow at this intensity. */
export function attainable({ flopsPerSec, bytesPerSec }: Ceilings, flopsPerByte: number): number {
  return Math.min(flopsPerSec, bytesPerSec * flopsPerByte);
}

const powerBelow = (value: number) => 10 ** Math.floor(Math.log10(value));
const powerAbove = (value: number) => 10 ** Math.ceil(Math.log10(value));

/** Points that know their operations and bytes, below `ceilings`. `before` gives FLOP/s of baselines by pointKey. */
export function rooflineOf(
  points: readonly Point[],
  ceilings: Ceilings | undefined,
  before: ReadonlyMap<string, RooflinePoint['before']> = new Map(),
): RooflineChart {
  const shown = points
    .filter(
      ({ role, failure, flops, bytes, flopsPerSec }) =>
        role !== 'ceiling' && failure === '' && flops > 0 && bytes > 0 && flopsPerSec > 0,
    )
    .map((point) => {
      const flopsPerByte = point.flops / point.bytes;
      return {
        flopsPerByte,
        flopsPerSec: point.flopsPerSec,
        attainedRatio: ceilings && point.flopsPerSec / attainable(ceilings, flopsPerByte),
        series: point.series,
        label: point.label,
        point,
        before: before.get(pointKey(point)) ?? [],
      };
    });
  const places = shown.map(({ flopsPerByte }) => flopsPerByte);
  if (ceilings) places.push(ceilings.flopsPerSec / ceilings.bytesPerSec);
  const [least, most] = places.length > 0 ? [Math.min(...places), Math.max(...places)] : [1, 1];
  return {
    ceilings,
    points: shown,
    seriesNames: [...new Set(shown.map(({ series }) => series))],
    fromFlopsPerByte: powerBelow(least / 1.5),
    toFlopsPerByte: powerAbove(most * 1.5),
  };
}
