// What a network found, read off its outputs. Which way to read them follows from their shapes:
//
//   [batch, 4 + classes, places]   a head of YOLOv8's shape: centre and sides in input pixels, then the chance of each class
//   [batch, 1, height, width]      a map of where text is, as large as the input (DBNet, the detectors of PaddleOCR)

import type { Item } from '../../engines/batch';
import type { EngineFacts } from '../../engines/engine';
import { type PictureInput, pictureInputOf } from '../pictures/picture';
import type { Box } from './box';
import { suppressOverlaps } from './overlaps';
import { textBoxes } from './text-map';

/** The best first; overlapping ones are one. */
export type ReadObjects = (outputs: Item) => Box[];

export interface ReadOptions {
  /** A box counts from this score on. Left out: 0.25 (Ultralytics), of text maps 0.6 (PaddleOCR). */
  readonly scoreMin?: number;
}

/** Ultralytics' defaults: score from which a box counts. */
const YOLO_SCORE_MIN = 0.25;
/** Of the candidates, so many with the best scores are looked at. */
const CANDIDATE_COUNT_MAX = 1000;
const YOLO_STRIDES_PX = [8, 16, 32];

function yoloPlaceCount({ widthPx, heightPx }: PictureInput): number {
  return YOLO_STRIDES_PX.reduce((sum, px) => sum + Math.ceil(widthPx / px) * Math.ceil(heightPx / px), 0);
}

/** Boxes of [4 + classes, places]: rows x, y, width, height, then a row of chances a class. */
function yoloBoxes(values: Float32Array, rowCount: number, placeCount: number, scoreMin: number): Box[] {
  const boxes: Box[] = [];
  for (let place = 0; place < placeCount; place++) {
    let scoreRatio = 0;
    for (let row = 4; row < rowCount; row++) scoreRatio = Math.max(scoreRatio, values[row * placeCount + place]);
    if (!(scoreRatio >= scoreMin)) continue;
    const [x, y, width, height] = [0, 1, 2, 3].map((row) => values[row * placeCount + place]);
    const [leftPx, topPx] = [x - width / 2, y - height / 2];
    boxes.push({ leftPx, topPx, rightPx: leftPx + width, bottomPx: topPx + height, scoreRatio });
  }
  boxes.sort((left, right) => right.scoreRatio - left.scoreRatio);
  return suppressOverlaps(boxes.slice(0, CANDIDATE_COUNT_MAX));
}

/** How to read a network's outputs; undefined when they say nothing about where something is. */
export function objectReaderOf(facts: EngineFacts, { scoreMin }: ReadOptions = {}): ReadObjects | undefined {
  const input = pictureInputOf(facts);
  if (!input) return undefined;
  for (const { name, shape, element } of facts.outputs) {
    if (element !== 'float32' || shape[0] !== -1) continue;
    const [, rows, columns, depth] = shape;
    const valuesOf = (outputs: Item) => outputs[name] as Float32Array;
    if (shape.length === 3 && rows > 4 && columns === yoloPlaceCount(input)) {
      return (outputs) => yoloBoxes(valuesOf(outputs), rows, columns, scoreMin ?? YOLO_SCORE_MIN);
    }
    if (shape.length === 4 && rows === 1 && columns === input.heightPx && depth === input.widthPx) {
      return (outputs) => textBoxes(valuesOf(outputs), input.widthPx, input.heightPx, scoreMin);
    }
  }
  return undefined;
}
