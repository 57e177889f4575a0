// The view of a graph, and what keys, wheel and pointer do to it.

import { type PointerEvent, useEffect, useRef, useState } from 'react';
import {
  firstView,
  fitGraph,
  focusNode,
  type GraphView,
  hasStrip,
  neighbourOf,
  nodeAt,
  type PointPx,
  panGraph,
  resizedView,
  revealNode,
  STRIP_WIDTH_PX,
  viewAtStrip,
  type WindowPx,
  zoomGraph,
} from '../../../model/scheduler/graph/graph-view';
import type { LayerGraph } from '../../../model/scheduler/graph/layer-graph';
import type { GraphLayout } from '../../../model/scheduler/graph/layout';
import type { GraphKey } from './graph-keys';

export interface CameraSubject {
  readonly graph: LayerGraph;
  readonly layout: GraphLayout;
  readonly selected: number | undefined;
  readonly onSelect: (node: number | undefined) => void;
  readonly onHover: (node: number | undefined) => void;
  readonly onSearch: () => void;
}

const CLICK_PX_MAX = 4;
const WHEEL_ZOOM = 0.0022; // natural logarithm of the factor, for one px of wheel

/** The first view is made when the window has a size. A node that is chosen comes into view. */
export function useGraphCamera(subject: CameraSubject, window: WindowPx) {
  const { graph, layout, selected, onSelect, onSearch } = subject;
  const [chosen, setView] = useState<GraphView>();
  const isThere = window.widthPx > 0 && window.heightPx > 0;
  const view = chosen ?? firstView(layout, window);
  const change = (next: (view: GraphView) => GraphView) =>
    setView((before) => next(before ?? firstView(layout, window)));
  const reveal = useRef<(node: number) => void>(undefined);
  reveal.current = (node) => change((before) => revealNode(before, node, layout, window));
  useEffect(() => {
    if (selected !== undefined && isThere) reveal.current?.(selected);
  }, [selected, isThere]);
  const lastWindow = useRef(window);
  useEffect(() => {
    const before = lastWindow.current;
    lastWindow.current = window;
    if (before.widthPx > 0) setView((seen) => seen && resizedView(seen, before, window));
  }, [window]);
  const pan = (by: PointPx) => change((before) => panGraph(before, by, layout, window));
  const zoom = (factor: number, at: PointPx) => change((before) => zoomGraph(before, factor, at, layout, window));
  const focus = () => selected !== undefined && setView(focusNode(selected, layout, window));
  const act = (key: GraphKey) => {
    switch (key.kind) {
      case 'walk':
        if (selected === undefined) onSelect(layout.rankNodes[0]);
        else onSelect(neighbourOf(layout, graph.links, selected, key.to) ?? selected);
        break;
      case 'pan':
        pan({ xPx: key.xRatio * window.widthPx, yPx: key.yRatio * window.heightPx });
        break;
      case 'zoom':
        zoom(key.factor, { xPx: window.widthPx / 2, yPx: window.heightPx / 2 });
        break;
      case 'fit':
        setView(fitGraph(layout, window));
        break;
      case 'focus':
        focus();
        break;
      case 'dearest':
        onSelect(dearestOf(graph));
        break;
      case 'search':
        onSearch();
        break;
      case 'clear':
        onSelect(undefined);
    }
  };
  const wheel = ({ deltaX, deltaY, shiftKey }: WheelEvent, at: PointPx) => {
    // With Shift some systems turn the wheel sideways by themselves.
    if (shiftKey) pan({ xPx: deltaX || deltaY, yPx: 0 });
    else zoom(Math.exp(-deltaY * WHEEL_ZOOM), at);
  };
  const strip = {
    has: ({ xPx }: PointPx) => hasStrip(layout, view, window) && xPx >= window.widthPx - STRIP_WIDTH_PX,
    goTo: ({ yPx }: PointPx) => change((before) => viewAtStrip(before, yPx, layout, window)),
  };
  return { view, isThere, pan, wheel, act, focus, strip };
}

const dearestOf = ({ nodes }: LayerGraph) =>
  nodes.reduce((best, { shareRatio }, node) => ((shareRatio || 0) > (nodes[best].shareRatio || 0) ? node : best), 0);

function pointOf({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>): PointPx {
  const { left, top } = currentTarget.getBoundingClientRect();
  return { xPx: clientX - left, yPx: clientY - top };
}

interface Drag {
  readonly start: PointPx;
  last: PointPx;
  hasMoved: boolean;
  readonly isOnStrip: boolean;
}

/** Dragging moves the graph, a click chooses; without a button the node under the pointer is told. */
export function useGraphPointer(
  { layout, onSelect, onHover }: CameraSubject,
  { view, pan, strip }: Pick<ReturnType<typeof useGraphCamera>, 'view' | 'pan' | 'strip'>,
) {
  const [hovered, setHovered] = useState<number>();
  const drag = useRef<Drag>(undefined);
  const hover = (node: number | undefined) => {
    if (node === hovered) return;
    setHovered(node);
    onHover(node);
  };
  const listeners = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button > 1) return;
      event.currentTarget.setPointerCapture?.(event.pointerId);
      const at = pointOf(event);
      drag.current = { start: at, last: at, hasMoved: strip.has(at), isOnStrip: strip.has(at) };
      if (drag.current.isOnStrip) strip.goTo(at);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const at = pointOf(event);
      const { current } = drag;
      if (!current) return hover(strip.has(at) ? undefined : nodeAt(layout, view, at));
      if (current.isOnStrip) return strip.goTo(at);
      current.hasMoved ||= Math.hypot(at.xPx - current.start.xPx, at.yPx - current.start.yPx) > CLICK_PX_MAX;
      if (current.hasMoved) pan({ xPx: current.last.xPx - at.xPx, yPx: current.last.yPx - at.yPx });
      current.last = at;
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const { current } = drag;
      drag.current = undefined;
      if (current && !current.hasMoved && event.button === 0) onSelect(nodeAt(layout, view, pointOf(event)));
    },
    onPointerCancel: () => {
      drag.current = undefined;
    },
    onPointerLeave: () => hover(undefined),
  };
  return { hovered, listeners };
}
