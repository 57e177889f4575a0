// Buffers that go to the engine's thread with a batch and come back with its answer, so that the hot path allocates none.

/** Of one length; more batches than this under way at once allocate. */
const KEPT_MAX = 4;

export class BufferPool {
  private readonly kept = new Map<number, ArrayBuffer[]>();

  /** A buffer of exactly so many bytes, with whatever was in it. */
  take(bytes: number): ArrayBuffer {
    return this.kept.get(bytes)?.pop() ?? new ArrayBuffer(bytes);
  }

  giveBack(buffer: ArrayBuffer): void {
    const same = this.kept.get(buffer.byteLength) ?? [];
    this.kept.set(buffer.byteLength, same);
    if (same.length < KEPT_MAX) same.push(buffer);
  }
}
