// The engine on our own kernels: a network executor in the runner's process, on the device that the runner has. Node's thread launches and
// does not wait; batches run one after another on one stream.

import { FailureError, failure } from '../../../shared/util/failure';
import type { ComputeDevice } from '../../runner/addon';
import { checkBatch, isBatched } from '../batch';
import type { Engine, EngineBatch, EngineFacts, EngineMemory, EngineResult, LayerTime } from '../engine';
import type { OnLoadPhase } from '../loading';
import { checkOperators } from '../onnx/infer-shapes';
import { precisionOf } from '../onnx/model';
import { readOnnxFile } from '../onnx/read';
import { type DeclaredTensor, dimsFor, type InputPlan, outputFacts, planInputs } from '../onnxruntime/tensor-plan';
import { itemCountOf } from '../values';
import { BoundNetwork } from './bound-network';
import { kernelsEdges } from './layer-edges';
import { measureLayers } from './layer-times';
import { KERNELS_OPERATORS, type NetworkPlan, type Precision, planNetwork } from './plan';
import { WeightPool } from './weights';

export interface KernelsOptions {
  readonly name: string;
  readonly modelPath: string;
  /** Stays the caller's: closing the engine gives back the memory, not the device. */
  readonly device: ComputeDevice;
  /** One of the device's streams other than 0; a new one when absent. */
  readonly stream?: number;
  /** For a model with a free batch. */
  readonly batchMax?: number;
  /** Of inputs that the model leaves free; -1 is the batch. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** 'fp16' computes in halves with sums in float32, on GPUs from compute capability 8.0 on; inputs and outputs stay float32. */
  readonly precision?: Precision;
  /** Whether the network runs as a graph, where the device takes one. */
  readonly isGraph?: boolean;
  /** Runs of each layer that warmUp() measures; none when 0. */
  readonly layerRuns?: number;
  readonly onPhase?: OnLoadPhase;
  /** When everything was given back and the stream is free. */
  readonly onClosed?: () => void;
}

const WARM_RUNS = 2;
/** Each name is kept by the source and by every viewer, so the numbers come again; time tells those of one number apart. */
const RANGE_NAMES = 4096;
export const rangeOfBatch = (batch: number) => `batch ${batch % RANGE_NAMES}`;
const LAYER_RUNS = 5;
/** More than the longest run that is no hang. */
const CLOSE_MS_MAX = 10_000;

export interface KernelsEngine extends Engine {
  /** Launches of one batch. */
  callCount(size: number): number;
  /** Whether batches run as graphs; else `graphRefusal` says why not. */
  readonly isGraph: boolean;
  readonly graphRefusal: string;
  /** Nanoseconds of one run of the network alone, the mean of `count` in a row: no input goes in, no output comes out. */
  replayNs(size: number, count: number): Promise<number>;
}

const endedFailure = (name: string, reason: string) =>
  failure('engineEnded', `The engine of the model ${name} is gone: ${reason}.`, 'Load it again.');

class OwnKernelsEngine implements KernelsEngine {
  private ended: FailureError | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private waitingCount = 0;
  private layers: readonly LayerTime[] = [];
  private released: Promise<void> | undefined;
  private isClosing = false;
  /** Of what is asked for and not answered yet. */
  private readonly rejections = new Set<(error: FailureError) => void>();

  constructor(
    readonly facts: EngineFacts,
    private readonly options: Required<Pick<KernelsOptions, 'device' | 'stream' | 'layerRuns' | 'onClosed'>>,
    private readonly network: BoundNetwork,
    private readonly fixedSize: number | undefined,
  ) {}

  get isGraph(): boolean {
    return this.planOf(1).graph !== undefined;
  }

  get graphRefusal(): string {
    return this.network.graphRefusal;
  }

  callCount(size: number): number {
    return this.planOf(size).calls.length;
  }

  private planOf(size: number) {
    return this.network.of(this.fixedSize ?? size);
  }

  /** Runs `work`, whose calls of the device belong to the batch; 0 is none. */
  private asBatch<T>(batch: number, work: () => T): T {
    const { device } = this.options;
    if (batch === 0) return work();
    device.pushBatch(batch);
    try {
      return work();
    } finally {
      device.popBatch();
    }
  }

  private upload(size: number, inputs: EngineBatch['inputs']): void {
    const { device, stream } = this.options;
    for (const { name, place } of this.planOf(size).plan.inputs) {
      device.upload({ target: this.network.addressOf(place), source: inputs[name], stream });
    }
  }

  /** Where each output of a batch lies and goes to. */
  private copiesOf(size: number) {
    const places = new Map(this.planOf(size).plan.outputs.map((output) => [output.name, output.place]));
    const { hostArrays } = this.network;
    return this.facts.outputs.map((output) => {
      const target = hostArrays.floats((isBatched(output) ? size : 1) * itemCountOf(output.shape));
      const source = this.network.addressOf(places.get(output.name)!);
      return { name: output.name, source, target, isDirect: hostArrays.isOwn(target) };
    });
  }

  private async run({ batch, size }: EngineBatch, later: EngineBatch['inputs'] | undefined): Promise<EngineResult> {
    if (this.ended) throw this.ended;
    const { device, stream } = this.options;
    if (later) {
      this.asBatch(batch, () => this.upload(size, later));
      this.giveBack(later);
    }
    device.pushRange(rangeOfBatch(batch));
    const startNs = process.hrtime.bigint();
    try {
      this.asBatch(batch, () => this.network.launch(this.planOf(size)));
    } finally {
      device.popRange();
    }
    const copies = this.copiesOf(size);
    this.asBatch(batch, () => {
      for (const { source, target } of copies.filter(({ isDirect }) => isDirect))
        device.fetch({ source, target, stream });
    });
    await device.whenDone(stream);
    const durationNs = Number(process.hrtime.bigint() - startNs);
    if (this.ended) throw this.ended;
    this.asBatch(batch, () => {
      for (const { source, target } of copies.filter(({ isDirect }) => !isDirect))
        device.download({ source, target, stream });
    });
    const outputs = Object.fromEntries(copies.map(({ name, target }) => [name, target] as const));
    const release = () => this.network.hostArrays.giveBack(Object.values(outputs));
    return { outputs, startNs: Number(startNs), durationNs, release };
  }

  /** Puts work behind all that was asked for before, and answers it with a failure when the engine is given up meanwhile. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.waitingCount += 1;
    const turn = this.tail.then(async () => {
      try {
        return await work();
      } catch (error) {
        throw this.ended ?? this.failed(error);
      } finally {
        this.waitingCount -= 1;
      }
    });
    this.tail = turn.then(
      () => {},
      () => {},
    );
    // No race with a promise that lives as long as the engine: that would keep every answer as long.
    return new Promise<T>((resolve, reject) => {
      this.rejections.add(reject);
      turn.then(resolve, reject).finally(() => this.rejections.delete(reject));
    });
  }

  private failed(error: unknown): FailureError {
    if (error instanceof FailureError) return error;
    const reason = (error instanceof Error ? error.message : String(error)).replace(/[.\s]+$/, '');
    return failure('engineFailed', `The model ${this.facts.name} could not be run: ${reason}.`, 'Load it again.');
  }

  /** What came before the end of the engine is still answered; what comes after is not. */
  private checkOpen(): void {
    if (this.ended) throw this.ended;
    if (this.isClosing) throw endedFailure(this.facts.name, 'it was closed');
  }

  async infer(batch: EngineBatch): Promise<EngineResult> {
    this.checkOpen();
    checkBatch(this.facts, batch);
    const isIdle = this.waitingCount === 0;
    if (isIdle) this.asBatch(batch.batch, () => this.upload(batch.size, batch.inputs));
    const later = isIdle ? undefined : this.copied(batch.inputs);
    return this.inTurn(() => this.run(batch, later));
  }

  private copied(inputs: EngineBatch['inputs']): Record<string, Float32Array> {
    const each = Object.entries(inputs).map(([name, values]) => {
      const copy = this.network.hostArrays.floats(values.length);
      copy.set(values as Float32Array);
      return [name, copy] as const;
    });
    return Object.fromEntries(each);
  }

  inputArray(bytes: number): ArrayBuffer | undefined {
    return this.isClosing || this.ended ? undefined : this.network.hostArrays.take(bytes);
  }

  giveBack(inputs: EngineBatch['inputs']): void {
    this.network.hostArrays.giveBack(Object.values(inputs));
  }

  async warmUp(batchSizes: readonly number[]): Promise<void> {
    this.checkOpen();
    const tooLarge = batchSizes.find((size) => size > this.facts.batchMax || !(size >= 1));
    if (tooLarge !== undefined) {
      const sentence = `A batch of ${tooLarge} is not within the 1 to ${this.facts.batchMax} that the model ${this.facts.name} takes.`;
      throw failure('batchTooLarge', sentence, 'Use other batch sizes, or export the model with a free batch size.');
    }
    const { device, layerRuns } = this.options;
    await this.inTurn(async () => {
      for (const size of batchSizes) {
        const zeros = this.facts.inputs.map((input) => {
          return [input.name, new Float32Array((isBatched(input) ? size : 1) * itemCountOf(input.shape))] as const;
        });
        const inputs = Object.fromEntries(zeros);
        for (let run = 0; run < WARM_RUNS; run += 1) await this.run({ batch: 0, size, inputs }, inputs);
      }
      if (layerRuns > 0) {
        const check = () => this.checkOpen();
        const layers: LayerTime[] = [];
        for (const batchSize of batchSizes) {
          layers.push(
            ...(await measureLayers(device, this.planOf(batchSize), { batchSize, runCount: layerRuns, check })),
          );
        }
        this.layers = layers;
      }
    });
  }

  async replayNs(size: number, count: number): Promise<number> {
    this.checkOpen();
    const { device, stream } = this.options;
    const bound = this.planOf(size);
    return this.inTurn(async () => {
      const start = process.hrtime.bigint();
      for (let run = 0; run < count; run += 1) this.network.launch(bound);
      await device.whenDone(stream);
      return Number(process.hrtime.bigint() - start) / count;
    });
  }

  layerTimes(): readonly LayerTime[] {
    return this.layers;
  }

  memory(): EngineMemory {
    const { weightsBytes, activationsBytes } = this.network;
    return { weightsBytes, activationsBytes, workspaceBytes: 0, processGrowthBytes: -1 };
  }

  private end(reason: string): FailureError {
    this.ended = endedFailure(this.facts.name, reason);
    return this.ended;
  }

  /** Once, when the device is done with what was asked for. */
  private release(): Promise<void> {
    this.released ??= this.tail.then(() => {
      this.network.close();
      this.options.onClosed();
    });
    return this.released;
  }

  abort(reason: string): void {
    if (this.ended) return;
    const error = this.end(reason);
    for (const reject of this.rejections) reject(error);
    // The device may still write. Who closes hears what went wrong.
    this.release().catch(() => {});
  }

  async close(): Promise<void> {
    this.isClosing = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), CLOSE_MS_MAX);
    });
    const isOver = await Promise.race([this.release().then(() => true), late]);
    clearTimeout(timer);
    if (!this.ended) this.end('it was closed');
    if (isOver) return;
    const sentence = `The engine of the model ${this.facts.name} hangs: its run has not returned for ${CLOSE_MS_MAX / 1000} s.`;
    throw failure('engineHung', sentence, 'End the process that it runs in.');
  }
}

function declaredOf(
  values: readonly { name: string; element: string | undefined; shape: readonly (number | string)[] | undefined }[],
): DeclaredTensor[] {
  return values.map(({ name, element, shape }) => ({ name, element: element ?? 'unknown', shape: shape ?? [] }));
}

/** Item counts of the batches to plan for. */
function sizesOf({ inputs, batchMax, fixedSize }: InputPlan): number[] {
  if (fixedSize !== undefined) return [fixedSize];
  return inputs.some(({ shape }) => shape.includes(-1))
    ? Array.from({ length: batchMax }, (_, index) => index + 1)
    : [1];
}

function factsOf(
  { name, device }: KernelsOptions,
  precision: string,
  inputPlan: InputPlan,
  outputs: readonly DeclaredTensor[],
  [size, plan]: readonly [number, NetworkPlan],
): EngineFacts {
  const hasBatch = inputPlan.inputs.some(({ shape }) => shape.includes(-1));
  const dimsOf = new Map(plan.outputs.map((output) => [output.name, output.dims]));
  return {
    name,
    kind: 'kernels',
    device: device.kind,
    precision,
    inputs: inputPlan.inputs,
    outputs: outputs.map((output) => outputFacts(output, name, dimsOf.get(output.name) ?? [], size, hasBatch)),
    batchMax: inputPlan.batchMax,
  };
}

function checkFloat(name: string, tensors: readonly { readonly name: string; readonly element: string }[]): void {
  const other = tensors.find(({ element }) => element !== 'float32');
  if (!other) return;
  const sentence = `The engine kernels computes in float32, and ${other.name} of the model ${name} holds ${other.element}.`;
  throw failure('unsupportedElement', sentence, 'Export the model in float32, or use the engine onnxruntime.');
}

const oneItem = ({ inputs, fixedSize = 1 }: InputPlan) =>
  Object.fromEntries(inputs.map(({ name, shape }) => [name, dimsFor(shape, fixedSize)] as const));

/**
 * Plans every batch size, allocates, uploads the weights and captures the graphs; nothing is allocated on the device afterwards. Throws
 * FailureError: modelMissing, modelForeign, modelTruncated, modelDamaged, unsupportedOperator, unsupportedElement, freeShape, shapeMismatch,
 * outOfMemory, modelRefused.
 */
export async function loadKernelsEngine(options: KernelsOptions): Promise<KernelsEngine> {
  const { name, modelPath, device, isGraph = true, layerRuns = LAYER_RUNS, onClosed = () => {} } = options;
  const { precision = 'fp32' } = options;
  options.onPhase?.('reading');
  const model = readOnnxFile(modelPath);
  options.onPhase?.('building');
  checkOperators(model, KERNELS_OPERATORS, 'The engine kernels');
  const declared = { inputs: declaredOf(model.graph.inputs), outputs: declaredOf(model.graph.outputs) };
  checkFloat(name, [...declared.inputs, ...declared.outputs]);
  const inputPlan = planInputs(name, declared, options);
  const weights = new WeightPool();
  const plans = new Map(
    sizesOf(inputPlan).map((size) => {
      const dims = inputPlan.inputs.map((input) => {
        return [input.name, dimsFor(input.shape, size)] as const;
      });
      return [size, planNetwork(model, Object.fromEntries(dims), weights, precision)] as const;
    }),
  );
  // The largest, because a dimension of one may be the batch by chance.
  const largest = [...plans].at(-1);
  if (!largest) throw new Error('a model has one batch size at least');
  const stored = precision === 'fp16' ? precision : precisionOf(model.graph);
  const facts = factsOf(options, stored, inputPlan, declared.outputs, largest);
  const stream = options.stream ?? device.createStream();
  options.onPhase?.('loading');
  const network = new BoundNetwork({ name, device, stream, isGraph, plans, weights });
  const engine = new OwnKernelsEngine(facts, { device, stream, layerRuns, onClosed }, network, inputPlan.fixedSize);
  const edgesOf = kernelsEdges(model, oneItem(inputPlan), precision);
  return Object.assign(engine, { layerEdges: () => edgesOf(engine.layerTimes()) });
}
