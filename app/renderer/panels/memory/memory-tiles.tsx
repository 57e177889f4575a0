// The moment's figures.

import { formatBytes } from '../../../../shared/units/format';
import type { SpaceGaps } from '../../model/memory/gaps';
import type { MemoryAt } from '../../worker/memory-methods';
import { counted, percent } from './memory-words';

interface MemoryTilesProps {
  readonly at: MemoryAt | undefined;
  /** Gaps are those of this space; undefined is the one with most live bytes. */
  readonly space: number | undefined;
  readonly labels: readonly string[];
  readonly formatTime: (timeNs: number) => string;
  readonly onMoment: (timeNs: number) => void;
}

const GAP_MEANING =
  'The largest hole between live blocks of one kind of memory. A hole larger than the memory itself lies between two regions of the address space and does not count.';
const FRAGMENTATION_MEANING = '1 - largest gap / all gaps. 0 % is one hole or none, near 100 % is many small ones.';

export function MemoryTiles({ at, space, labels, formatTime, onMoment }: MemoryTilesProps) {
  if (!at) return <div className="memory-tiles" />;
  const { total } = at;
  const gaps = gapsShown(at.gaps, space);
  const place = gaps ? ` Here: ${labels[gaps.space]}.` : '';
  return (
    <dl className="memory-tiles">
      <Tile name="Live" value={formatBytes(total.liveBytes)} note={counted(total.liveCount, 'block')} id="live" />
      <Tile name="Peak so far" value={formatBytes(total.peakBytes)} id="peak">
        <button type="button" className="memory-link" onClick={() => onMoment(total.peakNs)} title="Show this moment">
          at {formatTime(total.peakNs)}
        </button>
      </Tile>
      <Tile
        name="Largest free gap"
        value={gaps ? formatBytes(gaps.largestGapBytes) : '-'}
        note={gaps ? `of ${formatBytes(gaps.gapBytes)} in ${counted(gaps.gapCount, 'gap')}` : ''}
        meaning={`${GAP_MEANING}${place}`}
        id="gap"
      />
      <Tile
        name="Fragmentation"
        value={gaps ? percent(gaps.fragmentationRatio) : '-'}
        note={gaps ? counted(gaps.regionCount, 'region') : ''}
        meaning={`${FRAGMENTATION_MEANING}${place}`}
        id="fragmentation"
      />
    </dl>
  );
}

function gapsShown(gaps: readonly SpaceGaps[], space: number | undefined): SpaceGaps | undefined {
  if (space !== undefined) return gaps.find((each) => each.space === space);
  return gaps.toSorted((left, right) => right.liveBytes - left.liveBytes)[0];
}

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly meaning?: string;
  readonly id: string;
  readonly children?: React.ReactNode;
}

function Tile({ name, value, note, meaning, id, children }: TileProps) {
  return (
    <div className="memory-tile" title={meaning} data-testid={`memory-tile-${id}`}>
      <dt>{name}</dt>
      <dd className="memory-tile-value">{value}</dd>
      <dd className="memory-tile-note">{children ?? note}</dd>
    </div>
  );
}
