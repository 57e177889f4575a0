// The demo's loop: two lanes, each with its stream, launched one after the other and then read, until the time or the count is up.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from '../../shared/util/crc32';
import type { ComputeDevice } from './addon';
import { IMAGES, inputCount, Network, outputCount } from './network';
import { randomFloats, seededRandom } from './random';

const LANES = 2;
/** Different inputs, taken in turn. */
const INPUTS = 8;

export interface DemoOptions {
  readonly seconds: number;
  /** Overrides seconds. */
  readonly count: number | undefined;
  readonly seed: number;
  /** Asked between inferences; true ends the loop. */
  readonly shouldStop: () => boolean;
}

export interface DemoResult {
  readonly inferenceCount: number;
  readonly elapsedSec: number;
  /** CRC-32 over the scores of all inferences in order: the same for the same seed, count and device. */
  readonly checksum: number;
}

/** Runs inferences. Yields to the event loop after each round, so that signals and packets get their turn. */
export async function runDemo(device: ComputeDevice, options: DemoOptions): Promise<DemoResult> {
  const network = new Network(device, options.seed);
  const lanes = Array.from({ length: LANES }, () => network.addLane());
  const random = seededRandom(options.seed + 1);
  const inputs = Array.from({ length: INPUTS }, () => randomFloats(random, inputCount(IMAGES), 1));
  const scores = new Float32Array(outputCount(IMAGES));
  const countMax = options.count ?? Number.POSITIVE_INFINITY;
  const secondsMax = options.count === undefined ? options.seconds : Number.POSITIVE_INFINITY;
  const startMs = performance.now();
  const elapsedSec = () => (performance.now() - startMs) / 1000;
  let inferenceCount = 0;
  let checksum = 0;
  while (inferenceCount < countMax && elapsedSec() < secondsMax && !options.shouldStop()) {
    const running = lanes.slice(0, Math.min(LANES, countMax - inferenceCount));
    for (const [index, lane] of running.entries()) network.launch(lane, inputs[(inferenceCount + index) % INPUTS]);
    for (const lane of running) {
      network.read(lane, scores);
      checksum = crc32(new Uint8Array(scores.buffer), checksum);
    }
    inferenceCount += running.length;
    await nextTurn();
  }
  const result = { inferenceCount, elapsedSec: elapsedSec(), checksum };
  network.close();
  return result;
}

/** One line for people. */
export function demoSentence(device: ComputeDevice, result: DemoResult): string {
  const where = device.kind === 'cpu' ? `CPU ${device.name}, threads: ${device.smCount}` : device.name;
  const perSec = result.inferenceCount / result.elapsedSec;
  const checksum = result.checksum.toString(16).padStart(8, '0');
  const work = `${result.inferenceCount} inferences of ${IMAGES} images in ${result.elapsedSec.toFixed(2)} s`;
  return `${work} (${perSec.toFixed(1)} inferences/s) on ${where}; checksum ${checksum}`;
}
