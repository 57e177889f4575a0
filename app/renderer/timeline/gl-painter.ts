// Paints the rectangles of an answer with WebGL2: one buffer, one call. The picture can be moved and stretched without new
// vertices, so panning does not wait for the worker.

import { QUAD_BYTES, VERTEX_BYTES } from '../model/timeline/quads';

/** Where the vertices of the last answer go: screen = x × scaleX + shiftX, y + shiftY; device px. */
export interface Placement {
  readonly scaleX: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

export interface Painter {
  /** Takes the rectangles of a new answer. */
  load(vertices: ArrayBuffer, quadCount: number): void;
  /** Paints them on a canvas of this many device px. The background is r, g, b from 0 to 1. */
  paint(placement: Placement, widthDevicePx: number, heightDevicePx: number, background: readonly number[]): void;
  dispose(): void;
}

const VERTEX_SHADER = `#version 300 es
uniform vec4 scaleAndShift; // x scale, x shift, y shift in px
uniform vec2 canvasPx;
layout(location = 0) in vec2 positionPx;
layout(location = 1) in vec4 color;
out vec4 fill;
void main() {
  vec2 px = vec2(positionPx.x * scaleAndShift.x + scaleAndShift.y, positionPx.y + scaleAndShift.z);
  gl_Position = vec4(px.x / canvasPx.x * 2.0 - 1.0, 1.0 - px.y / canvasPx.y * 2.0, 0.0, 1.0);
  fill = color;
}`;
const FRAGMENT_SHADER = `#version 300 es
precision mediump float;
in vec4 fill;
out vec4 pixel;
void main() { pixel = fill; }`;

function compile(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX_SHADER],
    [gl.FRAGMENT_SHADER, FRAGMENT_SHADER],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined;
}

/** The index of each corner of `quadCount` rectangles. */
function quadIndices(quadCount: number): Uint32Array {
  const indices = new Uint32Array(quadCount * 6);
  for (let quad = 0; quad < quadCount; quad++) {
    const vertex = quad * 4;
    indices.set([vertex, vertex + 1, vertex + 2, vertex + 2, vertex + 1, vertex + 3], quad * 6);
  }
  return indices;
}

class GlPainter implements Painter {
  private quadCount = 0;
  private indexedQuads = 0;
  private vertexBytes = 0;
  private readonly scaleAndShift: WebGLUniformLocation | null;
  private readonly canvasPx: WebGLUniformLocation | null;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    program: WebGLProgram,
  ) {
    gl.bindVertexArray(gl.createVertexArray());
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, VERTEX_BYTES, 0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 4, gl.UNSIGNED_BYTE, true, VERTEX_BYTES, 8);
    gl.enable(gl.BLEND);
    // Called this way because the linter takes whatever begins with `use` for a React hook.
    WebGL2RenderingContext.prototype.useProgram.call(gl, program);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    this.scaleAndShift = gl.getUniformLocation(program, 'scaleAndShift');
    this.canvasPx = gl.getUniformLocation(program, 'canvasPx');
  }

  load(vertices: ArrayBuffer, quadCount: number): void {
    const { gl } = this;
    this.quadCount = quadCount;
    const used = new Uint8Array(vertices, 0, quadCount * QUAD_BYTES);
    if (used.byteLength > this.vertexBytes) {
      this.vertexBytes = Math.ceil(used.byteLength * 1.5);
      gl.bufferData(gl.ARRAY_BUFFER, this.vertexBytes, gl.DYNAMIC_DRAW);
    }
    gl.bufferSubData(gl.ARRAY_BUFFER, 0, used);
    if (quadCount <= this.indexedQuads) return;
    this.indexedQuads = Math.ceil(quadCount * 1.5);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, quadIndices(this.indexedQuads), gl.STATIC_DRAW);
  }

  paint({ scaleX, shiftX, shiftY }: Placement, widthPx: number, heightPx: number, background: readonly number[]): void {
    const { gl } = this;
    gl.viewport(0, 0, widthPx, heightPx);
    gl.clearColor(background[0], background[1], background[2], 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (this.quadCount === 0) return;
    gl.uniform4f(this.scaleAndShift, scaleX, shiftX, shiftY, 0);
    gl.uniform2f(this.canvasPx, widthPx, heightPx);
    gl.drawElements(gl.TRIANGLES, this.quadCount * 6, gl.UNSIGNED_INT, 0);
  }

  dispose(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

/** A painter on the canvas; undefined where WebGL2 is missing. */
export function createGlPainter(canvas: HTMLCanvasElement): Painter | undefined {
  const gl = canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false, stencil: false });
  const program = gl ? compile(gl) : undefined;
  return gl && program ? new GlPainter(gl, program) : undefined;
}
