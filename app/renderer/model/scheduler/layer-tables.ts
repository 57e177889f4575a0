// Layers of engines as bars and tables: one engine in trtexec's columns, several side by side with what one takes of another.

import type { WindowTable } from '../../../../shared/window/methods';
import type { EngineColumn, Layer } from './layers';

export interface LayerBars {
  readonly names: readonly string[];
  /** Mean ns by the place of the name; NaN where an engine has no such layer. */
  readonly columns: readonly { readonly title: string; readonly averageNs: readonly number[] }[];
  /** Layers that are not drawn. */
  readonly leftOutCount: number;
}

export const LAYER_BARS_MAX = 24;

/** Two engines of which one is held against the other. */
export interface Pair {
  /** What the other is divided by. */
  readonly base: EngineColumn;
  readonly other: EngineColumn;
}

/** A layer is the same where its name is; one that an engine has twice counts with the sum. */
function meansOf({ layers }: EngineColumn): Map<string, number> {
  const means = new Map<string, number>();
  for (const { name, averageNs } of layers) means.set(name, (means.get(name) ?? 0) + averageNs);
  return means;
}

/** The layers that cost most in any of the engines first; with a pair, those first whose means in the two are farthest apart. */
export function layerBars(
  columns: readonly EngineColumn[],
  { barsMax = LAYER_BARS_MAX, pair }: { readonly barsMax?: number; readonly pair?: Pair } = {},
): LayerBars {
  const means = columns.map(meansOf);
  const weight = new Map<string, number>();
  for (const own of means) for (const [name, ns] of own) weight.set(name, Math.max(weight.get(name) ?? 0, ns));
  if (pair) {
    const [base, other] = [meansOf(pair.base), meansOf(pair.other)];
    for (const name of weight.keys()) weight.set(name, Math.abs((other.get(name) ?? 0) - (base.get(name) ?? 0)));
  }
  const names = [...weight].sort((left, right) => right[1] - left[1]).map(([name]) => name);
  const drawn = names.slice(0, barsMax);
  return {
    names: drawn,
    columns: columns.map(({ title }, place) => ({
      title,
      averageNs: drawn.map((name) => means[place].get(name) ?? Number.NaN),
    })),
    leftOutCount: names.length - drawn.length,
  };
}

type Cell = WindowTable['rows'][number][number];

const TIMES = [
  { name: 'Time (ns)', isText: false },
  { name: 'Avg. (ns)', isText: false },
  { name: 'Median (ns)', isText: false },
  { name: 'Time (%)', isText: false },
  { name: 'Cumulative (%)', isText: false },
] as const;

const known = (value: number): Cell => (Number.isFinite(value) && value >= 0 ? value : null);

/** One engine: what `trtexec --dumpProfile` prints of each layer, and the share of all layers up to it. */
export function profileTable({ layers, totalNs }: EngineColumn): WindowTable {
  let upToNs = 0;
  const shareOf = (ns: number) => (totalNs > 0 ? (ns / totalNs) * 100 : Number.NaN);
  return {
    columns: [
      { name: '#', isText: false },
      { name: 'Layer', isText: true },
      { name: 'Type', isText: true },
      ...TIMES,
      { name: 'Runs', isText: false },
    ],
    rows: layers.map((layer) => {
      upToNs += Math.max(0, layer.averageNs);
      const { index, name, type, averageNs, medianNs, runCount } = layer;
      const times = [layer.totalNs, averageNs, medianNs, shareOf(averageNs), shareOf(upToNs)];
      return [index, name, type, ...times.map(known), known(runCount)];
    }),
  };
}

/** Every layer with its mean in each engine; with a pair, what the other takes of the base, and how much more. */
export function comparisonTable(columns: readonly EngineColumn[], pair: Pair | undefined): WindowTable {
  const first = new Map<string, Layer>();
  for (const { layers } of columns)
    for (const layer of layers) if (!first.has(layer.name)) first.set(layer.name, layer);
  const means = new Map(columns.map((column) => [column.id, meansOf(column)]));
  const meanIn = ({ id }: EngineColumn, name: string) => means.get(id)?.get(name) ?? Number.NaN;
  const compared = (name: string, { base, other }: Pair): Cell[] => {
    const [baseNs, otherNs] = [meanIn(base, name), meanIn(other, name)];
    const differenceNs = otherNs - baseNs;
    return [known(baseNs > 0 ? otherNs / baseNs : Number.NaN), Number.isFinite(differenceNs) ? differenceNs : null];
  };
  return {
    columns: [
      { name: '#', isText: false },
      { name: 'Layer', isText: true },
      { name: 'Type', isText: true },
      ...(pair ? [RATIO_COLUMN, DIFFERENCE_COLUMN] : []),
      ...columns.map(({ title }) => ({ name: `${title} (ns)`, isText: false })),
    ],
    rows: [...first.values()].map(({ index, name, type }) => [
      ...[index, name, type],
      ...(pair ? compared(name, pair) : []),
      ...columns.map((column) => known(meanIn(column, name))),
    ]),
  };
}

const RATIO_COLUMN = { name: 'Ratio', isText: false };
const DIFFERENCE_COLUMN = { name: 'Difference (ns)', isText: false };

export interface PairFigures {
  /** Of the sums of all layers: the other's divided by the base's; NaN when the base took no time. */
  readonly timeRatio: number;
  readonly sharedCount: number;
  readonly onlyInBaseCount: number;
  readonly onlyInOtherCount: number;
}

/** How two engines stand to each other as a whole. Layers are the same where their names are. */
export function pairFigures({ base, other }: Pair): PairFigures {
  const [own, others] = [new Set(base.layers.map(({ name }) => name)), new Set(other.layers.map(({ name }) => name))];
  const sharedCount = [...own].filter((name) => others.has(name)).length;
  return {
    timeRatio: base.totalNs > 0 ? other.totalNs / base.totalNs : Number.NaN,
    sharedCount,
    onlyInBaseCount: own.size - sharedCount,
    onlyInOtherCount: others.size - sharedCount,
  };
}
