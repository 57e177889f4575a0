// Workloads that tests, benchmarks and figures share. Costs are of the size of a YOLOv8n-shaped detector and a small classifier on a
// board; they are inputs of a simulation and say nothing about one.

import { NS_PER_MS, NS_PER_SEC } from '../../../shared/units/units';
import type { SimulatedCost } from './simulated-executor';
import type { SimulatedWorkload } from './workload';

const cost = (launchMs: number, perItemMs: number): SimulatedCost => {
  const [launchNs, perItemNs] = [launchMs * NS_PER_MS, perItemMs * NS_PER_MS];
  return { launchNs, perItemNs, noiseRatio: 0.05, interferenceRatio: 0.85, loadNs: 0 };
};

/** Three cameras at 30 images a second each feed one detector. */
export function threeCameras(durationNs: number): SimulatedWorkload {
  const camera = (name: string) => ({
    ...{ name, target: 'detect', arrival: { kind: 'periodic', ratePerSec: 30, jitterRatio: 0.05 } as const },
    ...{ deadlineNs: 33 * NS_PER_MS, video: { policy: 'drop-oldest' } as const },
  });
  return {
    name: 'three-cameras',
    durationNs,
    models: [
      {
        ...{ name: 'detect', maxBatchSize: 4, cost: cost(3, 4) },
        dynamicBatching: { maxQueueDelayMicroseconds: 2000, preferredBatchSize: [4] },
      },
    ],
    sources: [camera('front'), camera('left'), camera('right')],
  };
}

/** A camera that must be answered in time, and more background work than the device can do. */
export function overload(durationNs: number): SimulatedWorkload {
  const limits = { maxQueueSize: 64, defaultTimeoutMicroseconds: 0, allowTimeoutOverride: false } as const;
  const dynamicBatching = {
    ...{ priorityLevels: 2, defaultPriorityLevel: 2 },
    defaultQueuePolicy: { ...limits, timeoutAction: 'REJECT' } as const,
  };
  return {
    name: 'overload',
    durationNs,
    models: [
      { name: 'detect', maxBatchSize: 4, cost: cost(1, 5), dynamicBatching },
      { name: 'caption', maxBatchSize: 8, cost: cost(1.5, 5), dynamicBatching },
    ],
    sources: [
      {
        ...{ name: 'camera', target: 'detect', priority: 1, deadlineNs: 33 * NS_PER_MS },
        arrival: { kind: 'periodic', ratePerSec: 30, jitterRatio: 0.1 },
      },
      { name: 'archive', target: 'caption', priority: 2, arrival: { kind: 'poisson', ratePerSec: 250 } },
    ],
  };
}

/** Detect, classify up to four objects, and track; a camera at 30 images a second. */
export function detectClassifyTrack(durationNs: number): SimulatedWorkload {
  const dynamicBatching = { maxQueueDelayMicroseconds: 1000 };
  return {
    name: 'detect-classify-track',
    durationNs,
    models: [
      { name: 'detect', maxBatchSize: 2, cost: cost(3, 4) },
      { name: 'classify', maxBatchSize: 8, cost: cost(1, 0.5), dynamicBatching },
      { name: 'track', maxBatchSize: 8, cost: cost(0.3, 0.1), dynamicBatching },
    ],
    pipelines: [
      {
        name: 'street',
        stages: [{ model: 'detect', fanOutMax: 4 }, { model: 'classify' }, { model: 'track' }],
      },
    ],
    sources: [
      {
        ...{ name: 'camera', target: 'street', deadlineNs: 50 * NS_PER_MS },
        ...{ arrival: { kind: 'periodic', ratePerSec: 30 }, video: { policy: 'deadline-aware' } },
      },
    ],
  };
}

/** A second version takes a tenth of the traffic, then all of it, while its requests keep coming. */
export function abRollout(durationNs: number): SimulatedWorkload {
  const rollBack = { answerCountMin: 100, probationCount: 1000, failedRatioMax: 0.02, failedCountMin: 3 };
  return {
    name: 'ab-rollout',
    durationNs,
    models: [
      {
        ...{ name: 'detect', maxBatchSize: 4, cost: cost(3, 4), versions: ['1'] },
        versionCostRatios: { '2': 0.8 },
        rollBack: { ...rollBack, missedRatioMax: 0.2, p99RatioMax: 2 },
      },
    ],
    sources: [
      {
        ...{ name: 'users', target: 'detect', keyCount: 1000, deadlineNs: 100 * NS_PER_MS },
        arrival: { kind: 'poisson', ratePerSec: 80 },
      },
    ],
    events: [
      { atNs: 1 * NS_PER_SEC, kind: 'load', model: 'detect', version: '2' },
      { atNs: 2 * NS_PER_SEC, kind: 'traffic', model: 'detect', weights: { '1': 9, '2': 1 } },
      { atNs: 5 * NS_PER_SEC, kind: 'swap', model: 'detect', version: '2' },
    ],
  };
}
