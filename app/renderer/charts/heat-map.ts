// Size × variant as colours with the value in each cell, and the scale above. What failed, is wrong or noisy has a mark of its own shape,
// so that nobody has to tell it by colour.

import type { CustomSeriesRenderItem } from 'echarts';
import { CustomChart } from 'echarts/charts';
import { GraphicComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { SCALE_COLORS, scaleColor, textColorOn } from '../model/laboratory/color-scale';
import type { HeatCell, HeatMap } from '../model/laboratory/heat-map';
import { type Figure, formatChange } from '../model/laboratory/point-figures';
import type { ChartColors } from './chart-colors';
import { type DrawnSize, liveChart, tooltipHtml, tooltipLook } from './live-chart';

use([CustomChart, GraphicComponent, GridComponent, TooltipComponent, CanvasRenderer]);

export interface HeatMapContent {
  readonly map: HeatMap;
  /** Index of the point whose details are shown. */
  readonly pickedIndex: number | undefined;
  readonly figuresOf: (cell: HeatCell) => readonly Figure[];
}

const LEGEND_PX = 30;
const MARKS_PX = 16;
const SCALE_WIDTH_PX = 160;
const CHAR_PX = 6.6;
const LINE_PX = 13;
/** Of the names of variants. */
const NAMES_PX_MAX = 210;

const MARKS = { failed: 'failed', wrong: '✗', noisy: '≈' } as const;
/** What the marks mean, for those that the map has. */
const MARK_WORDS = { failed: 'striped: failed', wrong: '✗ wrong', noisy: '≈ noisy' } as const;

/** Lines of a cell that fit into it; the value first. */
function cellLines({ value, mark, changeRatio }: HeatCell, { measure }: HeatMap, size: DrawnSize): string[] {
  const said = value === undefined ? (mark === 'failed' ? MARKS.failed : '–') : measure.formatShort(value);
  const first = mark === 'wrong' || mark === 'noisy' ? `${said} ${MARKS[mark]}` : said;
  if (changeRatio === undefined) return fitting([first], size);
  const change = formatChange(changeRatio);
  const beside = fitting([`${first}   ${change}`], size);
  return size.heightPx < 2 * LINE_PX + 2 && beside.length > 0 ? beside : fitting([first, change], size);
}

/** Those of the lines that fit, from the first. */
function fitting(lines: readonly string[], size: DrawnSize): string[] {
  return lines
    .slice(0, Math.max(0, Math.floor((size.heightPx - 2) / LINE_PX)))
    .filter((line) => line.length * CHAR_PX + 4 <= size.widthPx);
}

function stripes(xPx: number, yPx: number, { widthPx, heightPx }: DrawnSize, stroke: string) {
  const count = Math.floor((widthPx + heightPx - 1) / 8);
  return Array.from({ length: count }, (_, stripe) => {
    const at = (stripe + 1) * 8;
    return {
      type: 'line' as const,
      silent: true,
      shape: {
        x1: xPx + Math.min(at, widthPx),
        y1: yPx + Math.max(0, at - widthPx),
        x2: xPx + Math.max(0, at - heightPx),
        y2: yPx + Math.min(at, heightPx),
      },
      style: { stroke, opacity: 0.45, lineWidth: 1 },
    };
  });
}

/** One rectangle a cell; the data are [column, row] of each. */
function drawCell({ map, pickedIndex }: HeatMapContent, colors: ChartColors): CustomSeriesRenderItem {
  return (params, api) => {
    const cell = map.cells[params.dataIndex];
    const [middlePx, centrePx] = api.coord([cell.column, cell.row]);
    const [columnPx, rowPx] = (api.size?.([1, 1]) ?? [0, 0]) as number[];
    const size = { widthPx: Math.max(1, columnPx - 2), heightPx: Math.max(1, rowPx - 2) };
    const [xPx, yPx] = [middlePx - size.widthPx / 2, centrePx - size.heightPx / 2];
    const hasValue = cell.value !== undefined;
    const isPicked = cell.point.index === pickedIndex;
    const lines = cellLines(cell, map, size);
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { x: xPx, y: yPx, width: size.widthPx, height: size.heightPx, r: 2 },
          style: {
            fill: hasValue ? scaleColor(cell.scaleRatio) : colors.sunken,
            stroke: isPicked ? colors.accent : cell.mark === 'wrong' ? colors.error : colors.border,
            lineWidth: isPicked ? 3 : cell.mark === 'wrong' ? 2 : 1,
          },
        },
        ...(cell.mark === 'failed' ? stripes(xPx, yPx, size, colors.muted) : []),
        ...lines.map((line, place) => ({
          type: 'text' as const,
          silent: true,
          style: {
            text: line,
            x: middlePx,
            y: centrePx + (place - (lines.length - 1) / 2) * LINE_PX,
            align: 'center' as const,
            verticalAlign: 'middle' as const,
            fill: hasValue ? textColorOn(cell.scaleRatio) : colors.text,
            fontSize: 11,
            fontWeight: cell.point.role === 'reference' ? ('bold' as const) : ('normal' as const),
          },
        })),
      ],
    };
  };
}

const marksOf = (cells: readonly HeatCell[]) =>
  (['failed', 'wrong', 'noisy'] as const).filter((mark) => cells.some((cell) => cell.mark === mark));

/** The scale with its ends, and below it what the marks mean. */
function legend({ least, most, measure, isLog, cells }: HeatMap, colors: ChartColors, leftPx: number) {
  const text = (said: string, x: number, y: number) => ({
    type: 'text' as const,
    silent: true,
    style: {
      text: said,
      x,
      y,
      fill: colors.muted,
      fontSize: 10,
      align: 'left' as const,
      verticalAlign: 'middle' as const,
    },
  });
  const [low, high] = measure.isMoreBetter ? [least, most] : [most, least];
  const lowWords = measure.formatShort(low);
  const scaleLeftPx = leftPx + lowWords.length * 6 + 6;
  const highWords = `${measure.formatShort(high)} ${measure.unit}${isLog ? ', logarithmic' : ''}`;
  const marks = marksOf(cells);
  return [
    text(lowWords, leftPx, 12),
    {
      type: 'rect' as const,
      silent: true,
      shape: { x: scaleLeftPx, y: 6, width: SCALE_WIDTH_PX, height: 12, r: 2 },
      style: {
        fill: {
          type: 'linear' as const,
          x: 0,
          y: 0,
          x2: 1,
          y2: 0,
          colorStops: SCALE_COLORS.map((color, stop) => ({ offset: stop / (SCALE_COLORS.length - 1), color })),
        },
      },
    },
    text(highWords, scaleLeftPx + SCALE_WIDTH_PX + 6, 12),
    text(marks.map((mark) => MARK_WORDS[mark]).join('   ·   '), leftPx, 12 + MARKS_PX),
  ];
}

/** What ECharts is given. */
export function heatMapOption(content: HeatMapContent, colors: ChartColors) {
  const { map, figuresOf } = content;
  const leftPx = Math.min(NAMES_PX_MAX, 14 + Math.max(0, ...map.rows.map((name) => name.length)) * 7.2);
  const category = (data: readonly string[]) => ({
    type: 'category' as const,
    data: [...data],
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: colors.text, fontSize: 11, interval: 0, hideOverlap: true },
  });
  return {
    animation: false,
    grid: { top: LEGEND_PX + (marksOf(map.cells).length > 0 ? MARKS_PX : 0), left: leftPx, right: 10, bottom: 24 },
    tooltip: {
      ...tooltipLook(colors),
      trigger: 'item' as const,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const cell = map.cells[dataIndex];
        return tooltipHtml(`${cell.point.series} · ${cell.point.label}`, figuresOf(cell));
      },
    },
    xAxis: category(map.columns.map(({ title }) => title)),
    yAxis: {
      ...category(map.rows),
      inverse: true,
      axisLabel: { color: colors.text, fontSize: 11, interval: 0, width: leftPx - 12, overflow: 'truncate' as const },
    },
    graphic: map.cells.some(({ value }) => value !== undefined) ? legend(map, colors, leftPx) : [],
    series: [
      {
        id: 'cells',
        type: 'custom' as const,
        renderItem: drawCell(content, colors),
        data: map.cells.map(({ column, row }) => [column, row]),
      },
    ],
  };
}

export const createHeatMap = liveChart<HeatMapContent>(heatMapOption, 'cells');
