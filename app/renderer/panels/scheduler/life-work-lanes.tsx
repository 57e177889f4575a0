// The kernels and copies of a request's batch, a lane a CUDA stream. Drawn as one path a colour, because there may be as many boxes as pixels.

import { type KeyboardEvent, type MouseEvent, useMemo, useState } from 'react';
import { formatBytes, formatNs } from '../../../../shared/units/format';
import { colorOfName, cssColor, type PaletteName, type ThemeName } from '../../model/colors';
import { type Work, type WorkBox, type WorkLane, workBoxes } from '../../model/scheduler/life-work';

export interface WorkColors {
  readonly palette: PaletteName;
  readonly theme: ThemeName;
}

export interface WorkLanesProps {
  readonly lanes: readonly WorkLane[];
  readonly colors: WorkColors;
  readonly topPx: number;
  readonly labelPx: number;
  readonly plotPx: number;
  readonly pxOf: (timeNs: number) => number;
  readonly onPoint: (words: string | undefined) => void;
  readonly onPickWork: (work: Work) => void;
}

export const WORK_LANE_PX = 20;
const BOX_PX = 14;
const TOP_PX = (WORK_LANE_PX - BOX_PX) / 2;

const colorOf = ({ table, name, direction }: Work, { palette, theme }: WorkColors) =>
  cssColor(colorOfName({ table, text: name, shortText: '', variant: direction, argb: 0, rowCount: 0 }, palette, theme));

/** What a box stands for. */
export function boxWords({ longest, count }: WorkBox): string {
  const { base, durationNs, bytes, table } = longest;
  const took = durationNs < 0 ? 'not timed' : formatNs(durationNs);
  const size = table === 'kernel' ? '' : `, ${formatBytes(bytes)}`;
  return count === 1 ? `${base}: ${took}${size}` : `${base}: ${took}${size}, and ${count - 1} shorter beside it`;
}

interface Place {
  readonly lane: number;
  readonly box: number;
}

export function WorkLanes({ lanes, colors, topPx, labelPx, plotPx, pxOf, onPoint, onPickWork }: WorkLanesProps) {
  // pxOf is made anew with each drawing; the boxes depend on the width alone.
  const boxes = useMemo(() => lanes.map(({ work }) => workBoxes(work, pxOf)), [lanes, pxOf]);
  const [place, setPlace] = useState<Place>();
  const shown = place && boxes[place.lane]?.[place.box];
  const point = (next: Place | undefined) => {
    setPlace(next);
    const box = next && boxes[next.lane]?.[next.box];
    onPoint(box && boxWords(box));
  };
  const under = (event: MouseEvent<SVGGElement>): Place | undefined => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const lane = Math.min(lanes.length - 1, Math.max(0, Math.floor((event.clientY - top) / WORK_LANE_PX)));
    const atPx = event.clientX - left - labelPx;
    const box = boxes[lane].findIndex(({ fromPx, toPx }) => atPx >= fromPx - 1 && atPx <= toPx + 1);
    return box < 0 ? undefined : { lane, box };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && shown) onPickWork(shown.longest);
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const across = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 && across === 0) return;
    event.preventDefault();
    const lane = Math.min(lanes.length - 1, Math.max(0, (place?.lane ?? 0) + across));
    const box = Math.min(boxes[lane].length - 1, Math.max(0, place ? place.box + step : 0));
    point({ lane, box });
  };
  return (
    <g
      className="scheduler-work"
      transform={`translate(0 ${topPx})`}
      role="listbox"
      tabIndex={0}
      aria-label="Kernels and copies of its batch. Arrows go from one to the next, Enter shows it on the timeline."
      data-testid="scheduler-life-work"
      data-item-count={boxes.reduce((sum, each) => sum + each.length, 0)}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => point(under(event))}
      onPointerLeave={() => point(undefined)}
      onClick={(event) => {
        const found = under(event);
        if (found) onPickWork(boxes[found.lane][found.box].longest);
      }}
    >
      {lanes.map(({ label }, index) => (
        <g key={label} transform={`translate(0 ${index * WORK_LANE_PX})`}>
          <text className="scheduler-label" x={labelPx - 8} y={WORK_LANE_PX / 2 + 4} textAnchor="end">
            {label}
          </text>
          <rect x={0} width={labelPx + plotPx} height={WORK_LANE_PX} fill="transparent" />
          <g transform={`translate(${labelPx} ${TOP_PX})`}>
            <rect className="scheduler-lane-ground" width={plotPx} height={BOX_PX} />
            <LanePaths boxes={boxes[index]} colors={colors} />
          </g>
        </g>
      ))}
      {shown && place && (
        <rect
          className="scheduler-box-focused"
          x={labelPx + shown.fromPx - 1}
          y={place.lane * WORK_LANE_PX + TOP_PX - 1.5}
          width={shown.toPx - shown.fromPx + 2}
          height={BOX_PX + 3}
        />
      )}
    </g>
  );
}

function LanePaths({ boxes, colors }: { readonly boxes: readonly WorkBox[]; readonly colors: WorkColors }) {
  const paths = new Map<string, string[]>();
  for (const { fromPx, toPx, longest } of boxes) {
    const color = colorOf(longest, colors);
    const widthPx = toPx - fromPx;
    // Neighbours are told apart by a gap where there is room for one.
    const drawnPx = (widthPx > 3 ? widthPx - 0.75 : widthPx).toFixed(2);
    const path = `M${fromPx.toFixed(2)} 0h${drawnPx}v${BOX_PX}h-${drawnPx}z`;
    paths.set(color, [...(paths.get(color) ?? []), path]);
  }
  return [...paths].map(([color, path]) => <path key={color} d={path.join('')} fill={color} />);
}
