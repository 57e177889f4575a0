// Small workloads drawn at random: up to three models with every kind of limit, up to four sources, and things that go wrong.

import fc from 'fast-check';
import type { ModelOptions, QueuePolicy } from '../../../probe/scheduler/configuration';
import { POLICY_NAMES } from '../../../probe/scheduler/policies/policies';
import type { Arrival } from '../../../probe/scheduler/simulator/arrivals';
import type {
  SimulatedEvent,
  SimulatedModel,
  SimulatedSource,
  SimulatedWorkload,
} from '../../../probe/scheduler/simulator/workload';

const MS = 1e6;
const DURATION_NS = 60 * MS;
const NAMES = ['a', 'b', 'c'];

const queuePolicy: fc.Arbitrary<QueuePolicy> = fc.record({
  timeoutAction: fc.constantFrom('REJECT', 'DELAY'),
  defaultTimeoutMicroseconds: fc.constantFrom(0, 0, 2000, 10_000),
  allowTimeoutOverride: fc.boolean(),
  maxQueueSize: fc.constantFrom(0, 0, 1, 4),
});

const arrival: fc.Arbitrary<Arrival> = fc.oneof(
  fc.record({ kind: fc.constant('periodic' as const), ratePerSec: fc.constantFrom(50, 200, 400) }),
  fc.record({ kind: fc.constant('poisson' as const), ratePerSec: fc.constantFrom(50, 200, 400) }),
  fc.record({
    kind: fc.constant('burst' as const),
    count: fc.integer({ min: 1, max: 9 }),
    periodNs: fc.constant(20 * MS),
  }),
  fc.record({
    kind: fc.constant('closed' as const),
    concurrency: fc.integer({ min: 1, max: 4 }),
    thinkNs: fc.constantFrom(MS, 5 * MS),
  }),
);

function sizesUpTo(most: number): fc.Arbitrary<number[]> {
  return fc
    .uniqueArray(fc.integer({ min: 1, max: most }), { maxLength: 2 })
    .map((sizes) => sizes.sort((left, right) => left - right));
}

function model(name: string): fc.Arbitrary<SimulatedModel> {
  return fc.integer({ min: 1, max: 6 }).chain((maxBatchSize) =>
    fc
      .record({
        preferredBatchSize: sizesUpTo(maxBatchSize),
        maxQueueDelayMicroseconds: fc.constantFrom(0, 500, 5000),
        priorityLevels: fc.integer({ min: 0, max: 3 }),
        defaultQueuePolicy: queuePolicy,
        weight: fc.constantFrom(1, 3),
        latencyTargetNs: fc.constantFrom(undefined, 8 * MS),
        admission: fc.constantFrom('off' as const, 'off' as const, 'deadline' as const),
        pressureDepth: fc.constantFrom(0, 3),
        launchNs: fc.constantFrom(0.2 * MS, 2 * MS),
        perItemNs: fc.constantFrom(0.3 * MS, 2 * MS),
        noiseRatio: fc.constantFrom(0, 0.1, 0.5),
        failRatio: fc.constantFrom(0, 0, 0, 0.2),
        hasTiers: fc.boolean(),
        hasRollBack: fc.boolean(),
        wantsOrder: fc.boolean(),
      })
      .map((drawn): SimulatedModel => {
        const { preferredBatchSize, maxQueueDelayMicroseconds, priorityLevels, defaultQueuePolicy } = drawn;
        const { weight, latencyTargetNs, admission, pressureDepth, hasTiers, hasRollBack } = drawn;
        const { launchNs, perItemNs, noiseRatio, failRatio } = drawn;
        const { timeoutAction, defaultTimeoutMicroseconds } = defaultQueuePolicy;
        const isDelaying = timeoutAction === 'DELAY' && defaultTimeoutMicroseconds > 0;
        const preserveOrdering = drawn.wantsOrder && priorityLevels <= 1 && !isDelaying;
        const queueing = { maxQueueDelayMicroseconds, priorityLevels, defaultQueuePolicy };
        const batching = { preferredBatchSize, preserveOrdering, ...queueing };
        const tiers = ['full', 'lighter-model', 'reuse-last'] as const;
        const rollBack = { answerCountMin: 5, probationCount: 12, failedRatioMax: 0.1, failedCountMin: 2 };
        const options: ModelOptions = {
          ...{ name, maxBatchSize, weight, latencyTargetNs, admission, pressureDepth },
          ...{ hangNsMin: 40 * MS, hangFactor: 3, restartCountMax: 1 },
          dynamicBatching: { ...batching, defaultPriorityLevel: Math.max(1, priorityLevels) },
          degradation: hasTiers ? { tiers, windowNs: 10 * MS, calmNs: 20 * MS, refreshEvery: 3 } : {},
          rollBack: hasRollBack ? { ...rollBack, missedRatioMax: 0.5, p99RatioMax: 3 } : undefined,
        };
        const cost = { launchNs, perItemNs, noiseRatio, failRatio, interferenceRatio: 0.8, loadNs: 2 * MS };
        return { ...options, cost };
      }),
  );
}

function source(name: string, targets: readonly string[]): fc.Arbitrary<SimulatedSource> {
  return fc
    .record({
      target: fc.constantFrom(...targets),
      arrival,
      priority: fc.integer({ min: 0, max: 3 }),
      deadlineNs: fc.constantFrom(undefined, 4 * MS, 15 * MS, 40 * MS),
      timeoutMicroseconds: fc.constantFrom(undefined, 1000),
      keyCount: fc.constantFrom(undefined, 5),
      camera: fc.constantFrom(undefined, 'drop-oldest', 'drop-newest', 'every-nth', 'deadline-aware'),
    })
    .map(({ camera, ...drawn }): SimulatedSource => {
      const hasCamera = camera !== undefined && drawn.arrival.kind !== 'closed';
      return { name, ...drawn, video: hasCamera ? { policy: camera as 'drop-oldest' } : undefined };
    });
}

/** A version that is rolled out, with a hang, a failed load or a hot board thrown in. */
function events(model: string): fc.Arbitrary<readonly SimulatedEvent[]> {
  const atNs = fc.integer({ min: 1, max: 30 * MS });
  const engine = fc.constantFrom(`${model}/1/full`, `${model}/2/full`);
  const rollOut = fc.record({
    ...{ kind: fc.constant('roll-out' as const), atNs: fc.integer({ min: 2, max: 40 * MS }) },
    ...{ model: fc.constant(model), version: fc.constant('2') },
  });
  const fault = fc.oneof(
    fc.record({ kind: fc.constant('hang' as const), atNs, engine, count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('fail-load' as const), atNs: fc.constant(1), engine, count: fc.constant(1) }),
    fc.record({
      ...{ kind: fc.constant('temperature' as const), atNs },
      ...{ celsius: fc.constantFrom(50, 90), slowdownRatio: fc.constantFrom(1, 3) },
    }),
  );
  return fc.oneof(fc.constant([]), fc.tuple(rollOut), fc.tuple(rollOut, fault), fc.tuple(rollOut, fault, fault));
}

export const workloads: fc.Arbitrary<SimulatedWorkload> = fc.integer({ min: 1, max: 3 }).chain((modelCount) => {
  const names = NAMES.slice(0, modelCount);
  return fc.record({
    name: fc.constant('random'),
    durationNs: fc.constant(DURATION_NS),
    models: fc.tuple(...names.map(model)),
    sources: fc
      .integer({ min: 1, max: 3 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => source(`source ${index}`, names)))),
    events: events(names[0]),
    streams: fc.constantFrom(
      [{ cudaPriority: 0 }],
      [{ cudaPriority: -1 }, { cudaPriority: 0 }],
      [{ cudaPriority: -1, lowestLevel: 1 }, { cudaPriority: 0 }, { cudaPriority: 0 }],
    ),
    agingNs: fc.constantFrom(5 * MS, 1000 * MS),
    agedEvery: fc.integer({ min: 1, max: 4 }),
  });
});

export const policyNames = fc.constantFrom(...POLICY_NAMES);
