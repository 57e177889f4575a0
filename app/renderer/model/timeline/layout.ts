// Where tracks stand, from top to bottom: pinned ones first, then groups under their headings. CSS pixels from the top of the content.

import type { TrackKind, TrackSummary } from './tracks';

/** A track that is drawn: lane n begins at yPx + n × laneHeightPx; lanes from laneCount on are not shown. */
export interface PlacedTrack {
  readonly trackId: string;
  readonly yPx: number;
  readonly laneHeightPx: number;
  readonly laneCount: number;
  readonly heightPx: number;
}

export interface TrackRow {
  readonly kind: 'track';
  readonly track: TrackSummary;
  readonly place: PlacedTrack;
  readonly isPinned: boolean;
  readonly isCollapsed: boolean;
}

export interface HeadingRow {
  readonly kind: 'heading';
  /** `process` above `device`. */
  readonly level: 0 | 1;
  readonly label: string;
  readonly yPx: number;
  readonly heightPx: number;
}

export interface Layout {
  readonly rows: readonly (TrackRow | HeadingRow)[];
  readonly places: readonly PlacedTrack[];
  readonly heightPx: number;
}

export interface LayoutChoices {
  readonly pinned: readonly string[];
  readonly collapsed: readonly string[];
}

const HEADING_PX = 20;
const TRACK_GAP_PX = 3;
const COUNTER_PX = 34;
const COLLAPSED_PX = 8;
/** More depths than that are not shown until a track is looked at alone. */
const LANE_COUNT_MAX = 64;
const LANE_PX: Readonly<Record<TrackKind, number>> = {
  mark: 14,
  stream: 22,
  range: 18,
  openRange: 18,
  api: 18,
  sync: 14,
  overhead: 12,
  memory: COUNTER_PX,
  health: COUNTER_PX,
};

function placeTrack(track: TrackSummary, yPx: number, isCollapsed: boolean): PlacedTrack {
  const laneCount = Math.max(1, Math.min(track.laneCount, LANE_COUNT_MAX));
  if (!isCollapsed) {
    const laneHeightPx = LANE_PX[track.kind];
    return { trackId: track.id, yPx, laneHeightPx, laneCount, heightPx: laneHeightPx * laneCount };
  }
  // A collapsed stream shows all its lanes, squeezed, because none of them is above another; a collapsed stack shows its outermost calls.
  const isSqueezed = track.kind === 'stream' && laneCount <= COLLAPSED_PX / 2;
  const shownCount = isSqueezed ? laneCount : 1;
  return {
    trackId: track.id,
    yPx,
    laneHeightPx: COLLAPSED_PX / shownCount,
    laneCount: shownCount,
    heightPx: COLLAPSED_PX,
  };
}

/** Lays out tracks that stand in the order of the worker's list. */
export function layoutTracks(tracks: readonly TrackSummary[], { pinned, collapsed }: LayoutChoices): Layout {
  const rows: (TrackRow | HeadingRow)[] = [];
  let yPx = 0;
  const addHeading = (level: 0 | 1, label: string) => {
    rows.push({ kind: 'heading', level, label, yPx, heightPx: HEADING_PX });
    yPx += HEADING_PX;
  };
  const addTrack = (track: TrackSummary, isPinned: boolean) => {
    const isCollapsed = collapsed.includes(track.id);
    const place = placeTrack(track, yPx, isCollapsed);
    rows.push({ kind: 'track', track, place, isPinned, isCollapsed });
    yPx += place.heightPx + TRACK_GAP_PX;
  };
  const first = pinned.flatMap((id) => tracks.filter((track) => track.id === id));
  if (first.length > 0) addHeading(0, 'Pinned');
  for (const track of first) addTrack(track, true);
  let process: string | undefined;
  let device: string | undefined;
  for (const track of tracks) {
    if (pinned.includes(track.id)) continue;
    const group = `${track.source} ${track.process}`;
    if (group !== process) addHeading(0, track.process);
    if (track.device !== undefined && (group !== process || track.device !== device)) addHeading(1, track.device);
    process = group;
    device = track.device;
    addTrack(track, false);
  }
  return { rows, places: rows.flatMap((row) => (row.kind === 'track' ? [row.place] : [])), heightPx: yPx };
}
