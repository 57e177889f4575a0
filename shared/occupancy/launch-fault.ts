// Why no block of a launch can run, in a sentence that names the numbers.

import { type LaunchShape, registersPerBlockChecked, sharedBytesAllowed } from './allocation';
import {
  BLOCK_BARRIER_COUNT_MAX,
  BLOCK_THREADS_MAX,
  type ComputeLimits,
  STATIC_SHARED_BYTES_MAX,
  THREAD_REGISTERS_MAX,
} from './limits';

const LEAST: Readonly<Record<keyof LaunchShape, number>> = {
  threadsPerBlock: 1,
  registersPerThread: 0,
  staticSharedBytes: 0,
  dynamicSharedBytes: 0,
  dynamicSharedBytesMax: 0,
  carveoutPercent: 0,
  blockBarrierCount: 0,
};

/** A number that is no launch's at all, such as half a thread: nothing can be computed from it. */
export function findMalformed(shape: LaunchShape): string | undefined {
  for (const key of Object.keys(LEAST) as (keyof LaunchShape)[]) {
    const value = shape[key];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < LEAST[key]) {
      return `${key} is ${value}; it must be a whole number from ${LEAST[key]} up.`;
    }
  }
  const { carveoutPercent = 100 } = shape;
  return carveoutPercent > 100 ? `carveoutPercent is ${carveoutPercent}; it must be 100 or less.` : undefined;
}

function findRegisterFault(limits: ComputeLimits, shape: LaunchShape): string | undefined {
  const { registersPerThread, threadsPerBlock } = shape;
  if (registersPerThread > THREAD_REGISTERS_MAX) {
    return `A thread has at most ${THREAD_REGISTERS_MAX} registers; the kernel needs ${registersPerThread}.`;
  }
  const checked = registersPerBlockChecked(shape);
  if (checked <= limits.registersPerBlockMax) return undefined;
  return `A block of ${threadsPerBlock} threads with ${registersPerThread} registers each takes ${checked} registers; compute capability ${limits.computeCapability} gives a block ${limits.registersPerBlockMax}.`;
}

function findSharedFault(limits: ComputeLimits, shape: LaunchShape): string | undefined {
  const { staticSharedBytes, dynamicSharedBytes, dynamicSharedBytesMax = dynamicSharedBytes } = shape;
  if (staticSharedBytes > STATIC_SHARED_BYTES_MAX) {
    return `Static shared memory ends at ${STATIC_SHARED_BYTES_MAX} bytes; the kernel declares ${staticSharedBytes}. Make it dynamic.`;
  }
  if (dynamicSharedBytes > dynamicSharedBytesMax) {
    return `The launch wants ${dynamicSharedBytes} bytes of dynamic shared memory; the kernel's attribute allows ${dynamicSharedBytesMax}.`;
  }
  const allowed = sharedBytesAllowed(limits, shape);
  const wanted = staticSharedBytes + dynamicSharedBytes;
  if (wanted <= allowed) return undefined;
  return `A block wants ${wanted} bytes of shared memory; compute capability ${limits.computeCapability} gives a block ${allowed}.`;
}

/** One sentence when no block of a well-formed shape can run; undefined when one can. */
export function findLaunchFault(limits: ComputeLimits, shape: LaunchShape): string | undefined {
  const { threadsPerBlock, blockBarrierCount = 0 } = shape;
  if (threadsPerBlock > BLOCK_THREADS_MAX) {
    return `A block has at most ${BLOCK_THREADS_MAX} threads; the launch wants ${threadsPerBlock}.`;
  }
  if (blockBarrierCount > BLOCK_BARRIER_COUNT_MAX) {
    return `A block has at most ${BLOCK_BARRIER_COUNT_MAX} barriers; the kernel uses ${blockBarrierCount}.`;
  }
  return findRegisterFault(limits, shape) ?? findSharedFault(limits, shape);
}
