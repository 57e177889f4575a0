// Loads what a workload names: finds the file, and hands it to the engine that was asked for.

import { existsSync } from 'node:fs';
import { FailureError, failure } from '../../shared/util/failure';
import type { Engine } from '../engines/engine';
import { modelPlace } from '../engines/model-places';
import { loadOnnxruntimeEngine } from '../engines/onnxruntime/engine';
import type { KernelsDevice } from './kernels-device';
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
  const { kind, threads, batchMax } = plan;
  const { name } = options;
  if (kind === 'kernels') {
    const engine = await options.kernels.load({
      name,
      modelPath,
      batchMax,
      layerRuns: PROFILED_RUNS,
      ...(shapes ? { shapes } : {}),
    });
    return ofSize(engine, batchMax);
  }
  if (kind !== 'onnxruntime') {
    throw failure(
      'engineMissing',
      `The model ${options.name} asks for the engine ${kind}, which this program does not have.`,
      'Use the engine onnxruntime or kernels.',
    );
  }
  const provider = plan.provider ?? (options.device === 'cuda' ? 'cuda' : 'cpu');
  const engine = await loadOnnxruntimeEngine({
    ...{ name, modelPath, provider, threads, batchMax },
    profiledRuns: PROFILED_RUNS,
    ...(shapes ? { shapes } : {}),
    addonPath: options.kernels.addonPath,
  });
  return ofSize(engine, batchMax);
}
