// Registers of our own kernels by name, as ptxas reported them for the device's architecture, and the occupancy that follows.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findComputeLimits } from '../../shared/occupancy/limits';
import { deriveOccupancy, limitingResources } from '../../shared/occupancy/occupancy';
import { findKernelResources, type KernelResources, parseResourceTable } from '../../shared/occupancy/resources';
import { type DeviceTraits, UNKNOWN } from './point';

/** What ptxas said of a kernel by its name without arguments; undefined when nobody knows. */
export type ResourcesOf = (kernel: string) => KernelResources | undefined;

const PLACE = join('kernels', 'resources');

function readTable(fileName: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      return readFileSync(join(folder, PLACE, fileName), 'utf8');
    } catch {} // it lies further up, or nowhere
  }
  return undefined;
}

/** The table of the device's architecture, read once. Without one nothing is known. */
export function loadResources({ computeMajor, computeMinor }: DeviceTraits): ResourcesOf {
  const text = readTable(`sm_${computeMajor}${computeMinor}.json`);
  const table = text === undefined ? undefined : parseResourceTable(JSON.parse(text));
  return (kernel) => (table?.ok ? findKernelResources(table.value, kernel) : undefined);
}

export interface OccupancyShape {
  readonly threadsPerBlock: number;
  /** undefined when nobody knows. */
  readonly registersPerThread: number | undefined;
  readonly staticSharedBytes: number;
  readonly dynamicSharedBytes: number;
  readonly blockBarrierCount?: number;
}

/** Theoretical occupancy on this device; unknown for a CPU, and for a kernel whose registers nobody knows. */
export function occupancyOf(
  { kind, computeMajor, computeMinor }: DeviceTraits,
  shape: OccupancyShape,
): { registers: number; occupancyRatio: number; limiter: string } {
  const { registersPerThread } = shape;
  const limits = kind === 'cuda' ? findComputeLimits(`${computeMajor}.${computeMinor}`) : undefined;
  if (!limits || registersPerThread === undefined) {
    return { registers: registersPerThread ?? UNKNOWN, occupancyRatio: UNKNOWN, limiter: '' };
  }
  const occupancy = deriveOccupancy(limits, { ...shape, registersPerThread });
  return {
    registers: registersPerThread,
    occupancyRatio: occupancy.occupancyRatio,
    limiter: limitingResources(occupancy).join(', '),
  };
}
