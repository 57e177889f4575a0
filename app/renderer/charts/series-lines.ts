// A line a series over what is swept, on logarithmic axes where values spread; dashed lines are baselines.

import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { Measure } from '../model/laboratory/measures';
import type { Line } from '../model/laboratory/series';
import { type ChartColors, seriesColor, seriesSymbol } from './chart-colors';
import { axisLook, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface SeriesLinesContent {
  readonly lines: readonly Line[];
  readonly measure: Measure;
  readonly axisTitle: string;
  readonly formatX: (x: number) => string;
}

const LOG_FROM_RATIO = 20;
/** What is swept is mostly doubled; a GEMM's sides rarely go over more than a power of ten. */
const LOG_X_FROM_RATIO = 8;

/** A logarithmic axis shows what spreads over more than a power of ten. */
function axisType(values: readonly number[], fromRatio = LOG_FROM_RATIO): 'log' | 'value' {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least > 0 && most / least >= fromRatio ? 'log' : 'value';
}

const titleOf = ({ name, baseline }: Line) => (baseline === undefined ? name : `${name}, ${baseline}`);

function lineSeries(line: Line, place: number, colors: ChartColors) {
  const color = seriesColor(line.series);
  const isThen = line.baseline !== undefined;
  return {
    id: `line ${place}`, // two baselines may have one name
    name: titleOf(line),
    type: 'line' as const,
    symbol: seriesSymbol(line.series),
    symbolSize: isThen ? 5 : 8,
    itemStyle: { color: isThen ? colors.ground : color, borderColor: color, borderWidth: 1.5 },
    lineStyle: { color, width: isThen ? 1 : 2, type: isThen ? ('dashed' as const) : ('solid' as const) },
    data: line.points.map(({ x, value }) => [x, value]),
  };
}

/** What ECharts is given. */
export function seriesLinesOption({ lines, measure, axisTitle, formatX }: SeriesLinesContent, colors: ChartColors) {
  const xs = lines.flatMap(({ points }) => points.map(({ x }) => x));
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const look = axisLook(colors);
  const xType = axisType(xs, LOG_X_FROM_RATIO);
  const ticks = [...new Set(xs)].sort((left, right) => left - right);
  return {
    animation: false,
    grid: { top: 44, left: 68, right: 24, bottom: 40 },
    legend: {
      type: 'scroll' as const,
      top: 4,
      left: 60,
      right: 20,
      textStyle: { color: colors.text, fontSize: 11 },
      pageTextStyle: { color: colors.muted },
      pageIconColor: colors.text,
      pageIconInactiveColor: colors.border,
      itemWidth: 22,
    },
    tooltip: {
      ...tooltipLook(colors),
      trigger: 'item' as const,
      formatter: ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) => {
        const line = lines[seriesIndex];
        const { label, value } = line.points[dataIndex];
        return tooltipHtml(titleOf(line), [
          [axisTitle, label],
          [measure.title, measure.format(value)],
        ]);
      },
    },
    xAxis: {
      ...look,
      type: xType,
      logBase: 2,
      name: axisTitle,
      nameLocation: 'middle' as const,
      nameGap: 24,
      min: xs.length > 0 ? Math.min(...xs) : undefined,
      max: xs.length > 0 ? Math.max(...xs) : undefined,
      axisTick: { ...look.axisTick, customValues: ticks },
      axisLabel: { ...look.axisLabel, customValues: ticks, formatter: formatX },
      splitLine: { show: false },
    },
    yAxis: {
      ...look,
      type: axisType(values),
      name: measure.unit,
      nameGap: 10,
      axisLabel: { ...look.axisLabel, formatter: (value: number) => measure.formatShort(value) },
    },
    series: lines.map((line, place) => lineSeries(line, place, colors)),
  };
}

export const createSeriesLines = liveChart<SeriesLinesContent>(seriesLinesOption, '');
