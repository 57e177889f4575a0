// An engine on ONNX Runtime from outside its thread.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { LayerEdge } from '../../../shared/model/layer-edges';
import { FailureError, failure } from '../../../shared/util/failure';
import { checkBatch } from '../batch';
import type { Engine, EngineBatch, EngineFacts, EngineMemory, EngineResult, LayerTime, TensorValues } from '../engine';
import type { OnLoadPhase } from '../loading';
import { itemBytesOf, itemCountOf, valuesOver } from '../values';
import { BufferPool } from './buffer-pool';
import type { DoneMessage, FromThread, LoadedModel, OnnxruntimeOptions, ToThread, WarmMessage } from './messages';

const THREAD_FILE = 'onnxruntime-thread.js';

/** More than the longest run that is no hang. */
const CLOSE_MS_MAX = 30_000;

interface Asker {
  readonly size: number;
  readonly resolve: (answer: DoneMessage | WarmMessage) => void;
  readonly reject: (error: FailureError) => void;
}

/** The built thread, whether this file runs from out/node or from the sources. */
function findThread(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const found = [join(folder, THREAD_FILE), join(folder, 'out', 'node', THREAD_FILE)].find((path) =>
      existsSync(path),
    );
    if (found) return found;
  }
  throw failure('notBuilt', `The program ${THREAD_FILE} is missing.`, 'Build the programs with: npm run build');
}

class OnnxruntimeEngine implements Engine {
  private readonly askers = new Map<number, Asker>();
  private readonly pool = new BufferPool();
  private layers: readonly LayerTime[] = [];
  private edges: readonly LayerEdge[] = [];
  private growthBytes = -1;
  private lastId = 0;
  private ended: FailureError | undefined;
  private hasExited = false;

  constructor(
    private readonly worker: Worker,
    private readonly model: LoadedModel,
  ) {
    worker.on('message', (message: FromThread) => this.take(message));
    worker.on('error', (error) => this.end(`its thread failed: ${error.message}`));
    worker.on('exit', () => {
      this.hasExited = true;
      this.end('its thread ended');
    });
  }

  get facts(): EngineFacts {
    return this.model.facts;
  }

  private end(reason: string): void {
    this.ended ??= failure(
      'engineEnded',
      `The engine of the model ${this.facts.name} is gone: ${reason}.`,
      'Load it again.',
    );
    for (const asker of this.askers.values()) asker.reject(this.ended);
    this.askers.clear();
  }

  private take(message: FromThread): void {
    if (message.kind === 'loaded' || message.kind === 'loadFailed' || message.kind === 'phase') return; // before this object was there
    const asker = this.askers.get(message.id);
    this.askers.delete(message.id);
    if (message.kind === 'failed') asker?.reject(new FailureError(message.failure));
    else asker?.resolve(message);
  }

  private ask(
    size: number,
    messageOf: (id: number) => ToThread,
    transfer: ArrayBuffer[] = [],
  ): Promise<DoneMessage | WarmMessage> {
    if (this.ended) return Promise.reject(this.ended);
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.askers.set(id, { size, resolve, reject });
      this.worker.postMessage(messageOf(id), transfer);
    });
  }

  async warmUp(batchSizes: readonly number[]): Promise<void> {
    const tooLarge = batchSizes.find((size) => size > this.facts.batchMax || !(size >= 1));
    if (tooLarge !== undefined) {
      const sentence = `A batch of ${tooLarge} is not within the 1 to ${this.facts.batchMax} that the model ${this.facts.name} takes.`;
      throw failure('batchTooLarge', sentence, 'Use other batch sizes, or export the model with a free batch size.');
    }
    const warm = await this.ask(0, (id) => ({ kind: 'warmUp', id, sizes: batchSizes }));
    if (warm.kind !== 'warm') return;
    if (warm.layers.length > 0) [this.layers, this.edges] = [warm.layers, warm.edges];
    this.growthBytes = Math.max(0, warm.growthBytes);
  }

  /** The caller's numbers in buffers that may leave this thread, filled up with zeros to the size that the model insists on. */
  private packed({ inputs, size }: EngineBatch): Record<string, TensorValues> {
    const packed = this.facts.inputs.map(({ name, element, shape }) => {
      const items = shape.includes(-1) ? (this.model.fixedSize ?? size) : 1;
      const source = inputs[name];
      const bytes = new Uint8Array(this.pool.take(items * itemBytesOf(element, shape)));
      bytes.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
      bytes.fill(0, source.byteLength);
      return [name, valuesOver(element, bytes.buffer, items * itemCountOf(shape))] as const;
    });
    return Object.fromEntries(packed);
  }

  async infer(batch: EngineBatch): Promise<EngineResult> {
    if (this.ended) throw this.ended;
    checkBatch(this.facts, batch);
    const inputs = this.packed(batch);
    const buffers = Object.values(inputs).map((values) => values.buffer as ArrayBuffer);
    const done = await this.ask(
      batch.size,
      (id) => ({ kind: 'infer', id, batch: batch.batch, size: batch.size, inputs }),
      buffers,
    );
    if (done.kind !== 'done') throw new Error('the thread answered another question');
    for (const buffer of done.buffers) this.pool.giveBack(buffer);
    return { outputs: this.cut(done.outputs, batch.size), startNs: done.startNs, durationNs: done.durationNs };
  }

  /** Without the items that only filled the batch up. */
  private cut(outputs: Record<string, TensorValues>, size: number): Record<string, TensorValues> {
    const { fixedSize } = this.model;
    if (fixedSize === undefined || fixedSize === size) return outputs;
    const each = this.facts.outputs.map(({ name, shape }) => {
      const values = outputs[name];
      return [name, shape.includes(-1) ? values.subarray(0, (values.length / fixedSize) * size) : values] as const;
    });
    return Object.fromEntries(each);
  }

  layerTimes(): readonly LayerTime[] {
    return this.layers;
  }

  layerEdges(): readonly LayerEdge[] {
    return this.edges;
  }

  memory(): EngineMemory {
    const { weightsBytes } = this.model;
    return { weightsBytes, activationsBytes: -1, workspaceBytes: -1, processGrowthBytes: this.growthBytes };
  }

  abort(reason: string): void {
    if (this.ended) return;
    this.end(reason);
    this.worker.postMessage({ kind: 'abandon' } satisfies ToThread);
  }

  async close(): Promise<void> {
    if (this.hasExited) return;
    const exited = new Promise<boolean>((resolve) => this.worker.once('exit', () => resolve(true)));
    this.worker.postMessage({ kind: 'close' } satisfies ToThread);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), CLOSE_MS_MAX);
    });
    const isOver = await Promise.race([exited, late]);
    clearTimeout(timer);
    if (isOver) return;
    this.abort('it hangs');
    const sentence = `The engine of the model ${this.facts.name} hangs: its run has not returned for ${CLOSE_MS_MAX / 1000} s.`;
    throw failure('engineHung', sentence, 'End the process that it runs in.');
  }
}

/**
 * Loads a model in a thread of its own and runs it once with zeros. Throws FailureError: modelMissing, modelForeign, modelTruncated, modelDamaged,
 * unsupportedOperator, unsupportedElement, freeShape, shapeMismatch, modelTooNew, modelRefused, outOfMemory, onnxruntimeMissing,
 * onnxruntimeNotLoaded, providerMissing, engineEnded.
 */
export function loadOnnxruntimeEngine(options: OnnxruntimeOptions, onPhase?: OnLoadPhase): Promise<Engine> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(findThread(), { workerData: options });
    const ended = (reason: string) =>
      reject(failure('engineEnded', `The engine of the model ${options.name} is gone: ${reason}.`, 'Load it again.'));
    const onError = (error: Error) => ended(`its thread failed: ${error.message}`);
    const onExit = () => ended('its thread ended while it loaded');
    worker.once('error', onError);
    worker.once('exit', onExit);
    const onMessage = (message: FromThread) => {
      if (message.kind === 'phase') onPhase?.(message.phase);
      if (message.kind === 'loadFailed') reject(new FailureError(message.failure));
      if (message.kind !== 'loaded') return;
      worker.off('error', onError);
      worker.off('exit', onExit);
      worker.off('message', onMessage);
      resolve(new OnnxruntimeEngine(worker, message.model));
    };
    worker.on('message', onMessage);
  });
}
