// The timeline on the screen. It owns two canvases in the host element, one for rectangles (WebGL2, or Canvas 2D where that is missing)
// and one over it for everything else, and the one animation tick: input, then state, then drawing. Vertices come from the worker;
// until a new answer is there, the last ones are moved and stretched. Knows neither React nor the store.

import type { Mark } from '../../../shared/window/methods';
import type { PaletteName, ThemeName } from '../model/colors';
import type { DrawAnswer, DrawParams } from '../model/timeline/draw';
import type { Layout } from '../model/timeline/layout';
import type { View } from '../model/timeline/pixel-query';
import type { SliceRow } from '../model/timeline/rows';
import { clampView, isSameView } from '../model/viewport';
import { TimelineCommands } from './commands';
import { createGlPainter, type Painter, type Placement } from './gl-painter';
import { paintHover, paintRuler } from './hover-painter';
import { listenForInput } from './input';
import { LatestWins } from './latest';
import { Motion } from './motion';
import {
  FONT,
  outlineSlice,
  paintCounterScales,
  paintFocus,
  paintGrid,
  paintLabels,
  paintLinks,
  paintMarks,
  paintSelection,
  TextFitter,
} from './overlay-painter';
import { createRectPainter } from './rect-painter';
import { channelsOfCss, themeOf } from './theme';
import {
  createTimelineState,
  RULER_PX,
  type TimelineEvents,
  type TimelineQueries,
  type TimelineState,
} from './timeline-state';

/** Asked for on both sides of the view, so that panning has something to show before the next answer. */
const OVERSCAN_DEVICE_PX = 128;
/** The view rests when it has not moved for so long; then the exact picture is asked for. */
const REST_MS = 140;
const TICK_MS_MAX = 50;

function addCanvas(host: HTMLElement, topPx: number): HTMLCanvasElement {
  const canvas = host.ownerDocument.createElement('canvas');
  Object.assign(canvas.style, { position: 'absolute', left: '0', top: `${topPx}px` });
  host.append(canvas);
  return canvas;
}

export class TimelineView {
  private readonly state: TimelineState;
  private readonly motion = new Motion();
  private readonly commands: TimelineCommands;
  private readonly ground: HTMLCanvasElement;
  private readonly surface: HTMLCanvasElement;
  private painter: Painter | undefined;
  private readonly overlay: CanvasRenderingContext2D | undefined;
  private readonly fitter: TextFitter | undefined;
  private readonly latest: LatestWins<DrawParams, DrawAnswer>;
  private readonly ending = new AbortController();
  private background: readonly number[] = [0, 0, 0];
  private tickId: number | undefined;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private lastTickMs = 0;
  private movedAtMs = Number.NEGATIVE_INFINITY;
  private isStale = true;
  private hasExtent = false;

  /** Fills the host, which must be positioned. The shell calls resize() when the host's size has changed. */
  constructor(
    private readonly host: HTMLElement,
    queries: TimelineQueries,
    events: TimelineEvents = {},
  ) {
    this.state = createTimelineState(themeOf(host, 'dark'));
    this.ground = addCanvas(host, RULER_PX);
    this.surface = addCanvas(host, 0);
    this.surface.tabIndex = 0;
    // The overlay draws a thinner line while it has the focus.
    this.surface.style.outline = 'none';
    this.surface.dataset.testid = 'timeline';
    this.surface.setAttribute('role', 'application');
    this.surface.setAttribute(
      'aria-label',
      'Timeline. W, A, S and D move the view; comma and period go from slice to slice.',
    );
    this.painter = createGlPainter(this.ground) ?? createRectPainter(this.ground);
    this.overlay = this.surface.getContext('2d') ?? undefined;
    this.fitter = this.overlay && new TextFitter(this.overlay);
    this.latest = new LatestWins(
      (params) => queries.draw(params),
      (answer, params) => this.takeAnswer(answer, params),
      (error) => events.onError?.(error),
    );
    this.commands = new TimelineCommands(this.state, queries, events, this.motion, (hasMoved) =>
      this.changed(hasMoved),
    );
    listenForInput(this.surface, this.motion, this.commands, this.ending.signal);
    this.followContext(events);
    this.setTheme('dark');
    this.resize();
  }

  // A driver that was reset takes the context away and gives a new one; what was drawn is asked for again.
  private followContext(events: TimelineEvents): void {
    const { signal } = this.ending;
    this.ground.addEventListener('webglcontextlost', (event) => event.preventDefault(), { signal });
    this.ground.addEventListener(
      'webglcontextrestored',
      () => {
        this.painter = createGlPainter(this.ground);
        if (this.painter) this.refresh();
        else events.onError?.(new Error('the graphics context was lost; close the session and open it again'));
      },
      { signal },
    );
  }

  /** Which part of time is shown; following stays as it is unless it is given. */
  setView(view: View, isFollowing = this.state.isFollowing): void {
    this.state.isFollowing = isFollowing;
    if (isSameView(view, this.state.view)) return;
    this.state.view = view;
    this.state.isZoomChosen = true;
    this.changed(true);
  }

  /** Of all rows. While following, the newest stay in view; otherwise the first extent is fitted. */
  setExtent(extent: View): void {
    const isFirst = !this.hasExtent;
    this.hasExtent = true;
    this.state.extent = extent;
    if (this.state.isFollowing) this.commands.follow();
    else if (isFirst && !this.state.isZoomChosen) this.commands.fit();
  }

  setFollowing(isFollowing: boolean): void {
    if (this.hasExtent) this.commands.setFollowing(isFollowing);
    else this.state.isFollowing = isFollowing;
  }

  /** Where the tracks stand, as layoutTracks gives it. */
  setTracks(layout: Layout): void {
    this.state.layout = layout;
    this.commands.scrollTo(this.state.scrollTopPx);
    this.changed(false, true);
  }

  setScrollTop(topPx: number): void {
    this.commands.scrollTo(topPx);
  }

  setSelection(selection: View | undefined): void {
    this.state.selection = selection;
    this.changed(false);
  }

  /** The selected slice; its launch is drawn. */
  setSelected(row: SliceRow | undefined): void {
    this.commands.setSelected(row);
  }

  /** Slices that are outlined although they are not selected. */
  setHighlighted(rows: readonly SliceRow[]): void {
    this.state.highlighted = rows;
    this.changed(false);
  }

  /** Moves and scrolls until the row is seen. */
  reveal(row: SliceRow): void {
    this.commands.reveal(row);
  }

  setMarks(marks: readonly Mark[]): void {
    this.state.marks = marks;
    this.changed(false);
  }

  setNameFilter(nameFilter: string): void {
    this.state.nameFilter = nameFilter;
    this.changed(false, true);
  }

  /** Reads the shell's CSS variables anew. */
  setTheme(theme: ThemeName, palette: PaletteName = this.state.palette): void {
    this.state.theme = themeOf(this.host, theme);
    this.state.palette = palette;
    this.background = channelsOfCss(this.state.theme.ground);
    this.changed(false, true);
  }

  /** More rows came. */
  refresh(): void {
    this.changed(false, true);
  }

  /** Takes the host's size. */
  resize(): void {
    const { state, ground, surface } = this;
    const ratio = window.devicePixelRatio || 1;
    state.pixelRatio = ratio;
    state.widthPx = Math.max(1, this.host.clientWidth);
    state.heightPx = Math.max(1, this.host.clientHeight - RULER_PX);
    for (const [canvas, heightPx] of [
      [ground, state.heightPx],
      [surface, state.heightPx + RULER_PX],
    ] as const) {
      canvas.width = Math.round(state.widthPx * ratio);
      canvas.height = Math.round(heightPx * ratio);
      Object.assign(canvas.style, { width: `${state.widthPx}px`, height: `${heightPx}px` });
    }
    if (this.hasExtent) state.view = clampView(state.view, state);
    this.commands.scrollTo(state.scrollTopPx);
    this.changed(true);
  }

  dispose(): void {
    this.ending.abort();
    this.latest.close();
    if (this.tickId !== undefined) cancelAnimationFrame(this.tickId);
    clearTimeout(this.restTimer);
    this.painter?.dispose();
    this.ground.remove();
    this.surface.remove();
  }

  private changed(hasMoved: boolean, isStale = hasMoved): void {
    if (hasMoved) this.movedAtMs = performance.now();
    this.isStale ||= isStale;
    if (this.tickId !== undefined || this.ending.signal.aborted) return;
    this.tickId = requestAnimationFrame((nowMs) => this.tick(nowMs));
  }

  private tick(nowMs: number): void {
    this.tickId = undefined;
    const elapsedMs = Math.min(TICK_MS_MAX, Math.max(1, nowMs - this.lastTickMs));
    this.lastTickMs = nowMs;
    if (this.motion.isMoving) {
      this.commands.step(elapsedMs);
      this.changed(false);
    }
    if (this.isStale) this.ask();
    this.paint();
  }

  private ask(): void {
    const { view, widthPx, heightPx, pixelRatio, scrollTopPx, nameFilter, palette, theme, layout } = this.state;
    this.isStale = false;
    const widthDevicePx = Math.round(widthPx * pixelRatio);
    const nsPerPx = (view.toNs - view.fromNs) / widthDevicePx;
    // On whole pixels of time, so that columns stay the same while the view is moved.
    const fromNs = (Math.round(view.fromNs / nsPerPx) - OVERSCAN_DEVICE_PX) * nsPerPx;
    const askedPx = widthDevicePx + 2 * OVERSCAN_DEVICE_PX;
    const isMoving = performance.now() - this.movedAtMs < REST_MS;
    this.latest.put({
      view: { fromNs, toNs: fromNs + askedPx * nsPerPx },
      widthPx: askedPx / pixelRatio,
      heightPx,
      scrollTopPx,
      pixelRatio,
      nameFilter,
      palette,
      theme: theme.name,
      precision: isMoving ? 'index' : 'exact',
      places: layout.places,
    });
  }

  private takeAnswer(answer: DrawAnswer, { precision }: DrawParams): void {
    this.state.answer = answer;
    this.painter?.load(answer.vertices, answer.quadCount);
    this.changed(false);
    clearTimeout(this.restTimer);
    if (precision === 'index') this.restTimer = setTimeout(() => this.changed(false, true), REST_MS);
  }

  /** Where the last answer lies in the present view. */
  private placement(): Placement {
    const { answer, view, widthPx, pixelRatio, scrollTopPx } = this.state;
    if (!answer) return { scaleX: 1, shiftX: 0, shiftY: 0 };
    const nsPerPx = (view.toNs - view.fromNs) / Math.round(widthPx * pixelRatio);
    const answeredNsPerPx = (answer.view.toNs - answer.view.fromNs) / answer.widthDevicePx;
    const scaleX = answeredNsPerPx / nsPerPx;
    const shiftX = (answer.view.fromNs - view.fromNs) / nsPerPx;
    const shiftY = Math.round((answer.scrollTopPx - scrollTopPx) * pixelRatio);
    // Unstretched columns lie on pixels.
    if (Math.abs(scaleX - 1) < 1e-6) return { scaleX: 1, shiftX: Math.round(shiftX), shiftY };
    return { scaleX, shiftX, shiftY };
  }

  private paint(): void {
    const { state, overlay, fitter } = this;
    const placement = this.placement();
    this.painter?.paint(placement, this.ground.width, this.ground.height, this.background);
    if (!overlay || !fitter) return;
    overlay.setTransform(state.pixelRatio, 0, 0, state.pixelRatio, 0, 0);
    overlay.clearRect(0, 0, state.widthPx, state.heightPx + RULER_PX);
    overlay.font = FONT;
    paintGrid(overlay, state);
    paintLabels(overlay, state, placement, fitter);
    paintCounterScales(overlay, state);
    paintLinks(overlay, state);
    for (const row of state.highlighted) outlineSlice(overlay, state, row, state.theme.accent);
    if (state.selected) outlineSlice(overlay, state, state.selected, state.theme.text);
    for (const link of state.links) outlineSlice(overlay, state, link, state.theme.accent);
    paintRuler(overlay, state);
    paintMarks(overlay, state);
    paintSelection(overlay, state);
    paintHover(overlay, state);
    if (this.surface.ownerDocument.activeElement === this.surface) paintFocus(overlay, state);
  }
}
