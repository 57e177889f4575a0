// Measures one call of a kernel family: whether it is right, then warm, then cold.

import type { ComputeDevice, KernelCall, LaunchDescription } from '../runner/addon';
import { type Contents, DeviceBuffers, thenFree } from './buffers';
import type { Checker, Verdict } from './correctness';
import type { PointWork } from './point';
import { coldLimits, launchesPerSample, type SamplingLimits, takeSamples } from './sampling';
import { type SampleSummary, summarizeSamples } from './statistics';

export type CallWork = Extract<PointWork, { kind: 'call' }>;

export interface CallMeasurement extends SampleSummary {
  readonly sampleCount: number;
  readonly coldNs: number | undefined;
  readonly verdict: Verdict | undefined;
  readonly launch: LaunchDescription;
}

/** The call with its memory in place, given back when `use` is done. Throws what the device throws. */
export async function withCall<T>(
  device: ComputeDevice,
  work: CallWork,
  contents: Contents,
  use: (call: KernelCall, buffers: DeviceBuffers) => Promise<T> | T,
): Promise<T> {
  const buffers = new DeviceBuffers(device, work.buffers, contents);
  const { kernel, variant, options } = work;
  const call = { kernel, variant, ...options, ...buffers.addresses };
  return thenFree(
    async () => use(call, buffers),
    () => buffers.free(),
  );
}

/** Measures in nanoseconds of one launch. Throws what the device throws. */
export function measureCall(
  device: ComputeDevice,
  work: CallWork,
  { contents, checker, limits, isCold }: MeasureTools,
): Promise<CallMeasurement> {
  return withCall(device, work, contents, async (call, buffers) => {
    const { check } = work;
    const output = check && work.buffers.find(({ key }) => key === check.output);
    if (output) checker.poison(device, buffers, output);
    const launch = device.describeLaunch(call);
    device.launch(call);
    device.synchronize();
    const verdict = check && checker.compare(device, buffers, check, work.buffers, work.options);
    const [oneNs] = device.measure(call);
    const perSample = launchesPerSample(oneNs);
    const samplesNs = await takeSamples(limits, (sampleCount) =>
      device.measure({ ...call, sampleCount, launchesPerSample: perSample }),
    );
    const coldNs = isCold
      ? await takeSamples(coldLimits(limits), (sampleCount) => device.measure({ ...call, sampleCount, isCold: true }))
      : undefined;
    return {
      ...summarizeSamples(samplesNs),
      sampleCount: samplesNs.length,
      coldNs: coldNs && summarizeSamples(coldNs).medianNs,
      verdict,
      launch,
    };
  });
}

export interface MeasureTools {
  readonly contents: Contents;
  readonly checker: Checker;
  readonly limits: SamplingLimits;
  readonly isCold: boolean;
}
