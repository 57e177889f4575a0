// The network shaped like YOLOv8n on our own kernels, in float32 and in FP16: the CPU device's numbers, as a graph against launched one by one,
// against PyTorch with channels last and CUDA graphs, and nothing allocated in the hot path by the collector's own rows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KernelsEngine, loadKernelsEngine } from '../../probe/engines/kernels/engine';
import type { Precision } from '../../probe/engines/kernels/plan';
import { generateYoloShaped } from '../../probe/engines/onnx/generate/yolo-shaped';
import { encodeOnnx } from '../../probe/engines/onnx/write';
import { type ComputeDevice, loadAddon } from '../../probe/runner/addon';
import { randomFloats, seededRandom } from '../../probe/runner/random';
import type { Bed, GpuTest } from './bed';
import { median, type Recording } from './recording';

const SIDE_PX = 640;
const TURNS = 7;
const RUNS = 100;
const TORCH_RUNS = 200;
const BATCHES = 50;
const ERROR_MAX = 1e-3;
const PRECISIONS: readonly Precision[] = ['fp32', 'fp16'];

interface TorchTimes {
  /** Microseconds of one replay of the graph, without copies. */
  readonly networkUs: number;
  /** The same with a pinned input going in and the output coming back. */
  readonly wholeUs: number;
  readonly parameterCount: number;
  readonly placeCount: number;
}

interface Devices {
  readonly cuda: ComputeDevice;
  readonly cpu: ComputeDevice;
}

interface Engines {
  readonly graph: KernelsEngine;
  readonly plain: KernelsEngine;
}

const images = randomFloats(seededRandom(5), 3 * SIDE_PX ** 2, 1);
const infer = async (engine: KernelsEngine) =>
  (await engine.infer({ batch: 1, size: 1, inputs: { images } })).outputs.output0 as Float32Array;

/** The largest |got - want| / (1 + |want|); NaN as soon as one is. */
function largestError(got: Float32Array, want: Float32Array): number {
  return want.reduce((most, each, at) => {
    const error = Math.abs(got[at] - each) / (1 + Math.abs(each));
    return Number.isNaN(error) || Number.isNaN(most) ? Number.NaN : Math.max(most, error);
  }, 0);
}

/** One picture in, one answer out; the picture lies in `source`, and whether the answer's memory is given back at once is `isReleased`. */
async function wholeUs(engine: KernelsEngine, source: Float32Array, isReleased: boolean): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = process.hrtime.bigint();
    const { release } = await engine.infer({ batch: 1, size: 1, inputs: { images: source } });
    times.push(Number(process.hrtime.bigint() - start) / 1000);
    if (isReleased) release?.();
  }
  return median(times);
}

/** The picture in memory that the device reads itself, as PyTorch's is pinned. */
function pinnedImages(bed: Bed, engine: KernelsEngine): Float32Array {
  const array = engine.inputArray?.(images.byteLength);
  bed.expect('the engine has memory for inputs', array?.byteLength, images.byteLength);
  const pinned = new Float32Array(array ?? images.slice().buffer);
  pinned.set(images);
  return pinned;
}

interface Ways {
  readonly graph: number[];
  readonly plain: number[];
}

const ways = (): Ways => ({ graph: [], plain: [] });
const fasterPercent = ({ graph, plain }: Ways) => 100 * (1 - median(graph) / median(plain));

/** In turn, so that a clock that drifts drifts for both. */
async function graphAgainstPlain(bed: Bed, engines: Engines, precision: Precision): Promise<number> {
  const times = { networkUs: ways(), inferUs: ways(), inferFromOrdinaryMemoryUs: ways() };
  const pinned = { graph: pinnedImages(bed, engines.graph), plain: pinnedImages(bed, engines.plain) };
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const way of ['plain', 'graph'] as const) {
      times.networkUs[way].push((await engines[way].replayNs(1, RUNS)) / 1000);
      times.inferUs[way].push(await wholeUs(engines[way], pinned[way], true));
      times.inferFromOrdinaryMemoryUs[way].push(await wholeUs(engines[way], images, false));
    }
  }
  bed.figures[`ours, ${precision}`] = {
    launches: engines.graph.callCount(1),
    ...times,
    memory: engines.graph.memory(),
  };
  const what = `${precision}: graph faster than one by one, %`;
  bed.figures[`${what}, per inference (figure: 20)`] = fasterPercent(times.inferUs);
  bed.figures[`${what}, per inference from ordinary memory`] = fasterPercent(times.inferFromOrdinaryMemoryUs);
  bed.figures[`${what}, network alone`] = fasterPercent(times.networkUs);
  return median(times.networkUs.graph);
}

function besideTorch(bed: Bed, graphUs: Readonly<Record<Precision, number>>): void {
  const run = (precision: string) => {
    const words = [bed.script('yolo_shaped.py'), String(SIDE_PX), precision, String(TORCH_RUNS)];
    const { stdout, stderr } = bed.plain('python3', words);
    if (stdout === '') throw new Error(`yolo_shaped.py said nothing: ${stderr.slice(-500)}`);
    return JSON.parse(stdout) as TorchTimes;
  };
  const [half, single] = [run('fp16'), run('fp32')];
  bed.expect('PyTorch runs a network of the same places', half.placeCount, 8400);
  bed.expect('and of the same parameters', half.parameterCount, 3_151_904);
  bed.figures.torch = { half, single };
  const ratio = graphUs.fp16 / half.networkUs;
  bed.figures['our FP16 over PyTorch FP16 channels last with CUDA graphs (figure: 1.5)'] = ratio;
  bed.figures['our FP32 over PyTorch FP32 without TF32 with CUDA graphs'] = graphUs.fp32 / single.networkUs;
  bed.expect('our FP16 takes at most 1.5 times as long as PyTorch’s', ratio <= 1.5, true);
}

/** Rows of a recording within the ranges of the batches, the first of which is 1: those before are of the warm-up. */
function hotPath(recording: Recording): { readonly startNs: number; readonly endNs: number } {
  const ranges = recording.rows('range').filter((row) => /^batch [1-9]\d*$/.test(recording.text(row.source, row.name)));
  const starts = ranges.map(({ startNs }) => startNs);
  return { startNs: Math.min(...starts), endNs: Math.max(...ranges.map((row) => row.startNs + row.durationNs)) };
}

async function recorded(bed: Bed, precision: Precision, isGraph: boolean, launchCount: number): Promise<void> {
  const runner = join(bed.kit.kit, 'out/node/runner.js');
  const addon = ['--addon', join(bed.kit.kit, 'out/native/Release/hookanalyzer.node'), '--device', 'cuda'];
  const way = `${precision}, ${isGraph ? 'graph' : 'one by one'}`;
  const model = ['--model', join(bed.kit.work, 'detector.onnx'), '--count', String(BATCHES), '--precision', precision];
  const args = [runner, 'engine', ...model, ...(isGraph ? [] : ['--one-by-one']), ...addon];
  const name = `detector-${way.replaceAll(/[ ,]+/g, '-')}`;
  const { recording, exitCode } = await bed.record(process.execPath, args, { name });
  bed.expect(`${way}: it ends well`, exitCode, 0);
  bed.expect(`${way}: nothing lost`, recording.rows('loss'), []);
  const { startNs, endNs } = hotPath(recording);
  const within = recording.rows('memory').filter((row) => row.timeNs >= startNs && row.timeNs <= endNs);
  bed.expect(`${way}: nothing allocated in the hot path`, within.length, 0);
  const [range] = recording.rows('range').filter((row) => recording.text(row.source, row.name) === `batch ${BATCHES}`);
  const calls = recording
    .rows('api')
    .filter(
      ({ thread, startNs: at }) =>
        thread === range.thread && at >= range.startNs && at <= range.startNs + range.durationNs,
    );
  const own = new Set(calls.map(({ correlation }) => correlation));
  const kernels = recording.rows('kernel').filter(({ correlation }) => own.has(correlation));
  bed.figures[`kernels of one batch, ${way}`] = kernels.length;
  if (!isGraph) bed.expect(`${way}: a batch’s kernels are found by its range and thread`, kernels.length, launchCount);
}

interface Compared {
  readonly graphUs: number;
  readonly launchCount: number;
  /** What the CPU device gives. */
  readonly want: Float32Array;
}

async function compared(bed: Bed, { cuda, cpu }: Devices, modelPath: string, precision: Precision): Promise<Compared> {
  const load = (device: ComputeDevice, isGraph: boolean) =>
    loadKernelsEngine({ name: 'detector', modelPath, device, isGraph, precision, layerRuns: 21 });
  const [graph, plain, reference] = [await load(cuda, true), await load(cuda, false), await load(cpu, false)];
  bed.expect(`${precision}: the device takes a graph`, [graph.isGraph, graph.graphRefusal], [true, '']);
  await graph.warmUp([1]);
  bed.figures[`layers, ${precision}`] = graph
    .layerTimes()
    .map(({ name, type, medianNs }) => ({ name, type, medianUs: medianNs / 1000 }));
  const [want, one, other] = [await infer(reference), await infer(graph), await infer(plain)];
  bed.expect(`${precision}: the graph gives what the launches one by one give`, largestError(one, other), 0);
  const error = largestError(one, want);
  bed.figures[`largest error, ${precision}`] = error;
  bed.expect(`${precision}: the GPU’s numbers are the CPU’s within ${ERROR_MAX}`, error <= ERROR_MAX, true);
  const graphUs = await graphAgainstPlain(bed, { graph, plain }, precision);
  const launchCount = graph.callCount(1);
  await Promise.all([graph, plain, reference].map((engine) => engine.close()));
  return { graphUs, launchCount, want };
}

export const detector: GpuTest = async (bed) => {
  const addon = loadAddon(join(bed.kit.kit, 'out/native/Release/hookanalyzer.node'));
  const modelPath = join(bed.kit.work, 'detector.onnx');
  writeFileSync(modelPath, encodeOnnx(generateYoloShaped({ sidePx: SIDE_PX })));
  const devices = { cuda: addon.createCudaDevice({ index: 0 }), cpu: addon.createCpuDevice({}) };
  try {
    const single = await compared(bed, devices, modelPath, 'fp32');
    const half = await compared(bed, devices, modelPath, 'fp16');
    bed.figures['largest error of FP16 next to float32'] = largestError(half.want, single.want);
    bed.figures['FP16 faster than float32, times'] = single.graphUs / half.graphUs;
    besideTorch(bed, { fp32: single.graphUs, fp16: half.graphUs });
    const launchCounts = { fp32: single.launchCount, fp16: half.launchCount };
    for (const precision of PRECISIONS) {
      for (const isGraph of [true, false]) await recorded(bed, precision, isGraph, launchCounts[precision]);
    }
  } finally {
    devices.cuda.close();
    devices.cpu.close();
  }
};
