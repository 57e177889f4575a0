// The addon as TypeScript sees it. Sizes are counts of float32; streams are 0 and 1.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { failure } from '../../shared/util/failure';

export interface Buffers {
  readonly input: number;
  readonly output: number;
}

export interface CpuDevice {
  /** A new buffer of so many floats; gives its number. */
  alloc(floatCount: number): number;
  free(buffer: number): void;
  upload(buffer: number, values: Float32Array): void;
  download(buffer: number, values: Float32Array): void;
  gemm(options: {
    tile: 8 | 16 | 32;
    m: number;
    n: number;
    k: number;
    a: number;
    b: number;
    c: number;
    stream: number;
  }): void;
  conv3x3(
    options: Buffers & {
      weights: number;
      channelsIn: number;
      channelsOut: number;
      height: number;
      width: number;
      stream: number;
    },
  ): void;
  softmax(options: Buffers & { rows: number; columns: number; stream: number }): void;
  relu(options: Buffers & { count: number; stream: number }): void;
  pushRange(name: string): void;
  popRange(): void;
  /** The words of --trace; the others are not written. */
  setKinds(kinds: readonly string[]): void;
  /** Everything written since the last call, as packets end to end. */
  takePackets(): Buffer;
}

export interface CudaDevices {
  readonly devices: readonly {
    name: string;
    computeMajor: number;
    computeMinor: number;
    smCount: number;
    memoryBytes: number;
  }[];
  /** 13000 is CUDA 13.0; 0 without a driver. */
  readonly driverVersion: number;
  /** Why there are none; empty otherwise. */
  readonly reason: string;
}

export interface Addon {
  readonly CpuDevice: new (options: { threads: number; epochNs: bigint; sourceId: number }) => CpuDevice;
  demangle(names: readonly string[]): string[];
  cudaDevices(): CudaDevices;
}

/** Loads hookanalyzer.node. Throws a FailureError where it was not built. */
export function loadAddon(path: string): Addon {
  if (!existsSync(path))
    throw failure(
      'notBuilt',
      `The native parts are not built: there is no ${path}.`,
      'Build them with: npm run build:native',
    );
  return createRequire(path)(path) as Addon;
}
