// What we know of a plan that the plan does not tell: a JSON file beside it, `model.plan.json`. A plan without one is loaded all the same.

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { failure } from '../../../shared/util/failure';
import type { TensorrtHost } from './native';

const shape = z.array(z.number().int()).max(8);

const planFactsSchema = z.object({
  format: z.literal('hookanalyzer-plan-1'),
  tensorrtVersion: z.string(),
  deviceName: z.string(),
  /** Such as "8.7". */
  computeCapability: z.string(),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  isVersionCompatible: z.boolean(),
  profiles: z.array(z.array(z.object({ input: z.string(), min: shape, best: shape, max: shape }))),
  onnxFile: z.string(),
  /** Of the ONNX file, so that a plan of an older model is known. */
  onnxSha256: z.string(),
  builtAt: z.string(),
  buildMs: z.number(),
  /** -1 where TensorRT did not say. */
  memory: z.object({ weightsBytes: z.number(), activationsBytes: z.number(), workspaceBytes: z.number() }),
});

export type PlanFacts = z.infer<typeof planFactsSchema>;

export const planFactsPath = (planPath: string): string => `${planPath}.json`;

/** The facts beside a plan; undefined when there are none that we wrote. */
export async function readPlanFacts(planPath: string): Promise<PlanFacts | undefined> {
  try {
    const parsed = planFactsSchema.safeParse(JSON.parse(await readFile(planFactsPath(planPath), 'utf8')));
    return parsed.data;
  } catch {
    return undefined; // no such file, or another program's: TensorRT itself decides about the plan
  }
}

/** Name and compute capability of a CUDA device; undefined where the driver does not say. */
export function deviceFacts(
  host: TensorrtHost,
  index: number,
): { name: string; computeCapability: string } | undefined {
  const device = host.cudaDevices().devices.find((each) => each.index === index);
  return device && { name: device.name, computeCapability: `${device.computeMajor}.${device.computeMinor}` };
}

/** Throws FailureError planOtherVersion or planOtherDevice before TensorRT is asked, with the facts of both sides. */
export function checkPlanFacts(
  facts: PlanFacts,
  here: { readonly version: string; readonly device: { name: string; computeCapability: string } | undefined },
): void {
  const remedy = 'Build the plan again on this device with its own TensorRT.';
  if (!facts.isVersionCompatible && facts.tensorrtVersion !== here.version) {
    const sentence = `The plan was built by TensorRT ${facts.tensorrtVersion}, and here is TensorRT ${here.version}.`;
    throw failure('planOtherVersion', sentence, remedy);
  }
  if (here.device && facts.computeCapability !== here.device.computeCapability) {
    const theirs = `${facts.deviceName} (compute capability ${facts.computeCapability})`;
    const ours = `${here.device.name} (${here.device.computeCapability})`;
    throw failure('planOtherDevice', `The plan was built for ${theirs}, and here is ${ours}.`, remedy);
  }
}
