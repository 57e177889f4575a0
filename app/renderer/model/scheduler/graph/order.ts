// Who stands beside whom in a rank, so that few links cross. Pure. K. Sugiyama, S. Tagawa, M. Toda, "Methods for Visual Understanding
// of Hierarchical System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11(2), 1981.

import { adjacencyOf, type Links } from './ranks';

/** Down and up count as one each. More sweeps change little. */
const SWEEP_COUNT = 10;

/** Nodes by rank, from left to right. */
export type Ranking = readonly (readonly number[])[];

/** `links` lead from each rank to the next only. */
export function orderRanks(ranks: Int32Array, links: Links): Ranking {
  const nodeCount = ranks.length;
  const [out, into] = [adjacencyOf(nodeCount, links.from), adjacencyOf(nodeCount, links.to)];
  let rows = firstOrder(ranks, links);
  const place = new Float64Array(nodeCount);
  const settle = (row: readonly number[]) =>
    row.forEach((node, index) => {
      place[node] = index;
    });
  rows.forEach(settle);
  let best = rows;
  let bestCount = crossingCount(rows, links);
  for (let sweep = 0; sweep < SWEEP_COUNT && bestCount > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const { start, links: own } = isDown ? into : out;
    const ends = isDown ? links.from : links.to;
    const sorted = rows.map((row) => row);
    for (let step = 1; step < rows.length; step++) {
      const rank = isDown ? step : rows.length - 1 - step;
      const wish = new Map(
        rows[rank].map((node) => {
          const places = Array.from(own.subarray(start[node], start[node + 1]), (link) => place[ends[link]]);
          return [node, places.length === 0 ? place[node] : medianOf(places)] as const;
        }),
      );
      sorted[rank] = [...rows[rank]].sort(
        (left, right) => (wish.get(left) ?? 0) - (wish.get(right) ?? 0) || place[left] - place[right],
      );
      settle(sorted[rank]);
    }
    rows = sorted;
    const count = crossingCount(rows, links);
    if (count < bestCount) [best, bestCount] = [rows, count];
  }
  return best;
}

function medianOf(values: number[]): number {
  values.sort((left, right) => left - right);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** From the top down, depth first: branches begin side by side. */
function firstOrder(ranks: Int32Array, { from, to }: Links): number[][] {
  const nodeCount = ranks.length;
  const rows: number[][] = Array.from(
    { length: nodeCount === 0 ? 0 : ranks.reduce((a, b) => Math.max(a, b)) + 1 },
    () => [],
  );
  const out = adjacencyOf(nodeCount, from);
  const isSeen = new Uint8Array(nodeCount);
  const byRank = Array.from({ length: nodeCount }, (_, node) => node).sort(
    (left, right) => ranks[left] - ranks[right] || left - right,
  );
  for (const root of byRank) {
    const open = [root];
    while (open.length > 0) {
      const node = open.pop() as number;
      if (isSeen[node]) continue;
      isSeen[node] = 1;
      rows[ranks[node]].push(node);
      for (let at = out.start[node + 1] - 1; at >= out.start[node]; at--) open.push(to[out.links[at]]);
    }
  }
  return rows;
}

/** How many pairs of links cross. W. Barth, P. Mutzel, M. Jünger, "Simple and Efficient Bilayer Cross Counting", 2004. */
export function crossingCount(rows: Ranking, { from, to }: Links): number {
  const nodeCount = rows.reduce((sum, { length }) => sum + length, 0);
  const place = new Int32Array(nodeCount);
  for (const row of rows) {
    row.forEach((node, index) => {
      place[node] = index;
    });
  }
  const out = adjacencyOf(nodeCount, from);
  let count = 0;
  for (let rank = 0; rank + 1 < rows.length; rank++) {
    const width = rows[rank + 1].length;
    const seen = new Int32Array(width + 1); // a Fenwick tree of the lower ends so far
    let seenCount = 0;
    for (const node of rows[rank]) {
      const ends = Array.from(out.links.subarray(out.start[node], out.start[node + 1]), (link) => place[to[link]]);
      for (const end of ends) {
        let atMost = 0;
        for (let at = end + 1; at > 0; at -= at & -at) atMost += seen[at];
        count += seenCount - atMost;
      }
      for (const end of ends) {
        for (let at = end + 1; at <= width; at += at & -at) seen[at] += 1;
        seenCount += 1;
      }
    }
  }
  return count;
}
