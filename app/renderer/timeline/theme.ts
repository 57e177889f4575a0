// The colours of the timeline besides those of slices: the shell's CSS variables, or what stands in for them.

import type { ThemeName } from '../model/colors';

export interface TimelineTheme {
  readonly name: ThemeName;
  readonly ground: string;
  readonly raised: string;
  readonly text: string;
  readonly mutedText: string;
  readonly border: string;
  readonly accent: string;
  readonly warning: string;
  readonly error: string;
  readonly selection: string;
}

const DARK: TimelineTheme = {
  name: 'dark',
  ground: '#14171c',
  raised: '#1d2128',
  text: '#e4e7ec',
  mutedText: '#8d96a5',
  border: '#2c323c',
  accent: '#7fb2f0',
  warning: '#e0b030',
  error: '#e5484d',
  selection: '#7fb2f0',
};

const LIGHT: TimelineTheme = {
  name: 'light',
  ground: '#ffffff',
  raised: '#f1f3f6',
  text: '#1b1f26',
  mutedText: '#667080',
  border: '#d8dde5',
  accent: '#2266bb',
  warning: '#a87400',
  error: '#c62f35',
  selection: '#2266bb',
};

/** The theme of an element: its CSS variables where the shell has set them. */
export function themeOf(element: HTMLElement, name: ThemeName): TimelineTheme {
  const style = getComputedStyle(element);
  const preset = name === 'dark' ? DARK : LIGHT;
  const read = (variable: string, otherwise: string) => style.getPropertyValue(variable).trim() || otherwise;
  return {
    name,
    ground: read('--bg-sunken', preset.ground),
    raised: read('--bg-raised', preset.raised),
    text: read('--text', preset.text),
    mutedText: read('--text-muted', preset.mutedText),
    border: read('--border', preset.border),
    accent: read('--accent', preset.accent),
    warning: read('--warn', preset.warning),
    error: read('--error', preset.error),
    // Used as a line and, thinned out, as a veil: --selection itself may be a background and too faint for that.
    selection: read('--accent', preset.selection),
  };
}

/** Red, green and blue from 0 to 1 of any CSS colour. */
export function channelsOfCss(color: string): readonly number[] {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return [0, 0, 0];
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return Array.from(context.getImageData(0, 0, 1, 1).data.slice(0, 3), (channel) => channel / 255);
}
