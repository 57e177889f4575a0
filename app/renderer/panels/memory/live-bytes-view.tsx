// Live bytes by kind over the whole session. A click or a drag chooses the moment that the map shows; the slider below does the same
// by keyboard.

import { useEffect, useRef } from 'react';
import { formatBytes } from '../../../../shared/units/format';
import { drawStackedArea } from '../../charts/stacked-area';
import type { LiveBytesSeries } from '../../model/memory/series';
import type { TimeRange } from '../../state/session-store';
import type { AskMemory, KindTotals, MemoryExtent } from '../../worker/memory-methods';
import { kindColour, kindWord } from './memory-words';
import { useAnswer } from './use-answer';
import { colourOf, contextOf, onThemeChange, type SizePx, useSize } from './use-size';

interface LiveBytesViewProps {
  readonly ask: AskMemory;
  readonly revision: number;
  readonly extent: MemoryExtent;
  /** Of the moment shown, for the legend. */
  readonly kinds: readonly KindTotals[];
  readonly atNs: number;
  readonly selection: TimeRange | undefined;
  readonly onMoment: (timeNs: number) => void;
}

export function LiveBytesView({ ask, revision, extent, kinds, atNs, selection, onMoment }: LiveBytesViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const { fromNs, toNs } = extent;
  const key = size.widthPx > 0 && toNs > fromNs ? `${fromNs} ${toNs} ${size.widthPx}` : undefined;
  const { answer } = useAnswer(key, revision, () => ask('memory/series', { fromNs, toNs, widthPx: size.widthPx }));
  useEffect(() => {
    const drawn = canvas.current;
    if (!drawn || !answer) return;
    const redraw = () => draw(drawn, answer, size, { fromNs, toNs }, atNs, selection);
    redraw();
    return onThemeChange(redraw);
  }, [answer, size, fromNs, toNs, atNs, selection]);
  const choose = ({ clientX, currentTarget }: React.PointerEvent<HTMLCanvasElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const ratio = Math.min(1, Math.max(0, (clientX - left) / Math.max(1, width)));
    onMoment(fromNs + ratio * (toNs - fromNs));
  };
  return (
    <div className="memory-live-bytes">
      <div className="memory-chart" ref={box}>
        <canvas
          ref={canvas}
          role="img"
          aria-label="Live bytes by kind over time"
          data-testid="memory-live-bytes"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            choose(event);
          }}
          onPointerMove={(event) => event.buttons === 1 && choose(event)}
        />
      </div>
      <ul className="memory-legend" aria-label="Live bytes by kind">
        {kinds.map(({ kind, liveBytes }) => (
          <li key={kind}>
            <span className="memory-swatch" style={{ background: `var(${kindColour(kind ?? 0)})` }} />
            <span>{kindWord(kind ?? 0)}</span>
            <span className="memory-number">{formatBytes(liveBytes)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  series: LiveBytesSeries,
  size: SizePx,
  { fromNs, toNs }: TimeRange,
  atNs: number,
  selection: TimeRange | undefined,
): void {
  const context = contextOf(canvas, size);
  if (!context) return;
  const pxOf = (timeNs: number) => ((timeNs - fromNs) / (toNs - fromNs)) * size.widthPx;
  const layers = series.kinds.map((kind, index) => {
    return { values: series.liveBytes[index], colour: colourOf(canvas, kindColour(kind)) };
  });
  const area = { layers, lowValues: series.lowBytes, highValue: series.highBytes };
  drawStackedArea(context, area, {
    ...size,
    background: colourOf(canvas, '--bg-sunken'),
    grid: colourOf(canvas, '--border'),
    text: colourOf(canvas, '--text-muted'),
    font: `10px ${getComputedStyle(canvas).fontFamily}`,
    cursor: colourOf(canvas, '--text'),
    selection: colourOf(canvas, '--selection'),
    cursorPx: pxOf(atNs),
    selectionPx: selection && [pxOf(selection.fromNs), pxOf(selection.toNs)],
    format: formatBytes,
  });
}
