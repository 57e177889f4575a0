// The window's colours for a canvas, which knows no CSS variables. Read when drawing, so that a change of theme is followed.

export interface ChartColors {
  readonly text: string;
  readonly muted: string;
  readonly border: string;
  readonly accent: string;
  readonly warn: string;
  readonly error: string;
  readonly raised: string;
  readonly ground: string;
  readonly sunken: string;
}

/** Colours as they are for `element` now; grey and blue where the window defines none. */
export function chartColors(element: HTMLElement): ChartColors {
  const style = getComputedStyle(element);
  const color = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    text: color('--text', '#888'),
    muted: color('--text-muted', '#888'),
    border: color('--border', '#888'),
    accent: color('--accent', '#48c'),
    warn: color('--warn', '#c93'),
    error: color('--error', '#c33'),
    raised: color('--bg-raised', '#222'),
    ground: color('--bg', '#111'),
    sunken: color('--bg-sunken', '#000'),
  };
}

// Okabe and Ito's colours (https://jfly.uni-koeln.de/color), which people with any colour vision tell apart; their yellow and black are
// left out because one of the two themes would swallow them.
const SERIES_COLORS = ['#0d88cc', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8f8f8f', '#9a7b4f'] as const;
const SERIES_SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'arrow', 'pin'] as const;

/** Of the series at that place; colour and symbol repeat after different counts, so that 56 series differ. */
export const seriesColor = (series: number) => SERIES_COLORS[series % SERIES_COLORS.length];
export const seriesSymbol = (series: number) => SERIES_SYMBOLS[series % SERIES_SYMBOLS.length];
