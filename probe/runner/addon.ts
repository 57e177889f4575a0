// The JavaScript side of hookanalyzer.node, and where it is found. The C++ side is native/addon.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure } from '../../shared/util/failure';
import type { NativeTensorrt } from '../engines/tensorrt/native';

/** A byte of an allocation of one device; exact, because addresses stay below 2^53. */
export type DeviceAddress = number;

/** One captured sequence of launches of one device. */
export type GraphId = number;

/**
 * One call of a kernel family: its name, the variant among those it has, and its own arguments, which `native/addon/binding/<kernel>_work.cc`
 * reads: sizes as numbers, memory as addresses of the device.
 */
export interface KernelCall {
  readonly kernel: string;
  readonly variant?: string;
  readonly stream?: number;
  /** Arguments of a compiled kernel, in their order. */
  readonly values?: readonly { readonly kind: 'address' | 'i32' | 'u32' | 'f32'; readonly value: number }[];
  readonly [argument: string]: unknown;
}

/** The same with typed arrays where a device has addresses. */
export interface ReferenceCall {
  readonly kernel: string;
  readonly [argument: string]: number | string | boolean | readonly number[] | NodeJS.TypedArray | undefined;
}

/** What a call launches, and what its task costs at least, whatever way it is done. */
export interface LaunchDescription {
  readonly launches: readonly {
    readonly name: string;
    /** Blocks and threads in x, y and z. */
    readonly grid: readonly [number, number, number];
    readonly block: readonly [number, number, number];
    readonly staticSharedBytes: number;
    readonly dynamicSharedBytes: number;
  }[];
  /** Floating-point operations. */
  readonly flops: number;
  /** Each input read once and each output written once. */
  readonly bytes: number;
}

export interface SampleOptions {
  /** Samples to take; 1 when absent. */
  readonly sampleCount?: number;
  /** A sample is the mean of this many launches in a row; 1 when absent, and always when cold. */
  readonly launchesPerSample?: number;
  /** Whether the caches are swept before each sample. */
  readonly isCold?: boolean;
}

/**
 * A device that runs the kernels. Launches return at once; copies return when they are done. Each method throws an Error with
 * one sentence when an argument does not fit or the device refuses.
 */
export interface ComputeDevice {
  readonly kind: 'cpu' | 'cuda';
  readonly name: string;
  /** Streaming multiprocessors, or CPU threads used. */
  readonly smCount: number;
  readonly memoryBytes: number;
  /** Compute capability; 0.0 of a CPU. */
  readonly computeMajor: number;
  readonly computeMinor: number;
  /** Of the last cache in front of memory; 0 when the system does not say. */
  readonly cacheBytes: number;
  /** The highest core clock; 0 when the system does not say. */
  readonly coreClockKhz: number;
  /** Shared memory that one block can have at most; 0 of a CPU. */
  readonly sharedBytesMax: number;
  /** A new stream, counted from 1; stream 0 is the default one and always there. */
  createStream(): number;
  /** `name` says what the memory is for and is shown with it. */
  alloc(bytes: number, name?: string): DeviceAddress;
  /** Waits for all work first. */
  free(address: DeviceAddress): void;
  upload(options: { target: DeviceAddress; source: NodeJS.TypedArray; stream?: number }): void;
  download(options: { source: DeviceAddress; target: NodeJS.TypedArray; stream?: number }): void;
  /** Makes `count` blocks of host memory that the device reads and writes itself: page-locked for a GPU. */
  reserveHost(options: { bytes: number; count: number }): void;
  /** The opposite; those that somebody has go when they come back. */
  unreserveHost(options: { bytes: number; count: number }): void;
  /**
   * The first bytes of a free block of `blockBytes`, which are as many when absent: uploads from there go without a copy between. The block is
   * free again once nothing refers to the array, or by giveBack(). undefined when no such block is free.
   */
  hostArray(bytes: number, blockBytes?: number): ArrayBuffer | undefined;
  /** Frees the block at once; the array and all views of it are empty then. Throws while a fetch into it has not been waited for. */
  giveBack(array: ArrayBuffer): void;
  /**
   * Downloads into an array of hostArray() behind what the stream has, and returns at once; whenDone() says when it is there. Until then, or
   * until synchronize() or a download of the stream, the array is kept even when nothing refers to it.
   */
  fetch(options: { source: DeviceAddress; target: NodeJS.TypedArray; stream?: number }): void;
  /**
   * Lets copies of up to `bytes` on the stream go through page-locked memory, where an upload returns before the device has read it; the
   * source may be written again all the same. 0 gives that memory back. Does nothing on a CPU.
   */
  pinCopies(options: { bytes: number; stream?: number }): void;
  describeLaunch(call: KernelCall): LaunchDescription;
  launch(call: KernelCall): void;
  /** Nanoseconds of one launch by the device's own clock, once a sample. Waits until all are done. */
  measure(call: KernelCall & SampleOptions): Float64Array;
  /** Nanoseconds of one copy of `bytes`. */
  measureCopy(options: {
    memory: 'pageable' | 'pinned' | 'managed';
    way: 'hostToDevice' | 'deviceToHost' | 'deviceToDevice';
    bytes: number;
    sampleCount?: number;
  }): Float64Array;
  /** Nanoseconds of one launch of an empty kernel within a chain of `launchCount`, from the first call until all are done. */
  measureLaunch(options: { launchCount: number; isGraph?: boolean; sampleCount?: number }): Float64Array;
  /** Nanoseconds of one allocation and its release. */
  measureAllocation(options: {
    allocator: 'device' | 'pool' | 'pinned' | 'managed';
    bytes: number;
    sampleCount?: number;
  }): Float64Array;
  /** Compiles CUDA C++ for this device. The CPU device throws. `kernel` is there when it compiled; `log` is the compiler's own. */
  compile(options: { source: string; fileName: string; entry?: string }): {
    readonly kernel?: CompiledKernel;
    readonly log: string;
    readonly sentence: string;
    readonly remedy: string;
  };
  /** Takes the device's hardware counters until close(); metrics by Nsight Compute's names. The CPU device has none. */
  openCounters(metrics: readonly string[]): {
    readonly problem?: CounterProblem;
    /** One for each metric that the device lacks. */
    readonly absent: readonly CounterProblem[];
  };
  /** The metrics of the first kernel of the call, NaN for those that are not there. The call runs once for each pass of the counters. */
  measureCounters(call: KernelCall): Float64Array;
  /** Between the two, launches on a stream other than 0 are written down and not run. */
  captureBegin(stream: number): void;
  /** The captured launches as a graph, with the addresses and sizes they were given. */
  captureEnd(stream: number): GraphId;
  /** Runs all launches of a graph in their order. Returns at once. */
  launchGraph(options: { graph: GraphId; stream?: number }): void;
  /** Waits for all work first. */
  freeGraph(graph: GraphId): void;
  /** Kept when all that the stream has now is done; Node's thread does not wait. */
  whenDone(stream: number): Promise<void>;
  synchronize(): void;
  pushRange(name: string): void;
  popRange(): void;
  /** What is asked of the device between the two belongs to this batch, 1 or more: rows of the table `external` say so. */
  pushBatch(batch: number): void;
  popBatch(): void;
  /** Which of kernel, memcpy, memory, api, nvtx and sync to record; none at first. A CUDA device is recorded by the collector. */
  setKinds(kinds: readonly string[]): void;
  /** Whole packets of all rows since the last call; empty when there are none, and always for a CUDA device. */
  takePackets(): Buffer;
  /** Waits for all work, frees everything; every later call throws. */
  close(): void;
}

/** A kernel of the user, loaded on a device. Launched as the kernel family "compiled" with its id. */
export interface CompiledKernel {
  readonly id: number;
  readonly name: string;
  readonly parameterCount: number;
  readonly registersPerThread: number;
  readonly staticSharedBytes: number;
  readonly localBytes: number;
  readonly threadsPerBlockMax: number;
}

/** Why counters cannot be read, and what to do about it. */
export interface CounterProblem {
  readonly code: string;
  readonly sentence: string;
  readonly remedy: string;
}

export interface CudaDeviceFacts {
  readonly index: number;
  readonly name: string;
  readonly computeMajor: number;
  readonly computeMinor: number;
  readonly smCount: number;
  readonly coreClockKhz: number;
  readonly memoryBytes: number;
}

export interface NativeAddon {
  /** Whether nvcc was found when the addon was built. */
  readonly hasCudaKernels: boolean;
  /** C++ names for people; a name that is not mangled comes back as it is. */
  demangle(names: readonly string[]): string[];
  /** The variants of a kernel family, as a call names them; none for a family that is none. */
  kernelVariants(kernel: string): string[];
  /** What the driver's NVML says of a GPU now, -1 for what it does not know; undefined where there is no NVML, as on a Jetson. */
  gpuSensors(index: number): { readonly coreClockKhz: number; readonly temperatureC: number } | undefined;
  /** Asks the driver; `reason` is a sentence when there is no device. */
  cudaDevices(): { devices: CudaDeviceFacts[]; driverVersion: number; reason: string };
  /** epochNs is CLOCK_MONOTONIC at SessionNs 0; threads defaults to the number of processors. */
  createCpuDevice(options: { threads?: number; epochNs?: bigint; sourceId?: number }): ComputeDevice;
  createCudaDevice(options: { index?: number }): ComputeDevice;
  /**
   * The CUDA calls that others make on this thread between the two belong to this batch, 1 or more. Nothing happens without a collector in the
   * process; CUDA must have been started before the first of them.
   */
  pushBatch(batch: number): void;
  popBatch(): void;
  /** Opens TensorRT. Throws an Error with `code` and `remedy` when it is not there. */
  createTensorrt(options: { folder?: string }): NativeTensorrt;
  /** The naive and obviously right version, with sums in double; writes into the arrays that stand where a device has addresses. */
  runReference(call: ReferenceCall): void;
}

/** The addon in out/native of this installation; undefined when it is not built. Found whether this file runs from out/node or from the sources. */
export function findAddon(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    for (const place of ['Release', 'lib']) {
      const path = join(folder, 'out', 'native', place, 'hookanalyzer.node');
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

/** Loads the addon from `path`, or from out/native. Throws a FailureError when it is missing or does not load. */
export function loadAddon(path?: string): NativeAddon {
  const found = path === undefined ? findAddon() : resolve(path);
  if (found === undefined || !existsSync(found)) {
    const where = found === undefined ? '' : `: there is no ${found}`;
    throw failure('notBuilt', `The native parts are not built${where}.`, 'Build them with: npm run build:native');
  }
  try {
    return createRequire(found)(found) as NativeAddon;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = 'Build the native parts again on this machine with: npm run build:native';
    throw failure('addonNotLoaded', `The addon ${found} cannot be loaded (${reason}).`, remedy);
  }
}
