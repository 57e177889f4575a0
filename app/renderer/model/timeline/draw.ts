// Everything the painter needs for one view: vertices of all visible lanes and counters, labels, scales of the counters, marks.
// Positions are device pixels from the view's begin and from the top of what is scrolled to.

import { counterColor } from '../colors';
import { CounterDrawing, type LabelColumns, LaneDrawing } from './lane-drawing';
import type { PlacedTrack } from './layout';
import { type DrawnMark, drawMarks } from './mark-drawing';
import { type ColorChoices, NameColors } from './name-colors';
import { type Precision, queryCounter, queryLane, type View } from './pixel-query';
import { QuadWriter } from './quads';
import type { TimelineModel } from './timeline-model';
import type { CounterTrackEntry } from './tracks';

export interface DrawParams extends ColorChoices {
  readonly view: View;
  /** CSS px. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollTopPx: number;
  /** Device px of one CSS px. */
  readonly pixelRatio: number;
  /** Left out, it is exact. */
  readonly precision?: Precision;
  readonly places: readonly Omit<PlacedTrack, 'heightPx'>[];
}

/** What the height of a counter's track stands for. */
export interface CounterScale {
  readonly trackId: string;
  readonly min: number;
  readonly max: number;
  /** At the end of the view; undefined before the first row. */
  readonly last: number | undefined;
  readonly unit: string;
}

export interface DrawAnswer {
  readonly view: View;
  readonly widthDevicePx: number;
  readonly scrollTopPx: number;
  readonly pixelRatio: number;
  /** As QuadWriter makes them. */
  readonly vertices: ArrayBuffer;
  readonly quadCount: number;
  readonly labels: LabelColumns;
  readonly counters: readonly CounterScale[];
  readonly marks: readonly DrawnMark[];
  /** The latest end of any slice that was held when this was drawn; undefined while there is none. */
  readonly newestNs: number | undefined;
}

const LABEL_CSS_PX_MIN = 26;
const LABEL_LANE_CSS_PX_MIN = 11;
/** Lanes so far above and below what is shown are drawn too, for scrolling before the next answer. */
const OVERDRAW_CSS_PX = 200;
const LANE_GAP_DEVICE_PX = 1;
const LANE_GAP_FROM_PX = 6;

export class TimelineDrawing {
  private readonly colors = new NameColors();
  private readonly quads = new QuadWriter();

  constructor(private readonly model: TimelineModel) {}

  /** Draws one view. */
  draw(params: DrawParams): DrawAnswer {
    const { view, pixelRatio, scrollTopPx, heightPx } = params;
    const { names, tracks } = this.model;
    const widthDevicePx = Math.max(1, Math.round(params.widthPx * pixelRatio));
    this.colors.update(names, params);
    const { quads } = this;
    const labels: LabelColumns = { texts: [], boxesPx: [], hasDarkInk: [] };
    const labelPxMin = LABEL_CSS_PX_MIN * pixelRatio;
    const drawing = new LaneDrawing(quads, labels, names.names, this.colors, widthDevicePx, labelPxMin, pixelRatio);
    const counters: CounterScale[] = [];
    const yOf = (px: number) => Math.round((px - scrollTopPx) * pixelRatio);
    for (const { trackId, yPx, laneHeightPx, laneCount } of params.places) {
      const entry = tracks.entries.get(trackId);
      if (!entry) continue;
      for (let lane = 0; lane < laneCount; lane++) {
        const topPx = yPx + lane * laneHeightPx;
        if (topPx + laneHeightPx < scrollTopPx - OVERDRAW_CSS_PX) continue;
        if (topPx > scrollTopPx + heightPx + OVERDRAW_CSS_PX) break;
        const [y0, bottom] = [yOf(topPx), yOf(topPx + laneHeightPx)];
        if (entry.shape === 'counter') {
          counters.push(this.drawCounter(entry, params, quads, widthDevicePx, y0, bottom));
          break;
        }
        const columns = entry.track.lanes[lane];
        if (!columns) break;
        const gap = bottom - y0 >= LANE_GAP_FROM_PX ? LANE_GAP_DEVICE_PX : 0;
        drawing.begin(columns, y0, bottom - gap, laneHeightPx >= LABEL_LANE_CSS_PX_MIN);
        queryLane(columns, view, widthDevicePx, drawing, params.precision);
      }
    }
    const { quadCount } = quads;
    return {
      view,
      widthDevicePx,
      scrollTopPx,
      pixelRatio,
      vertices: quads.take(),
      quadCount,
      labels,
      counters,
      marks: drawMarks(this.model, view, widthDevicePx),
      newestNs: this.newestSliceNs(),
    };
  }

  private newestSliceNs(): number | undefined {
    let newestNs: number | undefined;
    for (const entry of this.model.tracks.entries.values()) {
      if (entry.shape !== 'slices') continue;
      for (const { count, endNs } of entry.track.lanes) {
        if (count > 0) newestNs = Math.max(newestNs ?? endNs[count - 1], endNs[count - 1]);
      }
    }
    return newestNs;
  }

  private drawCounter(
    entry: CounterTrackEntry,
    { view, palette, theme }: DrawParams,
    quads: QuadWriter,
    widthDevicePx: number,
    y0: number,
    y1: number,
  ): CounterScale {
    const bounds = entry.track.bounds();
    // The scale is that of the whole session, so that it stays while somebody pans.
    const min = Math.min(0, bounds.min);
    const drawing = new CounterDrawing(quads, counterColor(palette, theme), min, bounds.max, y0 + 2, y1);
    // A value lasts until the next row, but nobody knows yet what comes after the newest row of all.
    const newestNs = this.model.extent?.toNs ?? view.toNs;
    const endPx = ((newestNs - view.fromNs) / (view.toNs - view.fromNs)) * widthDevicePx;
    queryCounter(entry.track, view, widthDevicePx, (columnPx, low, high, last) => {
      if (columnPx <= endPx) drawing.column(columnPx, low, high, last);
    });
    const last = entry.track.valueAt(view.toNs);
    return { trackId: entry.id, min, max: bounds.max, last, unit: this.model.tracks.unitOf(entry) };
  }
}
