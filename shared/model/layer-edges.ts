// From a graph whose nodes have names to edges between the layers that an engine measured. Engines fuse nodes and drop others, so a node
// may have no layer of its own: one that computes was fused into the layer before it, one that only names or lays out values anew is
// looked through. Pure.

/** A value that goes from one layer into another. Layers are positions in the engine, as in the table layer. */
export interface LayerEdge {
  /** -1 is an input of the network. */
  readonly from: number;
  /** -1 is an output of the network. */
  readonly to: number;
  readonly tensor: string;
  /** At a batch of 1; undefined where nobody knows. */
  readonly dims: readonly number[] | undefined;
  /** At a batch of 1; -1 where nobody knows. */
  readonly bytes: number;
}

export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  /** Names of values. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Nodes in an order in which they can run; values that no node makes and that are no input are constants. */
export interface GraphOutline {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface ValueSize {
  readonly dims: readonly number[];
  readonly bytes: number;
}

export interface EdgeOptions {
  /** Of a value that `layer` makes as its output number `position`; layer -1 is an input of the network. */
  readonly sizeOf: (value: string, layer: number, position: number) => ValueSize | undefined;
  /** Whether a node of this operator that has no layer was fused into the layer before it. */
  readonly isFused: (operator: string) => boolean;
}

interface Layer {
  readonly name: string;
  readonly type: string;
}

interface Source {
  readonly layer: number;
  readonly value: string;
  readonly position: number;
}

/** The layer of each node, by name; nodes without a name by operator, in the order in which both run. -1 where there is none. */
function layersOfNodes(nodes: readonly GraphNode[], layers: readonly Layer[]): number[] {
  const byName = new Map<string, number[]>();
  for (const [index, { name }] of layers.entries()) byName.set(name, [...(byName.get(name) ?? []), index]);
  const found = nodes.map(({ name }) => (name === '' ? undefined : byName.get(name)?.shift()) ?? -1);
  const taken = new Set(found);
  const free = layers.map((layer, index) => ({ ...layer, index })).filter(({ index }) => !taken.has(index));
  return nodes.map(({ name, operator }, at) => {
    if (found[at] >= 0 || name !== '') return found[at];
    const next = free.findIndex(({ type }) => type === operator);
    return next < 0 ? -1 : free.splice(next, 1)[0].index;
  });
}

/** Edges in the order of the nodes that read, each of them once. `layers` are those of one batch size, in their order. */
export function deriveLayerEdges(graph: GraphOutline, layers: readonly Layer[], options: EdgeOptions): LayerEdge[] {
  const layerOf = layersOfNodes(graph.nodes, layers);
  const sources = new Map<string, readonly Source[]>();
  for (const value of graph.inputs) sources.set(value, [{ layer: -1, value, position: 0 }]);
  const edges = new Map<string, LayerEdge>();
  const read = ({ layer: from, value, position }: Source, to: number) => {
    const key = `${from} ${to} ${value}`;
    if (from === to || edges.has(key)) return;
    const { dims, bytes = -1 } = options.sizeOf(value, from, position) ?? {};
    edges.set(key, { from, to, tensor: value, dims, bytes });
  };
  for (const [at, { operator, inputs, outputs }] of graph.nodes.entries()) {
    const given = inputs.flatMap((value) => sources.get(value) ?? []);
    // Layers are numbered as they run, so the last one of those that feed it is the one it can be part of.
    const before = options.isFused(operator) ? Math.max(-1, ...given.map(({ layer }) => layer)) : -1;
    const own = layerOf[at] >= 0 ? layerOf[at] : before;
    if (own >= 0) for (const source of given) read(source, own);
    for (const [position, value] of outputs.entries()) {
      sources.set(value, own >= 0 ? [{ layer: own, value, position }] : given);
    }
  }
  for (const value of graph.outputs) for (const source of sources.get(value) ?? []) read(source, -1);
  return [...edges.values()];
}

interface Measured extends Layer {
  readonly batchSize: number;
}

/** What tells the layers of one batch size apart: several may have one name. */
function keysOf(layers: readonly Measured[]): string[] {
  const counts = new Map<string, number>();
  return layers.map(({ name, batchSize }) => {
    const counted = `${batchSize} ${name}`;
    const nth = counts.get(counted) ?? 0;
    counts.set(counted, nth + 1);
    return `${nth} ${name}`;
  });
}

/**
 * The position of each measured layer in its engine: the same for a layer that was measured at several batch sizes. One that some batch size
 * does not have comes behind the layer that it follows where it is.
 */
export function layerIndexes(layers: readonly Measured[]): number[] {
  const keys = keysOf(layers);
  const order: string[] = [];
  const known = new Set<string>();
  let previous = -1;
  for (const [at, key] of keys.entries()) {
    const isFirst = at === 0 || layers[at].batchSize !== layers[at - 1].batchSize;
    if (isFirst) previous = -1;
    if (known.has(key)) {
      previous = order.indexOf(key, Math.max(0, previous));
      if (previous < 0) previous = order.indexOf(key);
    } else {
      previous += 1;
      order.splice(previous, 0, key);
      known.add(key);
    }
  }
  const positions = new Map(order.map((key, index) => [key, index]));
  return keys.map((key) => positions.get(key) ?? -1);
}

/** The layers by position, each of them once. */
export function distinctLayers<T extends Measured>(layers: readonly T[]): T[] {
  const first = new Map<number, T>();
  const indexes = layerIndexes(layers);
  for (const [at, layer] of layers.entries()) first.set(indexes[at], first.get(indexes[at]) ?? layer);
  return [...first].sort(([left], [right]) => left - right).map(([, layer]) => layer);
}
