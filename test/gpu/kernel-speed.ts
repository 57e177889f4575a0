// Kernels whose cost is memory, against the bandwidth of a copy in the same run, and non-maximum suppression against the CPU's reference.

import { join } from 'node:path';
import { type ComputeDevice, type KernelCall, loadAddon, type NativeAddon } from '../../probe/runner/addon';
import { nmsWorkspaceBytes } from '../../probe/runner/check/nms';
import { seededRandom } from '../../probe/runner/random';
import type { Bed, GpuTest } from './bed';
import { median } from './recording';

const SAMPLES = 41;
/** Of each array: ten times the L2 cache of an H200. */
const COUNT = 2 ** 27;
const FLOAT_BYTES = 4;
/** Elements of the largest output of preprocess below. */
const PICTURE_COUNT_MAX = 128 * 3 * 640 * 640;
const BOX_COUNTS = [1000, 4096, 8400];

interface Timed {
  readonly what: string;
  readonly medianUs: number;
  readonly gigabytesPerSec: number;
  readonly percentOfCopy: number;
}

class Desk {
  private readonly addresses: number[] = [];
  copyBytesPerSec = 0;

  constructor(
    readonly addon: NativeAddon,
    readonly device: ComputeDevice,
  ) {}

  place(bytes: number): number {
    const address = this.device.alloc(bytes, 'kernel speed');
    this.addresses.push(address);
    return address;
  }

  clear(): void {
    for (const address of this.addresses.splice(0)) this.device.free(address);
  }

  bytesPerSec(call: KernelCall): { readonly medianNs: number; readonly bytesPerSec: number } {
    const medianNs = median([...this.device.measure({ ...call, sampleCount: SAMPLES })]);
    return { medianNs, bytesPerSec: (this.device.describeLaunch(call).bytes / medianNs) * 1e9 };
  }

  timed(what: string, call: KernelCall): Timed {
    const { medianNs, bytesPerSec } = this.bytesPerSec(call);
    return {
      what,
      medianUs: Number((medianNs / 1000).toFixed(1)),
      gigabytesPerSec: Number((bytesPerSec / 1e9).toFixed(0)),
      percentOfCopy: Number(((bytesPerSec / this.copyBytesPerSec) * 100).toFixed(1)),
    };
  }
}

/** The faster of the driver's own copy and ours, both counted as read and written. */
function measureCopy(desk: Desk, input: number, output: number): { driver: number; ours: number } {
  const copies = desk.device.measureCopy({
    memory: 'pageable',
    way: 'deviceToDevice',
    bytes: COUNT * FLOAT_BYTES,
    sampleCount: SAMPLES,
  });
  const driver = ((2 * COUNT * FLOAT_BYTES) / median([...copies])) * 1e9;
  const ours = desk.bytesPerSec({ kernel: 'ceiling', operation: 'copy', count: COUNT, input, output }).bytesPerSec;
  desk.copyBytesPerSec = Math.max(driver, ours);
  return { driver, ours };
}

function memoryBound(desk: Desk): Timed[] {
  const [input, addend] = [1, 2].map(() => desk.place(COUNT * FLOAT_BYTES));
  const output = desk.place(Math.max(COUNT, PICTURE_COUNT_MAX) * FLOAT_BYTES);
  const bias = desk.place(1024 * FLOAT_BYTES);
  const { driver, ours } = measureCopy(desk, input, output);
  const rows: Timed[] = [];
  for (const operation of ['relu', 'silu', 'add', 'add_relu', 'bias_silu']) {
    const call = {
      kernel: 'elementwise',
      variant: 'vector',
      operation,
      count: COUNT,
      input,
      addend,
      bias,
      output,
      columns: 1024,
    };
    rows.push(desk.timed(`elementwise ${operation}`, call));
  }
  for (const columns of [128, 1000, 1024, 4096, 16_384, 32_000]) {
    const rowCount = Math.floor(COUNT / columns);
    const call = { kernel: 'softmax', variant: 'online', rows: Math.min(rowCount, 2 ** 20), columns, input, output };
    rows.push(desk.timed(`softmax ${columns} columns`, call));
  }
  for (const [images, sourceWidth, sourceHeight, targetWidth, targetHeight, isLetterboxed] of [
    [64, 1920, 1080, 960, 540, false],
    [128, 1280, 720, 640, 640, true],
    [64, 1920, 1080, 640, 640, true],
  ] as const) {
    const sizes = { images, sourceWidth, sourceHeight, targetWidth, targetHeight, isLetterboxed };
    const call = { kernel: 'preprocess', variant: 'words', ...sizes, swapsRedBlue: true, input, output };
    const words = isLetterboxed ? ' letterboxed' : '';
    rows.push(
      desk.timed(`preprocess ${sourceWidth} × ${sourceHeight} to ${targetWidth} × ${targetHeight}${words}`, call),
    );
  }
  rows.push({
    what: `copy: driver ${(driver / 1e9).toFixed(0)}, ours ${(ours / 1e9).toFixed(0)} GB/s`,
    medianUs: 0,
    gigabytesPerSec: Number((desk.copyBytesPerSec / 1e9).toFixed(0)),
    percentOfCopy: 100,
  });
  return rows;
}

function suppression(desk: Desk, count: number) {
  const random = seededRandom(count);
  const boxes = new Float32Array(count * 4);
  const scores = Float32Array.from({ length: count }, random);
  for (let index = 0; index < count; index++) {
    const [x, y] = [random() * 640, random() * 640];
    boxes.set([x, y, x + 10 + random() * 90, y + 10 + random() * 90], index * 4);
  }
  const want = new Int32Array(count + 1);
  const workspaceBytes = nmsWorkspaceBytes(1, count);
  const options = { kernel: 'nms', count, overlapThreshold: 0.45, scoreThreshold: 0.1 };
  const referenceMs = Array.from({ length: 5 }, () => {
    const startMs = performance.now();
    desk.addon.runReference({ ...options, boxes, scores, kept: want, workspace: new Uint8Array(workspaceBytes) });
    return performance.now() - startMs;
  });
  const places = { boxes: desk.place(boxes.byteLength), scores: desk.place(scores.byteLength) };
  desk.device.upload({ target: places.boxes, source: boxes });
  desk.device.upload({ target: places.scores, source: scores });
  const kept = desk.place(want.byteLength);
  const call = { ...options, variant: 'bitmask', ...places, kept, workspace: desk.place(workspaceBytes) };
  const medianUs = median([...desk.device.measure({ ...call, sampleCount: SAMPLES })]) / 1000;
  const got = new Int32Array(want.length);
  desk.device.download({ source: kept, target: got });
  const isSame = got.subarray(0, want[0] + 1).every((value, index) => value === want[index]);
  return { boxes: count, kept: want[0], gpuUs: medianUs, referenceUs: median(referenceMs) * 1000, isSame };
}

export const kernelSpeed: GpuTest = async (bed: Bed) => {
  const addon = loadAddon(join(bed.kit.kit, 'out/native/Release/hookanalyzer.node'));
  const device = addon.createCudaDevice({ index: 0 });
  const desk = new Desk(addon, device);
  try {
    const rows = memoryBound(desk);
    bed.figures.memoryBound = rows;
    const slow = rows.filter(({ percentOfCopy }) => percentOfCopy < 85).map(({ what }) => what);
    // Scaling down skips pixels of the source, so fewer bytes are needed than are counted, and less of each line is used.
    bed.expect('at least 85 % of a copy, but for the letterbox that skips pixels', slow, [
      'preprocess 1920 × 1080 to 640 × 640 letterboxed',
    ]);
    desk.clear();
    const suppressions = BOX_COUNTS.map((count) => suppression(desk, count));
    bed.figures.nms = suppressions;
    bed.expect(
      'nms keeps the boxes of the reference',
      suppressions.filter(({ isSame }) => !isSame),
      [],
    );
    bed.expect(
      'nms is faster than the reference',
      suppressions.filter((each) => each.gpuUs >= each.referenceUs),
      [],
    );
  } finally {
    desk.clear();
    device.close();
  }
};
