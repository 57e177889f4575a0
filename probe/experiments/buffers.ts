// The memory of one point on the device: filled at the beginning, given back at the end. What the random buffers hold is kept, because the
// reference computes from the same numbers.

import type { ComputeDevice, DeviceAddress } from '../runner/addon';
import { randomFloats, seededRandom } from '../runner/random';
import { halfFromFloat } from './half';
import type { BufferPlan } from './point';

export const ELEMENT_BYTES = { f32: 4, f16: 2 } as const;

/** A number from the buffer's name and size, so that every variant of a size multiplies the same matrices. */
function seedOf({ key, count }: BufferPlan): number {
  return (key.charCodeAt(0) * 2_654_435_761 + count) >>> 0;
}

/** What a plan says stands in the buffer: even between -1 and 1, or zeros. Halves as their bits. */
export function contentsOf(plan: BufferPlan): Float32Array | Uint16Array {
  const floats =
    plan.fill === 'zero' ? new Float32Array(plan.count) : randomFloats(seededRandom(seedOf(plan)), plan.count, 1);
  return plan.element === 'f32' ? floats : Uint16Array.from(floats, halfFromFloat);
}

/** Contents by what they are made of, because filling a large matrix takes longer than multiplying it. Holds one size at a time. */
export class Contents {
  private readonly kept = new Map<string, Float32Array | Uint16Array>();

  get(plan: BufferPlan): Float32Array | Uint16Array {
    const key = `${plan.key} ${plan.element} ${plan.count} ${plan.fill}`;
    const found = this.kept.get(key) ?? contentsOf(plan);
    this.kept.delete(key);
    this.kept.set(key, found); // the latest used stands last
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT_COUNT_MAX) break;
      this.kept.delete(oldest);
    }
    return found;
  }
}

const KEPT_COUNT_MAX = 3; // the matrices of one multiplication

/** Uses memory, then frees it. After a fault of the device freeing fails too; the fault is what is thrown then. */
export async function thenFree<T>(use: () => Promise<T>, free: () => void): Promise<T> {
  let result: T;
  try {
    result = await use();
  } catch (error) {
    try {
      free();
    } catch {} // of the same fault
    throw error;
  }
  free();
  return result;
}

export class DeviceBuffers {
  private readonly places = new Map<string, DeviceAddress>();

  /** Allocates and fills. Throws what the device throws, with nothing left behind. */
  constructor(
    private readonly device: ComputeDevice,
    plans: readonly BufferPlan[],
    contents: Contents,
  ) {
    try {
      for (const plan of plans) {
        const address = device.alloc(plan.count * ELEMENT_BYTES[plan.element], `experiment ${plan.key}`);
        this.places.set(plan.key, address);
        device.upload({ target: address, source: contents.get(plan) });
      }
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Addresses by name, as a call takes them. */
  get addresses(): Readonly<Record<string, DeviceAddress>> {
    return Object.fromEntries(this.places);
  }

  address(key: string): DeviceAddress {
    const address = this.places.get(key);
    if (address === undefined) throw new Error(`a plan names the buffer ${key}, which it does not have`);
    return address;
  }

  free(): void {
    for (const address of this.places.values()) this.device.free(address);
    this.places.clear();
  }
}
