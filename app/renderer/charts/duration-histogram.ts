// A histogram of durations with its percentiles as lines. Positions on the x axis are ns, or their logarithm to base 10 on a logarithmic
// one, so that ticks can stand at round numbers of either. Colours are the CSS variables of the element at the moment of drawing.

import { CustomChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { formatCount, formatNs } from '../../../shared/units/format';
import { linearTicks, logTicks } from '../model/statistics/axis-ticks';
import type { Histogram } from '../model/statistics/histogram';
import { stackLabels } from '../model/statistics/stack-labels';
import type { Summary } from '../model/statistics/summary';
import { type ChartColors, chartColors } from './chart-colors';
import { drawBar, drawLine, LABEL_ROW_PX, positionOf } from './histogram-shapes';

use([CustomChart, GridComponent, TooltipComponent, CanvasRenderer]);

const MARGIN_PX = { left: 48, right: 18, bottom: 22 } as const;
const LABEL_PX = 38;
const TOP_PX_MIN = 6;
const TICK_PX = 60;

export interface DurationHistogram {
  draw(histogram: Histogram, summary: Summary): void;
  /** After the element changed its size. */
  resize(): void;
  dispose(): void;
}

function optionOf(histogram: Histogram, summary: Summary, colors: ChartColors, widthPx: number) {
  const { edges, counts, scale } = histogram;
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const plotPx = Math.max(1, widthPx - MARGIN_PX.left - MARGIN_PX.right);
  const [min, max] = [positionOf(scale, low), positionOf(scale, high)];
  const ticks = (scale === 'log' ? logTicks : linearTicks)(low, high, Math.max(2, Math.floor(plotPx / TICK_PX)));
  const positions = ticks.map((tick) => positionOf(scale, tick));
  const lines = summary.percentiles.map(({ value }) => positionOf(scale, value));
  const rows = stackLabels(
    lines.map((position) => ((position - min) / (max - min)) * plotPx),
    LABEL_PX,
  );
  const topPx = TOP_PX_MIN + (Math.max(...rows) + 1) * LABEL_ROW_PX;
  const axisText = { color: colors.muted, fontSize: 10 };
  return {
    animation: false,
    grid: { top: topPx, ...MARGIN_PX },
    tooltip: {
      trigger: 'item' as const,
      backgroundColor: colors.raised,
      borderColor: colors.border,
      textStyle: { color: colors.text, fontSize: 11 },
      formatter: ({ dataIndex: bin }: { dataIndex: number }) =>
        `${formatNs(edges[bin])} to ${formatNs(edges[bin + 1])}<br>${formatCount(counts[bin])} of ${formatCount(summary.count)}`,
    },
    xAxis: {
      type: 'value' as const,
      min,
      max,
      axisLine: { lineStyle: { color: colors.border } },
      axisTick: { show: true, customValues: positions, lineStyle: { color: colors.border } },
      axisLabel: {
        ...axisText,
        customValues: positions,
        formatter: (position: number) => shortNs(scale === 'log' ? 10 ** position : position),
        hideOverlap: true,
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value' as const,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { ...axisText, formatter: (count: number) => formatCount(count) },
      splitLine: { lineStyle: { color: colors.border, opacity: 0.6 } },
    },
    series: [
      {
        type: 'custom' as const,
        renderItem: drawBar(histogram, colors.accent),
        data: Array.from(counts, (count, bin) => [
          (positionOf(scale, edges[bin]) + positionOf(scale, edges[bin + 1])) / 2,
          count,
        ]),
      },
      {
        type: 'custom' as const,
        renderItem: drawLine(
          summary.percentiles.map(({ percent }) => `p${percent}`),
          rows,
          topPx,
          colors,
        ),
        data: lines.map((position) => [position, 0]),
        tooltip: { show: false },
        z: 3,
      },
    ],
  };
}

/** Ticks are round, so that zeros behind the point say nothing: "2.000 µs" → "2 µs". */
function shortNs(ns: number): string {
  return formatNs(Number(ns.toPrecision(6))).replace(/\.?0+ /, (zeros) => (zeros.startsWith('.') ? ' ' : zeros));
}

/** Draws into `element`, which has a size of its own. The caller disposes of it. */
export function createDurationHistogram(element: HTMLElement): DurationHistogram {
  const chart = init(element);
  let last: { readonly histogram: Histogram; readonly summary: Summary } | undefined;
  const draw = () => {
    if (last) chart.setOption(optionOf(last.histogram, last.summary, chartColors(element), chart.getWidth()), true);
  };
  return {
    draw: (histogram, summary) => {
      last = { histogram, summary };
      draw();
    },
    resize: () => {
      chart.resize();
      draw();
    },
    dispose: () => chart.dispose(),
  };
}
