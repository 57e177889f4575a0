// Where each layer of a network is drawn, top to bottom, and the way of each link between them. Pure; typed arrays, so that a worker can
// hand the answer over.

import { orderRanks } from './order';
import { placeNodes } from './places';
import { type Links, ranksOf } from './ranks';

export interface GraphShape extends Links {
  /** By node, px at scale 1. */
  readonly widthsPx: Float64Array;
  readonly heightsPx: Float64Array;
}

export interface GraphLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Left and top of each node, and the sizes that were given. */
  readonly leftPx: Float64Array;
  readonly topPx: Float64Array;
  readonly widthsPx: Float64Array;
  readonly heightsPx: Float64Array;
  /** Top of each rank, and of the one that would follow the last. */
  readonly rankTopPx: Float64Array;
  /** Rank of each node, from 0 at the top; and nodes by rank from left to right: those of rank r begin at rankStart[r]. */
  readonly rank: Int32Array;
  readonly rankStart: Int32Array;
  readonly rankNodes: Int32Array;
  /** Points of the links, x and y in turn: those of link n are before wayStart[n + 1]. From where it leaves to where it enters. */
  readonly wayStart: Int32Array;
  readonly wayPx: Float32Array;
}

const GAP_PX = 26;
const RANK_GAP_PX = 40;
/** What a link takes that passes a rank. */
const PASS_WIDTH_PX = 10;
/** Links that pass more ranks than these many passes in all allow go straight; else one skip over a long chain costs more than the rest. */
const PASSES_MAX = 30_000;
/**
 * Long links are straight between their ends (Gansner et al., "A Technique for Drawing Directed Graphs", 1993, section 4), but hardly move
 * these: else each skip pushes the chain beside it a little farther aside, and a hundred of them drift over the page.
 */
const PULLS = { ends: 2, mixed: 0.01, passes: 4 };

/** The longest way over ranks that still gets places of its own. */
function spanMax(spans: Int32Array): number {
  let left = PASSES_MAX;
  let longest = 1;
  for (const span of spans.slice().sort()) {
    left -= span - 1;
    if (left < 0) break;
    longest = span;
  }
  return longest;
}

/** Links that lead over several ranks are cut up by passes: nodes of their own, numbered after the real ones. */
function withPasses(nodeCount: number, { from, to }: Links, ranks: Int32Array) {
  const spans = from.map((node, link) => Math.abs(ranks[to[link]] - ranks[node]));
  const longest = spanMax(spans);
  const cutFrom: number[] = [];
  const cutTo: number[] = [];
  const passRanks: number[] = [];
  const passesOf: (readonly [first: number, count: number])[] = [];
  from.forEach((node, link) => {
    const isUpward = ranks[to[link]] < ranks[node];
    const [upper, lower] = isUpward ? [to[link], node] : [node, to[link]];
    const passCount = spans[link] > longest ? 0 : Math.max(0, spans[link] - 1);
    const first = nodeCount + passRanks.length;
    passesOf.push([first, passCount]);
    if (spans[link] === 0 || spans[link] > longest) return;
    for (let pass = 0; pass < passCount; pass++) passRanks.push(ranks[upper] + 1 + pass);
    for (let step = 0; step <= passCount; step++) {
      cutFrom.push(step === 0 ? upper : first + step - 1);
      cutTo.push(step === passCount ? lower : first + step);
    }
  });
  const allRanks = new Int32Array(nodeCount + passRanks.length);
  allRanks.set(ranks);
  allRanks.set(passRanks, nodeCount);
  return { allRanks, cut: { from: Int32Array.from(cutFrom), to: Int32Array.from(cutTo) }, passesOf };
}

/** Nodes may be linked in circles or not at all. Twice as many nodes take about twice as long. */
export function layOutGraph({ from, to, widthsPx, heightsPx }: GraphShape): GraphLayout {
  const nodeCount = widthsPx.length;
  const rank = ranksOf(nodeCount, { from, to });
  const { allRanks, cut, passesOf } = withPasses(nodeCount, { from, to }, rank);
  const rows = orderRanks(allRanks, cut);
  const allWidthsPx = new Float64Array(allRanks.length).fill(PASS_WIDTH_PX);
  allWidthsPx.set(widthsPx);
  const isPass = (node: number) => node >= nodeCount;
  const pulls = Float64Array.from(cut.from, (node, link) => {
    const passCount = Number(isPass(node)) + Number(isPass(cut.to[link]));
    return passCount === 2 ? PULLS.passes : passCount === 1 ? PULLS.mixed : PULLS.ends;
  });
  const middlesPx = placeNodes({ rows, links: cut, widthsPx: allWidthsPx, pulls, gapPx: GAP_PX });

  const rankTopPx = new Float64Array(rows.length + 1);
  const rankHeightPx = new Float64Array(rows.length);
  rows.forEach((row, index) => {
    for (const node of row) if (!isPass(node)) rankHeightPx[index] = Math.max(rankHeightPx[index], heightsPx[node]);
    rankTopPx[index + 1] = rankTopPx[index] + rankHeightPx[index] + RANK_GAP_PX;
  });
  const leftPx = widthsPx.map((widthPx, node) => middlesPx[node] - widthPx / 2);
  const topPx = heightsPx.map((heightPx, node) => rankTopPx[rank[node]] + (rankHeightPx[rank[node]] - heightPx) / 2);
  const ways: number[] = [];
  const wayStart = new Int32Array(from.length + 1);
  from.forEach((node, link) => {
    const reader = to[link];
    const isUpward = rank[reader] < rank[node];
    const [first, count] = passesOf[link];
    ways.push(middlesPx[node], topPx[node] + (isUpward ? 0 : heightsPx[node]));
    for (let step = 0; step < count; step++) {
      const pass = isUpward ? first + count - 1 - step : first + step;
      const passTopPx = rankTopPx[allRanks[pass]];
      const ends = [passTopPx, passTopPx + rankHeightPx[allRanks[pass]]];
      for (const yPx of isUpward ? ends.reverse() : ends) ways.push(middlesPx[pass], yPx);
    }
    ways.push(middlesPx[reader], topPx[reader] + (isUpward ? heightsPx[reader] : 0));
    wayStart[link + 1] = ways.length;
  });
  const real = rows.map((row) => row.filter((node) => !isPass(node)));
  const rankStart = new Int32Array(rows.length + 1);
  real.forEach((row, index) => {
    rankStart[index + 1] = rankStart[index] + row.length;
  });
  return {
    widthPx: middlesPx.reduce((most, px, node) => Math.max(most, px + allWidthsPx[node] / 2), 0),
    heightPx: Math.max(0, rankTopPx[rows.length] - RANK_GAP_PX),
    ...{ leftPx, topPx, widthsPx, heightsPx, rankTopPx, rank, rankStart },
    rankNodes: Int32Array.from(real.flat()),
    ...{ wayStart, wayPx: Float32Array.from(ways) },
  };
}
