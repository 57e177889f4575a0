// The process that measures: point after point from a given one on, each told to the supervisor. When a kernel hangs or takes the CUDA context with
// it, only this process is lost, and the next one goes on behind that point.

import type { ExperimentSpec } from '../../shared/rpc/experiment';
import { FailureError } from '../../shared/util/failure';
import type { ComputeDevice, NativeAddon } from '../runner/addon';
import { Contents } from './buffers';
import { CompiledPoints } from './compiled';
import { Checker } from './correctness';
import { CounterPass } from './counters';
import { measurePoint, type PointTools } from './measure-point';
import { planPoints } from './plan';
import type { DeviceTraits, WorkerMessage } from './point';
import { loadResources } from './registers';
import { Streams } from './streams';

export interface WorkerOptions {
  readonly addon: NativeAddon;
  readonly device: ComputeDevice;
  readonly spec: ExperimentSpec;
  /** The first point to measure; those before it are done. */
  readonly fromIndex: number;
  /** Times, or hardware counters in a pass of its own. */
  readonly pass: 'times' | 'counters';
  readonly tell: (message: WorkerMessage) => void;
  readonly shouldStop: () => boolean;
}

/** A point takes no new round of samples after this long, warm and then half of it cold. */
const POINT_BUDGET_MS = 2000;

/** What rows and plans say of the device. */
export function traitsOf(device: ComputeDevice): DeviceTraits {
  const { kind, name, smCount, computeMajor, computeMinor, memoryBytes, cacheBytes } = device;
  return { kind, name, smCount, computeMajor, computeMinor, memoryBytes, cacheBytes };
}

/** Whether the device still answers: after an illegal access no call of this process does. */
function isAlive(device: ComputeDevice): boolean {
  try {
    device.synchronize();
    return true;
  } catch {
    return false;
  }
}

/** Measures from `fromIndex` to the end. Resolves with whether the device survived it; what cannot begin at all is told as failed. */
export async function runWorker(options: WorkerOptions): Promise<boolean> {
  const { addon, device, spec, fromIndex, pass, tell, shouldStop } = options;
  const traits = traitsOf(device);
  try {
    const plans = planPoints(spec, traits, addon.kernelVariants);
    const compiled = spec.kind === 'kernel' ? CompiledPoints.compile(spec, device) : undefined;
    tell({ kind: 'ready', device: traits, plans });
    const contents = new Contents();
    const checker = new Checker(addon, contents);
    const limits = { sampleCount: spec.sampleCount, budgetMs: POINT_BUDGET_MS, shouldStop };
    const resourcesOf = loadResources(traits);
    const isCold = spec.measureCold;
    const streams = new Streams(device);
    const tools: PointTools = {
      addon,
      device,
      traits,
      resourcesOf,
      compiled,
      streams,
      contents,
      checker,
      limits,
      isCold,
    };
    const counters = pass === 'counters' ? CounterPass.open(tools, tell) : undefined;
    // Without counters, which it has said, there is nothing left to do in their pass.
    const endIndex = pass === 'counters' && !counters ? fromIndex : plans.length;
    for (let index = fromIndex; index < endIndex && !shouldStop(); index++) {
      tell({ kind: 'begin', index });
      if (counters) {
        const values = await counters.measure(plans[index]);
        if (values) tell({ kind: 'metrics', index, values });
      } else {
        const result = await measurePoint(plans[index], tools);
        if (shouldStop()) break; // it was cut short
        tell({ kind: 'point', index, result });
      }
      if (!isAlive(device)) return false;
    }
    if (!shouldStop()) tell({ kind: 'done' });
    return true;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const { sentence, remedy } = error.failure;
    tell({ kind: 'failed', sentence, remedy });
    return true;
  }
}
