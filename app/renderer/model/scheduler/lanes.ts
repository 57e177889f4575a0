// Batches of streams as rectangles in pixels. Neighbours of one model that would share a pixel become one rectangle, so that a lane
// never has more of them than pixels.

import type { Batch } from './batches';
import type { Range } from './range';

export interface LaneBox {
  readonly model: string;
  readonly fromPx: number;
  readonly widthPx: number;
  /** Of the first batch in it. */
  readonly first: Batch;
  readonly batchCount: number;
}

export interface Lane {
  readonly source: number;
  readonly stream: number;
  readonly boxes: readonly LaneBox[];
}

const BOX_PX_MIN = 1;

/** One lane a stream that ran something, ascending. Batches ascend by start. */
export function lanesOf(batches: readonly Batch[], { fromNs, toNs }: Range, widthPx: number): Lane[] {
  const pxOf = (timeNs: number) =>
    Math.min(widthPx, Math.max(0, ((timeNs - fromNs) / Math.max(1, toNs - fromNs)) * widthPx));
  const lanes = new Map<string, { source: number; stream: number; boxes: LaneBox[] }>();
  for (const batch of batches) {
    const { source, stream, model, startNs, endNs } = batch;
    if (endNs < fromNs || startNs >= toNs) continue;
    const key = `${source} ${stream}`;
    const lane = lanes.get(key) ?? { source, stream, boxes: [] };
    lanes.set(key, lane);
    const fromPx = pxOf(startNs);
    const endPx = Math.max(fromPx + BOX_PX_MIN, pxOf(endNs));
    const last = lane.boxes.at(-1);
    const joins = last?.model === model && endPx - last.fromPx <= BOX_PX_MIN * 2;
    if (joins)
      lane.boxes[lane.boxes.length - 1] = { ...last, widthPx: endPx - last.fromPx, batchCount: last.batchCount + 1 };
    else lane.boxes.push({ model, fromPx, widthPx: endPx - fromPx, first: batch, batchCount: 1 });
  }
  return [...lanes.values()].sort((left, right) => left.source - right.source || left.stream - right.stream);
}

/** The box of a lane at a pixel: the one there, else the closest within `reachPx`. */
export function boxAt({ boxes }: Lane, px: number, reachPx = 3): LaneBox | undefined {
  const distance = ({ fromPx, widthPx }: LaneBox) => Math.max(0, fromPx - px, px - fromPx - widthPx);
  const closest = boxes.reduce<LaneBox | undefined>(
    (best, box) => (best && distance(best) <= distance(box) ? best : box),
    undefined,
  );
  return closest && distance(closest) <= reachPx ? closest : undefined;
}
