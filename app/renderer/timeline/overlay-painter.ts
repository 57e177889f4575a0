// What lies over the rectangles, with Canvas 2D: headings, letters, marks, the selection, the launch arrows. CSS px.

import { formatBytes, formatNs } from '../../../shared/units/format';
import { cssColor } from '../model/colors';
import type { CounterScale, DrawAnswer } from '../model/timeline/draw';
import type { SliceRow } from '../model/timeline/rows';
import { pxFromNs } from '../model/viewport';
import type { Placement } from './gl-painter';
import { laneBox, RULER_PX, type TimelineState } from './timeline-state';

export const FONT = '11px system-ui, sans-serif';
const LETTERS_CACHE_MAX = 20_000;
const LABEL_PADDING_PX = 4;
const LIGHT_INK = 'rgba(244,247,251,0.94)';
const DARK_INK = 'rgba(14,17,22,0.92)';

/** Cuts texts to a width; remembers how wide letters are. */
export class TextFitter {
  private readonly widths = new Map<string, number>();

  constructor(private readonly context: CanvasRenderingContext2D) {}

  /** The text, or as much of it as fits with `…`; '' when nothing does. */
  fit(text: string, widthPx: number): string {
    const needed = this.widthOf(text);
    if (needed <= widthPx) return text;
    for (let count = Math.floor((text.length * widthPx) / needed); count >= 2; count--) {
      const cut = `${text.slice(0, count)}…`;
      if (this.widthOf(cut) <= widthPx) return cut;
    }
    return '';
  }

  private widthOf(text: string): number {
    const known = this.widths.get(text);
    if (known !== undefined) return known;
    if (this.widths.size > LETTERS_CACHE_MAX) this.widths.clear();
    const width = this.context.measureText(text).width;
    this.widths.set(text, width);
    return width;
  }
}

/** Bands of headings and lines between tracks. */
export function paintGrid(context: CanvasRenderingContext2D, state: TimelineState): void {
  const { layout, scrollTopPx, theme, widthPx, heightPx } = state;
  for (const row of layout.rows) {
    const box = row.kind === 'track' ? row.place : row;
    const topPx = RULER_PX + box.yPx - scrollTopPx;
    if (topPx + box.heightPx < RULER_PX || topPx > RULER_PX + heightPx) continue;
    if (row.kind === 'heading') {
      context.fillStyle = theme.raised;
      context.globalAlpha = row.level === 0 ? 1 : 0.55;
      context.fillRect(0, topPx, widthPx, box.heightPx - 1);
      context.globalAlpha = 1;
    } else {
      context.fillStyle = theme.border;
      context.globalAlpha = 0.6;
      context.fillRect(0, topPx + box.heightPx + 1, widthPx, 1);
      context.globalAlpha = 1;
    }
  }
}

/** Names on slices. */
export function paintLabels(
  context: CanvasRenderingContext2D,
  { answer, pixelRatio, widthPx }: TimelineState,
  { scaleX, shiftX, shiftY }: Placement,
  fitter: TextFitter,
): void {
  if (!answer) return;
  const { texts, boxesPx, hasDarkInk } = answer.labels;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const ink of [0, 1]) {
    context.fillStyle = ink === 1 ? DARK_INK : LIGHT_INK;
    for (let index = 0; index < texts.length; index++) {
      if (hasDarkInk[index] !== ink) continue;
      const [x, y, width, height] = boxesPx.slice(index * 4, index * 4 + 4);
      const leftPx = Math.max(0, (x * scaleX + shiftX) / pixelRatio);
      const rightPx = Math.min(widthPx, ((x + width) * scaleX + shiftX) / pixelRatio);
      const topPx = (y + shiftY) / pixelRatio;
      if (topPx < -height) continue;
      const text = fitter.fit(texts[index], rightPx - leftPx - 2 * LABEL_PADDING_PX);
      if (text !== '')
        context.fillText(text, leftPx + LABEL_PADDING_PX, RULER_PX + topPx + height / pixelRatio / 2 + 0.5);
    }
  }
}

function scaleText({ max, unit }: CounterScale): string {
  if (unit === 'B') return formatBytes(max);
  if (unit === 'ratio') return `${(max * 100).toFixed(0)} %`;
  return `${max >= 1000 ? max.toLocaleString('en-US', { maximumFractionDigits: 0 }) : Number(max.toPrecision(4))} ${unit}`.trim();
}

/** The largest value of each counter, at its top left. */
export function paintCounterScales(context: CanvasRenderingContext2D, state: TimelineState): void {
  const { answer, theme } = state;
  context.textBaseline = 'top';
  context.textAlign = 'left';
  for (const scale of answer?.counters ?? []) {
    const box = laneBox(state, { trackId: scale.trackId, lane: 0 });
    if (!box) continue;
    const text = scaleText(scale);
    context.fillStyle = theme.ground;
    context.globalAlpha = 0.7;
    context.fillRect(2, box.topPx + 2, context.measureText(text).width + 6, 13);
    context.globalAlpha = 1;
    context.fillStyle = theme.mutedText;
    context.fillText(text, 5, box.topPx + 3);
  }
}

/** Losses, gaps and warnings across all tracks, and the marks a person has set. */
export function paintMarks(context: CanvasRenderingContext2D, state: TimelineState): void {
  const { answer, marks, view, widthPx, heightPx, theme } = state;
  const line = (fromNs: number, toNs: number, color: string, alpha: number) => {
    const x0 = pxFromNs(view, widthPx, fromNs);
    const x1 = Math.max(x0 + 1, pxFromNs(view, widthPx, toNs));
    context.fillStyle = color;
    context.globalAlpha = alpha;
    context.fillRect(x0, RULER_PX, x1 - x0, heightPx);
    context.globalAlpha = 1;
  };
  for (const { fromNs, toNs, table } of (answer as DrawAnswer | undefined)?.marks ?? []) {
    if (table === 'range') line(fromNs, fromNs, theme.mutedText, 0.25);
    else line(fromNs, toNs, table === 'diagnostic' ? theme.warning : theme.error, 0.3);
  }
  context.textBaseline = 'top';
  for (const { fromNs, toNs, color } of marks) {
    const fill = markColor(color, theme.accent);
    if (toNs > fromNs) line(fromNs, toNs, fill, 0.14);
    line(fromNs, fromNs, fill, 0.9);
    context.fillStyle = fill;
    context.fillRect(pxFromNs(view, widthPx, fromNs), RULER_PX - 9, 7, 9);
  }
  const labels = marks.map(({ fromNs, text, color }) => ({ xPx: pxFromNs(view, widthPx, fromNs), text, color }));
  const inView = labels.filter(({ xPx }) => xPx > -8 && xPx < widthPx);
  for (const { xPx, text, color } of apart(inView, (words) => context.measureText(words).width)) {
    context.fillStyle = markColor(color, theme.accent);
    context.fillText(text, xPx + 10, RULER_PX + 2, MARK_LABEL_PX_MAX);
  }
}

const MARK_LABEL_PX_MAX = 200;

const markColor = (color: number | undefined, otherwise: string) =>
  color === undefined
    ? otherwise
    : cssColor(((color & 0xff) << 16) | (color & 0xff00) | ((color >>> 16) & 0xff) | 0xff000000);

/** Labels that would lie upon one to their left are left out; that one says how many. */
export function apart<Label extends { readonly xPx: number; readonly text: string }>(
  labels: readonly Label[],
  widthPxOf: (text: string) => number,
): Label[] {
  const shown: Label[] = [];
  let [endPx, leftOutCount] = [Number.NEGATIVE_INFINITY, 0];
  const close = () => {
    const last = shown.at(-1);
    if (last && leftOutCount > 0) shown[shown.length - 1] = { ...last, text: `${last.text} +${leftOutCount}` };
    leftOutCount = 0;
  };
  for (const label of [...labels].sort((left, right) => left.xPx - right.xPx)) {
    if (label.xPx < endPx) {
      leftOutCount += 1;
      continue;
    }
    close();
    shown.push(label);
    endPx = label.xPx + 16 + Math.min(MARK_LABEL_PX_MAX, widthPxOf(`${label.text} +99`));
  }
  close();
  return shown;
}

/** A line around a slice. */
export function outlineSlice(
  context: CanvasRenderingContext2D,
  state: TimelineState,
  row: SliceRow,
  color: string,
): void {
  const box = laneBox(state, row);
  if (!box) return;
  const x0 = pxFromNs(state.view, state.widthPx, row.startNs);
  const x1 = pxFromNs(state.view, state.widthPx, row.startNs + Math.max(0, row.durationNs));
  if (x1 < -4 || x0 > state.widthPx + 4) return;
  const [left, right] = [Math.max(-4, x0), Math.min(state.widthPx + 4, Math.max(x1, x0 + 3))];
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.strokeRect(left, box.topPx, right - left, box.heightPx - 1);
}

/** From each API call to the work that it launched. */
export function paintLinks(context: CanvasRenderingContext2D, state: TimelineState): void {
  const { selected, links, view, widthPx, theme } = state;
  if (!selected) return;
  for (const link of links) {
    const [call, work] = selected.table === 'api' ? [selected, link] : [link, selected];
    const from = laneBox(state, call);
    const to = laneBox(state, work);
    if (!from || !to) continue;
    const [x0, x1] = [pxFromNs(view, widthPx, call.startNs), pxFromNs(view, widthPx, work.startNs)];
    if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > widthPx) continue;
    // It leaves the call at the edge that faces the work, so that it does not strike through the call's name.
    const y0 = to.topPx < from.topPx ? from.topPx : from.topPx + from.heightPx - 1;
    const y1 = to.topPx + to.heightPx / 2;
    const bendPx = Math.max(24, Math.abs(x1 - x0) / 2);
    context.strokeStyle = theme.accent;
    context.fillStyle = theme.accent;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0 + bendPx, y0, x1 - bendPx, y1, x1 - 5, y1);
    context.stroke();
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x1 - 7, y1 - 4);
    context.lineTo(x1 - 7, y1 + 4);
    context.fill();
  }
}

/** The selected range: what is outside is dimmed, and its length stands above. */
export function paintSelection(context: CanvasRenderingContext2D, state: TimelineState): void {
  const { selection, view, widthPx, heightPx, theme } = state;
  if (!selection) return;
  const x0 = Math.min(widthPx, Math.max(0, pxFromNs(view, widthPx, selection.fromNs)));
  const x1 = Math.min(widthPx, Math.max(0, pxFromNs(view, widthPx, selection.toNs)));
  context.fillStyle = theme.ground;
  context.globalAlpha = 0.5;
  context.fillRect(0, RULER_PX, x0, heightPx);
  context.fillRect(x1, RULER_PX, widthPx - x1, heightPx);
  context.globalAlpha = 1;
  context.fillStyle = theme.selection;
  context.fillRect(x0 - 0.5, 0, 1, RULER_PX + heightPx);
  context.fillRect(x1 - 0.5, 0, 1, RULER_PX + heightPx);
  context.fillRect(x0, RULER_PX - 3, x1 - x0, 3);
  const text = formatNs(selection.toNs - selection.fromNs);
  const textPx = context.measureText(text).width + 8;
  const middlePx = Math.min(widthPx - textPx / 2, Math.max(textPx / 2, (x0 + x1) / 2));
  context.fillStyle = theme.selection;
  context.fillRect(middlePx - textPx / 2, RULER_PX, textPx, 16);
  context.fillStyle = theme.ground;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, middlePx, RULER_PX + 8.5);
  context.textAlign = 'left';
}

/** That the keys go to the timeline. */
export function paintFocus(context: CanvasRenderingContext2D, { widthPx, theme }: TimelineState): void {
  context.fillStyle = theme.accent;
  context.fillRect(0, 0, widthPx, 1);
}
