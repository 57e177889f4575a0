// What the charts of the laboratory have in common: an ECharts instance that is drawn anew when its content, its size or the theme changes.

import { type EChartsCoreOption, init } from 'echarts/core';
import { type ChartColors, chartColors } from './chart-colors';

export interface LiveChart<Content> {
  draw(content: Content): void;
  /** After the element changed its size, or the page its theme. */
  resize(): void;
  /** The chart as a data URL of a PNG, on the window's ground; undefined before anything was drawn. */
  pngUrl(): string | undefined;
  dispose(): void;
}

export interface DrawnSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Draws one chart into an element that has a size of its own. The caller disposes of it. */
export type CreateChart<Content> = (element: HTMLElement, onPick: (dataIndex: number) => void) => LiveChart<Content>;

/** Of a saved picture: sharp on any screen. */
const PNG_PIXEL_RATIO = 2;

/** `optionOf` is pure; `pickSeries` is the id of the series whose items a click picks. */
export function liveChart<Content>(
  optionOf: (content: Content, colors: ChartColors, size: DrawnSize) => EChartsCoreOption,
  pickSeries: string,
): CreateChart<Content> {
  return (element, onPick) => {
    const chart = init(element);
    let last: { readonly content: Content } | undefined;
    const draw = () => {
      if (!last) return;
      const size = { widthPx: chart.getWidth(), heightPx: chart.getHeight() };
      chart.setOption(optionOf(last.content, chartColors(element), size), true);
    };
    chart.on('click', ({ seriesId, dataIndex }) => {
      if (seriesId === pickSeries && typeof dataIndex === 'number') onPick(dataIndex);
    });
    return {
      draw: (content) => {
        last = { content };
        draw();
      },
      resize: () => {
        chart.resize();
        draw();
      },
      pngUrl: () =>
        last &&
        chart.getDataURL({ type: 'png', pixelRatio: PNG_PIXEL_RATIO, backgroundColor: chartColors(element).ground }),
      dispose: () => chart.dispose(),
    };
  };
}

/** Names come from files of other people: none of it is markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A tooltip of a title and rows of names and texts. */
export function tooltipHtml(title: string, figures: readonly (readonly [string, string])[]): string {
  const rows = figures.map(
    ([name, text]) =>
      `<tr><td style="opacity:.7;padding-right:12px">${escapeHtml(name)}</td><td style="max-width:340px;white-space:normal;overflow-wrap:anywhere">${escapeHtml(text)}</td></tr>`,
  );
  return `<b>${escapeHtml(title)}</b><table style="border-spacing:0">${rows.join('')}</table>`;
}

/** The window's look of a tooltip. */
export const tooltipLook = (colors: ChartColors) => ({
  confine: true,
  backgroundColor: colors.raised,
  borderColor: colors.border,
  textStyle: { color: colors.text, fontSize: 11 },
});

/** Text and lines of an axis. */
export const axisLook = (colors: ChartColors) => ({
  nameTextStyle: { color: colors.muted, fontSize: 10 },
  axisLine: { show: true, lineStyle: { color: colors.border } },
  axisTick: { lineStyle: { color: colors.border } },
  axisLabel: { color: colors.muted, fontSize: 10, hideOverlap: true },
  splitLine: { lineStyle: { color: colors.border, opacity: 0.6 } },
});
