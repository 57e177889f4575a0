// The roofline on logarithmic axes: the ceilings as one bent line, each point below it, hollow marks where it stood in a baseline.

import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { attainable, type Ceilings, type RooflineChart, type RooflinePoint } from '../model/laboratory/roofline';
import { formatRate, formatRatio, threeDigits } from '../model/laboratory/words';
import { type ChartColors, seriesColor, seriesSymbol } from './chart-colors';
import { axisLook, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([LineChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const FLOPS = 'FLOP/s';

function ceilingSeries(
  ceilings: Ceilings,
  { fromFlopsPerByte: from, toFlopsPerByte: to }: RooflineChart,
  colors: ChartColors,
) {
  const ridge = ceilings.flopsPerSec / ceilings.bytesPerSec;
  const corners = [from, ...(ridge > from && ridge < to ? [ridge] : []), to];
  return {
    id: 'ceilings',
    name: `Ceilings ${ceilings.source}`,
    type: 'line' as const,
    symbol: 'none',
    lineStyle: { color: colors.text, width: 2 },
    itemStyle: { color: colors.text },
    data: corners.map((place) => [place, attainable(ceilings, place)]),
    endLabel: {
      show: true,
      formatter: formatRate(ceilings.flopsPerSec, FLOPS),
      color: colors.text,
      fontSize: 11,
      align: 'right' as const,
      verticalAlign: 'bottom' as const,
      distance: 4,
      offset: [-6, -4],
    },
  };
}

function pointTooltip({ point, series, label, flopsPerByte, flopsPerSec, attainedRatio, before }: RooflinePoint) {
  return tooltipHtml(`${series} · ${label}`, [
    ['Speed', formatRate(flopsPerSec, FLOPS)],
    ['Operations a byte', threeDigits(flopsPerByte)],
    ...(attainedRatio === undefined ? [] : [['Of the ceiling', formatRatio(attainedRatio)] as const]),
    ...(point.isNoisy ? [['Note', 'noisy'] as const] : []),
    ...(point.correctness === 'wrong' ? [['Note', 'wrong result'] as const] : []),
    ...before.map(({ name, flopsPerSec: was }) => [name, formatRate(was, FLOPS)] as const),
  ]);
}

function pointSeries(chart: RooflineChart, colors: ChartColors) {
  return chart.seriesNames.flatMap((name, series) => {
    const mine = chart.points.filter((point) => point.series === name);
    const color = seriesColor(series);
    const look = { type: 'scatter' as const, symbol: seriesSymbol(series) };
    const now = {
      ...look,
      id: `now ${name}`,
      name,
      symbolSize: 10,
      itemStyle: { color, borderColor: colors.ground, borderWidth: 1 },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => pointTooltip(mine[dataIndex]) },
      data: mine.map(({ flopsPerByte, flopsPerSec }) => [flopsPerByte, flopsPerSec]),
    };
    const was = mine.flatMap((point) => point.before.map((each) => ({ point, each })));
    if (was.length === 0) return [now];
    const then = {
      ...look,
      id: `then ${name}`,
      name: `${name}, baseline`,
      symbolSize: 10,
      itemStyle: { color: 'transparent', borderColor: color, borderWidth: 1.5 },
      tooltip: { formatter: ({ dataIndex }: { dataIndex: number }) => pointTooltip(was[dataIndex].point) },
      data: was.map(({ point, each }) => [point.flopsPerByte, each.flopsPerSec]),
    };
    return [now, then];
  });
}

/** What ECharts is given. */
export function rooflineOption(chart: RooflineChart, colors: ChartColors) {
  const look = axisLook(colors);
  return {
    animation: false,
    grid: { top: 48, left: 78, right: 24, bottom: 42 },
    legend: {
      type: 'scroll' as const,
      top: 4,
      left: 70,
      right: 20,
      textStyle: { color: colors.text, fontSize: 11 },
      pageTextStyle: { color: colors.muted },
      pageIconColor: colors.text,
      pageIconInactiveColor: colors.border,
      itemWidth: 16,
    },
    tooltip: { ...tooltipLook(colors), trigger: 'item' as const },
    xAxis: {
      ...look,
      type: 'log' as const,
      name: 'Operations a byte (FLOP/B)',
      nameLocation: 'middle' as const,
      nameGap: 26,
      min: chart.fromFlopsPerByte,
      max: chart.toFlopsPerByte,
      axisLabel: { ...look.axisLabel, formatter: threeDigits },
    },
    yAxis: {
      ...look,
      type: 'log' as const,
      axisLabel: { ...look.axisLabel, formatter: (value: number) => formatRate(value, FLOPS) },
    },
    series: [...(chart.ceilings ? [ceilingSeries(chart.ceilings, chart, colors)] : []), ...pointSeries(chart, colors)],
  };
}

export const createRoofline = liveChart<RooflineChart>(rooflineOption, '');
