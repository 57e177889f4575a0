// How far down each node stands: below all that it reads from. Pure.

export interface Links {
  /** Node that a link leaves, by link. */
  readonly from: Int32Array;
  /** Node that it enters, by link. */
  readonly to: Int32Array;
}

/** The links of each node in one array: those of node n are `links[start[n]]` to before `links[start[n + 1]]`. */
export interface Adjacency {
  readonly start: Int32Array;
  readonly links: Int32Array;
}

/** Links by the node at one of their ends. */
export function adjacencyOf(nodeCount: number, ends: Int32Array): Adjacency {
  const start = new Int32Array(nodeCount + 1);
  for (const node of ends) start[node + 1] += 1;
  for (let node = 0; node < nodeCount; node++) start[node + 1] += start[node];
  const next = start.slice();
  const links = new Int32Array(ends.length);
  ends.forEach((node, link) => {
    links[next[node]++] = link;
  });
  return { start, links };
}

/** Nodes in an order in which all that a node reads comes before it. Of a circle, the node with the smallest number comes first. */
export function topologicalOrder(nodeCount: number, { from, to }: Links, out: Adjacency): Int32Array {
  const missing = new Int32Array(nodeCount);
  to.forEach((node, link) => {
    if (from[link] !== node) missing[node] += 1;
  });
  const order = new Int32Array(nodeCount);
  const isTaken = new Uint8Array(nodeCount);
  let takenCount = 0;
  let doneCount = 0;
  const take = (node: number) => {
    isTaken[node] = 1;
    order[takenCount++] = node;
  };
  for (let node = 0; node < nodeCount; node++) if (missing[node] === 0) take(node);
  for (let next = 0; takenCount < nodeCount || doneCount < takenCount; ) {
    if (doneCount === takenCount) {
      while (isTaken[next]) next++;
      take(next);
    }
    const node = order[doneCount++];
    for (let at = out.start[node]; at < out.start[node + 1]; at++) {
      const reader = to[out.links[at]];
      if (reader === node || isTaken[reader]) continue;
      missing[reader] -= 1;
      if (missing[reader] === 0) take(reader);
    }
  }
  return order;
}

/**
 * Rank by node, from 0 at the top. A link that closes a circle leads upward. What reads nothing stands right above its first reader:
 * a constant is drawn where it is used.
 */
export function ranksOf(nodeCount: number, links: Links): Int32Array {
  const out = adjacencyOf(nodeCount, links.from);
  const order = topologicalOrder(nodeCount, links, out);
  const placeOf = new Int32Array(nodeCount);
  order.forEach((node, place) => {
    placeOf[node] = place;
  });
  const ranks = new Int32Array(nodeCount);
  const readsNothing = new Uint8Array(nodeCount).fill(1);
  for (const node of order) {
    for (let at = out.start[node]; at < out.start[node + 1]; at++) {
      const reader = links.to[out.links[at]];
      if (placeOf[reader] <= placeOf[node]) continue;
      ranks[reader] = Math.max(ranks[reader], ranks[node] + 1);
      readsNothing[reader] = 0;
    }
  }
  for (let node = 0; node < nodeCount; node++) {
    if (!readsNothing[node] || out.start[node] === out.start[node + 1]) continue;
    let first = Number.POSITIVE_INFINITY;
    for (let at = out.start[node]; at < out.start[node + 1]; at++) {
      const reader = links.to[out.links[at]];
      if (placeOf[reader] > placeOf[node]) first = Math.min(first, ranks[reader]);
    }
    if (Number.isFinite(first)) ranks[node] = first - 1;
  }
  return ranks;
}
