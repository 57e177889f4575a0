// A scale of colours that people with any colour vision can read: from dark blue over grey to yellow, with lightness rising all the way
// (cividis; Nuñez, Anderton, Renslow 2018, https://doi.org/10.1371/journal.pone.0199239). Stops at equal distances.

type Rgb = readonly [red: number, green: number, blue: number];

const STOPS: readonly Rgb[] = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 121],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
];

const hex = ([red, green, blue]: Rgb) =>
  `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

/** The stops as CSS colours, from the least. */
export const SCALE_COLORS: readonly string[] = STOPS.map(hex);

function colorOf(ratio: number): Rgb {
  const place = Math.min(1, Math.max(0, ratio)) * (STOPS.length - 1);
  const below = Math.min(STOPS.length - 2, Math.floor(place));
  const part = place - below;
  const mix = (channel: 0 | 1 | 2) => STOPS[below][channel] * (1 - part) + STOPS[below + 1][channel] * part;
  return [mix(0), mix(1), mix(2)];
}

/** Of 0 (least) to 1 (most). */
export const scaleColor = (ratio: number) => hex(colorOf(ratio));

const linear = (channel: number) => {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};

/** Relative luminance as WCAG 2 has it, 0 to 1. */
const luminance = ([red, green, blue]: Rgb) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);

/** Black or white, whichever stands out more on that colour: their contrasts are equal at a luminance of 0.179. */
export const textColorOn = (ratio: number) => (luminance(colorOf(ratio)) > 0.179 ? '#000000' : '#ffffff');
