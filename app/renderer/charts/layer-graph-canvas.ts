// Draws a graph of layers: boxes as warm as their share of the time or in the colour of their type, and what flows between them. Only what
// is in the window is drawn, and words only where they can be read, so that thousands of layers move with the pointer.

import {
  type GraphView,
  hasStrip,
  READABLE_SCALE,
  ranksBetween,
  STRIP_WIDTH_PX,
  stripOf,
  type WindowPx,
} from '../model/scheduler/graph/graph-view';
import type { GraphLink, GraphNode, LayerGraph } from '../model/scheduler/graph/layer-graph';
import type { GraphLayout } from '../model/scheduler/graph/layout';
import { seriesColor } from './chart-colors';

export interface LayerGraphColours {
  readonly ground: string;
  readonly box: string;
  readonly border: string;
  readonly text: string;
  readonly textMuted: string;
  readonly accent: string;
}

export interface LayerGraphLooks {
  readonly colours: LayerGraphColours;
  readonly font: string;
  readonly view: GraphView;
  readonly window: WindowPx;
  /** Places of nodes. */
  readonly hovered: number | undefined;
  readonly selected: number | undefined;
  /** Others are drawn pale; undefined when nothing is searched. */
  readonly found: ReadonlySet<number> | undefined;
  /** Place of a type's colour; undefined colours by time. */
  readonly typePlaces: ReadonlyMap<string, number> | undefined;
  /** What stands below the name, behind the type; '' when nothing is known. */
  readonly figures: (node: GraphNode) => string;
}

/** Of a layer that takes as much as the dearest. */
export const HEAT_COLOR = '#e8862a';
const DARK_TEXT = '#10151c';
const FONT_PX = 11;
const CHAR_PX = 6.5; // mean width of a letter of that font: names are cut by it, measuring each would cost more than drawing it
const CURVED_SCALE_MIN = 0.2;
const ARROW_PX = 5;
const PALE_OPACITY = 0.22;

/** Draws all of the window. The context is in CSS px. */
export function drawLayerGraph(
  context: CanvasRenderingContext2D,
  graph: LayerGraph,
  layout: GraphLayout,
  looks: LayerGraphLooks,
): void {
  const { view, window, colours } = looks;
  context.save();
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, window.widthPx, window.heightPx);
  context.scale(view.scale, view.scale);
  context.translate(-view.leftPx, -view.topPx);
  const [first, end] = ranksBetween(layout, view.topPx, view.topPx + window.heightPx / view.scale);
  drawLinks(context, graph.links, layout, looks, [first, end]);
  drawNodes(context, graph, layout, looks, [first, end]);
  context.restore();
  if (hasStrip(layout, view, window)) drawStrip(context, graph, layout, looks);
}

/** The whole graph at the right edge: where its time goes, and which part is in the window. */
function drawStrip(
  context: CanvasRenderingContext2D,
  { nodes }: LayerGraph,
  layout: GraphLayout,
  looks: LayerGraphLooks,
): void {
  const { colours, view, window, found } = looks;
  const leftPx = window.widthPx - STRIP_WIDTH_PX;
  context.fillStyle = colours.box;
  context.fillRect(leftPx, 0, STRIP_WIDTH_PX, window.heightPx);
  const values = nodes.map(({ shareRatio }, node) => (found ? Number(found.has(node)) : shareRatio));
  const strip = stripOf(layout, values, window.heightPx);
  const most = strip.reduce((left, right) => Math.max(left, right), 0);
  context.fillStyle = found ? colours.accent : HEAT_COLOR;
  strip.forEach((value, px) => {
    if (value <= 0) return;
    context.globalAlpha = 0.1 + 0.9 * (value / most);
    context.fillRect(leftPx + 2, px, STRIP_WIDTH_PX - 4, 1);
  });
  context.globalAlpha = 1;
  const perPx = window.heightPx / Math.max(1, layout.heightPx);
  const topPx = Math.max(0, view.topPx * perPx);
  const heightPx = Math.max(4, (window.heightPx / view.scale) * perPx);
  context.strokeStyle = colours.text;
  context.lineWidth = 1;
  context.strokeRect(leftPx + 0.5, topPx + 0.5, STRIP_WIDTH_PX - 1, Math.min(heightPx, window.heightPx - topPx) - 1);
}

function drawLinks(
  context: CanvasRenderingContext2D,
  links: readonly GraphLink[],
  layout: GraphLayout,
  looks: LayerGraphLooks,
  [first, end]: readonly [number, number],
): void {
  const { colours, hovered, selected, view, found } = looks;
  const { rank } = layout;
  const near: number[] = [];
  context.beginPath();
  links.forEach(({ from, to }, link) => {
    if (Math.max(rank[from], rank[to]) < first || Math.min(rank[from], rank[to]) >= end) return;
    if ([hovered, selected].some((node) => node !== undefined && (node === from || node === to))) near.push(link);
    else traceLink(context, layout, link, view.scale);
  });
  context.strokeStyle = colours.textMuted;
  context.globalAlpha = found ? PALE_OPACITY : 0.65;
  context.lineWidth = Math.max(1, 0.5 / view.scale);
  context.stroke();
  context.globalAlpha = 1;
  context.beginPath();
  for (const link of near) traceLink(context, layout, link, view.scale);
  context.strokeStyle = colours.accent;
  context.lineWidth = Math.max(2, 1.5 / view.scale);
  context.stroke();
  if (view.scale < READABLE_SCALE) return;
  context.font = `${FONT_PX - 1}px ${looks.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = colours.text;
  for (const link of near) {
    const at = layout.wayStart[link];
    context.fillText(links[link].shape, layout.wayPx[at] + 6, layout.wayPx[at + 1] + 10);
  }
}

/** Adds the way of a link to the path: it leaves and enters upright. Where it enters, an arrow says so. */
function traceLink(
  context: CanvasRenderingContext2D,
  { wayStart, wayPx }: GraphLayout,
  link: number,
  scale: number,
): void {
  let [x, y] = [wayPx[wayStart[link]], wayPx[wayStart[link] + 1]];
  context.moveTo(x, y);
  for (let at = wayStart[link] + 2; at < wayStart[link + 1]; at += 2) {
    const [nextX, nextY] = [wayPx[at], wayPx[at + 1]];
    const middleY = (y + nextY) / 2;
    if (nextX === x || scale < CURVED_SCALE_MIN) context.lineTo(nextX, nextY);
    else context.bezierCurveTo(x, middleY, nextX, middleY, nextX, nextY);
    [x, y] = [nextX, nextY];
  }
  if (scale < READABLE_SCALE) return;
  context.moveTo(x - ARROW_PX, y - ARROW_PX);
  context.lineTo(x, y);
  context.lineTo(x + ARROW_PX, y - ARROW_PX);
}

function drawNodes(
  context: CanvasRenderingContext2D,
  { nodes }: LayerGraph,
  layout: GraphLayout,
  looks: LayerGraphLooks,
  [first, end]: readonly [number, number],
): void {
  const { view, window, found, font } = looks;
  const { leftPx, widthsPx, rankStart, rankNodes } = layout;
  const rightPx = view.leftPx + window.widthPx / view.scale;
  const dearest = nodes.reduce((most, { shareRatio }) => Math.max(most, shareRatio || 0), 0);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.font = `${FONT_PX}px ${font}`;
  for (let at = rankStart[first]; at < rankStart[end]; at++) {
    const node = rankNodes[at];
    if (leftPx[node] > rightPx || leftPx[node] + widthsPx[node] < view.leftPx) continue;
    context.globalAlpha = found && !found.has(node) ? PALE_OPACITY : 1;
    drawNode(context, nodes[node], node, layout, looks, dearest);
  }
  context.globalAlpha = 1;
}

/** How strong the colour of a box is, 0 to 1. By the root, so that the small are told apart too. */
function strengthOf({ kind, shareRatio, type }: GraphNode, { typePlaces }: LayerGraphLooks, dearest: number): number {
  if (kind !== 'layer') return 0;
  if (typePlaces) return typePlaces.has(type) ? 0.6 : 0;
  return shareRatio > 0 && dearest > 0 ? 0.06 + 0.9 * Math.sqrt(shareRatio / dearest) : 0;
}

function drawNode(
  context: CanvasRenderingContext2D,
  node: GraphNode,
  place: number,
  { leftPx, topPx, widthsPx, heightsPx }: GraphLayout,
  looks: LayerGraphLooks,
  dearest: number,
): void {
  const { colours, view, typePlaces, hovered, selected, figures } = looks;
  const [x, y, width, height] = [leftPx[place], topPx[place], widthsPx[place], heightsPx[place]];
  const opacity = context.globalAlpha;
  const isEnd = node.kind !== 'layer';
  context.beginPath();
  if (view.scale < CURVED_SCALE_MIN) context.rect(x, y, width, height);
  else context.roundRect(x, y, width, height, isEnd ? height / 2 : 4);
  context.fillStyle = colours.box;
  context.fill();
  const strength = strengthOf(node, looks, dearest);
  context.globalAlpha = opacity * strength;
  context.fillStyle = typePlaces ? seriesColor(typePlaces.get(node.type) ?? 0) : HEAT_COLOR;
  context.fill();
  context.globalAlpha = opacity;
  const isPicked = place === selected || place === hovered;
  context.strokeStyle = place === selected ? colours.text : isPicked ? colours.accent : colours.border;
  context.lineWidth = isPicked ? Math.max(2, 2 / view.scale) : 1;
  if (isPicked || view.scale >= CURVED_SCALE_MIN) context.stroke();
  if (view.scale < READABLE_SCALE * 0.75) return;
  const charCount = Math.floor((width - 14) / CHAR_PX);
  context.fillStyle = strength > 0.55 ? DARK_TEXT : colours.text;
  if (isEnd) {
    context.fillText(cut(`${node.kind}: ${node.name}`, charCount), x + 9, y + height / 2 + 0.5, width - 16);
    return;
  }
  context.fillText(cut(node.name, charCount), x + 7, y + height / 2 - 7, width - 12);
  if (strength <= 0.55) context.fillStyle = colours.textMuted;
  const known = figures(node);
  const below = known === '' ? cut(node.type, charCount) : `${cut(node.type, charCount - known.length - 3)} · ${known}`;
  context.fillText(below, x + 7, y + height / 2 + 8, width - 12);
}

/** The end of a layer's name tells more than its beginning, which many have in common. */
function cut(text: string, charCount: number): string {
  if (text.length <= charCount) return text;
  if (charCount < 8) return `${text.slice(0, Math.max(1, charCount - 1))}…`;
  const headCount = Math.floor(charCount / 3);
  return `${text.slice(0, headCount)}…${text.slice(text.length - (charCount - headCount - 1))}`;
}
