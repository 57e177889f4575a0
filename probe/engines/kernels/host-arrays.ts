// What goes to the device and comes back without a copy between: arrays in host memory that the device reads and writes itself, made while
// loading. Where none is free, because somebody keeps many answers, or where the system locks no memory, arrays are ordinary ones.

import type { ComputeDevice } from '../../runner/addon';

export interface HostBlocks {
  readonly bytes: number;
  readonly count: number;
}

export class HostArrays {
  private readonly reserved: HostBlocks[] = [];
  private readonly own = new WeakSet<ArrayBufferLike>();

  constructor(
    private readonly device: ComputeDevice,
    blocks: readonly HostBlocks[],
  ) {
    try {
      for (const each of blocks) {
        device.reserveHost(each);
        this.reserved.push(each);
      }
    } catch {
      // Slower, and nothing else: the copies go the ordinary way.
    }
  }

  /** Of the smallest blocks that are large enough; undefined when none of those is free. */
  take(bytes: number): ArrayBuffer | undefined {
    const fitting = this.reserved.map((each) => each.bytes).filter((each) => each >= bytes);
    const array = fitting.length > 0 ? this.device.hostArray(bytes, Math.min(...fitting)) : undefined;
    if (array) this.own.add(array);
    return array;
  }

  /** So many numbers, of any value; in ordinary memory when there is no other. */
  floats(count: number): Float32Array {
    const bytes = count * Float32Array.BYTES_PER_ELEMENT;
    return new Float32Array(this.take(bytes) ?? new ArrayBuffer(bytes), 0, count);
  }

  /** Whether the device writes and reads these numbers itself. */
  isOwn({ buffer }: NodeJS.TypedArray): boolean {
    return this.own.has(buffer);
  }

  /** Of other arrays nothing is done. They are empty then. */
  giveBack(values: Iterable<NodeJS.TypedArray>): void {
    for (const { buffer } of values) {
      if (this.own.delete(buffer)) this.device.giveBack(buffer as ArrayBuffer);
    }
  }

  close(): void {
    for (const each of this.reserved.splice(0)) this.device.unreserveHost(each);
  }
}
