// The names of the timeline's rows, beside the drawing: pin, collapse, move.

import type { Layout, TrackRow } from '../../model/timeline/layout';
import { Button } from '../../widgets/button';

interface TrackHeadersProps {
  readonly layout: Layout;
  readonly scrollTopPx: number;
  readonly pinned: readonly string[];
  readonly onPin: (trackId: string) => void;
  readonly onCollapse: (trackId: string) => void;
  /** Moves a pinned track by so many places. */
  readonly onMove: (trackId: string, step: -1 | 1) => void;
  /** What a counter shows at the end of the view, for people. */
  readonly counterWords: (trackId: string) => string;
}

function TrackHeader({ row, ...props }: TrackHeadersProps & { readonly row: TrackRow }) {
  const { track, place, isPinned, isCollapsed } = row;
  const { onPin, onCollapse, onMove, counterWords } = props;
  const value = track.shape === 'counter' ? counterWords(track.id) : '';
  return (
    <div className="track-header" style={{ top: place.yPx, height: Math.max(place.heightPx, 12) }} data-testid="track">
      <button
        type="button"
        className="track-fold"
        aria-expanded={!isCollapsed}
        aria-label={`${isCollapsed ? 'Expand' : 'Collapse'} ${track.label}`}
        onClick={() => onCollapse(track.id)}
      >
        {isCollapsed ? '▸' : '▾'}
      </button>
      <span className="track-label" title={`${track.label}: ${track.rowCount.toLocaleString('en-US')} rows`}>
        {track.label}
      </span>
      {value && <span className="track-value">{value}</span>}
      <span className="track-tools">
        {isPinned && (
          <>
            <Button kind="plain" aria-label={`Move ${track.label} up`} onClick={() => onMove(track.id, -1)}>
              ↑
            </Button>
            <Button kind="plain" aria-label={`Move ${track.label} down`} onClick={() => onMove(track.id, 1)}>
              ↓
            </Button>
          </>
        )}
        <Button
          kind="plain"
          aria-pressed={isPinned}
          aria-label={`Pin ${track.label}`}
          title={isPinned ? 'Unpin' : 'Pin to the top'}
          onClick={() => onPin(track.id)}
        >
          {isPinned ? '★' : '☆'}
        </Button>
      </span>
    </div>
  );
}

export function TrackHeaders(props: TrackHeadersProps) {
  const { layout, scrollTopPx } = props;
  return (
    <div className="track-headers">
      <div style={{ transform: `translateY(${-scrollTopPx}px)`, height: layout.heightPx }}>
        {layout.rows.map((row) =>
          row.kind === 'heading' ? (
            <div
              key={`${row.level}.${row.yPx}`}
              className="track-heading"
              data-level={row.level}
              title={row.label}
              style={{ top: row.yPx, height: row.heightPx }}
            >
              {row.label}
            </div>
          ) : (
            <TrackHeader key={row.track.id} row={row} {...props} />
          ),
        )}
      </div>
    </div>
  );
}
