const SLOT_MS = 100;
const SLOT_COUNT = 10;

/** Bytes a second over the last second, in slots of a tenth. */
export class RateMeter {
  private readonly slots = new Float64Array(SLOT_COUNT);
  private slotIndex = 0;

  /** Counts `bytes` at `nowMs`, which never goes back. */
  add(bytes: number, nowMs: number): void {
    this.turn(nowMs);
    this.slots[this.slotIndex % SLOT_COUNT] += bytes;
  }

  bytesPerSec(nowMs: number): number {
    this.turn(nowMs);
    return this.slots.reduce((sum, bytes) => sum + bytes, 0) / ((SLOT_MS * SLOT_COUNT) / 1000);
  }

  private turn(nowMs: number): void {
    const index = Math.floor(nowMs / SLOT_MS);
    const passed = Math.min(index - this.slotIndex, SLOT_COUNT);
    for (let slot = 1; slot <= passed; slot++) this.slots[(index - passed + slot) % SLOT_COUNT] = 0;
    this.slotIndex = Math.max(index, this.slotIndex);
  }
}
