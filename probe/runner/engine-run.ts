// `runner engine`: one model on one engine in a closed loop, one batch behind the other: what the engine itself can do.

import { failure } from '../../shared/util/failure';
import { isBatched } from '../engines/batch';
import type { Engine, LayerTime } from '../engines/engine';
import { loadKernelsEngine } from '../engines/kernels/engine';
import { modelPlace } from '../engines/model-places';
import { loadOnnxruntimeEngine } from '../engines/onnxruntime/engine';
import { itemCountOf } from '../engines/values';
import { type ComputeDevice, findAddon } from './addon';
import { type EngineArguments, placeOfModel } from './engine-arguments';
import { randomFloats, seededRandom } from './random';

export interface EngineRun {
  readonly engine: string;
  readonly device: string;
  readonly precision: string;
  /** 'graph' or 'one by one' of our own kernels, with the reason when a graph was wanted. */
  readonly way: string;
  readonly batchSize: number;
  readonly batchCount: number;
  readonly seconds: number;
  readonly itemsPerSec: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  /** Launches of one batch; 0 where the engine does not say. */
  readonly launchCount: number;
  readonly weightsBytes: number;
  readonly activationsBytes: number;
  /** The sum of the first output's numbers: the same for the same model, seed and device. */
  readonly checksum: number;
  readonly layers: readonly LayerTime[];
}

export interface EngineRunOptions extends EngineArguments {
  readonly seconds: number;
  readonly count: number | undefined;
  readonly threads: number | undefined;
  readonly seed: number;
  readonly shouldStop: () => boolean;
}

/** Runs of each layer that are timed, in either engine. */
const LAYER_RUNS = 5;

/** Of sorted numbers, the smallest that `ratio` of them do not pass. */
const percentile = (sorted: readonly number[], ratio: number) =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * ratio) - 1))];

async function loaded(device: ComputeDevice, options: EngineRunOptions) {
  const modelPath = modelPlace(placeOfModel(options.model));
  const { batchSize: batchMax, isGraph, threads, precision } = options;
  if (options.engine === 'onnxruntime') {
    const provider = device.kind === 'cuda' ? 'cuda' : 'cpu';
    const engine = await loadOnnxruntimeEngine({
      name: options.model,
      modelPath,
      threads,
      batchMax,
      provider,
      profiledRuns: LAYER_RUNS,
      addonPath: findAddon(),
    });
    return { engine, way: provider, launchCount: 0 };
  }
  const engine = await loadKernelsEngine({
    name: options.model,
    modelPath,
    device,
    batchMax,
    precision,
    isGraph,
    layerRuns: LAYER_RUNS,
  });
  const refusal = engine.graphRefusal && ` (${engine.graphRefusal})`;
  const way = engine.isGraph ? 'graph' : `one by one${refusal}`;
  return { engine, way, launchCount: engine.callCount(options.batchSize) };
}

/** In the engine's own memory where it has some. */
function inEngine(engine: Engine, values: Float32Array): Float32Array {
  const array = engine.inputArray?.(values.byteLength);
  if (!array) return values;
  const inputs = new Float32Array(array);
  inputs.set(values);
  return inputs;
}

function inputsOf(engine: Engine, size: number, seed: number): Record<string, Float32Array> {
  const { facts } = engine;
  const random = seededRandom(seed);
  const each = facts.inputs.map((input) => {
    if (input.element !== 'float32') {
      const sentence = `The input ${input.name} of the model ${facts.name} holds ${input.element}, for which there are no made-up numbers.`;
      throw failure('unsupportedElement', sentence, 'Use a model with float32 inputs.');
    }
    const values = randomFloats(random, (isBatched(input) ? size : 1) * itemCountOf(input.shape), 1);
    return [input.name, inEngine(engine, values)] as const;
  });
  return Object.fromEntries(each);
}

/** Loads, warms up with the layers measured, and runs for `seconds` or `count` batches. Throws FailureError. */
export async function runEngine(device: ComputeDevice, options: EngineRunOptions): Promise<EngineRun> {
  const { engine, way, launchCount } = await loaded(device, options);
  try {
    const { batchSize } = options;
    await engine.warmUp([batchSize]);
    const inputs = inputsOf(engine, batchSize, options.seed);
    const timesNs: number[] = [];
    let checksum = 0;
    const begin = process.hrtime.bigint();
    const secondsSoFar = () => Number(process.hrtime.bigint() - begin) / 1e9;
    const isOver = () =>
      options.count === undefined ? secondsSoFar() >= options.seconds : timesNs.length >= options.count;
    do {
      const start = process.hrtime.bigint();
      const { outputs, release } = await engine.infer({ batch: timesNs.length + 1, size: batchSize, inputs });
      timesNs.push(Number(process.hrtime.bigint() - start));
      if (timesNs.length === 1) {
        const [first] = engine.facts.outputs;
        for (const value of outputs[first.name]) checksum += Number(value);
      }
      release?.();
    } while (!isOver() && !options.shouldStop());
    const seconds = secondsSoFar();
    const sorted = timesNs.toSorted((a, b) => a - b);
    const { weightsBytes, activationsBytes } = engine.memory();
    return {
      engine: engine.facts.kind,
      device: device.name,
      precision: engine.facts.precision,
      way,
      batchSize,
      batchCount: timesNs.length,
      seconds,
      itemsPerSec: (timesNs.length * batchSize) / seconds,
      p50Ns: percentile(sorted, 0.5),
      p99Ns: percentile(sorted, 0.99),
      launchCount,
      weightsBytes,
      activationsBytes,
      checksum,
      layers: engine.layerTimes(),
    };
  } finally {
    await engine.close();
  }
}

const ms = (ns: number) => `${(ns / 1e6).toFixed(3)} ms`;
const mib = (bytes: number) => (bytes < 0 ? 'unknown' : `${(bytes / 2 ** 20).toFixed(1)} MiB`);

/** The figures, then a line a layer, longest first. */
export function engineLines(run: EngineRun): string[] {
  const launches = run.launchCount > 0 ? `, ${run.launchCount} launches` : '';
  const total = run.layers.reduce((sum, { averageNs }) => sum + averageNs, 0);
  const table = run.layers
    .toSorted((a, b) => b.averageNs - a.averageNs)
    .map(({ name, type, averageNs }) => {
      return `${ms(averageNs).padStart(12)} ${((100 * averageNs) / total).toFixed(1).padStart(5)} %  ${type.padEnd(14)} ${name}`;
    });
  const how = run.layers.some(({ isAlone }) => isAlone) ? 'each measured alone' : 'within runs';
  return [
    `${run.engine} on ${run.device}, ${run.precision}, ${run.way}${launches}: ${run.itemsPerSec.toFixed(2)} inferences/s of ${run.batchCount} batches of ${run.batchSize}`,
    `p50 ${ms(run.p50Ns)}, p99 ${ms(run.p99Ns)}; weights ${mib(run.weightsBytes)}, activations ${mib(run.activationsBytes)}; checksum ${run.checksum}`,
    `layers, ${how}, ${ms(total)} together:`,
    ...table,
  ];
}
