// The strip above the timeline: how busy the devices are over the whole session, and which part of it is shown. The box can be dragged;
// a press elsewhere brings it there.

import type { ThemeName } from '../model/colors';
import type { View } from '../model/timeline/pixel-query';
import { nsFromPx, panBy, pxFromNs } from '../model/viewport';
import { type TimelineTheme, themeOf } from './theme';

export interface OverviewQueries {
  /** Busy streams in each column. */
  overview(params: { readonly view: View; readonly columnCount: number }): Promise<Float32Array>;
}

export interface OverviewEvents {
  onViewChange?(view: View): void;
  onError?(error: unknown): void;
}

export const OVERVIEW_HEIGHT_PX = 36;
const BOX_PX_MIN = 3;
/** Asked for at most so often while rows come. */
const ASK_MS_MIN = 500;

export class OverviewStrip {
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | undefined;
  private readonly ending = new AbortController();
  private theme: TimelineTheme;
  private extent: View = { fromNs: 0, toNs: 1 };
  private view: View = { fromNs: 0, toNs: 1 };
  private busy: { readonly of: View; readonly columns: Float32Array } | undefined;
  private tickId: number | undefined;
  private askTimer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;
  private widthPx = 1;

  /** Fills the width of the host; OVERVIEW_HEIGHT_PX high. */
  constructor(
    private readonly host: HTMLElement,
    private readonly queries: OverviewQueries,
    private readonly events: OverviewEvents = {},
  ) {
    this.theme = themeOf(host, 'dark');
    this.canvas = host.ownerDocument.createElement('canvas');
    this.canvas.dataset.testid = 'timeline-overview';
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', 'Overview of the whole session; the box is the part shown below.');
    Object.assign(this.canvas.style, { display: 'block', height: `${OVERVIEW_HEIGHT_PX}px`, cursor: 'grab' });
    host.append(this.canvas);
    this.context = this.canvas.getContext('2d') ?? undefined;
    this.listen();
    this.resize();
  }

  setView(view: View): void {
    this.view = view;
    this.schedule();
  }

  /** Of all rows; also called when more rows came. */
  setExtent(extent: View): void {
    this.extent = extent;
    this.schedule();
    this.askSoon();
  }

  setTheme(theme: ThemeName): void {
    this.theme = themeOf(this.host, theme);
    this.schedule();
  }

  resize(): void {
    const ratio = window.devicePixelRatio || 1;
    this.widthPx = Math.max(1, this.host.clientWidth);
    this.canvas.width = Math.round(this.widthPx * ratio);
    this.canvas.height = Math.round(OVERVIEW_HEIGHT_PX * ratio);
    this.canvas.style.width = `${this.widthPx}px`;
    this.context?.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.schedule();
    this.askSoon();
  }

  dispose(): void {
    this.ending.abort();
    if (this.tickId !== undefined) cancelAnimationFrame(this.tickId);
    clearTimeout(this.askTimer);
    this.canvas.remove();
  }

  private listen(): void {
    const { signal } = this.ending;
    let grabbedNs: number | undefined;
    const nsAt = (event: PointerEvent) => nsFromPx(this.extent, this.widthPx, event.offsetX);
    const axis = () => ({ extent: this.extent, widthPx: this.widthPx });
    const centreAt = (ns: number) => {
      this.view = panBy(this.view, ns - (this.view.fromNs + this.view.toNs) / 2, axis());
      this.schedule();
      this.events.onViewChange?.(this.view);
    };
    this.canvas.addEventListener(
      'pointerdown',
      (event) => {
        this.canvas.setPointerCapture(event.pointerId);
        const ns = nsAt(event);
        const isInBox = ns >= this.view.fromNs && ns <= this.view.toNs;
        if (!isInBox) centreAt(ns);
        grabbedNs = ns - (this.view.fromNs + this.view.toNs) / 2;
      },
      { signal },
    );
    this.canvas.addEventListener(
      'pointermove',
      (event) => {
        if (grabbedNs !== undefined) centreAt(nsAt(event) - grabbedNs);
      },
      { signal },
    );
    for (const end of ['pointerup', 'pointercancel'] as const) {
      this.canvas.addEventListener(end, () => (grabbedNs = undefined), { signal });
    }
  }

  private askSoon(): void {
    if (this.askTimer !== undefined || this.ending.signal.aborted) return;
    const delayMs = this.busy || this.isAsking ? ASK_MS_MIN : 0;
    this.askTimer = setTimeout(() => {
      this.askTimer = undefined;
      if (this.isAsking) this.askSoon();
      else void this.ask();
    }, delayMs);
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    const of = this.extent;
    try {
      const columns = await this.queries.overview({ view: of, columnCount: Math.max(1, Math.round(this.widthPx)) });
      this.busy = { of, columns };
      this.schedule();
    } catch (error) {
      this.events.onError?.(error);
    }
    this.isAsking = false;
  }

  private schedule(): void {
    if (this.tickId !== undefined || this.ending.signal.aborted) return;
    this.tickId = requestAnimationFrame(() => {
      this.tickId = undefined;
      if (this.context) this.paint(this.context);
    });
  }

  private paint(context: CanvasRenderingContext2D): void {
    const { theme, widthPx, extent, view } = this;
    context.fillStyle = theme.ground;
    context.fillRect(0, 0, widthPx, OVERVIEW_HEIGHT_PX);
    this.paintBusy(context);
    const x0 = Math.max(0, pxFromNs(extent, widthPx, view.fromNs));
    const x1 = Math.min(widthPx, Math.max(pxFromNs(extent, widthPx, view.toNs), x0 + BOX_PX_MIN));
    context.fillStyle = theme.ground;
    context.globalAlpha = 0.6;
    context.fillRect(0, 0, x0, OVERVIEW_HEIGHT_PX);
    context.fillRect(x1, 0, widthPx - x1, OVERVIEW_HEIGHT_PX);
    context.globalAlpha = 1;
    context.strokeStyle = theme.accent;
    context.strokeRect(x0 + 0.5, 0.5, Math.max(BOX_PX_MIN, x1 - x0) - 1, OVERVIEW_HEIGHT_PX - 2);
    context.fillStyle = theme.border;
    context.fillRect(0, OVERVIEW_HEIGHT_PX - 1, widthPx, 1);
  }

  // Drawn against the extent of now: what was asked a moment ago may be a little shorter.
  private paintBusy(context: CanvasRenderingContext2D): void {
    const { busy, extent, widthPx, theme } = this;
    if (!busy) return;
    const most = busy.columns.reduce((max, value) => Math.max(max, value), 1);
    const columnNs = (busy.of.toNs - busy.of.fromNs) / busy.columns.length;
    const columnPx = (columnNs / (extent.toNs - extent.fromNs)) * widthPx;
    context.fillStyle = theme.accent;
    context.globalAlpha = 0.65;
    for (const [index, value] of busy.columns.entries()) {
      if (value === 0) continue;
      const heightPx = Math.max(1, (value / most) * (OVERVIEW_HEIGHT_PX - 6));
      const x = pxFromNs(extent, widthPx, busy.of.fromNs + index * columnNs);
      context.fillRect(x, OVERVIEW_HEIGHT_PX - 1 - heightPx, Math.max(1, columnPx), heightPx);
    }
    context.globalAlpha = 1;
  }
}
