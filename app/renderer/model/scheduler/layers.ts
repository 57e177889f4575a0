// Layers of engines: what each one costs, by precision side by side.

import type { WindowTable } from '../../../../shared/window/methods';
import { readingsOf } from './records';

export interface Layer {
  readonly model: string;
  readonly engine: string;
  readonly precision: string;
  readonly batchSize: number;
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly averageNs: number;
  readonly medianNs: number;
  readonly totalNs: number;
  readonly runCount: number;
}

/** The newest reading of every layer. */
export const LAYERS_SQL = `SELECT * FROM layer QUALIFY row_number() OVER (
  PARTITION BY model, engine, precision, batchSize, "index", name ORDER BY timeNs DESC) = 1
  ORDER BY model, engine, precision, batchSize, "index" LIMIT 20000`;

export function layersOf(table: WindowTable | undefined): Layer[] {
  return readingsOf(table).map((row) => ({
    model: row.text('model'),
    engine: row.text('engine'),
    precision: row.text('precision'),
    batchSize: row.number('batchSize'),
    index: row.number('index'),
    name: row.text('name'),
    type: row.text('type'),
    averageNs: row.number('averageNs'),
    medianNs: row.number('medianNs'),
    totalNs: row.number('totalNs'),
    runCount: row.number('runCount'),
  }));
}

/** One engine at one precision and batch size: a column of the comparison. */
export interface EngineColumn {
  readonly id: string;
  readonly title: string;
  readonly layers: readonly Layer[];
  /** Sum of the means. */
  readonly totalNs: number;
}

const columnId = ({ engine, precision, batchSize }: Layer) =>
  `${engine} · ${precision || 'unknown precision'} · batch ${batchSize}`;

/** Engines of one model, in the order of the rows. */
export function engineColumns(layers: readonly Layer[], model: string): EngineColumn[] {
  const columns = new Map<string, Layer[]>();
  for (const layer of layers) {
    if (layer.model !== model) continue;
    const id = columnId(layer);
    columns.set(id, [...(columns.get(id) ?? []), layer]);
  }
  return [...columns].map(([id, own]) => ({
    id,
    title: id,
    layers: own,
    totalNs: own.reduce((sum, { averageNs }) => sum + averageNs, 0),
  }));
}

export interface LayerBars {
  /** Names of layers, the dearest first. */
  readonly names: readonly string[];
  /** Mean ns by the place of the name; NaN where an engine has no such layer. */
  readonly columns: readonly { readonly title: string; readonly averageNs: readonly number[] }[];
  /** Layers that are not drawn. */
  readonly leftOutCount: number;
}

export const LAYER_BARS_MAX = 24;

/** The dearest layers of the engines side by side; a layer is the same where its name is. */
export function layerBars(columns: readonly EngineColumn[], barsMax = LAYER_BARS_MAX): LayerBars {
  const cost = new Map<string, number>();
  for (const { layers } of columns) {
    for (const { name, averageNs } of layers) cost.set(name, Math.max(cost.get(name) ?? 0, averageNs));
  }
  const names = [...cost].sort((left, right) => right[1] - left[1]).map(([name]) => name);
  const drawn = names.slice(0, barsMax);
  return {
    names: drawn,
    columns: columns.map(({ title, layers }) => ({
      title,
      averageNs: drawn.map((name) => layers.find((each) => each.name === name)?.averageNs ?? Number.NaN),
    })),
    leftOutCount: names.length - drawn.length,
  };
}

/** Every layer with its mean in each engine, as the window's tables show it; trtexec's columns for the first. */
export function layerTable(columns: readonly EngineColumn[]): WindowTable {
  const [first] = columns;
  const keys = new Map<string, Layer>();
  for (const { layers } of columns) for (const layer of layers) if (!keys.has(layer.name)) keys.set(layer.name, layer);
  const meanIn = ({ layers }: EngineColumn, name: string) =>
    layers.find((each) => each.name === name)?.averageNs ?? null;
  const share = (name: string) => {
    const mean = first && meanIn(first, name);
    return mean == null || !(first.totalNs > 0) ? null : (mean / first.totalNs) * 100;
  };
  return {
    columns: [
      { name: '#', isText: false },
      { name: 'Layer', isText: true },
      { name: 'Type', isText: true },
      { name: 'Time (%)', isText: false },
      ...columns.map(({ title }) => ({ name: columns.length === 1 ? 'Mean (ns)' : `${title} (ns)`, isText: false })),
    ],
    rows: [...keys.values()].map(({ index, name, type }) => [
      index,
      name,
      type,
      share(name),
      ...columns.map((column) => meanIn(column, name)),
    ]),
  };
}
