// The same rectangles with Canvas 2D, where WebGL2 is missing. Slower, and the same to look at.

import { cssColor } from '../model/colors';
import { QUAD_BYTES } from '../model/timeline/quads';
import type { Painter, Placement } from './gl-painter';

const QUAD_WORDS = QUAD_BYTES / 4;

class RectPainter implements Painter {
  private floats = new Float32Array(0);
  private words = new Uint32Array(0);
  private quadCount = 0;

  constructor(private readonly context: CanvasRenderingContext2D) {}

  load(vertices: ArrayBuffer, quadCount: number): void {
    this.floats = new Float32Array(vertices);
    this.words = new Uint32Array(vertices);
    this.quadCount = quadCount;
  }

  paint(placement: Placement, widthPx: number, heightPx: number, background: readonly number[]): void {
    const { context, floats, words } = this;
    const { scaleX, shiftX, shiftY } = placement;
    context.fillStyle = `rgb(${background.map((channel) => Math.round(channel * 255)).join(',')})`;
    context.fillRect(0, 0, widthPx, heightPx);
    let color = -1;
    for (let quad = 0; quad < this.quadCount; quad++) {
      const at = quad * QUAD_WORDS;
      if (words[at + 2] !== color) {
        color = words[at + 2];
        context.fillStyle = cssColor(color);
      }
      const x0 = floats[at] * scaleX + shiftX;
      const y0 = floats[at + 1] + shiftY;
      context.fillRect(x0, y0, floats[at + 3] * scaleX + shiftX - x0, floats[at + 7] + shiftY - y0);
    }
  }

  dispose(): void {
    this.quadCount = 0;
  }
}

/** A painter on a canvas that has no WebGL context; undefined where there is no Canvas 2D either. */
export function createRectPainter(canvas: HTMLCanvasElement): Painter | undefined {
  const context = canvas.getContext('2d', { alpha: false });
  return context ? new RectPainter(context) : undefined;
}
