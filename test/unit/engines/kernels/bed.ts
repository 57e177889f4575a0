// Loading models on the engine's CPU device, and ONNX Runtime's answer to the same model.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type KernelsEngine, type KernelsOptions, loadKernelsEngine } from '../../../../probe/engines/kernels/engine';
import type { OnnxModel } from '../../../../probe/engines/onnx/model';
import { writeOnnxFile } from '../../../../probe/engines/onnx/write';
import { type ComputeDevice, loadAddon } from '../../../../probe/runner/addon';
import { FailureError } from '../../../../shared/util/failure';
import { ensureNativeBuilt } from '../../../integration/native-built';

export class KernelsBed {
  readonly folder = mkdtempSync(join(tmpdir(), 'hookanalyzer-kernels-'));
  readonly device: ComputeDevice;
  private readonly engines: KernelsEngine[] = [];
  private lastId = 0;

  constructor() {
    const addon = loadAddon(ensureNativeBuilt().addonPath);
    this.device = addon.createCpuDevice({ threads: 2, epochNs: process.hrtime.bigint() });
  }

  write(model: OnnxModel): string {
    this.lastId += 1;
    const path = join(this.folder, `${this.lastId}.onnx`);
    writeOnnxFile(path, model);
    return path;
  }

  async load(model: OnnxModel, options: Partial<KernelsOptions> = {}): Promise<KernelsEngine> {
    const { device } = this;
    const engine = await loadKernelsEngine({
      name: 'test',
      device,
      layerRuns: 0,
      ...options,
      modelPath: this.write(model),
    });
    this.engines.push(engine);
    return engine;
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.close()));
    this.device.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What ONNX Runtime makes of one float32 input. */
export async function wanted(model: string, input: string, dims: readonly number[], values: Float32Array) {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const outputs = await session.run({ [input]: new Tensor('float32', values, [...dims]) });
  const each = Object.entries(outputs).map(([name, tensor]) => [name, tensor.data as Float32Array] as const);
  await session.release();
  return Object.fromEntries(each);
}

/** The largest |got - want| / (1 + |want|), Infinity when lengths differ or one is no number. */
export function largestError(got: ArrayLike<number>, want: Float32Array): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let errorMax = 0;
  for (let index = 0; index < want.length; index += 1) {
    const error = Math.abs(got[index] - want[index]) / (1 + Math.abs(want[index]));
    if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
    errorMax = Math.max(errorMax, error);
  }
  return errorMax;
}

/** The failure that `work` ends with. */
export async function failureOf(work: Promise<unknown>): Promise<FailureError['failure']> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}
