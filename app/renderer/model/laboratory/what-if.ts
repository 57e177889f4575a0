// Whose occupancy the what-if curves move: kernels of the points on the device that ran them, and the same kernels as compiled for an Orin.

import type { LaunchShape } from '../../../../shared/occupancy/allocation';
import { type ComputeLimits, findComputeLimits, STATIC_SHARED_BYTES_MAX } from '../../../../shared/occupancy/limits';
import { findKernelResources, type ResourceTable } from '../../../../shared/occupancy/resources';
import {
  blockCurve,
  nearestChanges,
  registerCurve,
  sharedMemoryCurve,
  type WhatIfPoint,
} from '../../../../shared/occupancy/what-if';
import type { WindowTable } from '../../../../shared/window/methods';
import { comparedPoints, type Point } from './experiments';
import { bareKernel, RESOURCE_WORDS } from './prediction';
import { formatRatio } from './words';

export interface WhatIfSubject {
  readonly id: string;
  readonly title: string;
  readonly limits: ComputeLimits;
  readonly shape: LaunchShape;
  /** Of a device that is not here. */
  readonly isPrediction: boolean;
}

/** Compute capabilities of the session's CUDA devices by name. */
export const DEVICES_SQL = 'SELECT DISTINCT name, computeMajor, computeMinor FROM device WHERE kind = 1';

/** The answer to DEVICES_SQL as "8.7" by name. */
export function computeCapabilities({ rows }: WindowTable): Map<string, string> {
  return new Map(rows.map(([name, major, minor]) => [String(name), `${major}.${minor}`]));
}

function sharedOf(bytes: number): Pick<LaunchShape, 'staticSharedBytes' | 'dynamicSharedBytes'> {
  const isStatic = bytes <= STATIC_SHARED_BYTES_MAX;
  return { staticSharedBytes: isStatic ? bytes : 0, dynamicSharedBytes: isStatic ? 0 : bytes };
}

/** One subject a kernel and block size: as measured where registers are known, and as predicted where the table has the kernel. */
export function whatIfSubjects(
  points: readonly Point[],
  computeCapability: string | undefined,
  table: ResourceTable | undefined,
): WhatIfSubject[] {
  const subjects = new Map<string, WhatIfSubject>();
  const here = computeCapability === undefined ? undefined : findComputeLimits(computeCapability);
  const there = table && findComputeLimits(table.computeCapability);
  const add = (subject: WhatIfSubject) => subjects.has(subject.id) || subjects.set(subject.id, subject);
  for (const point of comparedPoints(points)) {
    const { threadsPerBlock, registers, sharedBytes, series } = point;
    if (threadsPerBlock <= 0 || threadsPerBlock > 1024) continue;
    const title = `${series} · ${threadsPerBlock} threads`;
    if (here && registers >= 0) {
      const shape = { threadsPerBlock, registersPerThread: registers, ...sharedOf(Math.max(0, sharedBytes)) };
      add({ id: `here ${title}`, title, limits: here, shape, isPrediction: false });
    }
    const kernel = table && findKernelResources(table, bareKernel(point.kernel));
    if (!kernel || !there) continue;
    const { registersPerThread, staticSharedBytes, blockBarrierCount } = kernel;
    const dynamicSharedBytes = Math.max(0, sharedBytes - staticSharedBytes);
    const shape = { threadsPerBlock, registersPerThread, staticSharedBytes, dynamicSharedBytes, blockBarrierCount };
    add({
      id: `there ${title}`,
      title: `${title} · Prediction for ${there.chip}`,
      limits: there,
      shape,
      isPrediction: true,
    });
  }
  return [...subjects.values()];
}

export interface WhatIfCurve {
  readonly id: 'registers' | 'threads' | 'shared';
  readonly title: string;
  readonly points: readonly WhatIfPoint[];
  /** Where the kernel stands on it. */
  readonly value: number;
  readonly ratio: number;
  /** What would change it, in a sentence. */
  readonly sentence: string;
}

function sentenceOf(points: readonly WhatIfPoint[], value: number, noun: string): string {
  const { below, above } = nearestChanges(points, value);
  const say = (point: WhatIfPoint) => {
    const limited = point.limiting.map((resource) => RESOURCE_WORDS[resource]).join(', ');
    return `${formatRatio(point.occupancyRatio)} at ${point.value.toLocaleString('en-US')} ${noun}${limited && ` (limited by ${limited})`}`;
  };
  const changes = [below, above].filter((point) => point !== undefined).map(say);
  return changes.length === 0 ? `No other number of ${noun} changes it.` : `It would be ${changes.join(', and ')}.`;
}

/** Occupancy of the subject while one of its three numbers moves. */
export function whatIfCurves({ limits, shape }: WhatIfSubject): WhatIfCurve[] {
  const shared = shape.staticSharedBytes + shape.dynamicSharedBytes;
  const curves = [
    ['registers', 'Registers a thread', 'registers', registerCurve(limits, shape), shape.registersPerThread],
    ['threads', 'Threads a block', 'threads', blockCurve(limits, shape), shape.threadsPerBlock],
    ['shared', 'Shared memory a block', 'bytes', sharedMemoryCurve(limits, shape), shared],
  ] as const;
  return curves.map(([id, title, noun, points, value]) => {
    const ratio = (points.findLast((point) => point.value <= value) ?? points[0]).occupancyRatio;
    return { id, title, points, value, ratio, sentence: sentenceOf(points, value, noun) };
  });
}
