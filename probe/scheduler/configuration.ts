// What is known about a model before it runs. Queue and batching words are those of Triton's model configuration (ModelQueuePolicy,
// ModelDynamicBatching), with Triton's meaning and defaults; units are in them.

import { NS_PER_MS, NS_PER_SEC } from '../../shared/units/units';
import { failure } from '../../shared/util/failure';
import type { RollBackRule } from './versions/roll-back';

/** The queue keeps one bit a rank and two ranks a level in a 32-bit word. */
export const PRIORITY_LEVELS_MAX = 15;
export const BATCH_SIZE_MAX = 1024;

export interface QueuePolicy {
  /** REJECT answers a timed-out request; DELAY serves it after all that are not delayed at its level or a higher one. */
  readonly timeoutAction: 'REJECT' | 'DELAY';
  /** 0 is no timeout. */
  readonly defaultTimeoutMicroseconds: number;
  /** Whether a request's own timeout counts; as in Triton only when it is shorter than the default one. */
  readonly allowTimeoutOverride: boolean;
  /** Of one priority level; a request that finds it full is rejected. 0 is no limit. */
  readonly maxQueueSize: number;
}

export const DEFAULT_QUEUE_POLICY: QueuePolicy = {
  timeoutAction: 'REJECT',
  defaultTimeoutMicroseconds: 0,
  allowTimeoutOverride: false,
  maxQueueSize: 0,
};

export interface DynamicBatching {
  /** Ascending. Empty: only the full batch is preferred. */
  readonly preferredBatchSize: readonly number[];
  /** How long a request may wait for company while a stream is free. */
  readonly maxQueueDelayMicroseconds: number;
  /** Level 1 is the highest. 0: all requests are equal, which is one level. */
  readonly priorityLevels: number;
  /** Of requests that name none, or one that is not there. */
  readonly defaultPriorityLevel: number;
  /** Answers are given in the order in which their requests came. Triton: with one priority level and without DELAY alone. */
  readonly preserveOrdering: boolean;
  readonly defaultQueuePolicy: QueuePolicy;
  readonly priorityQueuePolicy: Readonly<Record<number, QueuePolicy>>;
}

/** What a tier answers with. `reuse-last` has no engine. */
export type TierKind = 'full' | 'smaller-input' | 'lighter-model' | 'reuse-last';

export interface DegradationRule {
  /** Best first. */
  readonly tiers: readonly TierKind[];
  /** A window with a larger share of missed deadlines steps down one tier; with a smaller share than `missRatioLow` it counts as calm. */
  readonly missRatioHigh: number;
  readonly missRatioLow: number;
  readonly windowNs: number;
  /** How long it must be calm before one tier is climbed. */
  readonly calmNs: number;
  /** At or above: one tier down a window, whatever the misses. Tiers are climbed only below `coolCelsius`. */
  readonly hotCelsius: number;
  readonly coolCelsius: number;
  /** In `reuse-last` every so many requests one still runs, so that results stay fresh and recovery is seen. */
  readonly refreshEvery: number;
}

export interface ModelConfiguration {
  readonly name: string;
  readonly maxBatchSize: number;
  readonly dynamicBatching: DynamicBatching;
  /** Share of the device under the weighted-fair policy. */
  readonly weight: number;
  /** The batch limit moves towards this latency; undefined leaves it at maxBatchSize. */
  readonly latencyTargetNs: number | undefined;
  /** `deadline` refuses a request whose predicted completion lies past its deadline. */
  readonly admission: 'off' | 'deadline';
  /** At this many waiting requests sources are asked to stop, at half of it to go on. 0 is never. */
  readonly pressureDepth: number;
  readonly degradation: DegradationRule;
  /** An engine that is silent for `hangFactor` times the predicted duration, and at least `hangNsMin`, is ended. */
  readonly hangNsMin: number;
  readonly hangFactor: number;
  /** Restarts without one good batch in between. */
  readonly restartCountMax: number;
  /** How long loading or warming one engine may take. */
  readonly loadNsMax: number;
  /** How a new version is judged after a swap; undefined swaps for good. */
  readonly rollBack: RollBackRule | undefined;
}

export type ModelOptions = Partial<Omit<ModelConfiguration, 'dynamicBatching' | 'degradation'>> & {
  readonly name: string;
  readonly dynamicBatching?: Partial<DynamicBatching>;
  readonly degradation?: Partial<DegradationRule>;
};

const DEFAULT_BATCHING: DynamicBatching = {
  preferredBatchSize: [],
  maxQueueDelayMicroseconds: 0,
  priorityLevels: 0,
  defaultPriorityLevel: 1,
  preserveOrdering: false,
  defaultQueuePolicy: DEFAULT_QUEUE_POLICY,
  priorityQueuePolicy: {},
};

const DEFAULT_DEGRADATION: DegradationRule = {
  tiers: ['full'],
  missRatioHigh: 0.2,
  missRatioLow: 0.02,
  windowNs: 500 * NS_PER_MS,
  calmNs: 3 * NS_PER_SEC,
  hotCelsius: Number.POSITIVE_INFINITY,
  coolCelsius: Number.POSITIVE_INFINITY,
  refreshEvery: 8,
};

/** The configuration with every default filled in. Throws a FailureError that names the model and the first value that cannot be. */
export function completeModel(options: ModelOptions): ModelConfiguration {
  const model: ModelConfiguration = {
    maxBatchSize: 1,
    weight: 1,
    latencyTargetNs: undefined,
    admission: 'off',
    pressureDepth: 0,
    hangNsMin: NS_PER_SEC,
    hangFactor: 10,
    restartCountMax: 3,
    loadNsMax: 300 * NS_PER_SEC,
    rollBack: undefined,
    ...options,
    dynamicBatching: { ...DEFAULT_BATCHING, ...options.dynamicBatching },
    degradation: { ...DEFAULT_DEGRADATION, ...options.degradation },
  };
  const wrong = faultOf(model);
  if (wrong) throw failure('badModel', `The model "${model.name}" ${wrong}.`, 'Change it in the workload file.');
  return model;
}

const isCount = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;

function faultOf({ maxBatchSize, dynamicBatching, weight, degradation }: ModelConfiguration): string | undefined {
  const { preferredBatchSize, priorityLevels, defaultPriorityLevel, maxQueueDelayMicroseconds } = dynamicBatching;
  if (!isCount(maxBatchSize, 1, BATCH_SIZE_MAX)) return `has maxBatchSize ${maxBatchSize}, not 1 to ${BATCH_SIZE_MAX}`;
  const isAscending = preferredBatchSize.every((size, index) => index === 0 || size > preferredBatchSize[index - 1]);
  const isInRange = preferredBatchSize.every((size) => isCount(size, 1, maxBatchSize));
  if (!isAscending || !isInRange)
    return `prefers batches of ${preferredBatchSize}, not ascending from 1 to maxBatchSize`;
  if (!isCount(priorityLevels, 0, PRIORITY_LEVELS_MAX)) {
    return `has ${priorityLevels} priority levels; ${PRIORITY_LEVELS_MAX} are the most`;
  }
  if (!isCount(defaultPriorityLevel, 1, Math.max(1, priorityLevels))) {
    return `has the default priority level ${defaultPriorityLevel}, which is not among its levels`;
  }
  if (dynamicBatching.preserveOrdering) {
    if (priorityLevels > 1) return `preserves ordering and has ${priorityLevels} priority levels; one is the most then`;
    const policies = [dynamicBatching.defaultQueuePolicy, ...Object.values(dynamicBatching.priorityQueuePolicy)];
    const isDelaying = policies.some((each) => each.timeoutAction === 'DELAY' && each.defaultTimeoutMicroseconds > 0);
    if (isDelaying) return 'preserves ordering and delays what times out';
  }
  if (!(maxQueueDelayMicroseconds >= 0)) return 'has a queue delay below zero';
  if (!(weight > 0)) return `has the weight ${weight}, which is not above zero`;
  if (degradation.tiers.length === 0 || degradation.tiers[0] === 'reuse-last') return 'has no tier with an engine';
  if (degradation.tiers.slice(0, -1).includes('reuse-last')) return 'has tiers below reuse-last';
  if (!(degradation.missRatioLow <= degradation.missRatioHigh)) return 'has miss ratios that leave no hysteresis';
  return undefined;
}

/** The level of a request that asks for `priority`. Triton: none, or one that is not there, is the default level. */
export function priorityOf({ dynamicBatching }: ModelConfiguration, priority: number | undefined): number {
  const { priorityLevels, defaultPriorityLevel } = dynamicBatching;
  if (priority === undefined || priority < 1 || priority > priorityLevels) return defaultPriorityLevel;
  return Math.floor(priority);
}

/** The queue policy of a level. */
export function queuePolicyOf({ dynamicBatching }: ModelConfiguration, priority: number): QueuePolicy {
  return dynamicBatching.priorityQueuePolicy[priority] ?? dynamicBatching.defaultQueuePolicy;
}
