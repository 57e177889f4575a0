// What is known about the block under the pointer.

import { formatBytes, formatNs } from '../../../../shared/units/format';
import type { AskMemory, MemoryMap } from '../../worker/memory-methods';
import { fileName, hexAddress } from './memory-words';
import { useAnswer } from './use-answer';

interface BlockTooltipProps {
  readonly ask: AskMemory;
  readonly map: MemoryMap;
  /** Of the map. */
  readonly block: number;
  readonly labels: readonly string[];
  /** Of the pointer, in the window. */
  readonly xPx: number;
  readonly yPx: number;
}

const WIDTH_PX = 320;
const DISTANCE_PX = 14;
/** More than it is ever high, to keep it in the window. */
const HEIGHT_PX = 170;

/** Stands beside the pointer, inside the window. */
export function BlockTooltip({ ask, map, block, labels, xPx, yPx }: BlockTooltipProps) {
  const ref = { space: map.space[block], address: map.address[block], allocatedNs: map.allocatedNs[block] };
  const key = JSON.stringify(ref);
  const { answer } = useAnswer(key, 0, async () => ({ key, row: await ask('memory/block', ref) }));
  const row = answer?.key === key ? answer.row : undefined;
  const freedNs = map.freedNs[block];
  const isLive = Number.isNaN(freedNs);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Size', formatBytes(map.bytes[block])],
    ['Memory', labels[ref.space]],
    isLive ? ['Age', formatNs(map.timeNs - ref.allocatedNs)] : ['Lived', formatNs(freedNs - ref.allocatedNs)],
    ['Freed', isLive ? undefined : `${formatNs(map.timeNs - freedNs)} before`],
    ['Call', row?.call],
    ['Range', row?.range],
    ['Pool', row?.pool && hexAddress(row.pool.address)],
    ['By', row?.library && fileName(row.library)],
  ];
  const left = xPx + DISTANCE_PX + WIDTH_PX > window.innerWidth ? xPx - DISTANCE_PX - WIDTH_PX : xPx + DISTANCE_PX;
  const top = Math.min(yPx + DISTANCE_PX, window.innerHeight - HEIGHT_PX);
  return (
    <div className="memory-tooltip" role="tooltip" style={{ left, top, width: WIDTH_PX }} data-testid="memory-tooltip">
      <div className="memory-tooltip-head">
        <span className="memory-number">{hexAddress(ref.address)}</span>
        <span className={isLive ? 'memory-live' : 'memory-freed'}>{isLive ? 'live' : 'freed'}</span>
      </div>
      <dl className="memory-facts">
        {facts.map(([name, value]) => {
          if (value === undefined) return undefined;
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
