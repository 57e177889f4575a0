// One request's life across lanes: its own parts, the streams around it, and those it ran with.

import { useCallback, useState } from 'react';
import { formatNs } from '../../../../shared/units/format';
import { NS_PER_MS } from '../../../../shared/units/units';
import { seriesColor } from '../../charts/chart-colors';
import { type BatchRole, type Life, type Mate, PHASE_WORDS } from '../../model/scheduler/life';
import type { Work } from '../../model/scheduler/life-work';
import { linearTicks } from '../../model/statistics/axis-ticks';
import { WORK_LANE_PX, type WorkColors, WorkLanes } from './life-work-lanes';

interface LifeDrawingProps {
  readonly life: Life;
  readonly models: readonly string[];
  readonly widthPx: number;
  readonly colors: WorkColors;
  readonly onPickWork: (work: Work) => void;
}

const LABEL_PX = 150;
const ROW_PX = 26;
const BOX_PX = 18;
const MATE_ROW_PX = 16;
const MATES_DRAWN_MAX = 6;
const TOP_PX = 22;
const AXIS_PX = 20;
const TICK_PX = 90;
/** A text stands inside a box from this width on. */
const TEXT_PX = 54;

const ROLE_WORDS: Readonly<Record<BatchRole, string>> = {
  own: 'its own batch',
  blocker: 'held the stream while it was queued',
  other: 'ran beside it',
};

export function LifeDrawing({ life, models, widthPx, colors, onPickWork }: LifeDrawingProps) {
  const [pointed, setPointed] = useState<string>();
  const { view, arrivalNs, completionNs, deadlineNs } = life;
  const plotPx = Math.max(60, widthPx - LABEL_PX - 14);
  const { fromNs: viewFromNs, toNs: viewToNs } = view;
  const pxOf = useCallback(
    (timeNs: number) => Math.min(plotPx, Math.max(0, ((timeNs - viewFromNs) / (viewToNs - viewFromNs)) * plotPx)),
    [plotPx, viewFromNs, viewToNs],
  );
  const streams = [...new Set(life.batches.map(({ batch }) => batch.stream))].sort((left, right) => left - right);
  const mates = [
    ...life.mates.slice(0, MATES_DRAWN_MAX).map((mate) => ({ mate, words: 'in its batch' })),
    ...life.kin.slice(0, MATES_DRAWN_MAX).map((mate) => ({ mate, words: `stage ${mate.stage + 1}: ${mate.model}` })),
  ];
  const streamsTopPx = TOP_PX + ROW_PX;
  const workTopPx = streamsTopPx + streams.length * ROW_PX + 2;
  const matesTopPx = workTopPx + life.work.lanes.length * WORK_LANE_PX + 4;
  const axisTopPx = matesTopPx + mates.length * MATE_ROW_PX + 4;
  const moments = [
    { timeNs: arrivalNs, words: 'arrived', kind: 'moment' },
    ...(deadlineNs >= 0 ? [{ timeNs: deadlineNs, words: 'deadline', kind: 'deadline' }] : []),
    { timeNs: completionNs, words: life.outcome === 'rejected' ? 'rejected' : 'answered', kind: 'moment' },
  ];
  return (
    <>
      <svg
        width={plotPx + LABEL_PX}
        height={axisTopPx + AXIS_PX}
        role="img"
        aria-label={`The life of request ${life.request}: ${life.phases.map(({ kind, fromNs, toNs }) => `${PHASE_WORDS[kind]} ${formatNs(toNs - fromNs)}`).join(', ')}`}
        data-testid="scheduler-life-drawing"
        data-item-count={life.phases.length}
      >
        <RowLabel topPx={TOP_PX} text={`Request ${life.request}`} isStrong />
        <g transform={`translate(${LABEL_PX} ${TOP_PX + (ROW_PX - BOX_PX) / 2})`}>
          {life.phases.map(({ kind, fromNs, toNs }) => (
            <Box
              key={kind}
              className={`scheduler-phase scheduler-phase-${kind}`}
              fromPx={pxOf(fromNs)}
              toPx={pxOf(toNs)}
              text={formatNs(toNs - fromNs)}
              title={`${PHASE_WORDS[kind]}: ${formatNs(toNs - fromNs)}`}
            />
          ))}
        </g>
        {streams.map((stream, index) => (
          <g key={stream}>
            <RowLabel topPx={streamsTopPx + index * ROW_PX} text={`Stream ${stream}`} />
            <g transform={`translate(${LABEL_PX} ${streamsTopPx + index * ROW_PX + (ROW_PX - BOX_PX) / 2})`}>
              {life.batches
                .filter(({ batch }) => batch.stream === stream)
                .map(({ batch, role }) => (
                  <Box
                    key={batch.batch}
                    className={`scheduler-batch scheduler-batch-${role}`}
                    fill={seriesColor(models.indexOf(batch.model))}
                    fromPx={pxOf(batch.startNs)}
                    toPx={pxOf(batch.endNs)}
                    text={`${batch.model} ×${batch.requestCount}`}
                    title={`Batch ${batch.batch} of ${batch.model}: ${batch.requestCount} requests, ${formatNs(batch.endNs - batch.startNs)}, ${ROLE_WORDS[role]}`}
                  />
                ))}
            </g>
          </g>
        ))}
        {life.work.lanes.length > 0 && (
          <WorkLanes
            lanes={life.work.lanes}
            {...{ colors, plotPx, pxOf, onPickWork }}
            topPx={workTopPx}
            labelPx={LABEL_PX}
            onPoint={setPointed}
          />
        )}
        {mates.map(({ mate, words }, index) => (
          <MateRow
            key={mate.request}
            mate={mate}
            words={words}
            topPx={matesTopPx + index * MATE_ROW_PX}
            fromPx={pxOf(mate.arrivalNs)}
            toPx={pxOf(mate.completionNs)}
          />
        ))}
        {moments.map(({ timeNs, words, kind }) => (
          <g key={words} className={`scheduler-${kind}`} transform={`translate(${LABEL_PX + pxOf(timeNs)} 0)`}>
            <line y1={TOP_PX - 6} y2={axisTopPx} />
            <text y={TOP_PX - 10} textAnchor={anchorOf(timeNs, life, pxOf, plotPx)}>
              {words}
            </text>
          </g>
        ))}
        <LifeAxis life={life} plotPx={plotPx} topPx={axisTopPx} pxOf={pxOf} />
      </svg>
      {life.work.lanes.length > 0 && (
        <p className="laboratory-hint" aria-live="polite" data-testid="scheduler-work-words">
          {pointed ?? 'Point at a kernel to see what it is; click it to see it on the timeline.'}
        </p>
      )}
    </>
  );
}

/** The words of two moments that are close stand on both sides of them, and none passes the right edge. */
function anchorOf(
  timeNs: number,
  { deadlineNs, completionNs }: Life,
  pxOf: (timeNs: number) => number,
  plotPx: number,
): 'start' | 'middle' | 'end' {
  if (pxOf(timeNs) > plotPx - TEXT_PX / 2) return 'end';
  const isClose = deadlineNs >= 0 && Math.abs(pxOf(deadlineNs) - pxOf(completionNs)) < 1.6 * TEXT_PX;
  if (!isClose || (timeNs !== deadlineNs && timeNs !== completionNs)) return 'middle';
  return timeNs === Math.min(deadlineNs, completionNs) ? 'end' : 'start';
}

interface RowLabelProps {
  readonly topPx: number;
  readonly text: string;
  readonly isStrong?: boolean;
}

const RowLabel = ({ topPx, text, isStrong }: RowLabelProps) => (
  <text
    className={isStrong ? 'scheduler-label scheduler-label-strong' : 'scheduler-label'}
    x={LABEL_PX - 8}
    y={topPx + ROW_PX / 2 + 4}
    textAnchor="end"
  >
    {text}
  </text>
);

interface BoxProps {
  readonly className: string;
  readonly fill?: string;
  readonly fromPx: number;
  readonly toPx: number;
  readonly text: string;
  readonly title: string;
}

function Box({ className, fill, fromPx, toPx, text, title }: BoxProps) {
  const widthPx = Math.max(1, toPx - fromPx);
  const charsMax = Math.floor((widthPx - 8) / 6.2);
  return (
    <g className={className}>
      <title>{title}</title>
      <rect x={fromPx} width={widthPx > 3 ? widthPx - 0.75 : widthPx} height={BOX_PX} rx={1.5} fill={fill} />
      {widthPx >= TEXT_PX && (
        <text x={fromPx + 4} y={BOX_PX - 5}>
          {text.length > charsMax ? `${text.slice(0, Math.max(1, charsMax - 1))}…` : text}
        </text>
      )}
    </g>
  );
}

interface MateRowProps {
  readonly mate: Mate;
  readonly words: string;
  readonly topPx: number;
  readonly fromPx: number;
  readonly toPx: number;
}

function MateRow({ mate, words, topPx, fromPx, toPx }: MateRowProps) {
  const middlePx = topPx + MATE_ROW_PX / 2;
  return (
    <g className="scheduler-mate" data-is-late={mate.isLate}>
      <title>{`Request ${mate.request}, ${words}: ${formatNs(mate.completionNs - mate.arrivalNs)}${mate.isLate ? ', late' : ''}`}</title>
      <text className="scheduler-label" x={LABEL_PX - 8} y={middlePx + 4} textAnchor="end">
        {`${mate.request} ${words}`.slice(0, 24)}
      </text>
      <line x1={LABEL_PX + fromPx} x2={LABEL_PX + toPx} y1={middlePx} y2={middlePx} />
      <circle cx={LABEL_PX + fromPx} cy={middlePx} r={2.5} />
      <circle cx={LABEL_PX + toPx} cy={middlePx} r={2.5} />
    </g>
  );
}

interface LifeAxisProps {
  readonly life: Life;
  readonly plotPx: number;
  readonly topPx: number;
  readonly pxOf: (timeNs: number) => number;
}

/** Milliseconds since the arrival. */
function LifeAxis({ life: { arrivalNs, view }, plotPx, topPx, pxOf }: LifeAxisProps) {
  const fromMs = (view.fromNs - arrivalNs) / NS_PER_MS;
  const toMs = (view.toNs - arrivalNs) / NS_PER_MS;
  const ticks = linearTicks(Math.max(0, fromMs), toMs, Math.max(2, Math.floor(plotPx / TICK_PX)));
  return (
    <g className="scheduler-axis" transform={`translate(${LABEL_PX} ${topPx})`}>
      <line x1={0} x2={plotPx} />
      {ticks.map((ms) => (
        <g key={ms} transform={`translate(${pxOf(arrivalNs + ms * NS_PER_MS)} 0)`}>
          <line y2={4} />
          <text y={15} textAnchor={pxOf(arrivalNs + ms * NS_PER_MS) > plotPx - 24 ? 'end' : 'middle'}>
            {Number(ms.toPrecision(6))} ms
          </text>
        </g>
      ))}
    </g>
  );
}
