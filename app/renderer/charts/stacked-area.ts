// Draws layers on top of each other over time, one column a pixel: the shape of live bytes.

export interface StackedLayer {
  /** One value a pixel. */
  readonly values: ArrayLike<number>;
  readonly colour: string;
}

export interface StackedArea {
  /** The lowest first. */
  readonly layers: readonly StackedLayer[];
  /** The least of each pixel's total: what is above it was there for part of the pixel only, and is paler. */
  readonly lowValues: ArrayLike<number>;
  readonly highValue: number;
}

export interface StackedAreaLooks {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly background: string;
  readonly grid: string;
  readonly text: string;
  readonly font: string;
  readonly cursor: string;
  readonly selection: string;
  /** Of the moment that is shown; undefined draws none. */
  readonly cursorPx: number | undefined;
  /** [from, to] */
  readonly selectionPx: readonly [number, number] | undefined;
  readonly format: (value: number) => string;
}

/** Room above the highest value, for its label. */
const HEAD_PX = 14;

/** Draws the whole chart. The context is in CSS pixels. */
export function drawStackedArea(context: CanvasRenderingContext2D, area: StackedArea, looks: StackedAreaLooks): void {
  const { widthPx, heightPx } = looks;
  context.fillStyle = looks.background;
  context.fillRect(0, 0, widthPx, heightPx);
  const pxPerValue = area.highValue > 0 ? (heightPx - HEAD_PX) / area.highValue : 0;
  if (looks.selectionPx) {
    const [fromPx, toPx] = looks.selectionPx;
    context.fillStyle = looks.selection;
    context.fillRect(fromPx, 0, Math.max(1, toPx - fromPx), heightPx);
  }
  drawLayers(context, area, pxPerValue, looks);
  drawGrid(context, area.highValue, looks);
  if (looks.cursorPx === undefined) return;
  context.fillStyle = looks.cursor;
  context.fillRect(Math.min(widthPx - 1, Math.max(0, Math.round(looks.cursorPx))), 0, 1, heightPx);
}

function drawLayers(
  context: CanvasRenderingContext2D,
  { layers, lowValues }: StackedArea,
  pxPerValue: number,
  { heightPx }: StackedAreaLooks,
): void {
  const columnCount = lowValues.length;
  const below = new Float64Array(columnCount);
  for (const { values, colour } of layers) {
    context.fillStyle = colour;
    context.beginPath();
    for (let px = 0; px < columnCount; px++) {
      const topPx = heightPx - (below[px] + values[px]) * pxPerValue;
      context.rect(px, topPx, 1, values[px] * pxPerValue);
      below[px] += values[px];
    }
    context.globalAlpha = 0.8;
    context.fill();
    context.globalAlpha = 1;
  }
}

function drawGrid(context: CanvasRenderingContext2D, highValue: number, looks: StackedAreaLooks): void {
  const { widthPx, heightPx, grid, text, font, format } = looks;
  if (highValue === 0) return;
  context.font = font;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  for (const ratio of [0.5, 1]) {
    const yPx = Math.round(heightPx - (heightPx - HEAD_PX) * ratio);
    context.fillStyle = grid;
    context.fillRect(0, yPx, widthPx, 1);
    context.fillStyle = text;
    context.fillText(format(highValue * ratio), 4, yPx - 1);
  }
}
