// One lane as rectangles and labels: what queryLane tells, in device pixels.

import { type Rgba, withAlpha } from '../colors';
import type { Lane } from './lane';
import type { NameColors } from './name-colors';
import type { SliceName } from './names';
import type { LaneSink } from './pixel-query';
import type { QuadWriter } from './quads';

/** Labels to paint, one entry a label. */
export interface LabelColumns {
  readonly texts: string[];
  /** x, y, width, height of each box in device px. */
  readonly boxesPx: number[];
  readonly hasDarkInk: number[];
}

/** A column with one short row in it is still seen. */
const SHARE_ALPHA_MIN = 0.3;
/** Shares are rounded to so many steps, so that equal neighbours become one rectangle. */
const SHARE_STEPS = 24;
/** Of each step, in 256ths. */
const SHARE_ALPHA = Uint16Array.from({ length: SHARE_STEPS + 1 }, (_, step) =>
  Math.round(256 * (SHARE_ALPHA_MIN + ((1 - SHARE_ALPHA_MIN) * step) / SHARE_STEPS)),
);
const EDGE_PX_MIN = 5;
const LABEL_COUNT_MAX = 2000;
/** Letters are at least so wide; longer texts would be cut anyway. */
const LETTER_PX_MIN = 4;
/** With a filter, so many rows of a column are looked at to find one that it keeps. */
const FILTER_SAMPLES = 16;

export class LaneDrawing implements LaneSink {
  private lane!: Lane;
  private y0 = 0;
  private y1 = 0;
  private hasLabels = false;
  private lastColumnPx = -2;
  private lastColor: Rgba = 0;
  private readonly fill: Uint32Array;

  constructor(
    private readonly quads: QuadWriter,
    private readonly labels: LabelColumns,
    private readonly names: readonly SliceName[],
    private readonly colors: NameColors,
    private readonly widthPx: number,
    private readonly labelPxMin: number,
    private readonly pixelRatio: number,
  ) {
    this.fill = colors.fill;
  }

  /** Begins a lane between two heights. */
  begin(lane: Lane, y0: number, y1: number, hasLabels: boolean): void {
    this.lane = lane;
    this.y0 = y0;
    this.y1 = y1;
    this.hasLabels = hasLabels;
    this.lastColumnPx = -2;
  }

  slice(row: number, beginPx: number, endPx: number): void {
    const name = this.lane.name[row];
    const x0 = Math.max(-1, beginPx);
    const x1 = Math.min(this.widthPx + 1, endPx);
    this.quads.add(x0, this.y0, x1, this.y1, this.fill[name]);
    // The edge lies inside: the slice itself keeps its exact ends.
    if (endPx - beginPx >= EDGE_PX_MIN && beginPx > -1) {
      this.quads.add(x0, this.y0, x0 + 1, this.y1, this.colors.edge[name]);
    }
    this.lastColumnPx = -2;
    if (this.hasLabels && x1 - x0 >= this.labelPxMin && this.colors.isKept[name] === 1)
      this.label(name, Math.max(0, x0), Math.min(this.widthPx, x1));
  }

  column(columnPx: number, share: number, first: number, end: number, name: number): void {
    const fill = this.fill[this.colors.isFiltering ? this.keptName(first, end, name) : name];
    const color = withAlpha(fill, ((fill >>> 24) * SHARE_ALPHA[Math.ceil(share * SHARE_STEPS)]) >>> 8);
    if (columnPx === this.lastColumnPx + 1 && color === this.lastColor) this.quads.extend(columnPx + 1);
    else this.quads.add(columnPx, this.y0, columnPx + 1, this.y1, color);
    this.lastColumnPx = columnPx;
    this.lastColor = color;
  }

  /** With a filter a column has the colour of a row that it keeps, if there is one. */
  private keptName(first: number, end: number, name: number): number {
    const { isKept } = this.colors;
    const step = Math.max(1, Math.floor((end - first) / FILTER_SAMPLES));
    for (let row = first; row < end; row += step) if (isKept[this.lane.name[row]]) return this.lane.name[row];
    return name;
  }

  private label(name: number, x0: number, x1: number): void {
    if (this.labels.texts.length >= LABEL_COUNT_MAX) return;
    const letterCount = Math.floor((x1 - x0) / (LETTER_PX_MIN * this.pixelRatio));
    this.labels.texts.push(this.names[name].shortText.slice(0, letterCount));
    this.labels.boxesPx.push(x0, this.y0, x1 - x0, this.y1 - this.y0);
    this.labels.hasDarkInk.push(this.colors.hasDarkInk[name]);
  }
}

const AREA_ALPHA = 0x5c;

/** A counter as an area below its value, and a line from its smallest to its largest value in each column. */
export class CounterDrawing {
  private lastX = -2;
  private lastTop = 0;
  private lastLow = 0;
  private readonly areaColor: Rgba;
  private readonly lineColor: Rgba;

  constructor(
    private readonly quads: QuadWriter,
    color: Rgba,
    private readonly min: number,
    private readonly max: number,
    private readonly y0: number,
    private readonly y1: number,
  ) {
    this.areaColor = withAlpha(color, AREA_ALPHA);
    this.lineColor = color;
  }

  column(columnPx: number, min: number, max: number, last: number): void {
    const top = this.yOf(max);
    const low = Math.max(this.yOf(min), top + 1);
    // An area and a line were added before, in this order; both grow while the value stays.
    if (columnPx === this.lastX + 1 && top === this.lastTop && low === this.lastLow && min === max) {
      this.quads.extendPair(columnPx + 1);
    } else {
      this.quads.add(columnPx, this.yOf(last), columnPx + 1, this.y1, this.areaColor);
      this.quads.add(columnPx, top, columnPx + 1, low, this.lineColor);
    }
    this.lastX = min === max ? columnPx : -2;
    this.lastTop = top;
    this.lastLow = low;
  }

  private yOf(value: number): number {
    const ratio = this.max > this.min ? (value - this.min) / (this.max - this.min) : 0;
    return this.y1 - 1 - Math.round(ratio * (this.y1 - this.y0 - 2));
  }
}
