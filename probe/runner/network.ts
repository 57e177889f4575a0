// The small network that the demo runs: a picture classifier with seeded weights, on any ComputeDevice.
//
//   images ▸ conv1 ▸ relu1 ▸ conv2 ▸ relu2 ▸ fc1 (tile 8) ▸ fc2 (tile 16) ▸ fc3 (tile 32) ▸ softmax ▸ scores
//
// The three GEMMs use different tiles, so that a profile shows the same work as three kernels. Each lane has its own stream and
// its own activations; lanes overlap on the device.

import type { ComputeDevice, DeviceAddress } from './addon';
import { randomFloats, seededRandom } from './random';

/** Images of one inference of the demo. */
export const IMAGES = 8;
const SIDE_PX = 16;
const CHANNELS = [3, 8, 16] as const;
const FLAT = CHANNELS[2] * SIDE_PX * SIDE_PX;
export const CLASSES = 64;

/** Elements of the input and of the output of so many images. */
export const inputCount = (images: number) => images * CHANNELS[0] * SIDE_PX * SIDE_PX;
export const outputCount = (images: number) => images * CLASSES;
const FLOAT_BYTES = 4;
const RELU = { kernel: 'elementwise', operation: 'relu', variant: 'scalar' };

type Layer =
  | { readonly kind: 'conv'; readonly name: string; readonly channelsIn: number; readonly channelsOut: number }
  | { readonly kind: 'relu'; readonly name: string; readonly countPerImage: number }
  | {
      readonly kind: 'gemm';
      readonly name: string;
      readonly depth: number;
      readonly columns: number;
      readonly tile: number;
    }
  | { readonly kind: 'softmax'; readonly name: string };

const LAYERS: readonly Layer[] = [
  { kind: 'conv', name: 'conv1', channelsIn: CHANNELS[0], channelsOut: CHANNELS[1] },
  { kind: 'relu', name: 'relu1', countPerImage: CHANNELS[1] * SIDE_PX * SIDE_PX },
  { kind: 'conv', name: 'conv2', channelsIn: CHANNELS[1], channelsOut: CHANNELS[2] },
  { kind: 'relu', name: 'relu2', countPerImage: FLAT },
  { kind: 'gemm', name: 'fc1', depth: FLAT, columns: 256, tile: 8 },
  { kind: 'gemm', name: 'fc2', depth: 256, columns: 128, tile: 16 },
  { kind: 'gemm', name: 'fc3', depth: 128, columns: CLASSES, tile: 32 },
  { kind: 'softmax', name: 'softmax' },
];

/** Launches of one inference: one kernel a layer. */
export const KERNELS_PER_INFERENCE = LAYERS.length;

/** Each layer but relu, which works in place, writes the buffer that the one before it did not. */
const LAST_IS_FRONT = LAYERS.filter((layer) => layer.kind !== 'relu').length % 2 === 0;

export interface NetworkLane {
  readonly stream: number;
  readonly front: DeviceAddress;
  readonly back: DeviceAddress;
}

export class Network {
  private readonly allocations: DeviceAddress[] = [];
  private readonly weights = new Map<string, DeviceAddress>();
  private readonly biases = new Map<string, DeviceAddress>();

  /** Allocates and uploads the weights, which are the same for the same seed. */
  constructor(
    private readonly device: ComputeDevice,
    seed: number,
    /** Of one inference. */
    private readonly images = IMAGES,
  ) {
    const random = seededRandom(seed);
    for (const layer of LAYERS) {
      if (layer.kind === 'conv') {
        this.upload(
          this.weights,
          layer.name,
          'weights',
          random,
          layer.channelsOut * layer.channelsIn * 9,
          layer.channelsIn * 9,
        );
        this.upload(this.biases, layer.name, 'bias', random, layer.channelsOut, layer.channelsIn * 9);
      } else if (layer.kind === 'gemm') {
        this.upload(this.weights, layer.name, 'weights', random, layer.depth * layer.columns, layer.depth);
      }
    }
  }

  /** A stream, a new one unless it is given, with its activations. */
  addLane(stream = this.device.createStream()): NetworkLane {
    const allocate = (name: string) => {
      const address = this.device.alloc(this.images * FLAT * FLOAT_BYTES, `lane ${stream} ${name}`);
      this.allocations.push(address);
      return address;
    };
    return { stream, front: allocate('front activations'), back: allocate('back activations') };
  }

  /** Uploads one inference's input and launches every layer on the lane's stream. Returns without waiting for the kernels. */
  launch(lane: NetworkLane, images: Float32Array): void {
    const { device } = this;
    device.pushRange('inference');
    device.upload({ target: lane.front, source: images, stream: lane.stream });
    let [input, output] = [lane.front, lane.back];
    for (const layer of LAYERS) {
      device.pushRange(layer.name);
      this.launchLayer(layer, input, output, lane.stream);
      device.popRange();
      if (layer.kind !== 'relu') [input, output] = [output, input];
    }
    device.popRange();
  }

  /** Waits for the lane and reads its scores into `scores`. */
  read(lane: NetworkLane, scores: Float32Array): void {
    this.device.pushRange('read scores');
    const source = LAST_IS_FRONT ? lane.front : lane.back;
    this.device.download({ source, target: scores, stream: lane.stream });
    this.device.popRange();
  }

  /** Frees everything. */
  close(): void {
    for (const address of this.allocations) this.device.free(address);
    this.allocations.length = 0;
  }

  private launchLayer(layer: Layer, input: DeviceAddress, output: DeviceAddress, stream: number): void {
    const { device } = this;
    switch (layer.kind) {
      case 'conv': {
        const { channelsIn, channelsOut, name } = layer;
        const [weights, bias] = [this.weights.get(name)!, this.biases.get(name)!];
        const shape = { images: this.images, channelsIn, channelsOut, height: SIDE_PX, width: SIDE_PX };
        device.launch({ kernel: 'conv', variant: 'direct', input, weights, bias, output, ...shape, stream });
        return;
      }
      case 'relu':
        device.launch({ ...RELU, input, output: input, count: this.images * layer.countPerImage, stream });
        return;
      case 'gemm': {
        const { depth, columns, tile, name } = layer;
        const addresses = { a: input, b: this.weights.get(name)!, c: output };
        device.launch({
          kernel: 'gemm',
          variant: `tile_${tile}`,
          ...addresses,
          rows: this.images,
          columns,
          depth,
          stream,
        });
        return;
      }
      case 'softmax':
        device.launch({ kernel: 'softmax', input, output, rows: this.images, columns: CLASSES, stream });
    }
  }

  // Amplitude sqrt(6 / inputs): He's uniform initialisation, which keeps the activations of a relu network of one size.
  private upload(
    places: Map<string, DeviceAddress>,
    layerName: string,
    what: string,
    random: () => number,
    count: number,
    inputsPerOutput: number,
  ): void {
    const address = this.device.alloc(count * FLOAT_BYTES, `${layerName} ${what}`);
    this.allocations.push(address);
    places.set(layerName, address);
    this.device.upload({ target: address, source: randomFloats(random, count, Math.sqrt(6 / inputsPerOutput)) });
  }
}
