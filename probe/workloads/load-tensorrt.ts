// A workload's model on TensorRT: a plan file is loaded, an ONNX file is built first unless the cache has its plan.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { enums } from '../../shared/model/enums';
import { FailureError } from '../../shared/util/failure';
import type { Engine } from '../engines/engine';
import type { OnnxModel } from '../engines/onnx/model';
import { parseOnnx } from '../engines/onnx/read';
import { planInputs } from '../engines/onnxruntime/tensor-plan';
import { buildPlan } from '../engines/tensorrt/build-plan';
import { loadTensorrtEngine } from '../engines/tensorrt/engine';
import type { OptimizationProfile, TensorrtHost } from '../engines/tensorrt/native';
import { type CachedOrder, forgetPlan, planPlace, trimPlans, weightFilesOf } from '../engines/tensorrt/plan-cache';
import type { BuildReport } from './build-report';
import type { EnginePlan, ModelFile } from './workload';

const MIB_BYTES = 2 ** 20;
/** What TensorRT and people call a plan's file; anything else is taken for ONNX. */
const PLAN_FILE = /\.(?:plan|engine|trt)$/i;
/** Of a cached plan that is no use: it is built again. */
const STALE = new Set(['planForeign', 'planRefused', 'planOtherVersion', 'planOtherDevice', 'planMissing']);

export interface TensorrtLoad {
  readonly name: string;
  readonly modelPath: string;
  readonly shapes: ModelFile['shapes'];
  /** Paths of caches count from here. */
  readonly folder: string;
  readonly host: TensorrtHost;
  readonly report: BuildReport;
  /** Aborted: a build ends at its next step. */
  readonly signal: AbortSignal;
}

/** One profile from 1 to the largest batch; none for a model without free sizes. Throws FailureError: freeShape, shapeMismatch. */
function defaultProfiles(model: OnnxModel, { name, shapes }: TensorrtLoad, batchMax: number): OptimizationProfile[] {
  const declared = (values: OnnxModel['graph']['inputs']) =>
    values.map(({ name: tensor, element, shape }) => ({
      name: tensor,
      element: element ?? 'unknown',
      shape: shape ?? [],
    }));
  const { inputs, outputs } = model.graph;
  const plan = planInputs(name, { inputs: declared(inputs), outputs: declared(outputs) }, { shapes, batchMax });
  const free = plan.inputs.filter((_, index) => inputs[index].shape?.some((dim) => typeof dim === 'string'));
  const at = (shape: readonly number[], size: number) => shape.map((dim) => (dim === -1 ? size : dim));
  const ranges = free.map(({ name: input, shape }) => {
    return { input, min: at(shape, 1), best: at(shape, batchMax), max: at(shape, batchMax) };
  });
  return ranges.length === 0 ? [] : [ranges];
}

/** undefined when it is none that we can read and `isNeeded` is false: then TensorRT judges it. Throws FailureError. */
async function readModel(path: string, isNeeded: boolean): Promise<OnnxModel | undefined> {
  try {
    return parseOnnx(await readFile(path), path);
  } catch (error) {
    if (isNeeded || !(error instanceof FailureError)) throw error;
    return undefined;
  }
}

async function orderOf({ batchMax, precision, tensorrt }: EnginePlan, load: TensorrtLoad): Promise<CachedOrder> {
  const { modelPath, folder } = load;
  const { profiles, workspaceMiB, dlaCore, sparsity, timingCache, calibrationCache, optimizationLevel } = tensorrt;
  const model = await readModel(modelPath, profiles === undefined);
  const given = profiles?.map((ranges) => Object.entries(ranges).map(([input, range]) => ({ input, ...range })));
  return {
    onnxPath: modelPath,
    precision: precision ?? 'fp32',
    profiles: given ?? (model ? defaultProfiles(model, load, batchMax) : []),
    weightFiles: model ? weightFilesOf(modelPath, model.graph.initializers.values()) : [],
    ...(workspaceMiB === undefined ? {} : { workspaceBytesMax: workspaceMiB * MIB_BYTES }),
    ...(dlaCore === undefined ? {} : { dlaCore }),
    ...(sparsity === undefined ? {} : { usesSparsity: sparsity }),
    ...(timingCache === undefined ? {} : { timingCachePath: resolve(folder, timingCache) }),
    ...(calibrationCache === undefined ? {} : { calibrationCachePath: resolve(folder, calibrationCache) }),
    ...(optimizationLevel === undefined ? {} : { optimizationLevel }),
  };
}

async function build(order: CachedOrder, planPath: string, timingCachePath: string, load: TensorrtLoad): Promise<void> {
  const { host, report, signal } = load;
  report.begin('building', planPath);
  const { weightFiles: _files, ...rest } = order;
  const run = buildPlan(host, { timingCachePath, ...rest, planPath }, (event) => report.take(event));
  const cancel = () => run.cancel();
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    await run.promise;
    await trimPlans();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Throws FailureError with the one sentence of why not; `buildCancelled` when `signal` ended the build. */
export async function loadTensorrt(plan: EnginePlan, load: TensorrtLoad): Promise<Engine> {
  const { name, modelPath, host, report } = load;
  const { dlaCore } = plan.tensorrt;
  const open = (planPath: string): Promise<Engine> => {
    report.begin('loading', planPath);
    return loadTensorrtEngine(host, { name, planPath, ...(dlaCore === undefined ? {} : { dlaCore }) });
  };
  if (PLAN_FILE.test(modelPath)) return open(modelPath);
  report.begin('reading', modelPath);
  const order = await orderOf(plan, load);
  const { planPath, isThere, timingCachePath } = await planPlace(host, order);
  if (isThere) {
    report.end('Its plan was built before.');
    try {
      return await open(planPath);
    } catch (error) {
      if (!(error instanceof FailureError) || !STALE.has(error.failure.code)) throw error;
      report.log(enums.severity.warning, `The plan is built again: ${error.failure.sentence}`);
      await forgetPlan(planPath);
    }
  }
  await build(order, planPath, timingCachePath, load);
  return open(planPath);
}
