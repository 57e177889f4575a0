// Occupancy while one number of a launch moves, in steps, with a mark where the kernel stands.

import { LineChart } from 'echarts/charts';
import { GridComponent, MarkPointComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { RESOURCE_WORDS } from '../model/laboratory/prediction';
import type { WhatIfCurve } from '../model/laboratory/what-if';
import { formatRatio } from '../model/laboratory/words';
import { type ChartColors, seriesColor } from './chart-colors';
import { axisLook, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([LineChart, GridComponent, MarkPointComponent, TooltipComponent, CanvasRenderer]);

const formatX = (id: WhatIfCurve['id'], value: number) =>
  id === 'shared' ? `${Number((value / 1024).toFixed(1))} KiB` : String(value);

/** What ECharts is given. */
export function whatIfOption({ id, title, points, value, ratio }: WhatIfCurve, colors: ChartColors) {
  const look = axisLook(colors);
  return {
    animation: false,
    grid: { top: 24, left: 48, right: 18, bottom: 38 },
    tooltip: {
      ...tooltipLook(colors),
      trigger: 'axis' as const,
      formatter: (items: readonly { dataIndex: number }[]) => {
        const point = points[items[0].dataIndex];
        const limited = point.limiting.map((resource) => RESOURCE_WORDS[resource]).join(', ');
        return tooltipHtml(`${title}: ${formatX(id, point.value)}`, [
          ['Occupancy', formatRatio(point.occupancyRatio)],
          ['Blocks an SM', String(point.blocksPerSm)],
          ['Limited by', limited === '' ? 'cannot be launched' : limited],
        ]);
      },
    },
    xAxis: {
      ...look,
      type: 'value' as const,
      name: title,
      nameLocation: 'middle' as const,
      nameGap: 22,
      min: points[0]?.value,
      max: points.at(-1)?.value,
      splitLine: { show: false },
      axisLabel: { ...look.axisLabel, formatter: (place: number) => formatX(id, place) },
    },
    yAxis: {
      ...look,
      type: 'value' as const,
      min: 0,
      max: 100,
      axisLabel: { ...look.axisLabel, formatter: (percent: number) => `${percent} %` },
    },
    series: [
      {
        id: 'curve',
        type: 'line' as const,
        step: 'start' as const,
        symbol: 'none',
        lineStyle: { color: seriesColor(0), width: 2 },
        areaStyle: { color: seriesColor(0), opacity: 0.12 },
        data: points.map((point) => [point.value, point.occupancyRatio * 100]),
        markPoint: {
          symbol: 'circle',
          symbolSize: 11,
          silent: true,
          itemStyle: { color: colors.warn, borderColor: colors.ground, borderWidth: 1.5 },
          label: {
            show: true,
            position: 'top' as const,
            color: colors.text,
            fontSize: 11,
            formatter: formatRatio(ratio),
          },
          data: [{ coord: [value, ratio * 100] }],
        },
      },
    ],
  };
}

export const createWhatIfCurve = liveChart<WhatIfCurve>(whatIfOption, '');
