// Bars of several series side by side in each category, upright or lying.

import { BarChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type ChartColors, seriesColor } from './chart-colors';
import { axisLook, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface BarSeries {
  readonly name: string;
  readonly place: number;
  /** One a category; NaN has no bar. */
  readonly values: readonly number[];
}

export interface GroupedBarsContent {
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  /** Lying bars have their names at the left, the first at the top: for long names. */
  readonly isLying: boolean;
  readonly categoryTitle: string;
  readonly format: (value: number) => string;
  readonly formatShort: (value: number) => string;
}

const NAME_CHARS_MAX = 34;
const NAME_PX = 190;

const shortName = (name: string) =>
  name.length <= NAME_CHARS_MAX ? name : `${name.slice(0, 14)}…${name.slice(-(NAME_CHARS_MAX - 15))}`;

/** What ECharts is given. */
export function groupedBarsOption(content: GroupedBarsContent, colors: ChartColors) {
  const { categories, series, isLying, categoryTitle, format, formatShort } = content;
  const look = axisLook(colors);
  const names = {
    ...look,
    type: 'category' as const,
    data: [...categories],
    inverse: isLying,
    name: isLying ? undefined : categoryTitle,
    nameLocation: 'middle' as const,
    nameGap: 22,
    axisTick: { show: false },
    axisLabel: { ...look.axisLabel, interval: isLying ? 0 : undefined, formatter: isLying ? shortName : undefined },
    splitLine: { show: false },
  };
  const values = {
    ...look,
    type: 'value' as const,
    min: 0,
    splitNumber: 4,
    axisLabel: { ...look.axisLabel, formatter: formatShort },
  };
  return {
    animation: false,
    grid: { top: 34, left: isLying ? NAME_PX : 52, right: 24, bottom: isLying ? 24 : 40 },
    legend: {
      type: 'scroll' as const,
      top: 2,
      left: 44,
      right: 12,
      textStyle: { color: colors.text, fontSize: 11 },
      pageTextStyle: { color: colors.muted },
      itemWidth: 12,
      itemHeight: 8,
    },
    tooltip: {
      ...tooltipLook(colors),
      trigger: 'axis' as const,
      axisPointer: { type: 'shadow' as const },
      formatter: (hovered: readonly { readonly dataIndex: number }[]) => {
        const at = hovered[0]?.dataIndex ?? 0;
        const figures = series.filter(({ values }) => Number.isFinite(values[at]));
        return tooltipHtml(
          categories[at] ?? '',
          figures.map(({ name, values }) => [name, format(values[at])] as const),
        );
      },
    },
    xAxis: isLying ? values : names,
    yAxis: isLying ? names : values,
    series: series.map(({ name, place, values: own }, index) => ({
      id: `bars ${index}`,
      name,
      type: 'bar' as const,
      barMaxWidth: 34,
      itemStyle: { color: seriesColor(place) },
      data: own.map((value) => (Number.isFinite(value) ? value : null)),
    })),
  };
}

export const createGroupedBars = liveChart<GroupedBarsContent>(groupedBarsOption, '');
