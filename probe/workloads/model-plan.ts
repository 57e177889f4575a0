// One model of a workload file as the scheduler takes it, and what its engines are loaded from.

import { NS_PER_MS, NS_PER_SEC } from '../../shared/units/units';
import {
  DEFAULT_QUEUE_POLICY,
  type DynamicBatching,
  type ModelOptions,
  type QueuePolicy,
  type TierKind,
} from '../scheduler/configuration';
import { DEFAULT_ROLL_BACK } from '../scheduler/versions/roll-back';
import type { ModelEntry } from './schema';
import { tensorrtKeysOf } from './tensorrt-keys';
import type { EnginePlan, ModelFile, ModelPlan, VersionPlan } from './workload';

/** Best first; `tiers` of a file names those below the full one. */
const LOWER_TIERS = ['smaller-input', 'lighter-model', 'reuse-last'] as const;

const BUILD_SEC_MAX = 7200;

/** Without the keys that were not given, so that they do not hide a default. */
function given<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function batchingOf({ dynamicBatching = {} }: ModelEntry): Partial<DynamicBatching> {
  const { defaultQueuePolicy, priorityQueuePolicy, ...rest } = dynamicBatching;
  const complete = (policy: object, otherwise: QueuePolicy): QueuePolicy => ({ ...otherwise, ...given(policy) });
  const common = complete(defaultQueuePolicy ?? {}, DEFAULT_QUEUE_POLICY);
  const levels = Object.entries(priorityQueuePolicy ?? {}).map(
    ([level, policy]) => [Number(level), complete(policy, DEFAULT_QUEUE_POLICY)] as const,
  );
  return { ...given(rest), defaultQueuePolicy: common, priorityQueuePolicy: Object.fromEntries(levels) };
}

function degradationOf({ degradation = {}, tiers = {} }: ModelEntry): ModelOptions['degradation'] {
  const { windowMs, calmMs, ...rest } = degradation;
  return {
    ...given(rest),
    ...(windowMs === undefined ? {} : { windowNs: windowMs * NS_PER_MS }),
    ...(calmMs === undefined ? {} : { calmNs: calmMs * NS_PER_MS }),
    tiers: ['full', ...LOWER_TIERS.filter((kind) => tiers[kind] !== undefined)],
  };
}

function optionsOf(name: string, entry: ModelEntry): ModelOptions {
  const { maxBatchSize, weight, admission, pressureDepth, hangFactor, restartCountMax } = entry;
  const { latencyTargetMs, hangMsMin, rollBack } = entry;
  return {
    name,
    ...given({ maxBatchSize, weight, admission, pressureDepth, hangFactor, restartCountMax }),
    ...(latencyTargetMs === undefined ? {} : { latencyTargetNs: latencyTargetMs * NS_PER_MS }),
    ...(hangMsMin === undefined ? {} : { hangNsMin: hangMsMin * NS_PER_MS }),
    ...(rollBack === undefined ? {} : { rollBack: { ...DEFAULT_ROLL_BACK, ...given(rollBack) } }),
    // TensorRT times its tactics while it builds, which takes minutes on a board.
    ...(entry.engine === 'tensorrt' ? { loadNsMax: BUILD_SEC_MAX * NS_PER_SEC } : {}),
    dynamicBatching: batchingOf(entry),
    degradation: degradationOf(entry),
  };
}

type Part = Pick<ModelEntry, 'shapes' | 'precision'> & { readonly file?: ModelEntry['file'] };

/** Of the parts from the general to the special one. */
function filesOf(parts: readonly (Part | undefined)[]): ModelFile[] {
  const file = parts.findLast((part) => part?.file !== undefined)?.file ?? [];
  const shapes = parts.findLast((part) => part?.shapes !== undefined)?.shapes;
  if (typeof file === 'string') return [{ place: file, shapes }];
  return file.map((each) => (typeof each === 'string' ? { place: each } : each));
}

/** `loadedLater` has "model/version" of what an event loads. */
export function modelPlan(name: string, entry: ModelEntry, loadedLater: ReadonlySet<string>): ModelPlan {
  const { engine, threads, provider, maxBatchSize, versions = { '1': {} }, tiers = {} } = entry;
  const planOf = (...parts: (Part | undefined)[]): EnginePlan => ({
    kind: engine,
    files: filesOf([entry, ...parts]),
    threads,
    provider,
    batchMax: maxBatchSize,
    precision: parts.findLast((part) => part?.precision !== undefined)?.precision ?? entry.precision,
    tensorrt: tensorrtKeysOf(entry),
  });
  const plans = Object.entries(versions).map(([version, part]): VersionPlan => {
    const engines: Partial<Record<TierKind, EnginePlan>> = { full: planOf(part) };
    for (const kind of ['smaller-input', 'lighter-model'] as const) {
      if (tiers[kind]) engines[kind] = planOf(part, tiers[kind]);
    }
    return { version, isFirst: !loadedLater.has(`${name}/${version}`), engines };
  });
  return { options: optionsOf(name, entry), versions: plans, traffic: entry.traffic, pixels: entry.pixels };
}
