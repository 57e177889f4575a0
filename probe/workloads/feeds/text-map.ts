// Boxes of a text map: connected places that are likely text, grown by what the network was taught to shrink them. Thresholds are those of
// PaddleOCR's DBPostProcess: thresh 0.3, box_thresh 0.6, unclip_ratio 1.5, min_size 3. Boxes lie straight here; PaddleOCR turns them.

import type { Box } from './box';

const PLACE_MIN = 0.3;
const SCORE_MIN = 0.6;
const UNCLIP_RATIO = 1.5;
const SIDE_PX_MIN = 3;

interface Blob {
  leftPx: number;
  topPx: number;
  rightPx: number;
  bottomPx: number;
  sum: number;
  count: number;
}

/** Takes the places that hang together with `start`, over an edge or a corner; what was seen is marked. */
function blobAt(map: Float32Array, seen: Uint8Array, start: number, widthPx: number, heightPx: number): Blob {
  const blob = { leftPx: widthPx, topPx: heightPx, rightPx: 0, bottomPx: 0, sum: 0, count: 0 };
  const open = [start];
  seen[start] = 1;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const [x, y] = [place % widthPx, Math.floor(place / widthPx)];
    blob.leftPx = Math.min(blob.leftPx, x);
    blob.rightPx = Math.max(blob.rightPx, x + 1);
    blob.topPx = Math.min(blob.topPx, y);
    blob.bottomPx = Math.max(blob.bottomPx, y + 1);
    blob.sum += map[place];
    blob.count++;
    for (let toY = Math.max(0, y - 1); toY <= Math.min(heightPx - 1, y + 1); toY++) {
      for (let toX = Math.max(0, x - 1); toX <= Math.min(widthPx - 1, x + 1); toX++) {
        const next = toY * widthPx + toX;
        if (seen[next] === 1 || !(map[next] > PLACE_MIN)) continue;
        seen[next] = 1;
        open.push(next);
      }
    }
  }
  return blob;
}

/** `map` has [height, width] chances. The most certain box first. */
export function textBoxes(map: Float32Array, widthPx: number, heightPx: number, scoreMin = SCORE_MIN): Box[] {
  const seen = new Uint8Array(map.length);
  const boxes: Box[] = [];
  for (let start = 0; start < map.length; start++) {
    if (seen[start] === 1 || !(map[start] > PLACE_MIN)) continue;
    const { leftPx, topPx, rightPx, bottomPx, sum, count } = blobAt(map, seen, start, widthPx, heightPx);
    const [width, height] = [rightPx - leftPx, bottomPx - topPx];
    const scoreRatio = sum / count;
    if (Math.min(width, height) < SIDE_PX_MIN || scoreRatio < scoreMin) continue;
    const growPx = (width * height * UNCLIP_RATIO) / (2 * (width + height));
    boxes.push({
      leftPx: Math.max(0, leftPx - growPx),
      topPx: Math.max(0, topPx - growPx),
      rightPx: Math.min(widthPx, rightPx + growPx),
      bottomPx: Math.min(heightPx, bottomPx + growPx),
      scoreRatio,
    });
  }
  return boxes.sort((left, right) => right.scoreRatio - left.scoreRatio);
}
