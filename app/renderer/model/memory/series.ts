// Live bytes by kind over time, for a chart of so many pixels. Each pixel shows the moment in it at which most was live, so that no
// peak is lost, however short; the least of each pixel is there beside it. A pixel begins with what lived before it.

import type { MemoryLog } from './memory-log';
import { slotsOf, type TimeRange, totalsAt } from './moments';
import { ALL } from './totals';

export interface LiveBytesSeries {
  /** enums.memoryKind of those that were ever live, as in `liveBytes`. */
  readonly kinds: readonly number[];
  /** One array a kind, one value a pixel: at the pixel's moment with the highest total. */
  readonly liveBytes: readonly Float64Array<ArrayBuffer>[];
  /** The lowest total of each pixel. */
  readonly lowBytes: Float64Array<ArrayBuffer>;
  /** The highest total of all pixels. */
  readonly highBytes: number;
}

/** The stretch of time over widthPx pixels, each [from, to). */
export function liveBytesSeries(log: MemoryLog, { fromNs, toNs }: TimeRange, widthPx: number): LiveBytesSeries {
  const { space } = log.operations;
  const { deltaBytes } = log.effects;
  const slots = slotsOf(log);
  const kinds = [...new Set(slots)].sort((left, right) => left - right);
  const now = totalsAt(log, fromNs).liveBytes;
  const liveBytes = kinds.map(() => new Float64Array(widthPx));
  const lowBytes = new Float64Array(widthPx);
  let highBytes = 0;
  let total = now[ALL];
  let at = log.operationsUntil(fromNs);
  for (let px = 0; px < widthPx; px++) {
    const end = log.operationsBefore(fromNs + ((px + 1) * (toNs - fromNs)) / widthPx);
    let high = total;
    let highAt = at; // after so many operations
    let low = total;
    for (let each = at; each < end; each++) {
      total += deltaBytes[each];
      if (total > high) {
        high = total;
        highAt = each + 1;
      } else if (total < low) low = total;
    }
    for (; at < highAt; at++) now[slots[space[at]]] += deltaBytes[at];
    for (let index = 0; index < kinds.length; index++) liveBytes[index][px] = now[kinds[index]];
    for (; at < end; at++) now[slots[space[at]]] += deltaBytes[at];
    lowBytes[px] = low;
    highBytes = Math.max(highBytes, high);
  }
  return { kinds, liveBytes, lowBytes, highBytes };
}
