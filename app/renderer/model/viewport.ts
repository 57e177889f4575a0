// What part of the time axis is shown, as pure functions. Pixels are CSS pixels from the left edge; a view is never empty.

import type { View } from './timeline/pixel-query';

/** Of all rows, and how wide the axis is. */
export interface Axis {
  readonly extent: View;
  readonly widthPx: number;
}

/** One nanosecond across so many pixels is as near as it goes. */
const PX_PER_NS_MAX = 10;
/** And the whole extent so many times as far. */
const EXTENT_RATIO_MAX = 1.2;
/** Room left and right of what is fitted, as a share of it. */
const MARGIN_RATIO = 0.02;
/** Where the newest row stands while following. */
const FOLLOW_RATIO = 0.96;

const lengthOf = ({ fromNs, toNs }: View) => toNs - fromNs;

export function pxFromNs(view: View, widthPx: number, ns: number): number {
  return ((ns - view.fromNs) / lengthOf(view)) * widthPx;
}

export function nsFromPx(view: View, widthPx: number, px: number): number {
  return view.fromNs + (px / widthPx) * lengthOf(view);
}

/** The view within the limits of zoom; it stays over the extent, so that nobody gets lost. */
export function clampView(view: View, { extent, widthPx }: Axis): View {
  const shortestNs = Math.max(widthPx / PX_PER_NS_MAX, 1);
  const longestNs = Math.max(lengthOf(extent) * EXTENT_RATIO_MAX, shortestNs);
  const lengthNs = Math.min(longestNs, Math.max(shortestNs, lengthOf(view)));
  const centreNs = (view.fromNs + view.toNs) / 2;
  const kept = Math.min(extent.toNs, Math.max(extent.fromNs, centreNs));
  // An untouched view keeps its exact numbers.
  if (kept === centreNs && lengthNs === lengthOf(view)) return view;
  return { fromNs: kept - lengthNs / 2, toNs: kept + lengthNs / 2 };
}

/** Zooms so that `atNs` stays where it is; a factor below 1 comes nearer. */
export function zoomAt(view: View, atNs: number, factor: number, axis: Axis): View {
  const shortestNs = Math.max(axis.widthPx / PX_PER_NS_MAX, 1);
  const longestNs = Math.max(lengthOf(axis.extent) * EXTENT_RATIO_MAX, shortestNs);
  const lengthNs = Math.min(longestNs, Math.max(shortestNs, lengthOf(view) * factor));
  const ratio = (atNs - view.fromNs) / lengthOf(view);
  const fromNs = atNs - ratio * lengthNs;
  return clampView({ fromNs, toNs: fromNs + lengthNs }, axis);
}

/** Moves the view later by `deltaNs`. */
export function panBy(view: View, deltaNs: number, axis: Axis): View {
  return clampView({ fromNs: view.fromNs + deltaNs, toNs: view.toNs + deltaNs }, axis);
}

/** The whole extent with a little room. */
export function fitView(axis: Axis): View {
  const marginNs = lengthOf(axis.extent) * MARGIN_RATIO;
  return clampView({ fromNs: axis.extent.fromNs - marginNs, toNs: axis.extent.toNs + marginNs }, axis);
}

/** The range in the middle of the view, four fifths of it wide; a moment keeps the zoom. */
export function focusView(view: View, range: View, axis: Axis): View {
  const lengthNs = lengthOf(range) > 0 ? lengthOf(range) / 0.8 : lengthOf(view);
  const centreNs = (range.fromNs + range.toNs) / 2;
  return clampView({ fromNs: centreNs - lengthNs / 2, toNs: centreNs + lengthNs / 2 }, axis);
}

/** Moves the view just so far that the range is in it; the zoom stays. */
export function revealView(view: View, range: View, axis: Axis): View {
  const isIn = range.toNs > view.fromNs && range.fromNs < view.toNs;
  if (isIn) return view;
  const centreNs = (range.fromNs + Math.min(range.toNs, range.fromNs + lengthOf(view))) / 2;
  return panBy(view, centreNs - (view.fromNs + view.toNs) / 2, axis);
}

/** The same zoom with the newest row near the right edge. */
export function followView(view: View, newestNs: number, axis: Axis): View {
  const fromNs = newestNs - lengthOf(view) * FOLLOW_RATIO;
  return clampView({ fromNs, toNs: fromNs + lengthOf(view) }, axis);
}

/** Whether two views show the same. */
export function isSameView(left: View | undefined, right: View | undefined): boolean {
  return left?.fromNs === right?.fromNs && left?.toNs === right?.toNs;
}
