// The built-in workload: a small convolutional network with seeded weights, run image after image on two streams.
//
//   image 3×64×64 → conv 8 → relu → conv 16 → relu → gemm 8 → gemm 16 → gemm 32 → softmax over 10 classes

import type { CpuDevice } from './addon';

const SIDE = 64;
const PLANE = SIDE * SIDE;
const CHANNELS = [3, 8, 16] as const;
const WIDTHS = [PLANE, 128, 64, 10] as const;
const TILES = [8, 16, 32] as const;
const SEED = 20_240_607;

/** Numbers from -1 to 1, the same for the same seed: mulberry32, public domain by Tommy Ettinger. */
export function seededValues(count: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

interface Slot {
  readonly image: number;
  readonly maps: readonly number[];
  readonly rows: readonly number[];
}

export class Network {
  private readonly weights: number[] = [];
  private readonly matrices: number[] = [];
  private readonly slots: Slot[];
  private readonly images: Float32Array[];
  private readonly result = new Float32Array(WIDTHS[3] * CHANNELS[2]);

  constructor(private readonly device: CpuDevice) {
    for (let layer = 0; layer < 2; layer++) {
      const count = CHANNELS[layer] * CHANNELS[layer + 1] * 9;
      this.weights.push(
        this.filled(seededValues(count, SEED + layer).map((value) => value / Math.sqrt(CHANNELS[layer] * 9))),
      );
    }
    for (let layer = 0; layer < 3; layer++) {
      const count = WIDTHS[layer] * WIDTHS[layer + 1];
      this.matrices.push(
        this.filled(seededValues(count, SEED + 10 + layer).map((value) => value / Math.sqrt(WIDTHS[layer]))),
      );
    }
    this.images = [0, 1].map((stream) => seededValues(CHANNELS[0] * PLANE, SEED + 20 + stream));
    this.slots = [0, 1].map(() => ({
      image: device.alloc(CHANNELS[0] * PLANE),
      maps: [CHANNELS[1], CHANNELS[1], CHANNELS[2], CHANNELS[2]].map((channels) => device.alloc(channels * PLANE)),
      rows: [WIDTHS[1], WIDTHS[2], WIDTHS[3], WIDTHS[3]].map((width) => device.alloc(width * CHANNELS[2])),
    }));
  }

  private filled(values: Float32Array): number {
    const buffer = this.device.alloc(values.length);
    this.device.upload(buffer, values);
    return buffer;
  }

  /** One image through the network on a stream; gives the sum of the classes' squares, which depends on every layer. */
  infer(stream: 0 | 1): number {
    const { device } = this;
    device.pushRange('inference');
    const { image, maps, rows } = this.slots[stream];
    device.upload(image, this.images[stream]);
    this.layer('features', () => {
      for (let layer = 0; layer < 2; layer++) {
        const [channelsIn, channelsOut] = [CHANNELS[layer], CHANNELS[layer + 1]];
        const input = layer === 0 ? image : maps[1];
        device.conv3x3({
          input,
          weights: this.weights[layer],
          output: maps[2 * layer],
          channelsIn,
          channelsOut,
          height: SIDE,
          width: SIDE,
          stream,
        });
        device.relu({ input: maps[2 * layer], output: maps[2 * layer + 1], count: channelsOut * PLANE, stream });
      }
    });
    this.layer('classifier', () => {
      for (let layer = 0; layer < 3; layer++) {
        const a = layer === 0 ? maps[3] : rows[layer - 1];
        device.gemm({
          tile: TILES[layer],
          m: CHANNELS[2],
          n: WIDTHS[layer + 1],
          k: WIDTHS[layer],
          a,
          b: this.matrices[layer],
          c: rows[layer],
          stream,
        });
      }
      device.softmax({ input: rows[2], output: rows[3], rows: CHANNELS[2], columns: WIDTHS[3], stream });
    });
    device.download(rows[3], this.result);
    device.popRange();
    return this.result.reduce((sum, value) => sum + value * value, 0);
  }

  private layer(name: string, run: () => void): void {
    this.device.pushRange(name);
    run();
    this.device.popRange();
  }

  close(): void {
    for (const { image, maps, rows } of this.slots)
      for (const buffer of [image, ...maps, ...rows]) this.device.free(buffer);
    for (const buffer of [...this.weights, ...this.matrices]) this.device.free(buffer);
  }
}
