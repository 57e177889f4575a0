// An engine's layers as a graph: what `edge` says flows between the layers of `layer`.

import type { WindowTable } from '../../../../../shared/window/methods';
import type { EngineColumn, Layer } from '../layers';
import { readingsOf } from '../records';

export interface Edge {
  readonly source: number;
  readonly timeNs: number;
  readonly model: string;
  readonly engine: string;
  /** Index of the layer; -1 is an input of the network. */
  readonly fromLayer: number;
  /** -1 is an output of the network. */
  readonly toLayer: number;
  readonly tensor: string;
  readonly shape: string;
  /** -1 when nobody knows. */
  readonly bytes: number;
}

export const EDGES_MAX = 60_000;
export const EDGES_SQL = `SELECT * FROM edge ORDER BY timeNs DESC LIMIT ${EDGES_MAX}`;

export const edgesOf = (table: WindowTable | undefined): Edge[] =>
  readingsOf(table).map((row) => ({
    source: row.number('source'),
    timeNs: row.number('timeNs'),
    model: row.text('model'),
    engine: row.text('engine'),
    fromLayer: row.number('fromLayer'),
    toLayer: row.number('toLayer'),
    tensor: row.text('tensor'),
    shape: row.text('shape'),
    bytes: row.number('bytes'),
  }));

export interface GraphNode {
  readonly kind: 'input' | 'layer' | 'output';
  /** Of the layer, or of the value that comes in or goes out. */
  readonly name: string;
  readonly type: string;
  /** undefined for inputs, outputs, and layers whose time the engine did not tell. */
  readonly layer: Layer | undefined;
  /** Of the time of all layers, 0 to 1; NaN when nobody knows. */
  readonly shareRatio: number;
}

export interface GraphLink {
  /** Places in the list of nodes. */
  readonly from: number;
  readonly to: number;
  readonly tensor: string;
  readonly shape: string;
  readonly bytes: number;
}

export interface LayerGraph {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
}

/** The edges that were read from the same engine as the column's layers: those of the same runner, read at the closest moment. */
export function edgesOfColumn(edges: readonly Edge[], { layers: [first] }: EngineColumn): Edge[] {
  const own = edges.filter(({ model, engine }) => model === first?.model && engine === first.engine);
  const distance = ({ source, timeNs }: Edge) =>
    (source === first.source ? 0 : Number.MAX_SAFE_INTEGER) + Math.abs(timeNs - first.timeNs);
  const closest = own.reduce<Edge | undefined>(
    (best, edge) => (best && distance(best) <= distance(edge) ? best : edge),
    undefined,
  );
  return own.filter(({ source, timeNs }) => source === closest?.source && timeNs === closest.timeNs);
}

/** Layers in their order, then inputs and outputs of the network. Layers that no edge names stand alone. */
export function layerGraphOf(column: EngineColumn, edges: readonly Edge[]): LayerGraph {
  const nodes: GraphNode[] = [];
  const places = new Map<string, number>();
  // Rows of before the first recording with edges count on from one batch size to the next.
  const firstIndex = column.layers.reduce((least, { index }) => Math.min(least, index), Number.POSITIVE_INFINITY);
  for (const layer of column.layers) {
    places.set(`layer ${layer.index - firstIndex}`, nodes.length);
    const shareRatio = column.totalNs > 0 ? layer.averageNs / column.totalNs : Number.NaN;
    nodes.push({ kind: 'layer', name: layer.name, type: layer.type, layer, shareRatio });
  }
  const placeOf = (kind: GraphNode['kind'], key: string, name: string) => {
    const found = places.get(`${kind} ${key}`);
    if (found !== undefined) return found;
    places.set(`${kind} ${key}`, nodes.length);
    const type = kind === 'layer' ? 'no time was told' : kind;
    return nodes.push({ kind, name, type, layer: undefined, shareRatio: Number.NaN }) - 1;
  };
  const layerPlace = (index: number) => placeOf('layer', String(index), `layer ${index}`);
  const links = edgesOfColumn(edges, column).map(({ fromLayer, toLayer, tensor, shape, bytes }) => ({
    from: fromLayer < 0 ? placeOf('input', tensor, tensor) : layerPlace(fromLayer),
    to: toLayer < 0 ? placeOf('output', tensor, tensor) : layerPlace(toLayer),
    ...{ tensor, shape, bytes },
  }));
  return { nodes, links };
}

const NODE_WIDTH_PX = 200;
const NODE_HEIGHT_PX = { least: 34, most: 84 };
const END_SIZE_PX = { width: 132, height: 24 };

/** A layer is the higher the more of the time it takes: the dearest is as high as a box may be. */
export function graphShape({ nodes, links }: LayerGraph) {
  const dearest = nodes.reduce((most, { shareRatio }) => Math.max(most, shareRatio || 0), 0);
  const { least, most } = NODE_HEIGHT_PX;
  return {
    from: Int32Array.from(links, ({ from }) => from),
    to: Int32Array.from(links, ({ to }) => to),
    widthsPx: Float64Array.from(nodes, ({ kind }) => (kind === 'layer' ? NODE_WIDTH_PX : END_SIZE_PX.width)),
    heightsPx: Float64Array.from(nodes, ({ kind, shareRatio }) =>
      kind !== 'layer'
        ? END_SIZE_PX.height
        : least + (dearest > 0 ? ((shareRatio || 0) / dearest) * (most - least) : 0),
    ),
  };
}

/** Places of the nodes whose name or type has the words in it, the dearest first; none for no words. */
export function searchNodes({ nodes }: LayerGraph, words: string): number[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  return nodes
    .map(({ name, type }, place) => ({ place, text: `${name} ${type}`.toLowerCase() }))
    .filter(({ text }) => text.includes(wanted))
    .map(({ place }) => place)
    .sort((left, right) => (nodes[right].shareRatio || 0) - (nodes[left].shareRatio || 0) || left - right);
}
