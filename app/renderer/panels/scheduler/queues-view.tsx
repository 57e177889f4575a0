// Who waits, how long answers take, and how large batches are.

import { useMemo } from 'react';
import { formatCount } from '../../../../shared/units/format';
import { createGroupedBars, type GroupedBarsContent } from '../../charts/grouped-bars';
import { createTimeLines, type TimeLinesContent } from '../../charts/time-lines';
import { batchSizesOf } from '../../model/scheduler/batches';
import { decisionsOf } from '../../model/scheduler/decisions';
import {
  LATENCY_MEASURES,
  type LatencyMeasure,
  latencyFigures,
  latencyLines,
  windowFigures,
  windowNsOf,
} from '../../model/scheduler/latency';
import { levelTitle } from '../../model/scheduler/levels';
import { DEPTH_BIN_COUNT, type DepthSeries, depthSeries } from '../../model/scheduler/queue-depth';
import type { Range } from '../../model/scheduler/range';
import { EmptyState } from '../../widgets/empty-state';
import { Segmented } from '../../widgets/segmented';
import { ChartFigure } from '../laboratory/chart-figure';
import { DecisionsTable } from './decisions-table';
import { LatencyTable } from './latency-table';
import type { SchedulerView } from './views';
import { shortNs } from './words';

interface QueuesViewProps extends SchedulerView {
  readonly measure: LatencyMeasure;
  readonly onMeasure: (measure: LatencyMeasure) => void;
}

const CHART_PX = 190;

export function QueuesView({ rows, range, measure, onMeasure, onSavePng }: QueuesViewProps) {
  const { levels, tables } = rows;
  const { latency, windows } = tables;
  const decisions = useMemo(() => decisionsOf(tables.decisions), [tables.decisions]);
  const figures = useMemo(() => latencyFigures(latency, levels), [latency, levels]);
  const depths = useMemo(() => depthSeries(tables.depth, levels), [tables.depth, levels]);
  const lines = useMemo(() => latencyLines(windowFigures(windows, levels), measure), [windows, levels, measure]);
  const latencyContent = useMemo<TimeLinesContent>(() => {
    const isShare = measure === 'inTime';
    return {
      ...range,
      isStacked: false,
      unit: isShare ? '%' : 'ms',
      valueMax: isShare ? 100 : undefined,
      lines: lines.map(({ level, place, isDeadline, points }) => ({
        name: isDeadline ? `${levelTitle(level)}: deadline` : levelTitle(level),
        place,
        isDashed: isDeadline,
        points,
      })),
    };
  }, [lines, range, measure]);
  const windowWords = shortNs(windowNsOf(range));
  const { title: measureTitle } = LATENCY_MEASURES.find(({ id }) => id === measure) ?? LATENCY_MEASURES[0];
  return (
    <div className="scheduler-view">
      {figures.length > 0 ? (
        <LatencyTable figures={figures} range={range} depths={depths} />
      ) : (
        <EmptyState title="No request was answered in this range">Choose a longer range above.</EmptyState>
      )}
      <div className="scheduler-charts">
        <DepthChart series={depths} range={range} onSavePng={onSavePng} />
        <div className="scheduler-chart-box">
          <ChartFigure
            create={createTimeLines}
            content={latencyContent}
            title={
              measure === 'inTime'
                ? `Answered within the deadline in %, in the ${windowWords} before each moment`
                : `${measureTitle} of latency in ms, in the ${windowWords} before each moment; dashed: deadline`
            }
            label={`${measureTitle} by model and priority: ${lines.length} lines`}
            heightPx={CHART_PX}
            onSavePng={onSavePng}
            testId="scheduler-latency"
            itemCount={lines.length}
          />
          <div className="scheduler-chart-choice">
            <Segmented label="Measure" options={LATENCY_MEASURES} value={measure} onChange={onMeasure} />
          </div>
        </div>
      </div>
      {decisions.length > 0 && <DecisionsTable decisions={decisions} />}
      <SizesChart rows={rows} range={range} onSavePng={onSavePng} />
    </div>
  );
}

/** The middle of each bin; the last value is drawn to the end of the range. */
const timeOfBin = ({ fromNs, toNs }: Range, bin: number) => fromNs + ((bin + 1) / DEPTH_BIN_COUNT) * (toNs - fromNs);

interface DepthChartProps extends Omit<SchedulerView, 'rows'> {
  readonly series: readonly DepthSeries[];
}

function DepthChart({ series, range, onSavePng }: DepthChartProps) {
  const content = useMemo<TimeLinesContent>(
    () => ({
      ...range,
      isStacked: true,
      unit: '',
      lines: series.map(({ level, place, depths }) => ({
        name: levelTitle(level),
        place,
        isDashed: false,
        points: [[range.fromNs, depths[0]], ...depths.map((depth, bin) => [timeOfBin(range, bin), depth] as const)],
      })),
    }),
    [series, range],
  );
  return (
    <div className="scheduler-chart-box">
      <ChartFigure
        create={createTimeLines}
        content={content}
        title={series.length > 0 ? 'Requests that wait' : 'Requests that wait: none in this range'}
        label={`Queue depth by model and priority: ${series.map(({ level }) => levelTitle(level)).join(', ') || 'none'}`}
        heightPx={CHART_PX}
        onSavePng={onSavePng}
        testId="scheduler-depth"
        itemCount={series.length}
      />
    </div>
  );
}

function SizesChart({ rows, onSavePng }: SchedulerView) {
  const sizes = useMemo(() => batchSizesOf(rows.tables.sizes), [rows.tables.sizes]);
  const { models } = rows;
  const content = useMemo<GroupedBarsContent>(
    () => ({
      categories: sizes.sizes.map(String),
      series: sizes.models.map(({ model, counts }) => ({ name: model, place: models.indexOf(model), values: counts })),
      isLying: false,
      categoryTitle: 'Requests in a batch',
      format: (value) => `${formatCount(value)} batches`,
      formatShort: formatCount,
    }),
    [sizes, models],
  );
  if (sizes.sizes.length === 0) return undefined;
  return (
    <ChartFigure
      create={createGroupedBars}
      content={content}
      title="Batch sizes"
      label={`How many batches had which size, for ${sizes.models.map(({ model }) => model).join(', ')}`}
      heightPx={CHART_PX}
      onSavePng={onSavePng}
      testId="scheduler-sizes"
      itemCount={sizes.sizes.length}
    />
  );
}
