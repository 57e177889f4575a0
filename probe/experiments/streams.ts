// Streams of the device that points take in turn: a device has at most 64 of them, and none can be given back.

import type { ComputeDevice } from '../runner/addon';

export class Streams {
  private readonly made: number[] = [];

  constructor(private readonly device: Pick<ComputeDevice, 'createStream'>) {}

  /** So many different streams, the same ones each time. Throws what the device throws. */
  take(count: number): readonly number[] {
    while (this.made.length < count) this.made.push(this.device.createStream());
    return this.made.slice(0, count);
  }
}
