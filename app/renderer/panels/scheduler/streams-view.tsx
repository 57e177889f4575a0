// Which stream ran which batch when. A click, or arrows and Enter, open the life of the batch's latest request.

import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../../../shared/units/format';
import { NS_PER_SEC } from '../../../../shared/units/units';
import { seriesColor } from '../../charts/chart-colors';
import { BATCHES_MAX, type Batch, batchesOf, occupancyOf } from '../../model/scheduler/batches';
import { boxAt, type Lane, type LaneBox, lanesOf } from '../../model/scheduler/lanes';
import type { Range } from '../../model/scheduler/range';
import { linearTicks } from '../../model/statistics/axis-ticks';
import { EmptyState } from '../../widgets/empty-state';
import { useSize } from '../memory/use-size';
import type { SchedulerView } from './views';
import { countWords, nsWords, percentWords } from './words';

interface StreamsViewProps extends Omit<SchedulerView, 'onSavePng'> {
  readonly onPickBatch: (batch: Batch) => void;
}

const LABEL_PX = 96;
const LANE_PX = 34;
const BOX_PX = 24;
const AXIS_PX = 20;
const TICK_PX = 110;

const boxWords = ({ first, batchCount }: LaneBox) =>
  batchCount > 1
    ? `${batchCount} batches of ${first.model}, too short to be told apart here`
    : `Batch ${first.batch} of ${first.model} ${first.version}: ${countWords(first.requestCount, 'request')}, ${nsWords(first.endNs - first.startNs)}, ${nsWords(first.predictedNs)} expected${first.isOk ? '' : ', failed'}`;

interface Place {
  readonly lane: number;
  readonly box: number;
}

/** Where an arrow goes: along the lane, or to the box of another lane that is closest in time. */
function moved(lanes: readonly Lane[], { lane, box }: Place, key: string): Place | undefined {
  const along = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  if (along !== 0) return { lane, box: Math.min(lanes[lane].boxes.length - 1, Math.max(0, box + along)) };
  const across = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
  const next = lanes[lane + across];
  if (across === 0 || !next) return undefined;
  const closest = boxAt(next, lanes[lane].boxes[box].fromPx, Number.POSITIVE_INFINITY);
  return closest && { lane: lane + across, box: next.boxes.indexOf(closest) };
}

export function StreamsView({ rows, range, onPickBatch }: StreamsViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const { widthPx } = useSize(box);
  const plotPx = Math.max(1, widthPx - LABEL_PX - 16);
  const batches = useMemo(() => batchesOf(rows.tables.batches), [rows.tables.batches]);
  const occupancy = useMemo(() => occupancyOf(rows.tables.occupancy), [rows.tables.occupancy]);
  const lanes = useMemo(() => lanesOf(batches, range, plotPx), [batches, range, plotPx]);
  const models = [...new Set(batches.map(({ model }) => model))].sort();
  return (
    <div className="scheduler-view" ref={box}>
      {batches.length === 0 ? (
        <EmptyState title="No batch ran in this range">Choose a longer range above.</EmptyState>
      ) : (
        <>
          <ul className="scheduler-legend" aria-label="Models">
            {models.map((model) => (
              <li key={model}>
                <span className="scheduler-swatch" style={{ background: seriesColor(rows.models.indexOf(model)) }} />
                {model}
              </li>
            ))}
          </ul>
          <Lanes lanes={lanes} range={range} plotPx={plotPx} models={rows.models} onPickBatch={onPickBatch} />
          {batches.length >= BATCHES_MAX && (
            <p className="laboratory-hint">
              The newest {formatCount(BATCHES_MAX)} batches are drawn; choose a shorter range to see all of it.
            </p>
          )}
          <div className="scheduler-table-box">
            <table className="scheduler-table" data-testid="scheduler-occupancy">
              <caption className="laboratory-hint">
                Occupancy: the share of the range that is shown in which a stream ran a batch
              </caption>
              <thead>
                <tr>
                  <th scope="col">Stream</th>
                  <th scope="col">Busy</th>
                  <th scope="col">Batches</th>
                  <th scope="col">Requests in a batch, mean</th>
                </tr>
              </thead>
              <tbody>
                {occupancy.map(({ source, stream, busyRatio, batchCount, batchSize }) => (
                  <tr key={`${source} ${stream}`}>
                    <th scope="row">Stream {stream}</th>
                    <td>
                      <span className="scheduler-busy" aria-hidden="true">
                        <span style={{ width: percentWords(Math.min(1, busyRatio)).replace(' ', '') }} />
                      </span>
                      {percentWords(busyRatio)}
                    </td>
                    <td>{formatCount(batchCount)}</td>
                    <td>{batchSize.toFixed(2)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}

interface LanesProps {
  readonly lanes: readonly Lane[];
  readonly range: Range;
  readonly plotPx: number;
  readonly models: readonly string[];
  readonly onPickBatch: (batch: Batch) => void;
}

function Lanes({ lanes, range, plotPx, models, onPickBatch }: LanesProps) {
  const [place, setPlace] = useState<Place>();
  const [hovered, setHovered] = useState<LaneBox>();
  const focused = place && lanes[place.lane]?.boxes[place.box];
  const shown = hovered ?? focused;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && focused) onPickBatch(focused.first);
    if (!event.key.startsWith('Arrow') || lanes.length === 0) return;
    event.preventDefault();
    const newest = { lane: 0, box: lanes[0].boxes.length - 1 };
    setPlace(focused && place ? (moved(lanes, place, event.key) ?? place) : newest);
  };
  const boxUnder = (event: React.MouseEvent<HTMLElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const lane = lanes[Math.floor((event.clientY - top) / LANE_PX)];
    return lane && boxAt(lane, event.clientX - left - LABEL_PX);
  };
  const heightPx = lanes.length * LANE_PX + AXIS_PX;
  return (
    <div className="scheduler-lanes">
      <div
        className="scheduler-lanes-drawing"
        role="listbox"
        tabIndex={0}
        aria-label="Batches by stream. Arrows go from batch to batch, Enter opens the life of a request in it."
        data-testid="scheduler-lanes"
        data-item-count={lanes.reduce((sum, { boxes }) => sum + boxes.length, 0)}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setHovered(boxUnder(event))}
        onPointerLeave={() => setHovered(undefined)}
        onClick={(event) => {
          const under = boxUnder(event);
          if (under) onPickBatch(under.first);
        }}
      >
        <svg width={plotPx + LABEL_PX} height={heightPx} aria-hidden="true">
          {lanes.map((lane, index) => (
            <g key={`${lane.source} ${lane.stream}`} transform={`translate(0 ${index * LANE_PX})`}>
              <text className="scheduler-label" x={LABEL_PX - 8} y={LANE_PX / 2 + 4} textAnchor="end">
                Stream {lane.stream}
              </text>
              <LaneShapes lane={lane} models={models} focused={focused} plotPx={plotPx} />
            </g>
          ))}
          <TimeAxis range={range} plotPx={plotPx} topPx={heightPx - AXIS_PX} />
        </svg>
      </div>
      <p className="laboratory-hint" aria-live="polite">
        {shown ? boxWords(shown) : 'Point at a batch to see what it is; click it to see the life of a request in it.'}
      </p>
    </div>
  );
}

interface LaneShapesProps {
  readonly lane: Lane;
  readonly models: readonly string[];
  readonly focused: LaneBox | undefined;
  readonly plotPx: number;
}

/** One path a model: a lane may have as many boxes as pixels. */
function LaneShapes({ lane, models, focused, plotPx }: LaneShapesProps) {
  const topPx = (LANE_PX - BOX_PX) / 2;
  const pathOf = (boxes: readonly LaneBox[]) =>
    boxes
      .map(({ fromPx, widthPx }) => `M${fromPx.toFixed(2)} ${topPx}h${gapped(widthPx)}v${BOX_PX}h-${gapped(widthPx)}z`)
      .join('');
  const present = [...new Set(lane.boxes.map(({ model }) => model))];
  const failed = lane.boxes.filter(({ first, batchCount }) => batchCount === 1 && !first.isOk);
  return (
    <g transform={`translate(${LABEL_PX} 0)`}>
      <rect className="scheduler-lane-ground" y={topPx} width={plotPx} height={BOX_PX} />
      {present.map((model) => (
        <path
          key={model}
          d={pathOf(lane.boxes.filter((each) => each.model === model))}
          fill={seriesColor(models.indexOf(model))}
        />
      ))}
      <path className="scheduler-box-failed" d={pathOf(failed)} />
      {focused && lane.boxes.includes(focused) && (
        <rect
          className="scheduler-box-focused"
          x={focused.fromPx - 1.5}
          y={topPx - 2}
          width={focused.widthPx + 3}
          height={BOX_PX + 4}
        />
      )}
    </g>
  );
}

/** Neighbours are told apart by a gap where there is room for one. */
const gapped = (widthPx: number) => (widthPx > 3 ? widthPx - 0.75 : widthPx).toFixed(2);

interface TimeAxisProps {
  readonly range: Range;
  readonly plotPx: number;
  readonly topPx: number;
}

function TimeAxis({ range: { fromNs, toNs }, plotPx, topPx }: TimeAxisProps) {
  const [fromSec, toSec] = [fromNs / NS_PER_SEC, toNs / NS_PER_SEC];
  const ticks = linearTicks(fromSec, toSec, Math.max(2, Math.floor(plotPx / TICK_PX)));
  const pxOf = (sec: number) => ((sec - fromSec) / (toSec - fromSec)) * plotPx;
  return (
    <g className="scheduler-axis" transform={`translate(${LABEL_PX} ${topPx})`}>
      <line x1={0} x2={plotPx} />
      {ticks.map((sec) => (
        <g key={sec} transform={`translate(${pxOf(sec)} 0)`}>
          <line y2={4} />
          <text y={15} textAnchor={pxOf(sec) > plotPx - 20 ? 'end' : 'middle'}>
            {Number(sec.toPrecision(9))} s
          </text>
        </g>
      ))}
    </g>
  );
}
