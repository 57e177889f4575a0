// What a histogram is drawn of: bars, and lines with a label.

import type { CustomSeriesRenderItem, CustomSeriesRenderItemParams } from 'echarts';
import type { Histogram } from '../model/statistics/histogram';
import type { ChartColors } from './chart-colors';

/** Height of a row of labels. */
export const LABEL_ROW_PX = 13;

/** One bar a bin; the data are [position, count]. */
export const drawBar =
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

/** One line a percentile with its label above, in the row given for it; the data are [position, 0]. `topPx` is that of the plot. */
export const drawLine =
  (
    labels: readonly string[],
    rows: readonly number[],
    topPx: number,
    { warn, text }: ChartColors,
  ): CustomSeriesRenderItem =>
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

/** Where a duration stands on the axis: its ns, or their logarithm to base 10. */
export function positionOf(scale: Histogram['scale'], ns: number): number {
  return scale === 'log' ? Math.log10(Math.max(ns, 1)) : ns;
}
