// The window's colours for a canvas, which knows no CSS variables. Read when drawing, so that a change of theme is followed.

export interface ChartColors {
  readonly text: string;
  readonly muted: string;
  readonly border: string;
  readonly accent: string;
  readonly warn: string;
  readonly raised: string;
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
    raised: color('--bg-raised', '#222'),
  };
}
