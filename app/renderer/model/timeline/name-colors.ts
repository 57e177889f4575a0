// The colour of each name, made once for a palette, a theme and a filter, and made anew when one of them or a text changed.

import { colorOfName, darker, needsDarkInk, type PaletteName, paleColor, type Rgba, type ThemeName } from '../colors';
import { parseNameQuery } from './name-match';
import type { NameTable } from './names';

export interface ColorChoices {
  readonly palette: PaletteName;
  readonly theme: ThemeName;
  /** Slices whose name does not match are drawn pale; '' is none. */
  readonly nameFilter: string;
}

const EDGE_FACTOR = 0.72;

export class NameColors {
  fill: Uint32Array = new Uint32Array(0);
  /** Of the line at the left of a slice. */
  edge: Uint32Array = new Uint32Array(0);
  hasDarkInk: Uint8Array = new Uint8Array(0);
  /** 1 where the filter keeps it. */
  isKept: Uint8Array = new Uint8Array(0);
  isFiltering = false;
  private key = '';

  /** Brings the colours up to date. */
  update(names: NameTable, { palette, theme, nameFilter }: ColorChoices): void {
    const key = `${names.version} ${palette} ${theme} ${nameFilter}`;
    if (key === this.key) return;
    this.key = key;
    // A regular expression that is still being typed hides nothing.
    const matcher = parseNameQuery(nameFilter);
    this.isFiltering = nameFilter !== '' && matcher.ok;
    const isKept = (text: string) => !this.isFiltering || (matcher.ok && matcher.value(text));
    this.isKept = Uint8Array.from(names.names, ({ text }) => (isKept(text) ? 1 : 0));
    const plain = names.names.map((name) => colorOfName(name, palette, theme));
    const drawn = plain.map((color, index): Rgba => (this.isKept[index] ? color : paleColor(color)));
    this.fill = Uint32Array.from(drawn);
    this.edge = Uint32Array.from(drawn, (color) => darker(color, EDGE_FACTOR));
    this.hasDarkInk = Uint8Array.from(plain, (color, index) => (this.isKept[index] && needsDarkInk(color) ? 1 : 0));
  }
}
