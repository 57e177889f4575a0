// Layers of engines: what each one costs, by precision side by side.

import type { WindowTable } from '../../../../shared/window/methods';
import { readingsOf } from './records';

export interface Layer {
  /** Which runner told it, and when: SessionNs. */
  readonly source: number;
  readonly timeNs: number;
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

export const LAYERS_MAX = 20_000;
/** The newest reading of every engine. */
export const LAYERS_SQL = `SELECT * FROM layer QUALIFY rank() OVER (
  PARTITION BY model, engine, precision, batchSize ORDER BY timeNs DESC, source DESC) = 1
  ORDER BY model, engine, precision, batchSize, "index" LIMIT ${LAYERS_MAX}`;

export function layersOf(table: WindowTable | undefined): Layer[] {
  return readingsOf(table).map((row) => ({
    source: row.number('source'),
    timeNs: row.number('timeNs'),
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
    const own = columns.get(id);
    if (own) own.push(layer);
    else columns.set(id, [layer]);
  }
  return [...columns].map(([id, own]) => ({
    id,
    title: id,
    layers: own,
    totalNs: own.reduce((sum, { averageNs }) => sum + Math.max(0, averageNs), 0),
  }));
}
