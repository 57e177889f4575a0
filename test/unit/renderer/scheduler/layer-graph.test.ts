// Rows of layers and edges as a graph, and what is seen of it.

import { describe, expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import {
  firstView,
  fitGraph,
  hasStrip,
  neighbourOf,
  nodeAt,
  panGraph,
  ranksBetween,
  resizedView,
  revealNode,
  stripOf,
  viewAtStrip,
  zoomGraph,
} from '../../../../app/renderer/model/scheduler/graph/graph-view';
import {
  EDGES_SQL,
  edgesOf,
  graphShape,
  layerGraphOf,
  searchNodes,
} from '../../../../app/renderer/model/scheduler/graph/layer-graph';
import { layOutGraph } from '../../../../app/renderer/model/scheduler/graph/layout';
import { engineColumns, LAYERS_SQL, layersOf } from '../../../../app/renderer/model/scheduler/layers';
import { withSession } from '../../session/recording';

const layer = (index: number, name: string, averageNs: number, given = {}) => ({
  ...{ timeNs: 5, averageNs, medianNs: averageNs, totalNs: averageNs, batchSize: 1, runCount: 1, index, name },
  ...{ model: 'detect', engine: 'detect@1', precision: 'fp32', type: 'Conv', ...given },
});
const edge = (fromLayer: number, toLayer: number, tensor: string, given = {}) => ({
  ...{
    timeNs: 5,
    fromLayer,
    toLayer,
    tensor,
    shape: '1 × 8',
    bytes: 32,
    model: 'detect',
    engine: 'detect@1',
    ...given,
  },
});

//   input images ─▶ 0 stem ─▶ 1 left  ─▶ 3 join ─▶ output boxes
//                        └──▶ 2 right ──┘
const LAYERS = [
  layer(0, 'stem', 50),
  layer(1, 'left', 30),
  layer(2, 'right', 10),
  layer(3, 'join', 10, { type: 'Add' }),
];
const EDGES = [
  ...[
    edge(-1, 0, 'images'),
    edge(0, 1, 'x'),
    edge(0, 2, 'x'),
    edge(1, 3, 'l'),
    edge(2, 3, 'r', { bytes: -1 }),
    edge(3, -1, 'boxes'),
  ],
];

async function graphOf(layers = LAYERS, edges = EDGES) {
  return withSession({ layer: layers, edge: edges }, async ({ store }) => {
    const columns = engineColumns(layersOf(windowTableOf(await store.query(LAYERS_SQL))), 'detect');
    const read = edgesOf(windowTableOf(await store.query(EDGES_SQL)));
    return columns.map((column) => layerGraphOf(column, read));
  });
}

const drawn = async () => {
  const [graph] = await graphOf();
  return { graph, layout: layOutGraph(graphShape(graph)) };
};

describe('the graph', () => {
  test('layers, inputs and outputs, with their shares and what flows between them', async () => {
    const [{ nodes, links }] = await graphOf();
    expect(nodes.map(({ kind, name, shareRatio }) => [kind, name, shareRatio])).toEqual([
      ...[
        ['layer', 'stem', 0.5],
        ['layer', 'left', 0.3],
        ['layer', 'right', 0.1],
        ['layer', 'join', 0.1],
      ],
      ...[
        ['input', 'images', Number.NaN],
        ['output', 'boxes', Number.NaN],
      ],
    ]);
    const named = links.map(({ from, to, bytes }) => `${nodes[from].name} ${nodes[to].name} ${bytes}`).sort();
    expect(named).toEqual([
      'images stem 32',
      'join boxes 32',
      'left join 32',
      'right join -1',
      'stem left 32',
      'stem right 32',
    ]);
  });

  test('edges of an earlier reading, of another engine, and layers that count on, do not mix', async () => {
    const graphs = await graphOf(
      [...LAYERS, ...LAYERS.map((each) => ({ ...each, batchSize: 4, index: each.index + 4 }))],
      [...EDGES, edge(0, 3, 'old', { timeNs: 1 }), edge(0, 3, 'foreign', { engine: 'other' })],
    );
    expect(graphs).toHaveLength(2);
    for (const { nodes, links } of graphs) expect([nodes.length, links.length]).toEqual([6, 6]);
  });

  test('an edge may name a layer whose time was not told', async () => {
    const [{ nodes }] = await graphOf(LAYERS, [...EDGES, edge(3, 9, 'y')]);
    expect(nodes.at(-1)).toMatchObject({ kind: 'layer', name: 'layer 9', layer: undefined });
  });

  test('the dearest layer has the highest box', async () => {
    const [graph] = await graphOf();
    const { heightsPx } = graphShape(graph);
    expect(heightsPx[0]).toBe(Math.max(...heightsPx));
    expect(heightsPx[1]).toBeGreaterThan(heightsPx[2]);
  });

  test('search finds names and types, the dearest first', async () => {
    const [graph] = await graphOf();
    expect([
      searchNodes(graph, 'CONV'),
      searchNodes(graph, 'add'),
      searchNodes(graph, ' '),
      searchNodes(graph, 'lstm'),
    ]).toEqual([...[[0, 1, 2], [3], [], []]]);
  });
});

describe('the view', () => {
  const window = { widthPx: 800, heightPx: 400 };

  test('all of it fits; the pointer finds each node where it is drawn', async () => {
    const { graph, layout } = await drawn();
    const view = fitGraph(layout, window);
    graph.nodes.forEach((_, node) => {
      const xPx = (layout.leftPx[node] + 5 - view.leftPx) * view.scale;
      const yPx = (layout.topPx[node] + 5 - view.topPx) * view.scale;
      expect(xPx > 0 && xPx < window.widthPx && yPx > 0 && yPx < window.heightPx).toBe(true);
      expect(nodeAt(layout, view, { xPx, yPx })).toBe(node);
    });
    expect(nodeAt(layout, view, { xPx: 1, yPx: 1 })).toBe(undefined);
  });

  test('zoom keeps the point under the pointer, and has bounds', async () => {
    const { layout } = await drawn();
    const view = fitGraph(layout, window);
    const at = { xPx: 300, yPx: 100 };
    const zoomed = zoomGraph(view, 2, at, layout, window);
    expect(zoomed.scale).toBeCloseTo(view.scale * 2);
    expect(zoomed.leftPx + at.xPx / zoomed.scale).toBeCloseTo(view.leftPx + at.xPx / view.scale);
    expect(zoomGraph(view, 1000, at, layout, window).scale).toBe(3);
    expect(zoomGraph(view, 0.001, at, layout, window).scale).toBeCloseTo(view.scale / 2);
  });

  test('however far one pans, some of the graph stays in the window', async () => {
    const { layout } = await drawn();
    const { leftPx, topPx, scale } = panGraph(fitGraph(layout, window), { xPx: 1e6, yPx: -1e6 }, layout, window);
    expect(leftPx).toBeLessThan(layout.widthPx);
    expect(topPx + window.heightPx / scale).toBeGreaterThan(0);
  });

  test('a large graph begins at its top, as large as can be read; a chosen node comes into view', async () => {
    const nodeCount = 500;
    const layout = layOutGraph({
      from: Int32Array.from({ length: nodeCount - 1 }, (_, node) => node),
      to: Int32Array.from({ length: nodeCount - 1 }, (_, node) => node + 1),
      widthsPx: new Float64Array(nodeCount).fill(100),
      heightsPx: new Float64Array(nodeCount).fill(30),
    });
    const view = firstView(layout, window);
    expect(view.scale).toBeGreaterThan(0.5);
    expect(nodeAt(layout, view, { xPx: 400, yPx: 20 })).toBe(0);
    const [first, end] = ranksBetween(layout, view.topPx, view.topPx + window.heightPx / view.scale);
    expect(first).toBe(0);
    expect(end).toBeLessThan(20);
    const revealed = revealNode(view, 300, layout, window);
    expect(nodeAt(layout, revealed, { xPx: 400, yPx: 200 })).toBe(300);
    expect(revealNode(revealed, 300, layout, window)).toBe(revealed);
  });

  test('what is in the middle stays there when the window shrinks', async () => {
    const { layout } = await drawn();
    const view = revealNode(fitGraph(layout, window), 3, layout, window);
    const small = { widthPx: 500, heightPx: 300 };
    const middle = (seen: typeof view, { widthPx, heightPx }: typeof small) =>
      [seen.leftPx + widthPx / 2 / seen.scale, seen.topPx + heightPx / 2 / seen.scale].map(Math.round);
    expect(middle(resizedView(view, window, small), small)).toEqual(middle(view, window));
  });

  test('the strip stands for the whole height: the greatest value at each px, and a press goes there', async () => {
    const { layout } = await drawn();
    const strip = stripOf(layout, [0.5, 0.3, 0.1, 0.1, Number.NaN, Number.NaN], 100);
    expect(strip).toHaveLength(100);
    const pxOf = (node: number) => Math.floor(((layout.topPx[node] + 1) / layout.heightPx) * 100);
    expect([0, 1, 3].map((node) => strip[pxOf(node)])).toEqual([0.5, 0.3, 0.1].map(Math.fround));
    expect(strip[pxOf(4)]).toBe(0);
    const near = zoomGraph(fitGraph(layout, window), 3, { xPx: 0, yPx: 0 }, layout, window);
    expect([hasStrip(layout, fitGraph(layout, window), window), hasStrip(layout, near, window)]).toEqual([false, true]);
    const there = viewAtStrip(near, window.heightPx / 2, layout, window);
    expect(there.topPx + window.heightPx / there.scale / 2).toBeCloseTo(layout.heightPx / 2);
    expect(there.scale).toBe(near.scale);
  });

  test('arrows walk along the links and the rank', async () => {
    const { graph, layout } = await drawn();
    const walk = (node: number, to: 'up' | 'down' | 'left' | 'right') => neighbourOf(layout, graph.links, node, to);
    expect([walk(0, 'up'), walk(3, 'down'), walk(4, 'down'), walk(4, 'up')]).toEqual([4, 5, 0, undefined]);
    const sides = [walk(1, 'left'), walk(1, 'right')];
    expect(sides.filter((each) => each !== undefined)).toEqual([2]);
    expect([1, 2]).toContain(walk(0, 'down'));
  });
});
