// The JavaScript side of native/addon/binding/tensorrt_object.h. Bytes are copied, but the values of
// infer(), which must stay as they are until its promise settles.

import { type FailureError, failure } from '../../../shared/util/failure';
import type { ElementType } from '../onnx/model';

export interface ShapeRange {
  readonly input: string;
  readonly min: readonly number[];
  /** What TensorRT times its tactics for. */
  readonly best: readonly number[];
  readonly max: readonly number[];
}
/** A range for each input with an open dimension. */
export type OptimizationProfile = readonly ShapeRange[];

export type Severity = 'internalError' | 'error' | 'warning' | 'note' | 'verbose';

export interface BuildOptions {
  readonly onnxPath: string;
  /** The lowest that layers may use; fp32 when absent. */
  readonly precision?: 'fp32' | 'fp16' | 'int8';
  /** For int8 of a model without Q/DQ nodes. */
  readonly calibrationCache?: Uint8Array;
  readonly usesSparsity?: boolean;
  /** Layers that DLA cannot run go to the GPU. */
  readonly dlaCore?: number;
  readonly profiles?: readonly OptimizationProfile[];
  readonly timingCaches?: readonly Uint8Array[];
  readonly workspaceBytesMax?: number;
  /** 0 to 5; 3 when absent. From 4 on a build is not reproducible. */
  readonly optimizationLevel?: number;
  readonly isVersionCompatible?: boolean;
  /** How much the plan keeps for the inspector; whole when absent. */
  readonly layerDetail?: 'names' | 'none' | 'whole';
  /** The least severe that is passed on; note when absent. */
  readonly logSeverityMax?: Severity;
  readonly device?: number;
}

export type BuildEvent =
  | { readonly kind: 'log'; readonly severity: Severity; readonly text: string }
  | {
      readonly kind: 'progress';
      readonly phase: string;
      /** Empty at the top. */
      readonly parent: string;
      /** Steps done, 0 to stepCount. */
      readonly step: number;
      readonly stepCount: number;
      readonly isFinished: boolean;
    };

/** Bytes as TensorRT's own log tells them; -1 when it does not. */
export interface BuildMemory {
  readonly weightsBytes: number;
  readonly activationsBytes: number;
  readonly workspaceBytes: number;
}

export interface BuildAnswer {
  readonly plan: Uint8Array;
  readonly timingCache: Uint8Array;
  /** Empty when none was used. */
  readonly calibrationCache: Uint8Array;
  readonly memory: BuildMemory;
  /** Events that came faster than they were taken. */
  readonly lostEventCount: number;
}

export interface NativeTensor {
  readonly name: string;
  readonly element: ElementType | 'other';
  /** -1 where open. */
  readonly shape: readonly number[];
  readonly isInput: boolean;
}

export interface NativeOutput {
  readonly name: string;
  readonly element: ElementType | 'other';
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface NativeEngine {
  readonly facts: {
    readonly name: string;
    readonly layerCount: number;
    readonly tensors: readonly NativeTensor[];
    readonly profiles: readonly OptimizationProfile[];
  };
  readonly memory: {
    readonly weightsBytes: number;
    /** False: what the device had less while the plan was loaded. */
    readonly areWeightsExact: boolean;
    readonly activationsBytes: number;
  };
  infer(
    inputs: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly values: NodeJS.TypedArray;
    }[],
    isProfiled?: boolean,
    /** Whose CUDA calls these are, for the rows of the table `external`; 0 is none. */
    batch?: number,
  ): Promise<{
    readonly outputs: readonly NativeOutput[];
    readonly startHostNs: bigint;
    readonly durationNs: number;
    readonly isGraph: boolean;
  }>;
  /** JSON of TensorRT's inspector. */
  inspect(): string;
  /** Of the profiled inferences since the last reset. */
  layerTimes(): { readonly name: string; readonly meanNs: number; readonly count: number }[];
  resetLayerTimes(): void;
  /** Why some shape runs without a CUDA graph; empty when none does. */
  graphRefusal(): string;
  close(): Promise<void>;
}

export interface NativeTensorrt {
  readonly version: string;
  build(
    options: BuildOptions,
    onEvent: (event: BuildEvent) => void,
  ): {
    readonly promise: Promise<BuildAnswer>;
    cancel(): void;
    /** Cancels and waits; the promise never settles then. For the exit of the process, which TensorRT's threads do not survive. */
    end(): void;
  };
  load(options: {
    plan: Uint8Array;
    device?: number;
    dlaCore?: number;
    allowsHostCode?: boolean;
    capturesGraphs?: boolean;
  }): Promise<NativeEngine>;
  mergeTimingCaches(caches: readonly Uint8Array[]): Uint8Array;
}

/** What this folder needs of the addon. */
export interface TensorrtHost {
  createTensorrt(options: { folder?: string }): NativeTensorrt;
  cudaDevices(): {
    readonly devices: readonly {
      readonly index: number;
      readonly name: string;
      readonly computeMajor: number;
      readonly computeMinor: number;
    }[];
  };
}

/** What the addon threw, as a person reads it. */
export function failureOf(error: unknown): FailureError {
  const { message, code, remedy } = error as { message?: string; code?: unknown; remedy?: unknown };
  const isProblem = typeof code === 'string' && typeof remedy === 'string';
  return failure(isProblem ? code : 'tensorrtFailed', message ?? String(error), isProblem ? remedy : '');
}

/** Opens TensorRT. Throws FailureError: tensorrtMissing, tensorrtOtherVersion, tensorrtTooOld, tensorrtNotBuilt, tensorrtBroken. */
export function openTensorrt(host: TensorrtHost, folder?: string): NativeTensorrt {
  try {
    return host.createTensorrt(folder === undefined ? {} : { folder });
  } catch (error) {
    throw failureOf(error);
  }
}
