// Two bars a kernel: the occupancy that theory predicts, and the one that counters measured.

import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { OccupancyBar } from '../model/laboratory/occupancy-bars';
import { formatRatio } from '../model/laboratory/words';
import { type ChartColors, seriesColor } from './chart-colors';
import { axisLook, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const ratioWords = (ratio: number | undefined) => (ratio === undefined ? 'not measured' : formatRatio(ratio));

/** What ECharts is given. */
export function occupancyOption(bars: readonly OccupancyBar[], colors: ChartColors) {
  const look = axisLook(colors);
  const series = (name: string, ratioOf: (bar: OccupancyBar) => number | undefined, color: string) => ({
    id: name,
    name,
    type: 'bar' as const,
    barMaxWidth: 16,
    barMinHeight: 1,
    itemStyle: { color },
    label: {
      show: true,
      position: 'right' as const,
      color: colors.text,
      fontSize: 10,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const bar = bars[dataIndex];
        const ratio = ratioOf(bar);
        if (ratio === undefined) return '';
        return name === PREDICTED && bar.limiter !== '' ? `${formatRatio(ratio)} · ${bar.limiter}` : formatRatio(ratio);
      },
    },
    data: bars.map((bar) => {
      const ratio = ratioOf(bar);
      return ratio === undefined ? '-' : ratio * 100;
    }),
  });
  return {
    animation: false,
    grid: { top: 30, left: 150, right: 120, bottom: 28 },
    legend: { top: 2, left: 140, textStyle: { color: colors.text, fontSize: 11 }, itemWidth: 16 },
    tooltip: {
      ...tooltipLook(colors),
      trigger: 'axis' as const,
      axisPointer: { type: 'shadow' as const },
      formatter: (items: readonly { dataIndex: number }[]) => {
        const bar = bars[items[0].dataIndex];
        return tooltipHtml(`${bar.point.series} · ${bar.point.label}`, [
          [PREDICTED, ratioWords(bar.predictedRatio)],
          [ACHIEVED, ratioWords(bar.achievedRatio)],
          ...(bar.limiter === '' ? [] : [['Limited by', bar.limiter] as const]),
        ]);
      },
    },
    xAxis: {
      ...look,
      type: 'value' as const,
      min: 0,
      max: 100,
      axisLabel: { ...look.axisLabel, formatter: (percent: number) => `${percent} %` },
    },
    yAxis: {
      ...look,
      type: 'category' as const,
      inverse: true,
      data: bars.map(({ title }) => title),
      splitLine: { show: false },
      axisLabel: { color: colors.text, fontSize: 11, interval: 0, width: 138, overflow: 'truncate' as const },
    },
    series: [
      series(PREDICTED, ({ predictedRatio }) => predictedRatio, seriesColor(0)),
      series(ACHIEVED, ({ achievedRatio }) => achievedRatio, seriesColor(1)),
    ],
  };
}

const PREDICTED = 'Predicted (theoretical)';
const ACHIEVED = 'Achieved (counters)';

export const createOccupancyChart = liveChart<readonly OccupancyBar[]>(occupancyOption, '');
