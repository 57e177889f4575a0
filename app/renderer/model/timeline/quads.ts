// Rectangles as vertices: four a rectangle, each x and y as float32 and the colour as four bytes. Which vertices make its two
// triangles is the same for every rectangle, so the painter has one index buffer for all.
//
//   0 ── 1      triangles 0 1 2 and 2 1 3
//   │  ╱ │
//   2 ── 3

import type { Rgba } from '../colors';

export const VERTEX_BYTES = 12;
export const QUAD_BYTES = 4 * VERTEX_BYTES;
const QUAD_WORDS = QUAD_BYTES / 4;
const QUADS_MIN = 1024;

export class QuadWriter {
  quadCount = 0;
  private floats: Float32Array<ArrayBuffer>;
  private words: Uint32Array<ArrayBuffer>;

  constructor() {
    const buffer = new ArrayBuffer(QUADS_MIN * QUAD_BYTES);
    this.floats = new Float32Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /** The vertices, to be given away. The writer keeps its own room for the next view, because fresh memory is what costs most. */
  take(): ArrayBuffer {
    const vertices = this.floats.buffer.slice(0, this.quadCount * QUAD_BYTES);
    this.quadCount = 0;
    return vertices;
  }

  add(x0: number, y0: number, x1: number, y1: number, color: Rgba): void {
    let at = this.quadCount * QUAD_WORDS;
    if (at === this.floats.length) this.grow();
    const { floats, words } = this;
    floats[at++] = x0;
    floats[at++] = y0;
    words[at++] = color;
    floats[at++] = x1;
    floats[at++] = y0;
    words[at++] = color;
    floats[at++] = x0;
    floats[at++] = y1;
    words[at++] = color;
    floats[at++] = x1;
    floats[at++] = y1;
    words[at] = color;
    this.quadCount += 1;
  }

  /** Moves the right edge of the last rectangle. */
  extend(x1: number): void {
    this.moveRight(this.quadCount - 1, x1);
  }

  /** Moves the right edge of the last two. */
  extendPair(x1: number): void {
    this.moveRight(this.quadCount - 1, x1);
    this.moveRight(this.quadCount - 2, x1);
  }

  private moveRight(quad: number, x1: number): void {
    this.floats[quad * QUAD_WORDS + 3] = x1;
    this.floats[quad * QUAD_WORDS + 9] = x1;
  }

  private grow(): void {
    const buffer = new ArrayBuffer(this.floats.byteLength * 2);
    const words = new Uint32Array(buffer);
    words.set(this.words);
    this.words = words;
    this.floats = new Float32Array(buffer);
  }
}
