// From an ONNX file to a plan file with its facts beside it. The plan is written beside its place and moved there, so that nobody loads half.

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { failure } from '../../../shared/util/failure';
import {
  type BuildEvent,
  type BuildOptions,
  failureOf,
  type NativeTensorrt,
  openTensorrt,
  type TensorrtHost,
} from './native';
import { deviceFacts, type PlanFacts, planFactsPath } from './plan-facts';

export interface PlanOrder extends Omit<BuildOptions, 'calibrationCache' | 'timingCaches'> {
  readonly planPath: string;
  readonly calibrationCachePath?: string;
  /** Read where it is there, and written with what this build timed. Other builds may use it at the same time. */
  readonly timingCachePath?: string;
  /** TensorRT's libraries, where the loader does not find them. */
  readonly folder?: string;
}

export interface PlanBuild {
  /** Rejected with a FailureError; `buildCancelled` after cancel(). */
  readonly promise: Promise<PlanFacts>;
  /** Ends the build at its next step. */
  cancel(): void;
}

async function readIfThere(path: string | undefined): Promise<Uint8Array | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failure(
      'cacheUnreadable',
      `The file ${path} cannot be read (${(error as Error).message}).`,
      'Check its rights.',
    );
  }
}

async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const beside = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw failure(
      'planNotWritten',
      `The file ${path} cannot be written (${(error as Error).message}).`,
      'Free space there.',
    );
  }
}

/** Of a file, in hex. Throws what reading it throws. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Another build may have written meanwhile: its entries stay. */
async function writeTimingCache(tensorrt: NativeTensorrt, path: string, own: Uint8Array): Promise<void> {
  const there = await readIfThere(path);
  await writeWhole(path, there ? tensorrt.mergeTimingCaches([there, own]) : own);
}

async function calibrationOf(order: PlanOrder): Promise<Uint8Array | undefined> {
  const { calibrationCachePath } = order;
  const cache = await readIfThere(calibrationCachePath);
  if (calibrationCachePath !== undefined && !cache) {
    throw failure(
      'calibrationMissing',
      `There is no file ${calibrationCachePath}.`,
      'Check the path of the calibration cache.',
    );
  }
  return cache;
}

function start(
  host: TensorrtHost,
  order: PlanOrder,
  onEvent: (event: BuildEvent) => void,
  hook: { cancel?: () => void; isCancelled: boolean },
) {
  return async (): Promise<PlanFacts> => {
    const tensorrt = openTensorrt(host, order.folder);
    const { planPath, calibrationCachePath: _path, timingCachePath, folder: _folder, ...options } = order;
    const calibrationCache = await calibrationOf(order);
    const timingCache = await readIfThere(timingCachePath);
    const startMs = Date.now();
    const run = tensorrt.build(
      { ...options, calibrationCache, timingCaches: timingCache ? [timingCache] : [] },
      onEvent,
    );
    hook.cancel = run.cancel;
    if (hook.isCancelled) run.cancel();
    process.once('exit', run.end);
    const answer = await run.promise.finally(() => process.off('exit', run.end));
    if (answer.lostEventCount > 0) {
      const text = `${answer.lostEventCount} lines and steps of the build came too fast and are not shown.`;
      onEvent({ kind: 'log', severity: 'warning', text });
    }
    if (timingCachePath !== undefined) await writeTimingCache(tensorrt, timingCachePath, answer.timingCache);
    const device = deviceFacts(host, order.device ?? 0);
    const facts: PlanFacts = {
      format: 'hookanalyzer-plan-1',
      tensorrtVersion: tensorrt.version,
      deviceName: device?.name ?? '',
      computeCapability: device?.computeCapability ?? '',
      precision: order.precision ?? 'fp32',
      isVersionCompatible: order.isVersionCompatible ?? false,
      profiles: (order.profiles ?? []).map((ranges) =>
        ranges.map(({ input, min, best, max }) => ({ input, min: [...min], best: [...best], max: [...max] })),
      ),
      onnxFile: basename(order.onnxPath),
      onnxSha256: await sha256Of(order.onnxPath),
      builtAt: new Date().toISOString(),
      buildMs: Date.now() - startMs,
      memory: answer.memory,
    };
    // Facts of an older plan must not stand beside the new one.
    await rm(planFactsPath(planPath), { force: true });
    await writeWhole(planPath, answer.plan);
    await writeWhole(planFactsPath(planPath), `${JSON.stringify(facts, undefined, 2)}\n`);
    return facts;
  };
}

/** Starts a build. `onEvent` gets the log and the progress, all of it before the promise settles. */
export function buildPlan(host: TensorrtHost, order: PlanOrder, onEvent: (event: BuildEvent) => void): PlanBuild {
  const hook: { cancel?: () => void; isCancelled: boolean } = { isCancelled: false };
  const promise = start(host, order, onEvent, hook)().catch((error: unknown) => {
    throw error instanceof Error && error.name === 'FailureError' ? error : failureOf(error);
  });
  const cancel = () => {
    hook.isCancelled = true;
    hook.cancel?.();
  };
  return { promise, cancel };
}
