// A histogram of durations with its percentiles as lines. Positions on the x axis are ns, or their logarithm to base 10 on a logarithmic
// one, so that ticks can stand at round numbers of either. Colours are the CSS variables of the element at the moment of drawing.

import type { CustomSeriesRenderItem, CustomSeriesRenderItemParams } from 'echarts';
import { CustomChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { formatCount, formatNs } from '../../../shared/units/format';
import { linearTicks, logTicks } from '../model/statistics/axis-ticks';
import type { Histogram } from '../model/statistics/histogram';
import { stackLabels } from '../model/statistics/stack-labels';
import type { Summary } from '../model/statistics/summary';

use([CustomChart, GridComponent, TooltipComponent, CanvasRenderer]);

const MARGIN_PX = { left: 48, right: 18, bottom: 22 } as const;
const LABEL_PX = 38;
const LABEL_ROW_PX = 13;
const TOP_PX_MIN = 6;
const TICK_PX = 60;

export interface DurationHistogram {
  draw(histogram: Histogram, summary: Summary): void;
  /** After the element changed its size. */
  resize(): void;
  dispose(): void;
}

interface Colors {
  readonly text: string;
  readonly muted: string;
  readonly border: string;
  readonly accent: string;
  readonly warn: string;
  readonly raised: string;
}

function colorsOf(element: HTMLElement): Colors {
  const style = getComputedStyle(element);
  const color = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: color('--text', '#888'),
    muted: color('--text-muted', '#888'),
    border: color('--border', '#888'),
    accent: color('--accent', '#48c'),
    warn: color('--warn', '#c93'),
    raised: color('--bg-raised', '#222'),
  };
}

const drawBar =
  ({ edges, scale }: Histogram, fill: string): CustomSeriesRenderItem =>
  (params, api) => {
    const bin = params.dataIndex;
    const [leftPx, topPx] = api.coord([positionOf(scale, edges[bin]), api.value(1)]);
    const [rightPx, bottomPx] = api.coord([positionOf(scale, edges[bin + 1]), 0]);
    const widthPx = rightPx - leftPx;
    const gapPx = widthPx > 4 ? 1 : 0;
    // A bin that holds one launch among millions must still be seen.
    const heightPx = Number(api.value(1)) > 0 ? Math.max(1, bottomPx - topPx) : 0;
    const column = { x: leftPx, width: Math.max(1, widthPx - gapPx) };
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { ...column, y: topOf(params), height: bottomPx - topOf(params) },
          style: { fill: 'transparent' },
        },
        { type: 'rect', shape: { ...column, y: bottomPx - heightPx, height: heightPx }, style: { fill } },
      ],
    };
  };

/** Of the plot: the whole column of a bin answers to the pointer, so that low bars can be read too. */
function topOf({ coordSys }: CustomSeriesRenderItemParams): number {
  return (coordSys as unknown as { readonly y: number }).y;
}

const drawLine =
  (labels: readonly string[], rows: readonly number[], topPx: number, { warn, text }: Colors): CustomSeriesRenderItem =>
  (params, api) => {
    const [xPx, bottomPx] = api.coord([api.value(0), 0]);
    const yPx = topPx - 4 - LABEL_ROW_PX * rows[params.dataIndex];
    return {
      type: 'group',
      children: [
        {
          type: 'line',
          shape: { x1: xPx, y1: yPx, x2: xPx, y2: bottomPx },
          style: { stroke: warn, lineWidth: 1, opacity: 0.8 },
        },
        {
          type: 'text',
          style: {
            text: labels[params.dataIndex],
            x: xPx,
            y: yPx - 1,
            fill: text,
            font: '10px system-ui, sans-serif',
            align: 'center',
            verticalAlign: 'bottom',
          },
        },
      ],
      silent: true,
    };
  };

function positionOf(scale: Histogram['scale'], ns: number): number {
  return scale === 'log' ? Math.log10(Math.max(ns, 1)) : ns;
}

function optionOf(histogram: Histogram, summary: Summary, colors: Colors, widthPx: number) {
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
    if (last) chart.setOption(optionOf(last.histogram, last.summary, colorsOf(element), chart.getWidth()), true);
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
