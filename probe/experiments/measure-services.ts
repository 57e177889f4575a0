// Measures what is no kernel of a family: copies, chains of launches, allocations, several streams at once, and the demo's network.

import type { ComputeDevice } from '../runner/addon';
import { inputCount, Network, outputCount } from '../runner/network';
import { randomFloats, seededRandom } from '../runner/random';
import type { PointWork } from './point';
import { type SamplingLimits, takeSamples } from './sampling';
import type { Streams } from './streams';

type ServiceWork = Exclude<PointWork, { kind: 'call' | 'compiled' }>;

export interface ServiceMeasurement {
  /** Nanoseconds of one copy, launch, allocation or image. */
  readonly samplesNs: readonly number[];
  readonly flops: number | undefined;
  readonly bytes: number | undefined;
}

const FLOAT_BYTES = 4;
const nowNs = () => Number(process.hrtime.bigint() - beganNs);
const beganNs = process.hrtime.bigint();

/** Samples of one service. Throws what the device throws, such as for a kind of memory that it does not have. */
export async function measureService(
  device: ComputeDevice,
  work: ServiceWork,
  limits: SamplingLimits,
  streams: Streams,
): Promise<ServiceMeasurement> {
  const sampled = (measure: (sampleCount: number) => Float64Array) => {
    measure(1); // warms up
    return takeSamples(limits, measure);
  };
  switch (work.kind) {
    case 'copy': {
      const { memory, way, bytes } = work;
      const samplesNs = await sampled((sampleCount) => device.measureCopy({ memory, way, bytes, sampleCount }));
      // Within one memory each byte is read and written.
      const isWithin = way === 'deviceToDevice' || device.kind === 'cpu';
      return { samplesNs, flops: undefined, bytes: isWithin ? 2 * bytes : bytes };
    }
    case 'launch': {
      const { launchCount, isGraph } = work;
      const measure = (sampleCount: number) => device.measureLaunch({ launchCount, isGraph, sampleCount });
      return { samplesNs: await sampled(measure), flops: undefined, bytes: undefined };
    }
    case 'allocation': {
      const { allocator, bytes } = work;
      const measure = (sampleCount: number) => device.measureAllocation({ allocator, bytes, sampleCount });
      return { samplesNs: await sampled(measure), flops: undefined, bytes: undefined };
    }
    case 'streams':
      return measureStreams(device, work, limits, streams);
    case 'batch':
      return measureBatch(device, work.images, limits, streams);
  }
}

/** `take` once, so many times, as an array. */
const repeated = (take: () => number) => (count: number) => Float64Array.from({ length: count }, take);

// One sample: every stream gets its launches in turn, then all are waited for. Nanoseconds of one launch over all streams.
async function measureStreams(
  device: ComputeDevice,
  { streamCount, side, launchCount }: Extract<PointWork, { kind: 'streams' }>,
  limits: SamplingLimits,
  streams: Streams,
): Promise<ServiceMeasurement> {
  const count = side * side;
  const inputs = randomFloats(seededRandom(1), count, 1);
  const addresses: number[] = [];
  const place = () => {
    const address = device.alloc(count * FLOAT_BYTES, 'experiment streams');
    addresses.push(address);
    return address;
  };
  try {
    const [a, b] = [place(), place()];
    for (const target of [a, b]) device.upload({ target, source: inputs });
    const lanes = streams.take(streamCount).map((stream) => ({ stream, c: place() }));
    const sizes = { rows: side, columns: side, depth: side };
    const sample = () => {
      const startNs = nowNs();
      for (let launch = 0; launch < launchCount; launch++) {
        for (const { stream, c } of lanes)
          device.launch({ kernel: 'gemm', variant: 'tile_16', a, b, c, ...sizes, stream });
      }
      device.synchronize();
      return (nowNs() - startNs) / (launchCount * streamCount);
    };
    sample(); // warms up
    const samplesNs = await takeSamples(limits, repeated(sample));
    return { samplesNs, flops: 2 * side ** 3, bytes: 3 * count * FLOAT_BYTES };
  } finally {
    device.synchronize();
    for (const address of addresses) device.free(address);
  }
}

// One sample: a batch goes in, through every layer, and its scores come out. Nanoseconds of one image.
async function measureBatch(
  device: ComputeDevice,
  images: number,
  limits: SamplingLimits,
  streams: Streams,
): Promise<ServiceMeasurement> {
  const network = new Network(device, 1, images);
  try {
    const lane = network.addLane(streams.take(1)[0]);
    const input = randomFloats(seededRandom(2), inputCount(images), 1);
    const scores = new Float32Array(outputCount(images));
    const sample = () => {
      const startNs = nowNs();
      network.launch(lane, input);
      network.read(lane, scores);
      return (nowNs() - startNs) / images;
    };
    sample(); // warms up
    return { samplesNs: await takeSamples(limits, repeated(sample)), flops: undefined, bytes: undefined };
  } finally {
    network.close();
  }
}
