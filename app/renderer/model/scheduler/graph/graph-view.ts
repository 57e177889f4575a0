// What part of a graph is seen: zoom and pan, what lies under the pointer, and where an arrow key goes. Pure.

import type { GraphLayout } from './layout';

/** The point of the graph at the top left of the window, and how many px of the window one px of the graph takes. */
export interface GraphView {
  readonly leftPx: number;
  readonly topPx: number;
  readonly scale: number;
}

export interface WindowPx {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface PointPx {
  readonly xPx: number;
  readonly yPx: number;
}

const SCALE_MAX = 3;
const FIT_SCALE_MAX = 1.2;
/** From here on names can be read. */
export const READABLE_SCALE = 0.6;
const MARGIN_PX = 16;
/** Of the scale that shows all of it: farther out there is nothing to see. */
const SCALE_MIN_RATIO = 0.5;

const scaleOfAll = ({ widthPx, heightPx }: GraphLayout, window: WindowPx) =>
  Math.min(
    FIT_SCALE_MAX,
    Math.max(1, window.widthPx - 2 * MARGIN_PX) / Math.max(1, widthPx),
    Math.max(1, window.heightPx - 2 * MARGIN_PX) / Math.max(1, heightPx),
  );

const centredOn = ({ xPx, yPx }: PointPx, scale: number, { widthPx, heightPx }: WindowPx): GraphView => ({
  scale,
  leftPx: xPx - widthPx / scale / 2,
  topPx: yPx - heightPx / scale / 2,
});

/** All of it, in the middle. */
export const fitGraph = (layout: GraphLayout, window: WindowPx): GraphView =>
  centredOn({ xPx: layout.widthPx / 2, yPx: layout.heightPx / 2 }, scaleOfAll(layout, window), window);

/** All of it where its names can be read so; else its top. */
export function firstView(layout: GraphLayout, window: WindowPx): GraphView {
  const fitted = fitGraph(layout, window);
  if (fitted.scale >= READABLE_SCALE || layout.rankNodes.length === 0) return fitted;
  const { xPx } = middleOf(layout, layout.rankNodes[0]);
  return { ...centredOn({ xPx, yPx: 0 }, READABLE_SCALE, window), topPx: -MARGIN_PX / READABLE_SCALE };
}

/** A tenth of the window always shows some of the graph. */
function kept({ leftPx, topPx, scale }: GraphView, { widthPx, heightPx }: GraphLayout, window: WindowPx): GraphView {
  const [seenX, seenY] = [window.widthPx / scale, window.heightPx / scale];
  return {
    scale,
    leftPx: Math.min(widthPx - seenX * 0.1, Math.max(-seenX * 0.9, leftPx)),
    topPx: Math.min(heightPx - seenY * 0.1, Math.max(-seenY * 0.9, topPx)),
  };
}

/** Makes it `factor` times as large around a point of the window, which stays where it is. */
export function zoomGraph(
  view: GraphView,
  factor: number,
  at: PointPx,
  layout: GraphLayout,
  window: WindowPx,
): GraphView {
  const least = scaleOfAll(layout, window) * SCALE_MIN_RATIO;
  const scale = Math.min(SCALE_MAX, Math.max(least, view.scale * factor));
  const leftPx = view.leftPx + at.xPx / view.scale - at.xPx / scale;
  const topPx = view.topPx + at.yPx / view.scale - at.yPx / scale;
  return kept({ scale, leftPx, topPx }, layout, window);
}

/** Moves by px of the window. */
export function panGraph(view: GraphView, { xPx, yPx }: PointPx, layout: GraphLayout, window: WindowPx): GraphView {
  const { leftPx, topPx, scale } = view;
  return kept({ scale, leftPx: leftPx + xPx / scale, topPx: topPx + yPx / scale }, layout, window);
}

/** The view after the window changed its size: what was in the middle stays there. */
export const resizedView = ({ leftPx, topPx, scale }: GraphView, before: WindowPx, after: WindowPx): GraphView => ({
  scale,
  leftPx: leftPx + (before.widthPx - after.widthPx) / 2 / scale,
  topPx: topPx + (before.heightPx - after.heightPx) / 2 / scale,
});

export const middleOf = ({ leftPx, topPx, widthsPx, heightsPx }: GraphLayout, node: number): PointPx => ({
  xPx: leftPx[node] + widthsPx[node] / 2,
  yPx: topPx[node] + heightsPx[node] / 2,
});

/** Brings a node into the window, large enough to be read. A view that shows it so already stays as it is. */
export function revealNode(view: GraphView, node: number, layout: GraphLayout, window: WindowPx): GraphView {
  const middle = middleOf(layout, node);
  if (view.scale < READABLE_SCALE) return centredOn(middle, READABLE_SCALE, window);
  const xRatio = ((middle.xPx - view.leftPx) * view.scale) / window.widthPx;
  const yRatio = ((middle.yPx - view.topPx) * view.scale) / window.heightPx;
  const isSeen = xRatio > 0.1 && xRatio < 0.9 && yRatio > 0.12 && yRatio < 0.88;
  return isSeen ? view : centredOn(middle, view.scale, window);
}

/** Zooms to a node. */
export const focusNode = (node: number, layout: GraphLayout, window: WindowPx): GraphView =>
  centredOn(middleOf(layout, node), FIT_SCALE_MAX, window);

/** The ranks of which something lies between two heights of the graph: the first, and one past the last. */
export function ranksBetween({ rankTopPx }: GraphLayout, fromPx: number, toPx: number): [first: number, end: number] {
  const firstBelow = (px: number) => {
    let [low, high] = [0, rankTopPx.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rankTopPx[middle] > px) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return [Math.max(0, firstBelow(fromPx) - 1), firstBelow(toPx)];
}

/** The node at a point of the window. */
export function nodeAt(layout: GraphLayout, view: GraphView, { xPx, yPx }: PointPx): number | undefined {
  const [x, y] = [view.leftPx + xPx / view.scale, view.topPx + yPx / view.scale];
  const { leftPx, topPx, widthsPx, heightsPx, rankStart, rankNodes } = layout;
  const [first, end] = ranksBetween(layout, y, y);
  for (let at = rankStart[first]; at < rankStart[end]; at++) {
    const node = rankNodes[at];
    if (x < leftPx[node] || x > leftPx[node] + widthsPx[node]) continue;
    if (y >= topPx[node] && y <= topPx[node] + heightsPx[node]) return node;
  }
  return undefined;
}

export type Direction = 'up' | 'down' | 'left' | 'right';

interface Ends {
  readonly from: number;
  readonly to: number;
}

/** Up and down follow the links, to the closest rank, there to whom stands most straight; left and right go along the rank. */
export function neighbourOf(
  layout: GraphLayout,
  links: readonly Ends[],
  node: number,
  to: Direction,
): number | undefined {
  const { rank, rankStart, rankNodes } = layout;
  if (to === 'left' || to === 'right') {
    const row = rankNodes.subarray(rankStart[rank[node]], rankStart[rank[node] + 1]);
    return row[row.indexOf(node) + (to === 'left' ? -1 : 1)];
  }
  const linked = links.flatMap((link) => {
    const [here, there] = to === 'up' ? [link.to, link.from] : [link.from, link.to];
    return here === node && there !== node ? [there] : [];
  });
  const { xPx } = middleOf(layout, node);
  const away = (other: number) => Math.abs(rank[other] - rank[node]);
  const aside = (other: number) => Math.abs(middleOf(layout, other).xPx - xPx);
  return linked.sort((left, right) => away(left) - away(right) || aside(left) - aside(right) || left - right)[0];
}

/** Of a strip beside the window that stands for the whole height of the graph. */
export const STRIP_WIDTH_PX = 16;

/** Whether there is more above or below than the window shows: then the strip is drawn. */
export const hasStrip = (layout: GraphLayout, view: GraphView, { heightPx }: WindowPx): boolean =>
  layout.heightPx * view.scale > heightPx;

/** The greatest value of the nodes at each px of the strip. */
export function stripOf(
  { heightPx, topPx, heightsPx }: GraphLayout,
  values: readonly number[],
  stripPx: number,
): Float32Array {
  const strip = new Float32Array(Math.max(1, Math.floor(stripPx)));
  const scale = strip.length / Math.max(1, heightPx);
  values.forEach((value, node) => {
    const first = Math.floor(topPx[node] * scale);
    const last = Math.min(strip.length - 1, Math.floor((topPx[node] + heightsPx[node]) * scale));
    for (let px = first; px <= last; px++) strip[px] = Math.max(strip[px], value || 0);
  });
  return strip;
}

/** The view that a press on the strip asks for: that part of the graph in the middle, as large as before. */
export function viewAtStrip(view: GraphView, yPx: number, layout: GraphLayout, window: WindowPx): GraphView {
  const middlePx = (yPx / Math.max(1, window.heightPx)) * layout.heightPx;
  return kept({ ...view, topPx: middlePx - window.heightPx / view.scale / 2 }, layout, window);
}
