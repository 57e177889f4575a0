// Live bytes and blocks by kind of memory, and the most there ever was. Slot ALL is the sum over the kinds.

import { enums } from '../../../../shared/model/enums';

/** Slots 0 to 7 are the values of enums.memoryKind. */
export const KIND_COUNT = Object.keys(enums.memoryKind).length;
export const ALL = KIND_COUNT;
const SLOT_COUNT = KIND_COUNT + 1;

/** A value that this version does not know counts as unknown. */
export const slotOfKind = (kind: number) => (kind < KIND_COUNT ? kind : enums.memoryKind.unknown);

export class Totals {
  constructor(
    readonly liveBytes = new Float64Array(SLOT_COUNT),
    readonly liveCount = new Float64Array(SLOT_COUNT),
    readonly peakBytes = new Float64Array(SLOT_COUNT),
    /** SessionNs of the peak; 0 before the first allocation. */
    readonly peakNs = new Float64Array(SLOT_COUNT),
  ) {}

  copy(): Totals {
    return new Totals(this.liveBytes.slice(), this.liveCount.slice(), this.peakBytes.slice(), this.peakNs.slice());
  }

  change(slot: number, bytes: number, count: number, timeNs: number): void {
    this.changeSlot(slot, bytes, count, timeNs);
    this.changeSlot(ALL, bytes, count, timeNs);
  }

  private changeSlot(slot: number, bytes: number, count: number, timeNs: number): void {
    this.liveCount[slot] += count;
    this.liveBytes[slot] += bytes;
    if (this.liveBytes[slot] <= this.peakBytes[slot]) return;
    this.peakBytes[slot] = this.liveBytes[slot];
    this.peakNs[slot] = timeNs;
  }
}
