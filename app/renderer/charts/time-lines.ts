// Values over the time of the session: lines to be compared, or areas that add up.

import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { NS_PER_SEC } from '../../../shared/units/units';
import { type ChartColors, seriesColor } from './chart-colors';
import { axisLook, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface TimeLine {
  readonly name: string;
  /** Gives its colour; a dashed line is what the others of that colour are compared with, and has no name of its own in the legend. */
  readonly place: number;
  readonly isDashed: boolean;
  /** [SessionNs, value] */
  readonly points: readonly (readonly [number, number])[];
}

export interface TimeLinesContent {
  readonly lines: readonly TimeLine[];
  /** Areas on top of each other, each value lasting until the next. */
  readonly isStacked: boolean;
  readonly fromNs: number;
  readonly toNs: number;
  readonly unit: string;
  /** Of the axis; undefined follows the values. */
  readonly valueMax?: number;
}

/** "12.5 s", with as many digits as the steps of the axis need. */
const secondsWords = (seconds: number) => `${Number(seconds.toFixed(3))} s`;
const valueWords = (value: number, unit: string) =>
  `${value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 1 })} ${unit}`.trim();

function seriesOf({ name, place, isDashed, points }: TimeLine, index: number, isStacked: boolean) {
  const color = seriesColor(place);
  return {
    id: `line ${index}`,
    name,
    type: 'line' as const,
    showSymbol: !isStacked && !isDashed && points.length === 1,
    symbolSize: 6,
    itemStyle: { color },
    lineStyle: {
      color,
      width: isStacked ? 1 : isDashed ? 1 : 2,
      type: isDashed ? ('dashed' as const) : ('solid' as const),
    },
    ...(isStacked ? { stack: 'all', step: 'end' as const, areaStyle: { color, opacity: 0.65 } } : {}),
    data: points.map(([timeNs, value]) => [timeNs / NS_PER_SEC, value]),
  };
}

interface Hovered {
  readonly seriesIndex: number;
  readonly value: readonly [number, number];
}

/** What ECharts is given. */
export function timeLinesOption(content: TimeLinesContent, colors: ChartColors) {
  const { lines, isStacked, fromNs, toNs, unit, valueMax } = content;
  const look = axisLook(colors);
  return {
    animation: false,
    grid: { top: 34, left: 52, right: 20, bottom: 24 },
    legend: {
      type: 'scroll' as const,
      top: 2,
      left: 44,
      right: 12,
      data: lines.filter(({ isDashed }) => !isDashed).map(({ name }) => name),
      textStyle: { color: colors.text, fontSize: 11 },
      pageTextStyle: { color: colors.muted },
      pageIconColor: colors.text,
      pageIconInactiveColor: colors.border,
      icon: 'roundRect',
      itemWidth: 12,
      itemHeight: 8,
    },
    tooltip: {
      ...tooltipLook(colors),
      trigger: 'axis' as const,
      formatter: (hovered: readonly Hovered[]) =>
        tooltipHtml(
          secondsWords(hovered[0]?.value[0] ?? 0),
          hovered.map(({ seriesIndex, value }) => [lines[seriesIndex].name, valueWords(value[1], unit)] as const),
        ),
    },
    xAxis: {
      ...look,
      type: 'value' as const,
      min: fromNs / NS_PER_SEC,
      max: toNs / NS_PER_SEC,
      axisLabel: { ...look.axisLabel, formatter: secondsWords, showMinLabel: false, showMaxLabel: false },
      splitLine: { show: false },
    },
    yAxis: {
      ...look,
      type: 'value' as const,
      min: 0,
      max: valueMax,
      splitNumber: 4,
      minInterval: isStacked ? 1 : undefined,
    },
    series: lines.map((line, index) => seriesOf(line, index, isStacked)),
  };
}

export const createTimeLines = liveChart<TimeLinesContent>(timeLinesOption, '');
