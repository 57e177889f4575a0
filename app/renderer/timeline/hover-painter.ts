// The ruler above the tracks, and what is shown where the pointer is. CSS px.

import { formatBytes, formatCount, formatNs } from '../../../shared/units/format';
import { deriveTicks, formatMoment } from '../model/ruler';
import type { Hit } from '../model/timeline/hit';
import { nsFromPx, pxFromNs } from '../model/viewport';
import { outlineSlice } from './overlay-painter';
import { RULER_PX, type TimelineState } from './timeline-state';

const LINE_PX = 16;
const TIP_PADDING_PX = 8;
const NAME_LETTERS_MAX = 110;
const TIP_OFFSET_PX = 14;

/** Time from the session's start. */
export function paintRuler(context: CanvasRenderingContext2D, { view, widthPx, heightPx, theme }: TimelineState): void {
  context.fillStyle = theme.raised;
  context.fillRect(0, 0, widthPx, RULER_PX);
  context.fillStyle = theme.border;
  context.fillRect(0, RULER_PX - 1, widthPx, 1);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const { ns, label } of deriveTicks(view, widthPx)) {
    const x = Math.round(pxFromNs(view, widthPx, ns));
    context.fillStyle = theme.border;
    context.fillRect(x, label === '' ? RULER_PX - 5 : 4, 1, label === '' ? 5 : RULER_PX - 4);
    if (label === '') continue;
    context.globalAlpha = 0.3;
    context.fillRect(x, RULER_PX, 1, heightPx);
    context.globalAlpha = 1;
    context.fillStyle = theme.mutedText;
    context.fillText(label, x + 4, RULER_PX / 2);
  }
}

/** The lines of the tooltip; the first is the name. */
export function tipLines(hit: Hit): string[] {
  if (hit.kind === 'counter') {
    const { label, value, unit } = hit.counter;
    if (unit === 'B') return [label, formatBytes(value)];
    if (unit === 'ratio') return [label, `${(value * 100).toFixed(1)} %`];
    return [label, `${Number(value.toPrecision(6))} ${unit}`.trim()];
  }
  const { name, startNs, durationNs, table, args } = hit.row;
  const lines = [name.length > NAME_LETTERS_MAX ? `${name.slice(0, NAME_LETTERS_MAX)}…` : name];
  if (table !== 'gap' && table !== 'diagnostic') lines.push(durationNs < 0 ? 'not timed' : formatNs(durationNs));
  lines.push(`at ${formatMoment(startNs, 1)}`);
  if (typeof args.bytes === 'number') lines.push(bytesLine(args.bytes, durationNs));
  if (typeof args.returnValue === 'number' && args.returnValue !== 0)
    lines.push(`failed with code ${args.returnValue}`);
  if (typeof args.count === 'number' && args.count > 0) lines.push(`${formatCount(args.count)} rows`);
  return lines;
}

function bytesLine(bytes: number, durationNs: number): string {
  if (durationNs <= 0) return formatBytes(bytes);
  return `${formatBytes(bytes)}, ${formatBytes((bytes / durationNs) * 1e9)}/s`;
}

/** A line at the pointer, its moment on the ruler, the slice under it, and what is known of that. */
export function paintHover(context: CanvasRenderingContext2D, state: TimelineState): void {
  const { hover, widthPx, heightPx, theme } = state;
  if (!hover) return;
  context.fillStyle = theme.mutedText;
  context.globalAlpha = 0.5;
  context.fillRect(Math.round(hover.xPx), 0, 1, RULER_PX + heightPx);
  context.globalAlpha = 1;
  paintMoment(context, state, hover.xPx);
  if (!hover.hit) return;
  if (hover.hit.kind === 'slice') outlineSlice(context, state, hover.hit.row, theme.text);
  const lines = tipLines(hover.hit);
  const widthTipPx = Math.max(...lines.map((line) => context.measureText(line).width)) + 2 * TIP_PADDING_PX;
  const heightTipPx = lines.length * LINE_PX + TIP_PADDING_PX;
  const fitsRight = hover.xPx + TIP_OFFSET_PX + widthTipPx < widthPx;
  const leftPx = Math.max(2, fitsRight ? hover.xPx + TIP_OFFSET_PX : hover.xPx - TIP_OFFSET_PX - widthTipPx);
  const topPx = Math.max(RULER_PX, Math.min(hover.yPx + TIP_OFFSET_PX, RULER_PX + heightPx - heightTipPx - 4));
  context.fillStyle = theme.raised;
  context.strokeStyle = theme.border;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(leftPx + 0.5, topPx + 0.5, widthTipPx, heightTipPx, 4);
  context.fill();
  context.stroke();
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const [index, line] of lines.entries()) {
    context.fillStyle = index === 0 ? theme.text : theme.mutedText;
    context.fillText(line, leftPx + TIP_PADDING_PX, topPx + TIP_PADDING_PX / 2 + LINE_PX * (index + 0.5));
  }
}

function paintMoment(context: CanvasRenderingContext2D, { view, widthPx, theme }: TimelineState, xPx: number): void {
  const text = formatMoment(nsFromPx(view, widthPx, xPx), Math.max(1, (view.toNs - view.fromNs) / widthPx / 2));
  const textPx = context.measureText(text).width + 8;
  const leftPx = Math.min(widthPx - textPx, Math.max(0, xPx - textPx / 2));
  context.fillStyle = theme.text;
  context.fillRect(leftPx, 3, textPx, RULER_PX - 7);
  context.fillStyle = theme.ground;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(text, leftPx + 4, RULER_PX / 2);
}
