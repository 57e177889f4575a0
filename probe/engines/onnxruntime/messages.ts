// What passes between an engine and its thread.

import type { LayerEdge } from '../../../shared/model/layer-edges';
import type { Failure } from '../../../shared/util/failure';
import type { EngineFacts, LayerTime, TensorValues } from '../engine';
import type { LoadPhase } from '../loading';

/** Who computes: the CPU, or one of ONNX Runtime's libraries for NVIDIA where they are installed. */
export type Provider = 'cpu' | 'cuda' | 'tensorrt';

export interface OnnxruntimeOptions {
  /** What the model is called in facts and sentences. */
  readonly name: string;
  readonly modelPath: string;
  /** 'cpu' when absent. */
  readonly provider?: Provider;
  /** Of the GPU; 0 when absent. */
  readonly deviceIndex?: number;
  /** CPU threads of this engine alone; as many as the machine runs at once when absent. */
  readonly threads?: number;
  /** The largest batch of a model that leaves its first dimension free; 8 when absent. */
  readonly batchMax?: number;
  /** Sizes of inputs that the model leaves free, -1 being the batch, by the input's name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  /** Runs of each batch size in warmUp() whose layers are timed; 0 when absent. Profiling ends with the warm-up. */
  readonly profiledRuns?: number;
  /** Of hookanalyzer.node, which marks the CUDA calls of a batch; they stay unmarked when absent. */
  readonly addonPath?: string;
}

export interface LoadedModel {
  readonly facts: EngineFacts;
  /** Items that the model itself insists on; fewer are filled up with zeros. */
  readonly fixedSize: number | undefined;
  /** As the file stores them. */
  readonly weightsBytes: number;
}

export type ToThread =
  | { readonly kind: 'warmUp'; readonly id: number; readonly sizes: readonly number[] }
  | {
      readonly kind: 'infer';
      readonly id: number;
      /** The caller's number of the batch; 0 is none. */
      readonly batch: number;
      readonly size: number;
      readonly inputs: Record<string, TensorValues>;
    }
  /** What came before is answered first. */
  | { readonly kind: 'close' }
  /** Nothing more is answered. */
  | { readonly kind: 'abandon' };

export interface DoneMessage {
  readonly kind: 'done';
  readonly id: number;
  readonly outputs: Record<string, TensorValues>;
  readonly startNs: number;
  readonly durationNs: number;
  /** The inputs' buffers, for the next batch. */
  readonly buffers: readonly ArrayBuffer[];
}

export interface WarmMessage {
  readonly kind: 'warm';
  readonly id: number;
  readonly layers: readonly LayerTime[];
  readonly edges: readonly LayerEdge[];
  /** Growth of the process since the thread began to load. */
  readonly growthBytes: number;
}

export type FromThread =
  | { readonly kind: 'phase'; readonly phase: LoadPhase }
  | { readonly kind: 'loaded'; readonly model: LoadedModel }
  | { readonly kind: 'loadFailed'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure }
  | WarmMessage
  | DoneMessage;
