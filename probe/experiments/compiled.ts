// The user's own kernel: compiled once on the machine that measures, then launched with each block size on buffers of its own.

import type { ExperimentSpec, KernelArgument } from '../../shared/rpc/experiment';
import { failure } from '../../shared/util/failure';
import type { CompiledKernel, ComputeDevice, KernelCall } from '../runner/addon';
import { randomFloats, seededRandom } from '../runner/random';
import { thenFree } from './buffers';
import { parseCompilerLog } from './compiler-log';
import { type DeviceTraits, type PointResult, UNKNOWN } from './point';
import { occupancyOf } from './registers';
import { coldLimits, launchesPerSample, type SamplingLimits, takeSamples } from './sampling';
import { NOISE_SPREAD_RATIO, summarizeSamples } from './statistics';

type KernelSpec = Extract<ExperimentSpec, { kind: 'kernel' }>;

const ELEMENT_BYTES = { f32: 4, i32: 4, u32: 4, u8: 1 } as const;
/** A person reads the first few; the first is usually the cause of the others. */
const TOLD_ERROR_COUNT = 5;

/** Compiler's errors as the sentence of a failure: each with file and line. */
export function errorSentence(log: string, sentence: string): string {
  const errors = parseCompilerLog(log).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return sentence;
  const told = errors.slice(0, TOLD_ERROR_COUNT).map(({ file, line, text }) => {
    return file === undefined ? text : `${file}:${line}: ${text}`;
  });
  const more = errors.length > told.length ? ` (and ${errors.length - told.length} more)` : '';
  return `The kernel does not compile: ${told.join(' | ')}${more}`;
}

function contentsOf(argument: Extract<KernelArgument, { kind: 'buffer' }>, index: number): NodeJS.TypedArray {
  const { element, count, fill } = argument;
  const random = seededRandom(index + 1);
  const filled = <T extends NodeJS.TypedArray>(array: T, next: () => number): T => {
    if (fill === 'random') for (let at = 0; at < count; at++) array[at] = next();
    return array;
  };
  if (element === 'f32') return fill === 'random' ? randomFloats(random, count, 1) : new Float32Array(count);
  if (element === 'u8') return filled(new Uint8Array(count), () => Math.floor(random() * 256));
  return filled(element === 'i32' ? new Int32Array(count) : new Uint32Array(count), () => Math.floor(random() * 1024));
}

export class CompiledPoints {
  private constructor(
    private readonly spec: KernelSpec,
    private readonly device: ComputeDevice,
    private readonly kernel: CompiledKernel,
  ) {}

  /** Compiles. Throws a FailureError with the compiler's errors, each with its line. */
  static compile(spec: KernelSpec, device: ComputeDevice): CompiledPoints {
    const { source, fileName, entry } = spec;
    const { kernel, log, sentence, remedy } = device.compile({ source, fileName, entry });
    if (!kernel) throw failure('notCompiled', errorSentence(log, sentence), remedy);
    if (kernel.parameterCount !== spec.arguments.length) {
      const counts = `${kernel.parameterCount} parameters, and ${spec.arguments.length} arguments were given`;
      throw failure('wrongArguments', `${kernel.name} has ${counts}.`, 'Give one argument for each parameter.');
    }
    return new CompiledPoints(spec, device, kernel);
  }

  /** Launches with this block size on fresh buffers. Throws what the device throws. */
  async measure(
    blockSize: number,
    { limits, traits, isCold }: { limits: SamplingLimits; traits: DeviceTraits; isCold: boolean },
  ): Promise<Omit<PointResult, 'startMonotonicNs' | 'durationNs' | 'coreClockKhz' | 'temperatureC' | 'failure'>> {
    const { device, kernel, spec } = this;
    const blockCount = Math.ceil(spec.threadCount / blockSize);
    return this.withCall(blockSize, async (call) => {
      const [oneNs] = device.measure(call);
      const perSample = launchesPerSample(oneNs);
      const samplesNs = await takeSamples(limits, (sampleCount) =>
        device.measure({ ...call, sampleCount, launchesPerSample: perSample }),
      );
      const cold = isCold
        ? await takeSamples(coldLimits(limits), (sampleCount) => device.measure({ ...call, sampleCount, isCold: true }))
        : undefined;
      const summary = summarizeSamples(samplesNs);
      const shape = { threadsPerBlock: blockSize, ...kernel, dynamicSharedBytes: spec.dynamicSharedBytes };
      return {
        ...summary,
        sampleCount: samplesNs.length,
        isNoisy: summary.spreadRatio > NOISE_SPREAD_RATIO,
        coldNs: cold ? summarizeSamples(cold).medianNs : UNKNOWN,
        correctness: 'unchecked',
        errorMax: UNKNOWN,
        flops: spec.flops || UNKNOWN,
        bytes: spec.bytes || UNKNOWN,
        threadsPerBlock: blockSize,
        blockCount,
        sharedBytes: kernel.staticSharedBytes + spec.dynamicSharedBytes,
        kernel: kernel.name,
        ...occupancyOf(traits, shape),
      };
    });
  }

  /** The call with this block size while `use` runs, on buffers that are given back then. */
  async withCall<T>(blockSize: number, use: (call: KernelCall) => Promise<T> | T): Promise<T> {
    const { device, spec, kernel } = this;
    const addresses: number[] = [];
    const free = () => {
      for (const address of addresses) device.free(address);
    };
    return thenFree(async () => {
      const values = spec.arguments.map((argument, index) => {
        if (argument.kind !== 'buffer') return argument;
        const address = device.alloc(argument.count * ELEMENT_BYTES[argument.element], `argument ${index}`);
        addresses.push(address);
        device.upload({ target: address, source: contentsOf(argument, index) });
        return { kind: 'address' as const, value: address };
      });
      const blockCount = Math.ceil(spec.threadCount / blockSize);
      const { dynamicSharedBytes } = spec;
      const call = { kernel: 'compiled', id: kernel.id, blockCount, blockSize, dynamicSharedBytes, values };
      return use(call);
    }, free);
  }
}
