// What the timeline shows, in one place: input changes it, drawing reads it.

import type { Mark } from '../../../shared/window/methods';
import type { PaletteName } from '../model/colors';
import type { DrawAnswer, DrawParams } from '../model/timeline/draw';
import type { Hit, HitParams } from '../model/timeline/hit';
import type { Layout } from '../model/timeline/layout';
import type { View } from '../model/timeline/pixel-query';
import type { RowKey, SliceRow } from '../model/timeline/rows';
import type { TimelineTheme } from './theme';

/** The worker's answers, given by the shell. */
export interface TimelineQueries {
  draw(params: DrawParams): Promise<DrawAnswer>;
  hit(params: HitParams): Promise<Hit | undefined>;
  neighbour(params: { readonly row: RowKey; readonly step: -1 | 1 }): Promise<SliceRow | undefined>;
  link(params: Pick<SliceRow, 'source' | 'correlation' | 'table'>): Promise<readonly SliceRow[]>;
}

/** What the timeline tells the shell. All are about what a person did. */
export interface TimelineEvents {
  onViewChange?(view: View, isFollowing: boolean): void;
  onSelect?(row: SliceRow | undefined): void;
  onSelectionChange?(selection: View | undefined): void;
  onHover?(hit: Hit | undefined): void;
  /** M; with Shift the mark is meant to be kept. A moment has equal ends. */
  onMarkRequest?(range: View, isPersistent: boolean): void;
  onScroll?(scrollTopPx: number): void;
  /** A question to the worker failed. */
  onError?(error: unknown): void;
}

export interface Hover {
  readonly xPx: number;
  readonly yPx: number;
  readonly hit: Hit | undefined;
}

export interface TimelineState {
  view: View;
  extent: View;
  isFollowing: boolean;
  /** Somebody has zoomed or moved; following keeps that zoom. */
  isZoomChosen: boolean;
  selection: View | undefined;
  selected: SliceRow | undefined;
  /** The other ends of the selected slice's launch. */
  links: readonly SliceRow[];
  /** Outlined although not selected. */
  highlighted: readonly SliceRow[];
  marks: readonly Mark[];
  hover: Hover | undefined;
  layout: Layout;
  scrollTopPx: number;
  nameFilter: string;
  palette: PaletteName;
  theme: TimelineTheme;
  widthPx: number;
  /** Below the ruler. */
  heightPx: number;
  pixelRatio: number;
  answer: DrawAnswer | undefined;
}

export const RULER_PX = 24;

const NO_EXTENT: View = { fromNs: 0, toNs: 1e9 };

export function createTimelineState(theme: TimelineTheme): TimelineState {
  return {
    view: NO_EXTENT,
    extent: NO_EXTENT,
    isFollowing: true,
    isZoomChosen: false,
    selection: undefined,
    selected: undefined,
    links: [],
    highlighted: [],
    marks: [],
    hover: undefined,
    layout: { rows: [], places: [], heightPx: 0 },
    scrollTopPx: 0,
    nameFilter: '',
    palette: 'default',
    theme,
    widthPx: 1,
    heightPx: 1,
    pixelRatio: 1,
    answer: undefined,
  };
}

export interface LanePoint {
  readonly trackId: string;
  readonly lane: number;
}

/** The lane under a height, in px from the top of the canvas; undefined over the ruler, headings and gaps. */
export function laneAt({ layout, scrollTopPx }: TimelineState, yPx: number): LanePoint | undefined {
  const contentPx = yPx - RULER_PX + scrollTopPx;
  if (yPx < RULER_PX) return undefined;
  const place = layout.places.find((each) => contentPx >= each.yPx && contentPx < each.yPx + each.heightPx);
  if (!place) return undefined;
  return { trackId: place.trackId, lane: Math.floor((contentPx - place.yPx) / place.laneHeightPx) };
}

/** Top and height of a lane in px from the top of the canvas; undefined when it is not laid out. */
export function laneBox(
  { layout, scrollTopPx }: TimelineState,
  { trackId, lane }: LanePoint,
): { readonly topPx: number; readonly heightPx: number } | undefined {
  const place = layout.places.find((each) => each.trackId === trackId);
  if (!place) return undefined;
  const shown = Math.min(lane, place.laneCount - 1);
  return { topPx: RULER_PX + place.yPx - scrollTopPx + shown * place.laneHeightPx, heightPx: place.laneHeightPx };
}
