// The one interface of everything that runs a network: the workload runner and the scheduler know no other. Loading is a function of
// each engine's folder; it throws FailureError, and so does every method here.

import type { LayerEdge } from '../../shared/model/layer-edges';
import type { ElementType } from './onnx/model';

/** A batch-major block of numbers: float16 as its bits in a Uint16Array, int64 in a BigInt64Array, bool in a Uint8Array. */
export type TensorValues = NodeJS.TypedArray;

export interface TensorFacts {
  readonly name: string;
  readonly element: ElementType;
  /** -1 is the batch. A tensor without it goes whole with every batch. */
  readonly shape: readonly number[];
}

export interface EngineFacts {
  readonly name: string;
  readonly kind: 'onnxruntime' | 'kernels' | 'tensorrt';
  readonly device: 'cpu' | 'cuda';
  /** What most of the weights are stored in: fp32, fp16, bf16, int8, or mixed where no one of them has half. */
  readonly precision: string;
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  /** Items that one batch holds at most. */
  readonly batchMax: number;
}

export interface EngineBatch {
  /** The caller's number of this batch, for the external correlation of kernels. */
  readonly batch: number;
  /** Items in it, 1 to batchMax. */
  readonly size: number;
  /** By the input's name, `size` items one after another. Free to be written again as soon as infer() has returned its promise. */
  readonly inputs: Readonly<Record<string, TensorValues>>;
}

export interface EngineResult {
  /** By the output's name, `size` items one after another; the caller's own. */
  readonly outputs: Readonly<Record<string, TensorValues>>;
  /** When the device began, in nanoseconds of the host's CLOCK_MONOTONIC. */
  readonly startNs: number;
  readonly durationNs: number;
  /** Gives the outputs' memory back, so that the next batch can have it; they are empty then. Else the garbage collector does. */
  readonly release?: () => void;
}

/** One layer of one batch size, over `runCount` measured runs. */
export interface LayerTime {
  readonly name: string;
  /** The operator, or what the engine calls the kind of layer. */
  readonly type: string;
  readonly batchSize: number;
  readonly runCount: number;
  /** The mean start, from the start of its run; -1 where the engine does not say. */
  readonly offsetNs: number;
  readonly averageNs: number;
  readonly medianNs: number;
  readonly totalNs: number;
  /** Whether it was measured by itself, one launch after another, and not within a run of the network. */
  readonly isAlone?: boolean;
}

/** Bytes; -1 where nobody knows. */
export interface EngineMemory {
  readonly weightsBytes: number;
  readonly activationsBytes: number;
  readonly workspaceBytes: number;
  /** Growth of the whole process while the engine was loaded and warmed up: an upper estimate that holds what others did meanwhile. */
  readonly processGrowthBytes: number;
}

export interface Engine {
  readonly facts: EngineFacts;
  /** Runs every batch size a few times, so that the first real batch pays for nothing. */
  warmUp(batchSizes: readonly number[]): Promise<void>;
  /** Batches are run in the order of the calls. */
  infer(batch: EngineBatch): Promise<EngineResult>;
  /** Memory for inputs that the device reads itself, without a copy between; undefined when none is free. */
  inputArray?(bytes: number): ArrayBuffer | undefined;
  /** Gives the memory of such inputs back, as soon as infer() has returned its promise; they are empty then. */
  giveBack?(inputs: EngineBatch['inputs']): void;
  /** Empty until they were measured. */
  layerTimes(): readonly LayerTime[];
  /** How the layers hang together; empty until they were measured, absent where the engine does not know. */
  layerEdges?(): readonly LayerEdge[];
  memory(): EngineMemory;
  /** For a watchdog: whatever is under way is answered with a failure that says `reason`, at once; every later call throws. */
  abort(reason: string): void;
  /**
   * Ends what is under way in order, then gives everything back; after abort() it waits for the run that was given up. Throws engineHung when
   * that does not return. A process may exit only when its engines are closed.
   */
  close(): Promise<void>;
}
