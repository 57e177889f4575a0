// An engine on TensorRT. The addon runs each call on another thread, one after another.

import { readFile } from 'node:fs/promises';
import type { LayerEdge } from '../../../shared/model/layer-edges';
import { type FailureError, failure } from '../../../shared/util/failure';
import { checkBatch } from '../batch';
import type { Engine, EngineBatch, EngineFacts, EngineMemory, EngineResult, LayerTime } from '../engine';
import { itemCountOf, valuesOver } from '../values';
import { batchMaxOf, batchMinOf, freeShape, inputFacts, outputFacts, shapesAt } from './batch-shapes';
import { inspectedEdges, type LayerKind, parseLayers } from './layers';
import { failureOf, type NativeEngine, type NativeOutput, openTensorrt, type TensorrtHost } from './native';
import { checkPlanFacts, deviceFacts, type PlanFacts, readPlanFacts } from './plan-facts';

/** The first allocates and the second captures the graph; the third is as all that follow. */
const WARM_RUN_COUNT = 3;
const PROFILED_RUN_COUNT = 10;
/** More than the longest inference that is no hang. */
const CLOSE_MS_MAX = 30_000;

export interface TensorrtOptions {
  readonly name: string;
  readonly planPath: string;
  readonly device?: number;
  readonly dlaCore?: number;
  /** Runs the library that a version-compatible plan brings along: only for plans that you trust. */
  readonly allowsHostCode?: boolean;
  /** True when absent. Where an engine cannot be captured it is launched plainly. */
  readonly capturesGraphs?: boolean;
  /** TensorRT's libraries, where the loader does not find them. */
  readonly folder?: string;
}

const median = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** TensorRT's engine with what TensorRT alone can tell. */
export interface TensorrtEngine extends Engine {
  /** The inspector's JSON. */
  inspect(): string;
  /** Why some batch size runs without a CUDA graph; empty when none does. */
  graphRefusal(): string;
}

class LoadedEngine implements TensorrtEngine {
  private last: Promise<unknown> = Promise.resolve();
  private layers = new Map<number, readonly LayerTime[]>();
  private kinds: readonly LayerKind[] = [];
  private ended: FailureError | undefined;
  private rejectAll = new Set<(error: FailureError) => void>();
  private closing: Promise<void> | undefined;
  private growthBytes = -1;

  constructor(
    private readonly native: NativeEngine,
    readonly facts: EngineFacts,
    private readonly plan: PlanFacts | undefined,
    private readonly residentBytesBefore: number,
  ) {}

  /** After all that was asked before; at once with the reason when the engine is given up. */
  private inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.rejectAll.add(reject);
      const run = async () => {
        try {
          if (this.ended) throw this.ended;
          resolve(await work());
        } catch (error) {
          reject(error === this.ended ? this.ended : failureOf(error));
        } finally {
          this.rejectAll.delete(reject);
        }
      };
      this.last = this.last.then(run);
    });
  }

  private run(size: number, valuesOf: (input: number) => NodeJS.TypedArray, { isProfiled = false, batch = 0 } = {}) {
    const shapes = shapesAt(this.facts.inputs, size);
    const inputs = this.facts.inputs.map(({ name }, index) => ({
      name,
      shape: shapes[index],
      values: valuesOf(index),
    }));
    return this.native.infer(inputs, isProfiled, batch);
  }

  async infer(batch: EngineBatch): Promise<EngineResult> {
    if (this.ended) throw this.ended;
    checkBatch(this.facts, batch);
    // The caller may write over its arrays as soon as this returns, and the addon reads while it infers.
    const copies = this.facts.inputs.map(({ name }) => batch.inputs[name].slice());
    const answer = await this.inTurn(() => this.run(batch.size, (index) => copies[index], { batch: batch.batch }));
    const outputs = answer.outputs.map((output) => [output.name, this.valuesOf(output, batch.size)] as const);
    return {
      outputs: Object.fromEntries(outputs),
      startNs: Number(answer.startHostNs),
      durationNs: answer.durationNs,
    };
  }

  private valuesOf({ name, shape, bytes }: NativeOutput, size: number) {
    const facts = this.facts.outputs.find((output) => output.name === name);
    const expected = facts && (facts.shape.includes(-1) ? size : 1) * itemCountOf(facts.shape);
    const count = shape.reduce((product, each) => product * each, 1);
    if (!facts || count !== expected) throw freeShape(name, shape);
    return valuesOver(facts.element, bytes.buffer as ArrayBuffer, count);
  }

  async warmUp(batchSizes: readonly number[]): Promise<void> {
    const wrong = batchSizes.find((size) => size > this.facts.batchMax || !(size >= 1));
    if (wrong !== undefined) {
      const sentence = `A batch of ${wrong} is not within the 1 to ${this.facts.batchMax} that ${this.facts.name} takes.`;
      throw failure('batchTooLarge', sentence, 'Use other batch sizes, or build the plan with another profile.');
    }
    for (const size of batchSizes) await this.inTurn(() => this.warm(size));
    this.growthBytes = Math.max(0, process.memoryUsage().rss - this.residentBytesBefore);
  }

  /** Layer times first: the runs that count are then the most recent ones, whose contexts are kept. */
  private async warm(size: number): Promise<void> {
    const zeros = this.facts.inputs.map(({ element, shape }) => {
      const count = (shape.includes(-1) ? size : 1) * itemCountOf(shape);
      return valuesOver(element, new ArrayBuffer(count * 8), count);
    });
    const zerosOf = (index: number) => zeros[index];
    const samples = new Map<string, number[]>();
    for (let run = 0; run < WARM_RUN_COUNT + PROFILED_RUN_COUNT; ++run) {
      this.native.resetLayerTimes();
      await this.run(size, zerosOf, { isProfiled: true });
      if (run < WARM_RUN_COUNT) continue;
      for (const { name, meanNs, count } of this.native.layerTimes()) {
        samples.set(name, [...(samples.get(name) ?? []), meanNs * count]);
      }
    }
    this.kinds = parseLayers(this.native.inspect());
    const types = new Map(this.kinds.map(({ name, type }) => [name, type]));
    const times = Array.from(samples, ([name, durations]) => {
      const totalNs = durations.reduce((sum, each) => sum + each, 0);
      const runCount = durations.length;
      const medianNs = median(durations.sort((left, right) => left - right));
      const averageNs = totalNs / runCount;
      return {
        name,
        type: types.get(name) ?? '',
        batchSize: size,
        runCount,
        offsetNs: -1,
        averageNs,
        medianNs,
        totalNs,
      };
    });
    this.layers.set(size, times);
    for (let run = 0; run < WARM_RUN_COUNT; ++run) await this.run(size, zerosOf);
  }

  layerTimes(): readonly LayerTime[] {
    return [...this.layers.values()].flat();
  }

  layerEdges(): readonly LayerEdge[] {
    return inspectedEdges(this.kinds, this.layerTimes(), {
      inputs: this.facts.inputs.map(({ name }) => name),
      outputs: this.facts.outputs.map(({ name }) => name),
    });
  }

  memory(): EngineMemory {
    const { weightsBytes, activationsBytes } = this.native.memory;
    const workspaceBytes = this.plan?.memory.workspaceBytes ?? -1;
    return { weightsBytes, activationsBytes, workspaceBytes, processGrowthBytes: this.growthBytes };
  }

  inspect(): string {
    if (this.ended) throw this.ended;
    return this.native.inspect();
  }

  graphRefusal(): string {
    if (this.ended) throw this.ended;
    return this.native.graphRefusal();
  }

  private end(reason: string): void {
    const sentence = `The engine of the model ${this.facts.name} is gone: ${reason}.`;
    this.ended ??= failure('engineEnded', sentence, 'Load it again.');
  }

  abort(reason: string): void {
    this.end(reason);
    for (const reject of this.rejectAll) reject(this.ended as FailureError);
    this.rejectAll.clear();
  }

  /** TensorRT cannot be ended in the middle of an inference, so this waits for the one that is under way. */
  close(): Promise<void> {
    this.closing ??= this.closeOnce();
    return this.closing;
  }

  private async closeOnce(): Promise<void> {
    const done = this.last.then(() => this.native.close());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), CLOSE_MS_MAX);
    });
    const outcome = await Promise.race([done, late]);
    clearTimeout(timer);
    this.abort(outcome === 'late' ? 'it hangs' : 'it was closed');
    if (outcome !== 'late') return;
    const sentence = `The engine of the model ${this.facts.name} hangs: its run has not returned for ${CLOSE_MS_MAX / 1000} s.`;
    throw failure('engineHung', sentence, 'End the process that it runs in.');
  }
}

async function describe(native: NativeEngine, name: string, precision: string): Promise<EngineFacts> {
  const inputs = inputFacts(native);
  const size = batchMinOf(native, inputs);
  const shapes = shapesAt(inputs, size);
  const zeros = inputs.map(({ element, name: input }, index) => {
    const count = shapes[index].reduce((product, each) => product * each, 1);
    return { name: input, shape: shapes[index], values: valuesOver(element, new ArrayBuffer(count * 8), count) };
  });
  const { outputs } = await native.infer(zeros);
  const batchMax = batchMaxOf(native, inputs);
  return {
    name,
    kind: 'tensorrt',
    device: 'cuda',
    precision,
    inputs,
    outputs: outputFacts(native, outputs, size),
    batchMax,
  };
}

/**
 * Loads a plan and runs it once with zeros. Throws FailureError: tensorrt…, planMissing, planForeign, planOtherVersion, planOtherDevice,
 * planHostCode, planRefused, outOfMemory, noDla, noCudaDevice, tensorUnsupported, unsupportedElement, freeShape, shapeMisfit, inferFailed.
 */
export async function loadTensorrtEngine(host: TensorrtHost, options: TensorrtOptions): Promise<TensorrtEngine> {
  const residentBytes = process.memoryUsage().rss;
  const { name, planPath, folder, ...loadOptions } = options;
  const tensorrt = openTensorrt(host, folder);
  const plan = await readFile(planPath).catch((error: Error) => {
    throw failure(
      'planMissing',
      `The plan ${planPath} cannot be read (${error.message}).`,
      'Check the path, or build it.',
    );
  });
  const facts = await readPlanFacts(planPath);
  if (facts) checkPlanFacts(facts, { version: tensorrt.version, device: deviceFacts(host, options.device ?? 0) });
  let native: NativeEngine | undefined;
  try {
    native = await tensorrt.load({ ...loadOptions, plan });
    return new LoadedEngine(native, await describe(native, name, facts?.precision ?? 'unknown'), facts, residentBytes);
  } catch (error) {
    await native?.close();
    throw error instanceof Error && error.name === 'FailureError' ? error : failureOf(error);
  }
}
