// A picture, and how a part of it becomes the numbers that a network looks at.

import type { EngineFacts, TensorFacts } from '../../engines/engine';

/** Rows from the top, three bytes a pixel: red, green, blue. */
export interface Picture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bytes: Uint8Array;
}

/** A part of a picture, in its pixels; inside of it and not empty. */
export interface Area {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What one request looks at. */
export interface Look {
  readonly picture: Picture;
  readonly area: Area;
}

/** How a byte becomes a number: 0 to 1, −1 to 1, or by the mean and deviation of ImageNet's channels. */
export type Pixels = 'unit' | 'signed' | 'imagenet';

/** The input of a network that looks at pictures. */
export interface PictureInput {
  readonly name: string;
  readonly element: 'float32' | 'uint8';
  readonly widthPx: number;
  readonly heightPx: number;
}

// Mean and deviation by channel, of bytes over 255. ImageNet's are those of torchvision's models and of PaddleOCR's detectors.
const NORMS: Readonly<Record<Pixels, { mean: readonly number[]; deviation: readonly number[] }>> = {
  unit: { mean: [0, 0, 0], deviation: [1, 1, 1] },
  signed: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
  imagenet: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
};

export const wholeOf = (picture: Picture): Look => {
  const { widthPx, heightPx } = picture;
  return { picture, area: { leftPx: 0, topPx: 0, widthPx, heightPx } };
};

const isPicture = ({ shape, element }: TensorFacts) =>
  shape.length === 4 && shape[0] === -1 && shape[1] === 3 && (element === 'float32' || element === 'uint8');

/** The one input of [batch, 3, height, width]; undefined when a network has none, or others beside it. */
export function pictureInputOf({ inputs }: EngineFacts): PictureInput | undefined {
  const [input] = inputs;
  if (inputs.length !== 1 || !isPicture(input)) return undefined;
  const [, , heightPx, widthPx] = input.shape;
  return { name: input.name, element: input.element as PictureInput['element'], widthPx, heightPx };
}

/** Input pixels for a pixel of the area: its sides keep their ratio, and it fills the input in one direction. */
export const scaleOf = ({ widthPx, heightPx }: Pick<Area, 'widthPx' | 'heightPx'>, input: PictureInput): number =>
  Math.min(input.widthPx / widthPx, input.heightPx / heightPx);

/** Where each place of a row or column lies between two pixels of the picture: the first one, and the share of the second. */
function betweens(count: number, fromPx: number, sidePx: number, scale: number) {
  const [first, share] = [new Int32Array(count), new Float32Array(count)];
  for (let index = 0; index < count; index++) {
    const atPx = Math.min(sidePx - 1, Math.max(0, (index + 0.5) / scale - 0.5));
    first[index] = fromPx + Math.floor(atPx);
    share[index] = atPx - Math.floor(atPx);
  }
  return { first, share };
}

/**
 * The numbers [3, height, width] of an input: the area resized between its pixels (bilinear), at the top left; what it does not cover is
 * 0. `pixels` counts for float32, uint8 takes bytes as they are.
 */
export function tensorOf({ picture, area }: Look, input: PictureInput, pixels: Pixels): Float32Array | Uint8Array {
  const { widthPx, heightPx, element } = input;
  const scale = scaleOf(area, input);
  const planePx = widthPx * heightPx;
  const values = element === 'uint8' ? new Uint8Array(3 * planePx) : new Float32Array(3 * planePx);
  const columns = betweens(Math.min(widthPx, Math.round(area.widthPx * scale)), area.leftPx, area.widthPx, scale);
  const rows = betweens(Math.min(heightPx, Math.round(area.heightPx * scale)), area.topPx, area.heightPx, scale);
  const { mean, deviation } = NORMS[pixels];
  const { bytes } = picture;
  const [rowStep, lastColumn, lastRow] = [
    3 * picture.widthPx,
    area.leftPx + area.widthPx - 1,
    area.topPx + area.heightPx - 1,
  ];
  for (let channel = 0; channel < 3; channel++) {
    const factor = element === 'uint8' ? 1 : 1 / (255 * deviation[channel]);
    const offset = element === 'uint8' ? 0 : -mean[channel] / deviation[channel];
    for (let y = 0; y < rows.first.length; y++) {
      const above = rows.first[y] * rowStep + channel;
      const below = Math.min(lastRow, rows.first[y] + 1) * rowStep + channel;
      const down = rows.share[y];
      const to = channel * planePx + y * widthPx;
      for (let x = 0; x < columns.first.length; x++) {
        const left = 3 * columns.first[x];
        const right = 3 * Math.min(lastColumn, columns.first[x] + 1);
        const across = columns.share[x];
        const upper = bytes[above + left] * (1 - across) + bytes[above + right] * across;
        const lower = bytes[below + left] * (1 - across) + bytes[below + right] * across;
        values[to + x] = (upper * (1 - down) + lower * down) * factor + offset;
      }
    }
  }
  return values;
}
