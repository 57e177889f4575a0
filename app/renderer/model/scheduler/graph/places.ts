// Where the nodes of ranks stand from left to right: near those that they are linked with, in the order of their rank, with a gap. Pure.

import type { Ranking } from './order';
import { adjacencyOf, type Links } from './ranks';

const SWEEP_COUNT = 8;

export interface PlaceQuestion {
  readonly rows: Ranking;
  readonly links: Links;
  /** By node. */
  readonly widthsPx: Float64Array;
  /** How much a link wants to be straight, by link. */
  readonly pulls: Float64Array;
  readonly gapPx: number;
}

/** The middle of each node, in px from the left edge of the leftmost. */
export function placeNodes({ rows, links, widthsPx, pulls, gapPx }: PlaceQuestion): Float64Array {
  const nodeCount = widthsPx.length;
  const [out, into] = [adjacencyOf(nodeCount, links.from), adjacencyOf(nodeCount, links.to)];
  const middlesPx = new Float64Array(nodeCount);
  for (const row of rows) {
    let atPx = 0;
    for (const node of row) {
      middlesPx[node] = atPx + widthsPx[node] / 2;
      atPx += widthsPx[node] + gapPx;
    }
    for (const node of row) middlesPx[node] -= atPx / 2;
  }
  const wishOf = (node: number, sides: number) => {
    let [sum, weight] = [0, 0];
    const add = ({ start, links: own }: typeof out, ends: Int32Array) => {
      for (let at = start[node]; at < start[node + 1]; at++) {
        sum += pulls[own[at]] * middlesPx[ends[own[at]]];
        weight += pulls[own[at]];
      }
    };
    if (sides !== 1) add(into, links.from);
    if (sides !== 0) add(out, links.to);
    return weight === 0 ? { wishPx: middlesPx[node], weight: 0.1 } : { wishPx: sum / weight, weight };
  };
  const settle = (row: readonly number[], sides: number) => {
    const wishes = row.map((node) => wishOf(node, sides));
    spread(row, wishes, widthsPx, gapPx).forEach((px, index) => {
      middlesPx[row[index]] = px;
    });
  };
  for (let sweep = 0; sweep < SWEEP_COUNT; sweep++) {
    const isLast = sweep >= SWEEP_COUNT - 2;
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse()) settle(row, isLast ? 2 : sweep % 2);
  }
  let leftPx = Number.POSITIVE_INFINITY;
  for (let node = 0; node < nodeCount; node++) leftPx = Math.min(leftPx, middlesPx[node] - widthsPx[node] / 2);
  return middlesPx.map((px) => px - leftPx);
}

interface Wish {
  readonly wishPx: number;
  readonly weight: number;
}

/**
 * The places closest to the wishes by weighted least squares that keep order and gaps. With the gaps taken off, places may not fall
 * from left to right: that is isotonic regression, which pooling adjacent violators solves exactly.
 */
function spread(row: readonly number[], wishes: readonly Wish[], widthsPx: Float64Array, gapPx: number): number[] {
  const offsets: number[] = [];
  row.forEach((node, index) => {
    const before = row[index - 1];
    offsets.push(index === 0 ? 0 : offsets[index - 1] + (widthsPx[before] + widthsPx[node]) / 2 + gapPx);
  });
  const pools: { sum: number; weight: number; count: number }[] = [];
  wishes.forEach(({ wishPx, weight }, index) => {
    let pool = { sum: (wishPx - offsets[index]) * weight, weight, count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pool = { sum: last.sum + pool.sum, weight: last.weight + pool.weight, count: last.count + pool.count };
      pools.pop();
    }
    pools.push(pool);
  });
  const levels = pools.flatMap(({ sum, weight, count }) => new Array<number>(count).fill(sum / weight));
  return offsets.map((offset, index) => levels[index] + offset);
}
