// One point from its plan to its result. What the device refuses becomes the sentence of the point, never the end of the experiment.

import type { ComputeDevice, NativeAddon } from '../runner/addon';
import type { CompiledPoints } from './compiled';
import { readConditions } from './conditions';
import { type MeasureTools, measureCall } from './measure-call';
import { measureService } from './measure-services';
import { type DeviceTraits, failedPoint, NOTHING_KNOWN, type PointPlan, type PointResult, UNKNOWN } from './point';
import { occupancyOf, type ResourcesOf } from './registers';
import { NOISE_SPREAD_RATIO, summarizeSamples } from './statistics';
import type { Streams } from './streams';

export interface PointTools extends MeasureTools {
  readonly addon: NativeAddon;
  readonly device: ComputeDevice;
  readonly traits: DeviceTraits;
  readonly resourcesOf: ResourcesOf;
  /** The user's own kernel; undefined in the experiments that have none. */
  readonly compiled: CompiledPoints | undefined;
  readonly streams: Streams;
}

type Measured = Omit<PointResult, 'startMonotonicNs' | 'durationNs' | 'coreClockKhz' | 'temperatureC' | 'failure'>;

/** Measures the point; a range of its name on the timeline holds all it ran. */
export async function measurePoint(plan: PointPlan, tools: PointTools): Promise<PointResult> {
  const { addon, device, traits } = tools;
  const startMonotonicNs = process.hrtime.bigint();
  device.pushRange(`${plan.series} ${plan.label}`);
  try {
    const measured = await measure(plan, tools);
    const conditions = await readConditions(addon, traits.kind);
    const durationNs = Number(process.hrtime.bigint() - startMonotonicNs);
    return { ...measured, ...conditions, startMonotonicNs, durationNs, failure: '' };
  } catch (error) {
    return failedPoint(startMonotonicNs, error instanceof Error ? error.message : String(error));
  } finally {
    device.popRange();
  }
}

async function measure(plan: PointPlan, tools: PointTools): Promise<Measured> {
  const { work } = plan;
  if (work.kind === 'call') return callResult(work, tools);
  if (work.kind === 'compiled') {
    if (!tools.compiled) throw new Error('a plan has a compiled kernel, but its experiment has none');
    return tools.compiled.measure(work.blockSize, tools);
  }
  const { samplesNs, flops, bytes } = await measureService(tools.device, work, tools.limits, tools.streams);
  const summary = summarizeSamples(samplesNs);
  return {
    ...NOTHING_KNOWN,
    ...summary,
    sampleCount: samplesNs.length,
    isNoisy: summary.spreadRatio > NOISE_SPREAD_RATIO,
    flops: flops ?? UNKNOWN,
    bytes: bytes ?? UNKNOWN,
  };
}

async function callResult(work: Parameters<typeof measureCall>[1], tools: PointTools): Promise<Measured> {
  const { medianNs, minNs, spreadRatio, sampleCount, coldNs, verdict, launch } = await measureCall(
    tools.device,
    work,
    tools,
  );
  const [first] = launch.launches;
  const threadsPerBlock = first.block[0] * first.block[1] * first.block[2];
  const shape = { ...tools.resourcesOf(first.name), ...first, threadsPerBlock };
  return {
    ...NOTHING_KNOWN,
    medianNs,
    minNs,
    spreadRatio,
    sampleCount,
    coldNs: coldNs ?? UNKNOWN,
    isNoisy: spreadRatio > NOISE_SPREAD_RATIO,
    correctness: verdict?.correctness ?? 'unchecked',
    errorMax: verdict?.errorMax ?? UNKNOWN,
    flops: launch.flops,
    bytes: launch.bytes,
    threadsPerBlock,
    blockCount: first.grid[0] * first.grid[1] * first.grid[2],
    sharedBytes: first.staticSharedBytes + first.dynamicSharedBytes,
    kernel: first.name,
    ...occupancyOf(tools.traits, { registersPerThread: undefined, ...shape }),
  };
}
