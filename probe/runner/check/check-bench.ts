// One call of a kernel family, run by a device and by the reference, on the same inputs. Outputs are poisoned with NaN first, so that an
// element nobody wrote is a miss, and so is one written behind the end.

import type { ComputeDevice, DeviceAddress, NativeAddon } from '../addon';
import { floatsOfHalves, HALF_NAN } from './halves';

export interface CheckResult {
  readonly kernel: string;
  /** Largest |got - want| / (1 + |want|): relative for large values, absolute for those near 0. NaN when only one of the two is NaN. */
  readonly errorMax: number;
  readonly isGood: boolean;
}

export interface Check {
  /** What the line for people begins with. */
  readonly label: string;
  readonly kernel: string;
  readonly variant?: string;
  /** Sizes, flags and words of the call. */
  readonly options: Readonly<Record<string, number | string | boolean | readonly number[]>>;
  readonly inputs: Readonly<Record<string, NodeJS.TypedArray>>;
  /** Name of the output, how many float32, int32 or halves it has. */
  readonly output: readonly [key: string, count: number];
  /** Whether the output is halves. */
  readonly isHalf?: boolean;
  /** Whether the output is whole numbers, of which every bit counts. */
  readonly isInt32?: boolean;
  /** Memory that the call works in, by name, in bytes. */
  readonly workspaces?: Readonly<Record<string, number>>;
  readonly errorMax?: number;
}

/** float32 keeps 24 bits; sums of up to 300 products of numbers below 1 stay well within this, also when fused or reordered. */
const ERROR_MAX = 2e-5;
const GUARD_COUNT = 64;
const FLOAT_BYTES = 4;

/** Equal numbers, infinities of one sign and two NaN have no error; NaN when only one is. */
export function relativeError(got: number, want: number): number {
  if (Object.is(got, want) || got === want) return 0;
  return Math.abs(got - want) / (1 + Math.abs(want));
}

/** The largest error; NaN as soon as one is. */
export function largestError(got: Float32Array | Int32Array, want: Float32Array | Int32Array): number {
  let errorMax = 0;
  for (let index = 0; index < want.length; index++) {
    const error = relativeError(got[index], want[index]);
    if (Number.isNaN(error)) return error;
    if (error > errorMax) errorMax = error;
  }
  return errorMax;
}

function poisoned(check: Check, count: number): Float32Array | Uint16Array {
  return check.isHalf ? new Uint16Array(count).fill(HALF_NAN) : new Float32Array(count).fill(Number.NaN);
}

const numbersOf = (output: Float32Array | Uint16Array) =>
  output instanceof Uint16Array ? floatsOfHalves(output) : output;

export class CheckBench {
  constructor(
    readonly addon: NativeAddon,
    readonly device: ComputeDevice,
  ) {}

  /** Runs the call on the device and by the reference, and compares. Throws what the device throws. */
  run(check: Check): CheckResult {
    const { kernel, variant, options } = check;
    const [key, count] = check.output;
    const want = check.isInt32 ? new Int32Array(count) : poisoned(check, count);
    const spare = Object.entries(check.workspaces ?? {}).map(([name, bytes]) => [name, new Uint8Array(bytes)]);
    this.addon.runReference({ kernel, ...options, ...check.inputs, ...Object.fromEntries(spare), [key]: want });
    const allocations: DeviceAddress[] = [];
    const place = (bytes: number): DeviceAddress => {
      const address = this.device.alloc(bytes, 'check');
      allocations.push(address);
      return address;
    };
    try {
      const got = poisoned(check, count + GUARD_COUNT);
      const output = place(got.byteLength);
      this.device.upload({ target: output, source: got });
      const addresses: Record<string, DeviceAddress> = { [key]: output };
      for (const [name, source] of Object.entries(check.inputs)) {
        addresses[name] = place(Math.max(source.byteLength, FLOAT_BYTES));
        this.device.upload({ target: addresses[name], source });
      }
      for (const [name, bytes] of Object.entries(check.workspaces ?? {})) addresses[name] = place(bytes);
      this.device.launch({ kernel, variant, ...options, ...addresses });
      this.device.synchronize();
      this.device.download({ source: output, target: got });
      const gotNumbers = check.isInt32 ? new Int32Array(got.buffer, 0, count) : numbersOf(got.subarray(0, count));
      const errorMax = largestError(gotNumbers, want instanceof Int32Array ? want : numbersOf(want));
      const errorAllowed = check.isInt32 ? 0 : (check.errorMax ?? ERROR_MAX);
      const isGuardWhole = numbersOf(got.subarray(count)).every(Number.isNaN);
      return { kernel: check.label, errorMax, isGood: errorMax <= errorAllowed && isGuardWhole };
    } finally {
      for (const address of allocations) this.device.free(address);
    }
  }
}
