// The canvas of the graph: draws once a tick what the camera sees, and hears keys, wheel and pointer.

import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { drawLayerGraph, type LayerGraphLooks } from '../../../charts/layer-graph-canvas';
import type { PointPx } from '../../../model/scheduler/graph/graph-view';
import type { LayerGraph } from '../../../model/scheduler/graph/layer-graph';
import type { GraphLayout } from '../../../model/scheduler/graph/layout';
import { colourOf, contextOf, onThemeChange, useSize } from '../../memory/use-size';
import { GRAPH_KEY_WORDS, graphKeyOf } from './graph-keys';
import { type CameraSubject, useGraphCamera, useGraphPointer } from './use-graph-camera';

export interface GraphSurfaceProps extends CameraSubject {
  readonly looks: Pick<LayerGraphLooks, 'found' | 'typePlaces' | 'figures'>;
  /** For a picture of what was drawn last. */
  readonly canvas: RefObject<HTMLCanvasElement | null>;
}

export function GraphSurface({ looks, canvas, ...subject }: GraphSurfaceProps) {
  const { graph, layout, selected } = subject;
  const box = useRef<HTMLDivElement>(null);
  const window = useSize(box);
  const camera = useGraphCamera(subject, window);
  const { view, isThere } = camera;
  const { hovered, listeners } = useGraphPointer(subject, camera);
  useTicks(canvas, isThere ? { graph, layout, looks: { ...looks, view, window, hovered, selected } } : undefined);
  useWheel(box, camera.wheel);
  const onKeyDown = (event: KeyboardEvent) => {
    const key = graphKeyOf(event);
    if (!key || (key.kind === 'clear' && selected === undefined)) return;
    event.preventDefault();
    camera.act(key);
  };
  return (
    <div
      className="scheduler-graph-surface"
      ref={box}
      role="tree"
      tabIndex={0}
      aria-label={`Graph of ${graph.nodes.length} layers, inputs and outputs. ${GRAPH_KEY_WORDS}`}
      data-testid="scheduler-graph"
      data-item-count={graph.nodes.length}
      data-scale={view.scale.toFixed(3)}
      onKeyDown={onKeyDown}
      onDoubleClick={camera.focus}
      {...listeners}
    >
      <canvas ref={canvas} style={{ width: window.widthPx, height: window.heightPx }} />
    </div>
  );
}

interface Drawing {
  readonly graph: LayerGraph;
  readonly layout: GraphLayout;
  readonly looks: Omit<LayerGraphLooks, 'colours' | 'font'>;
}

/** Draws what is there in the next tick; of several changes before it, the last. */
function useTicks(canvas: RefObject<HTMLCanvasElement | null>, drawing: Drawing | undefined): void {
  const latest = useRef(drawing);
  latest.current = drawing;
  useEffect(() => onThemeChange(() => drawOn(canvas.current, latest.current)), [canvas]);
  useEffect(() => {
    const tick = requestAnimationFrame(() => drawOn(canvas.current, latest.current));
    return () => cancelAnimationFrame(tick);
  });
}

function drawOn(canvas: HTMLCanvasElement | null, drawing: Drawing | undefined): void {
  const context = canvas && drawing && contextOf(canvas, drawing.looks.window);
  if (!canvas || !drawing || !context) return;
  const colours = {
    ground: colourOf(canvas, '--bg-sunken'),
    box: colourOf(canvas, '--bg-raised'),
    border: colourOf(canvas, '--border'),
    text: colourOf(canvas, '--text'),
    textMuted: colourOf(canvas, '--text-muted'),
    accent: colourOf(canvas, '--accent'),
  };
  const font = getComputedStyle(canvas).fontFamily;
  drawLayerGraph(context, drawing.graph, drawing.layout, { ...drawing.looks, colours, font });
}

/** React's own listener cannot keep the page from scrolling. */
function useWheel(box: RefObject<HTMLElement | null>, onWheel: (event: WheelEvent, at: PointPx) => void): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const listen = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      latest.current(event, { xPx: event.clientX - left, yPx: event.clientY - top });
    };
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [box]);
}
