// Which colour a slice has. A kernel's comes from its name with the digits left out, so it keeps it between sessions and between
// template sizes. Colours are one number, bytes r, g, b, a from the lowest, as a vertex has them.

import { enums } from '../../../shared/model/enums';
import type { SliceName } from './timeline/names';

export type PaletteName = 'default' | 'colorBlind';
export type ThemeName = 'dark' | 'light';
export type Rgba = number;

interface Palette {
  readonly kernel: readonly string[];
  readonly api: readonly string[];
  readonly range: readonly string[];
  readonly hostToDevice: string;
  readonly deviceToHost: string;
  readonly otherCopy: string;
  readonly fill: string;
  readonly sync: string;
  readonly overhead: string;
  readonly warning: string;
  readonly error: string;
  readonly counter: string;
}

// Compute is blue to violet; green and rose are left to copies, amber to waits, red to what is wrong.
const DEFAULT: Palette = {
  kernel: [
    '#3b78c4',
    '#2f8fb4',
    '#5a67c8',
    '#7c5cb8',
    '#2a8a94',
    '#4f86b0',
    '#6a7fd0',
    '#9464ac',
    '#3f68a4',
    '#5390d4',
    '#41789a',
    '#6f52c0',
  ],
  api: ['#56677d', '#62738a', '#4f6f86', '#6a6d90', '#5d7c86', '#737c8c'],
  range: ['#8c7a4f', '#75699c', '#4a8674', '#96686c', '#6b8550', '#5a7ca4'],
  hostToDevice: '#4a9e58',
  deviceToHost: '#c2648e',
  otherCopy: '#a5905c',
  fill: '#7d8894',
  sync: '#c4963c',
  overhead: '#a8523f',
  warning: '#e0b030',
  error: '#e5484d',
  counter: '#4b8f8c',
};

// Okabe and Ito's eight colours and shades of them: told apart with any colour vision.
const COLOR_BLIND: Palette = {
  kernel: ['#0072b2', '#56b4e9', '#2a8fc9', '#005b8e', '#7cc4ee', '#3a7da8'],
  api: ['#6b7280', '#7d8593', '#5b6573', '#8a919d'],
  range: ['#e69f00', '#b87f00', '#f0b83f', '#94700f'],
  hostToDevice: '#009e73',
  deviceToHost: '#cc79a7',
  otherCopy: '#999999',
  fill: '#bcbcbc',
  sync: '#f0e442',
  overhead: '#d55e00',
  warning: '#f0e442',
  error: '#d55e00',
  counter: '#009e73',
};

const PALETTES: Readonly<Record<PaletteName, Palette>> = { default: DEFAULT, colorBlind: COLOR_BLIND };
/** How far colours go towards white on a light ground, where dark letters stand on them. */
const LIGHT_MIX_RATIO = 0.38;
const PALE_ALPHA = 0x38;

/** FNV-1a of the text without its digits. */
export function hashOfName(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) continue;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  return hash >>> 0;
}

const pack = (red: number, green: number, blue: number, alpha = 255): Rgba =>
  (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;

const channelsOf = (color: Rgba) => [color & 255, (color >>> 8) & 255, (color >>> 16) & 255] as const;

function themed(red: number, green: number, blue: number, theme: ThemeName): Rgba {
  if (theme === 'dark') return pack(red, green, blue);
  const [r, g, b] = [red, green, blue].map((channel) => Math.round(channel + (255 - channel) * LIGHT_MIX_RATIO));
  return pack(r, g, b);
}

function fromHex(hex: string, theme: ThemeName): Rgba {
  const value = Number.parseInt(hex.slice(1), 16);
  return themed((value >>> 16) & 255, (value >>> 8) & 255, value & 255, theme);
}

const pick = (colors: readonly string[], text: string) => colors[hashOfName(text) % colors.length];

function hexOf(name: SliceName, palette: Palette): string {
  switch (name.table) {
    case 'kernel':
      return pick(palette.kernel, name.text);
    case 'api':
      return pick(palette.api, name.text);
    case 'range':
      return pick(palette.range, name.text);
    case 'memcpy':
      if (name.variant === enums.copyDirection.hostToDevice) return palette.hostToDevice;
      return name.variant === enums.copyDirection.deviceToHost ? palette.deviceToHost : palette.otherCopy;
    case 'memset':
      return palette.fill;
    case 'sync':
      return palette.sync;
    case 'overhead':
      return palette.overhead;
    case 'diagnostic':
      return name.variant === enums.severity.error ? palette.error : palette.warning;
    default:
      return palette.error;
  }
}

/** The colour of slices with this name; an NVTX range keeps its own. */
export function colorOfName(name: SliceName, palette: PaletteName, theme: ThemeName): Rgba {
  if (name.argb !== 0) return pack((name.argb >>> 16) & 255, (name.argb >>> 8) & 255, name.argb & 255);
  return fromHex(hexOf(name, PALETTES[palette]), theme);
}

export function counterColor(palette: PaletteName, theme: ThemeName): Rgba {
  return fromHex(PALETTES[palette].counter, theme);
}

/** For what the name filter leaves out. */
export function paleColor(color: Rgba): Rgba {
  return withAlpha(color, PALE_ALPHA);
}

/** The same colour with an alpha of 0..255. */
export function withAlpha(color: Rgba, alpha: number): Rgba {
  return ((color & 0xffffff) | (alpha << 24)) >>> 0;
}

/** The same colour, darker: factor 0 is black and 1 changes nothing. */
export function darker(color: Rgba, factor: number): Rgba {
  const [red, green, blue] = channelsOf(color);
  return pack(Math.round(red * factor), Math.round(green * factor), Math.round(blue * factor), color >>> 24);
}

/** Whether dark letters are easier to read on it than light ones. */
export function needsDarkInk(color: Rgba): boolean {
  const [red, green, blue] = channelsOf(color);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}

/** As CSS and Canvas 2D have it. */
export function cssColor(color: Rgba): string {
  const [red, green, blue] = channelsOf(color);
  return `rgba(${red},${green},${blue},${((color >>> 24) / 255).toFixed(3)})`;
}
