// Plans that were built once and are loaded again: files of the cache folder, named by all that a plan depends on, so that one that is
// there fits: the model's bytes, what was asked of the build, the device, and TensorRT's version.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { failure } from '../../../shared/util/failure';
import { type PlanOrder, sha256Of } from './build-plan';
import { openTensorrt, type TensorrtHost } from './native';
import { deviceFacts, planFactsPath, readPlanFacts } from './plan-facts';

/** A new number when the same order gives another plan. */
const CACHE_VERSION = 1;
const KEY_CHARS = 20;
/** A detector's plan has some 10 MB, and a board's disk is small. */
const PLAN_COUNT_MAX = 32;

export interface PlanPlace {
  readonly planPath: string;
  /** A plan lies there whole. */
  readonly isThere: boolean;
  /** One for all builds on this device with this TensorRT. */
  readonly timingCachePath: string;
}

/** ~/.cache/hookanalyzer/plans, or below $XDG_CACHE_HOME. */
export function planCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hookanalyzer', 'plans');
}

const digestOf = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, KEY_CHARS);

async function digestOfFile(path: string | undefined): Promise<string> {
  if (path === undefined || !existsSync(path)) return ''; // the build says what is missing
  return sha256Of(path);
}

export type CachedOrder = Omit<PlanOrder, 'planPath'> & {
  /** Files beside the model with its weights. */
  readonly weightFiles?: readonly string[];
};

/**
 * Where the plan of this order is kept. Reads the model to its end once. Throws FailureError: tensorrt…, modelUnreadable, and planNotWritten
 * when there is no room for the folder.
 */
export async function planPlace(
  host: TensorrtHost,
  order: CachedOrder,
  folder = planCacheFolder(),
): Promise<PlanPlace> {
  const { version } = openTensorrt(host, order.folder);
  const device = deviceFacts(host, order.device ?? 0);
  const {
    onnxPath,
    calibrationCachePath,
    weightFiles = [],
    timingCachePath: _timing,
    folder: _folder,
    ...options
  } = order;
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const sentence = `The folder ${folder} cannot be made (${(error as Error).message}).`;
    throw failure('planNotWritten', sentence, 'Free space there, or set XDG_CACHE_HOME to another folder.');
  }
  try {
    const files = await Promise.all([onnxPath, ...weightFiles].map(digestOfFile));
    const calibration = await digestOfFile(calibrationCachePath);
    const sorted = Object.entries(options).sort(([left], [right]) => (left < right ? -1 : 1));
    const key = digestOf([CACHE_VERSION, files, calibration, sorted, device, version]);
    const name = `${basename(onnxPath, extname(onnxPath))}-${order.precision ?? 'fp32'}-${key}.plan`;
    const planPath = join(folder, name);
    // The facts are written last, so that a plan with them is whole.
    const isThere = existsSync(planPath) && (await readPlanFacts(planPath)) !== undefined;
    const now = new Date();
    if (isThere) await utimes(planPath, now, now).catch(() => {}); // only for the order in which plans are thrown away
    return { planPath, isThere, timingCachePath: join(folder, `timing-${digestOf([device, version])}.cache`) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw failure('modelUnreadable', `The model ${onnxPath} cannot be read (${code}).`, 'Check its permissions.');
  }
}

/** Takes a plan out of the cache that did not load, so that the next build makes it anew. */
export async function forgetPlan(planPath: string): Promise<void> {
  await rm(planFactsPath(planPath), { force: true });
  await rm(planPath, { force: true });
}

/** Throws away the plans that were longest not used; one that an engine has loaded is not needed any more. */
export async function trimPlans(folder = planCacheFolder(), countMax = PLAN_COUNT_MAX): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.plan'));
  const used = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, usedMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  used.sort((left, right) => right.usedMs - left.usedMs);
  for (const { path } of used.slice(countMax)) await forgetPlan(path);
}

/** Files beside the model in which its weights lie, as the model names them. */
export function weightFilesOf(
  onnxPath: string,
  initializers: Iterable<{ readonly externalFile?: string }>,
): readonly string[] {
  const names = new Set([...initializers].flatMap(({ externalFile }) => (externalFile ? [externalFile] : [])));
  return [...names].map((name) => join(dirname(onnxPath), name));
}
