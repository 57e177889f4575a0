// A workload, ready to run: who is served by what, who asks, and what changes meanwhile. Times in ns from the start.

import type { PolicyChoice } from '../../shared/rpc/workload-control';
import type { ModelOptions, TierKind } from '../scheduler/configuration';
import type { StreamOptions } from '../scheduler/placement/streams';
import type { Arrival } from '../scheduler/simulator/arrivals';
import type { DropPolicyName } from '../scheduler/sources/drop-policies';
import type { Feeds } from './feeds/feed';
import type { Pixels } from './pictures/picture';
import type { Change } from './schema';
import type { TensorrtKeys } from './tensorrt-keys';

export interface ModelFile {
  /** As of probe/engines/model-places.ts. */
  readonly place: string;
  /** Sizes of inputs that the model leaves free, -1 being the batch. */
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
}

/** What one tier of one version is loaded from. */
export interface EnginePlan {
  readonly kind: 'onnxruntime' | 'kernels' | 'tensorrt';
  /** The first one that is there. */
  readonly files: readonly ModelFile[];
  readonly threads: number;
  /** 'cpu' when undefined and nothing else was asked for. */
  readonly provider: 'cpu' | 'cuda' | 'tensorrt' | undefined;
  readonly batchMax: number;
  /** What was asked for; undefined leaves it to the engine. */
  readonly precision: 'fp32' | 'fp16' | 'int8' | undefined;
  /** Of the engine tensorrt; empty for another. */
  readonly tensorrt: TensorrtKeys;
}

export interface VersionPlan {
  readonly version: string;
  /** Whether it is loaded before the first request; otherwise an event loads it. */
  readonly isFirst: boolean;
  readonly engines: Readonly<Partial<Record<TierKind, EnginePlan>>>;
}

export interface ModelPlan {
  readonly options: ModelOptions;
  readonly versions: readonly VersionPlan[];
  readonly traffic: Readonly<Record<string, number>> | undefined;
  readonly pixels: Pixels;
}

export interface WorkloadPipeline {
  readonly name: string;
  readonly stages: readonly {
    readonly model: string;
    readonly priority?: number;
    readonly share?: number;
    readonly feeds?: Feeds;
    readonly fanOutMax?: number;
    readonly scoreMin?: number;
  }[];
}

export interface WorkloadSource {
  readonly name: string;
  readonly target: string;
  readonly arrival: Arrival;
  readonly priority: number | undefined;
  /** From arrival. */
  readonly deadlineNs: number | undefined;
  readonly timeoutMicroseconds: number | undefined;
  readonly keyCount: number | undefined;
  /** As of pictures/place.ts; undefined for seeded numbers. */
  readonly pictures: string | undefined;
  readonly video:
    | {
        readonly policy: DropPolicyName;
        readonly bufferCount?: number;
        readonly inFlightMax?: number;
        readonly everyNth?: number;
      }
    | undefined;
}

export interface Workload {
  readonly name: string;
  readonly durationNs: number;
  readonly seed: number;
  readonly policy: PolicyChoice;
  readonly streams: readonly StreamOptions[] | undefined;
  readonly agingNs: number | undefined;
  readonly agedEvery: number | undefined;
  readonly models: readonly ModelPlan[];
  readonly pipelines: readonly WorkloadPipeline[];
  readonly sources: readonly WorkloadSource[];
  readonly events: readonly { readonly atNs: number; readonly change: Change }[];
  /** From which its paths count. */
  readonly folder: string;
}
