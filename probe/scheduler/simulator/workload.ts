// What a simulation runs: models with their costs, who asks for them, and what happens meanwhile.

import type { ModelOptions } from '../configuration';
import type { PipelineOptions } from '../pipelines/pipeline';
import type { StreamOptions } from '../placement/streams';
import type { DropPolicyName } from '../sources/drop-policies';
import type { Arrival } from './arrivals';
import type { SimulatedCost } from './simulated-executor';

export interface SimulatedModel extends ModelOptions {
  readonly cost: SimulatedCost;
  /** Cost of lower tiers as a share of the full one's, best first; left out: halved at each. */
  readonly tierCostRatios?: readonly number[];
  /** Loaded at the start; the first one serves. Left out: one, "1". */
  readonly versions?: readonly string[];
  /** Cost of a version over the model's; left out: 1. */
  readonly versionCostRatios?: Readonly<Record<string, number>>;
  /** Share of a version's batches that fail. */
  readonly versionFailRatios?: Readonly<Record<string, number>>;
}

export interface SimulatedSource {
  readonly name: string;
  /** The model or pipeline that is asked. */
  readonly target: string;
  readonly arrival: Arrival;
  /** Of requests to a model; a pipeline's stages have their own. */
  readonly priority?: number;
  /** From arrival. */
  readonly deadlineNs?: number;
  readonly timeoutMicroseconds?: number;
  /** Keys go around from 0 to this; left out: the source's position is its one key. */
  readonly keyCount?: number;
  /** A camera: its images go through a buffer with this policy. */
  readonly video?: {
    readonly policy: DropPolicyName;
    readonly bufferCount?: number;
    readonly inFlightMax?: number;
    readonly everyNth?: number;
  };
}

export type SimulatedEvent = {
  readonly atNs: number;
} /** `roll-out` loads a version and swaps to it as soon as it is up. */ & (
  | { readonly kind: 'load' | 'roll-out' | 'swap' | 'drain'; readonly model: string; readonly version: string }
  | { readonly kind: 'traffic'; readonly model: string; readonly weights: Readonly<Record<string, number>> }
  | { readonly kind: 'hang' | 'fail-load'; readonly engine: string; readonly count: number }
  | { readonly kind: 'temperature'; readonly celsius: number; readonly slowdownRatio: number }
);

export interface SimulatedWorkload {
  readonly name: string;
  readonly durationNs: number;
  readonly models: readonly SimulatedModel[];
  readonly sources: readonly SimulatedSource[];
  /** How many requests a finished one makes in the next stage is drawn evenly from 0 to the stage's `fanOutMax`; left out: one. */
  readonly pipelines?: readonly (Omit<PipelineOptions, 'stages'> & {
    readonly stages: readonly (PipelineOptions['stages'][number] & { readonly fanOutMax?: number })[];
  })[];
  readonly events?: readonly SimulatedEvent[];
  readonly streams?: readonly StreamOptions[];
  readonly agingNs?: number;
  readonly agedEvery?: number;
}
