// The JavaScript side of hookanalyzer.node, and where it is found. The C++ side is native/addon.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure } from '../../shared/util/failure';

/** First byte of an allocation of one device; exact, because addresses stay below 2^53. */
export type DeviceAddress = number;

export interface GemmOptions {
  /** rows × depth, row-major float32. */
  readonly a: DeviceAddress;
  /** depth × columns. */
  readonly b: DeviceAddress;
  /** rows × columns; written. */
  readonly c: DeviceAddress;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Side of the square that one block computes: 8, 16 (default) or 32. */
  readonly tile?: number;
  readonly stream?: number;
}

export interface ConvOptions {
  /** images × channelsIn × height × width. */
  readonly input: DeviceAddress;
  /** channelsOut × channelsIn × 3 × 3. */
  readonly weights: DeviceAddress;
  /** channelsOut. */
  readonly bias: DeviceAddress;
  /** images × channelsOut × height × width; written. */
  readonly output: DeviceAddress;
  readonly images: number;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly height: number;
  readonly width: number;
  readonly stream?: number;
}

export interface SoftmaxOptions {
  readonly input: DeviceAddress;
  readonly output: DeviceAddress;
  readonly rows: number;
  readonly columns: number;
  readonly stream?: number;
}

export interface ReluOptions {
  readonly input: DeviceAddress;
  /** May be the input. */
  readonly output: DeviceAddress;
  readonly count: number;
  readonly stream?: number;
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
  /** A new stream, counted from 1; stream 0 is the default one and always there. */
  createStream(): number;
  /** `name` says what the memory is for and is shown with it. */
  alloc(bytes: number, name?: string): DeviceAddress;
  /** Waits for all work first. */
  free(address: DeviceAddress): void;
  upload(options: { target: DeviceAddress; source: Float32Array; stream?: number }): void;
  download(options: { source: DeviceAddress; target: Float32Array; stream?: number }): void;
  gemm(options: GemmOptions): void;
  conv3x3(options: ConvOptions): void;
  softmax(options: SoftmaxOptions): void;
  relu(options: ReluOptions): void;
  synchronize(): void;
  pushRange(name: string): void;
  popRange(): void;
  /** Which of kernel, memcpy, memory, api, nvtx and sync to record; none at first. A CUDA device is recorded by the collector. */
  setKinds(kinds: readonly string[]): void;
  /** Whole packets of all rows since the last call; empty when there are none, and always for a CUDA device. */
  takePackets(): Buffer;
  /** Waits for all work, frees everything; every later call throws. */
  close(): void;
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
  /** Asks the driver; `reason` is a sentence when there is no device. */
  cudaDevices(): { devices: CudaDeviceFacts[]; driverVersion: number; reason: string };
  /** epochNs is CLOCK_MONOTONIC at SessionNs 0; threads defaults to the number of processors. */
  createCpuDevice(options: { threads?: number; epochNs?: bigint; sourceId?: number }): ComputeDevice;
  createCudaDevice(options: { index?: number }): ComputeDevice;
  /** Naive and obviously right versions of the kernels, with sums in double. */
  readonly references: {
    gemm(options: { a: Float32Array; b: Float32Array; rows: number; columns: number; depth: number }): Float32Array;
    conv3x3(options: {
      input: Float32Array;
      weights: Float32Array;
      bias: Float32Array;
      images: number;
      channelsIn: number;
      channelsOut: number;
      height: number;
      width: number;
    }): Float32Array;
    softmax(options: { input: Float32Array; rows: number; columns: number }): Float32Array;
    relu(options: { input: Float32Array; count: number }): Float32Array;
  };
}

/** out/native of this installation, whether this file runs from out/node or from the sources. */
function findAddon(): string | undefined {
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
