// The layout of a graph: ranks, few crossings, nothing upon another, and thousands of layers in little time.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GraphLayout, layOutGraph } from '../../../../app/renderer/model/scheduler/graph/layout';
import { crossingCount, orderRanks } from '../../../../app/renderer/model/scheduler/graph/order';
import { ranksOf } from '../../../../app/renderer/model/scheduler/graph/ranks';

type Pairs = readonly (readonly [from: number, to: number])[];

const linksOf = (pairs: Pairs) => ({
  from: Int32Array.from(pairs, ([from]) => from),
  to: Int32Array.from(pairs, ([, to]) => to),
});

const WIDTH_PX = 100;
const HEIGHT_PX = 30;
const layOut = (nodeCount: number, pairs: Pairs) =>
  layOutGraph({
    ...linksOf(pairs),
    widthsPx: new Float64Array(nodeCount).fill(WIDTH_PX),
    heightsPx: new Float64Array(nodeCount).fill(HEIGHT_PX),
  });

const wayOf = ({ wayStart, wayPx }: GraphLayout, link: number) =>
  Array.from(wayPx.subarray(wayStart[link], wayStart[link + 1]));

describe('ranks', () => {
  //   0 ─▶ 1 ─▶ 2 ─▶ 4
  //   └───────────▶──┘      3 is a constant that 4 reads
  test('below all that a node reads; what reads nothing stands above its reader', () => {
    const links = linksOf([
      [0, 1],
      [1, 2],
      [2, 4],
      [0, 4],
      [3, 4],
    ]);
    expect(Array.from(ranksOf(5, links))).toEqual([0, 1, 2, 2, 3]);
  });

  test('a circle, a node that reads itself, and one without links do no harm', () => {
    expect(
      Array.from(
        ranksOf(
          4,
          linksOf([
            [0, 1],
            [1, 2],
            [2, 0],
            [1, 1],
          ]),
        ),
      ),
    ).toEqual([0, 1, 2, 0]);
  });
});

//   0   1        0   1
//    ╲ ╱    ▶    │   │
//    ╱ ╲         │   │
//   2   3        3   2
test('links that need not cross do not', () => {
  const links = linksOf([
    [0, 3],
    [1, 2],
  ]);
  const ranks = Int32Array.of(0, 0, 1, 1);
  expect(
    crossingCount(
      [
        [0, 1],
        [2, 3],
      ],
      links,
    ),
  ).toBe(1);
  expect(crossingCount(orderRanks(ranks, links), links)).toBe(0);
});

describe('the layout', () => {
  test('a chain is a straight line down', () => {
    const layout = layOut(3, [
      [0, 1],
      [1, 2],
    ]);
    expect(Array.from(layout.leftPx)).toEqual([0, 0, 0]);
    expect(layout.topPx[0]).toBe(0);
    expect(layout.topPx[1]).toBeGreaterThan(layout.topPx[0] + HEIGHT_PX);
    expect([layout.widthPx, layout.heightPx]).toEqual([WIDTH_PX, layout.topPx[2] + HEIGHT_PX]);
    expect(wayOf(layout, 0)).toEqual([50, HEIGHT_PX, 50, layout.topPx[1]]);
  });

  test('a skip goes round the layers that it passes', () => {
    const layout = layOut(3, [
      [0, 1],
      [1, 2],
      [0, 2],
    ]);
    const [passX, , sameX] = wayOf(layout, 2).slice(2);
    expect(passX).toBe(sameX);
    expect(Math.abs(passX - (layout.leftPx[1] + WIDTH_PX / 2))).toBeGreaterThan(WIDTH_PX / 2);
  });

  test('of any graph: nothing lies upon another, ranks are whole, ways begin and end at their layers', () => {
    const graphs = fc.integer({ min: 1, max: 30 }).chain((nodeCount) => {
      const node = fc.integer({ min: 0, max: nodeCount - 1 });
      return fc.record({ nodeCount: fc.constant(nodeCount), pairs: fc.array(fc.tuple(node, node), { maxLength: 50 }) });
    });
    fc.assert(
      fc.property(graphs, ({ nodeCount, pairs }) => {
        const layout = layOut(nodeCount, pairs);
        const { leftPx, topPx, rank, rankStart, rankNodes } = layout;
        expect(Array.from(rankNodes).sort((left, right) => left - right)).toEqual(
          Array.from(leftPx, (_, node) => node),
        );
        for (let at = 0; at < rankStart.length - 1; at++) {
          const row = Array.from(rankNodes.subarray(rankStart[at], rankStart[at + 1]));
          for (const node of row) expect([rank[node], topPx[node]]).toEqual([at, topPx[row[0]]]);
          for (let place = 1; place < row.length; place++) {
            expect(leftPx[row[place]]).toBeGreaterThanOrEqual(leftPx[row[place - 1]] + WIDTH_PX);
          }
        }
        pairs.forEach(([from, to], link) => {
          const way = wayOf(layout, link);
          expect(way[0]).toBeCloseTo(leftPx[from] + WIDTH_PX / 2, 2);
          expect(way.at(-2)).toBeCloseTo(leftPx[to] + WIDTH_PX / 2, 2);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('five thousand layers with branches and skips', () => {
    const pairs: [number, number][] = [];
    for (let node = 0; node < 5000; node++) {
      if (node > 0)
        pairs.push([node - 1 - (node % 7 === 3 ? 1 : 0), node].map((each) => Math.max(0, each)) as [number, number]);
      if (node % 5 === 0 && node > 12) pairs.push([node - 12, node]);
      if (node % 100 === 0 && node > 1000) pairs.push([node - 1000, node]);
    }
    const layout = layOut(5000, pairs);
    expect(layout.rankNodes).toHaveLength(5000);
    expect(Number.isFinite(layout.widthPx) && layout.heightPx > 0).toBe(true);
  });
});
