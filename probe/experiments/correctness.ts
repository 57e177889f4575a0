// Whether a call computed what the reference computes: some whole rows of the output, spread over all of it.

import type { ComputeDevice, NativeAddon } from '../runner/addon';
import { largestError } from '../runner/check/check-bench';
import type { Contents, DeviceBuffers } from './buffers';
import { floatFromHalf } from './half';
import type { BufferPlan, CheckPlan } from './point';

export interface Verdict {
  readonly correctness: 'right' | 'wrong';
  readonly errorMax: number;
}

/** `count` rows of `all`, from the first to the last, as evenly as whole numbers allow. */
export function spreadRows(count: number, all: number): number[] {
  if (count >= all) return Array.from({ length: all }, (_, row) => row);
  if (count === 1) return [all - 1];
  return Array.from({ length: count }, (_, index) => Math.round((index * (all - 1)) / (count - 1)));
}

function rowsAs<T extends Float32Array | Uint16Array>(source: T, rows: readonly number[], rowElements: number): T {
  const picked = source.slice(0, rows.length * rowElements) as T;
  rows.forEach((row, index) => {
    picked.set(source.subarray(row * rowElements, (row + 1) * rowElements), index * rowElements);
  });
  return picked;
}

const floatsOf = (values: Float32Array | Uint16Array): Float32Array =>
  values instanceof Float32Array ? values : Float32Array.from(values, floatFromHalf);

const emptyOf = (element: 'f32' | 'f16', count: number) =>
  element === 'f32' ? new Float32Array(count) : new Uint16Array(count);

/** References of the present size by the kernel: the same for all its variants. */
export class Checker {
  private readonly known = new Map<string, Float32Array>();

  constructor(
    private readonly addon: NativeAddon,
    private readonly contents: Contents,
  ) {}

  /** Fills the output with NaN, so that what nobody writes is a miss. Call before the launch. */
  poison(device: ComputeDevice, buffers: DeviceBuffers, plan: BufferPlan): void {
    const source = plan.element === 'f32' ? new Float32Array(plan.count) : new Uint16Array(plan.count);
    source.fill(plan.element === 'f32' ? Number.NaN : 0x7e00);
    device.upload({ target: buffers.address(plan.key), source });
  }

  /** Compares the output as it stands with the reference. */
  compare(
    device: ComputeDevice,
    buffers: DeviceBuffers,
    check: CheckPlan,
    plans: readonly BufferPlan[],
    options: Readonly<Record<string, number | string>>,
  ): Verdict {
    const rows = spreadRows(check.rowCount, Number(options[check.rowsKey]));
    const outputPlan = plans.find(({ key }) => key === check.output);
    if (!outputPlan) throw new Error(`a check names the output ${check.output}, which its plan does not have`);
    const whole = emptyOf(check.outputElement, outputPlan.count);
    device.download({ source: buffers.address(check.output), target: whole });
    const got = floatsOf(rowsAs(whole, rows, check.rowElements));
    const errorMax = largestError(got, this.wanted(check, plans, options, rows));
    return { correctness: errorMax <= check.errorMax ? 'right' : 'wrong', errorMax };
  }

  private wanted(
    check: CheckPlan,
    plans: readonly BufferPlan[],
    options: Readonly<Record<string, number | string>>,
    rows: readonly number[],
  ): Float32Array {
    const key = `${check.kernel} ${JSON.stringify(options)}`;
    const known = this.known.get(key);
    if (known) return known;
    const inputs = plans
      .filter(({ key }) => key !== check.output && key !== 'workspace')
      .map((plan) => {
        const all = this.contents.get(plan);
        const rowElements = check.rowElementsOf[plan.key];
        return [plan.key, rowElements === undefined ? all : rowsAs(all, rows, rowElements)];
      });
    const output = emptyOf(check.outputElement, rows.length * check.rowElements);
    const sizes = { ...options, [check.rowsKey]: rows.length };
    this.addon.runReference({ kernel: check.kernel, ...sizes, ...Object.fromEntries(inputs), [check.output]: output });
    const floats = floatsOf(output);
    this.known.clear(); // of one size only: the next comes when this one is done
    this.known.set(key, floats);
    return floats;
  }
}
