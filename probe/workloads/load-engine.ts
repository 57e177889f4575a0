// Loads what a workload names: finds the file, and hands it to the engine that was asked for.

import { existsSync } from 'node:fs';
import { FailureError, failure } from '../../shared/util/failure';
import type { Engine } from '../engines/engine';
import type { LoadPhase } from '../engines/loading';
import { modelPlace } from '../engines/model-places';
import { loadOnnxruntimeEngine } from '../engines/onnxruntime/engine';
import { loadAddon } from '../runner/addon';
import type { BuildReport } from './build-report';
import type { KernelsDevice } from './kernels-device';
import { loadTensorrt } from './load-tensorrt';
import type { EnginePlan, ModelFile } from './workload';

export interface LoadOptions {
  /** What the model is called in sentences. */
  readonly name: string;
  /** Paths count from here. */
  readonly folder: string;
  /** What the command line asked for; the file's own provider goes before it. */
  readonly device: 'auto' | 'cpu' | 'cuda';
  /** Where engines on our own kernels run. */
  readonly kernels: KernelsDevice;
  /** Is told each phase. */
  readonly report: BuildReport;
  /** Aborted: nobody wants the engine any more, and a build ends at its next step. */
  readonly signal: AbortSignal;
}

interface Found {
  readonly modelPath: string;
  readonly shapes: ModelFile['shapes'];
}

/** The first file that is there. Throws FailureError: the reason of the last one, and how many there were. */
function findFile({ files }: EnginePlan, { name, folder }: LoadOptions): Found {
  let last: FailureError | undefined;
  for (const { place, shapes } of files) {
    try {
      const modelPath = modelPlace(place, { folder });
      if (existsSync(modelPath)) return { modelPath, shapes };
      const remedy = `Check the name; it counts from ${folder}.`;
      last = failure('modelMissing', `There is no file ${modelPath} for the model ${name}.`, remedy);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      last = error;
    }
  }
  throw last ?? failure('modelMissing', `The model ${name} names no file.`, 'Give it one.');
}

/** Layers are timed over so many runs of each batch size while the engine warms up. */
const PROFILED_RUNS = 5;

/** The engine, when it takes batches that are large enough; else it is closed. Throws FailureError batchTooLarge. */
async function ofSize(engine: Engine, batchMax: number): Promise<Engine> {
  const { name, batchMax: largest } = engine.facts;
  if (largest >= batchMax) return engine;
  await engine.close();
  throw failure(
    'batchTooLarge',
    `The model ${name} takes batches of ${largest} at most, and the workload has maxBatchSize ${batchMax}.`,
    'Lower maxBatchSize, or export the model with a free batch size.',
  );
}

/** Throws FailureError with the one sentence of why it could not be loaded. */
export async function loadEngine(plan: EnginePlan, options: LoadOptions): Promise<Engine> {
  const { modelPath, shapes } = findFile(plan, options);
  const { kind, threads, batchMax, precision } = plan;
  const { name, folder, kernels, report, signal } = options;
  const common = { name, modelPath, batchMax, ...(shapes ? { shapes } : {}) };
  if (kind === 'tensorrt') {
    const host = loadAddon(kernels.addonPath);
    const engine = await loadTensorrt(plan, { name, modelPath, shapes, folder, host, report, signal });
    return ofSize(engine, batchMax);
  }
  const onPhase = (phase: LoadPhase) => report.begin(phase, phase === 'reading' ? modelPath : '');
  if (kind === 'kernels') {
    const computes = precision === 'fp16' ? precision : 'fp32'; // int8 was refused with the file
    const engine = await kernels.load({
      ...common,
      ...{ precision: computes, layerRuns: PROFILED_RUNS, onPhase },
    });
    return ofSize(engine, batchMax);
  }
  const provider = plan.provider ?? (options.device === 'cuda' ? 'cuda' : 'cpu');
  const own = { provider, threads, profiledRuns: PROFILED_RUNS, addonPath: kernels.addonPath };
  const engine = await loadOnnxruntimeEngine({ ...common, ...own }, onPhase);
  return ofSize(engine, batchMax);
}
