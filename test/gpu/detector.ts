// The network shaped like YOLOv8n on our own kernels: the CPU device's numbers, as a graph against launched one by one, against PyTorch in
// FP16 with channels last and CUDA graphs, and nothing allocated in the hot path by the collector's own rows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KernelsEngine, loadKernelsEngine } from '../../probe/engines/kernels/engine';
import { generateYoloShaped } from '../../probe/engines/onnx/generate/yolo-shaped';
import { encodeOnnx } from '../../probe/engines/onnx/write';
import { type ComputeDevice, loadAddon } from '../../probe/runner/addon';
import { randomFloats, seededRandom } from '../../probe/runner/random';
import type { Bed, GpuTest } from './bed';
import { median, type Recording } from './recording';

const SIDE_PX = 640;
const TURNS = 9;
const RUNS = 200;
const BATCHES = 50;
const ERROR_MAX = 1e-3;

interface TorchTimes {
  /** Microseconds of one replay of the graph, without copies. */
  readonly networkUs: number;
  /** The same with a pinned input going in and the output coming back. */
  readonly wholeUs: number;
  readonly parameterCount: number;
  readonly placeCount: number;
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

async function wholeUs(engine: KernelsEngine): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const start = process.hrtime.bigint();
    await infer(engine);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  return median(times);
}

/** In turn, so that a clock that drifts drifts for both. */
async function graphAgainstPlain(bed: Bed, { graph, plain }: Engines): Promise<number> {
  const networkUs = { graph: [] as number[], plain: [] as number[] };
  const inferUs = { graph: [] as number[], plain: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    networkUs.plain.push((await plain.replayNs(1, RUNS)) / 1000);
    networkUs.graph.push((await graph.replayNs(1, RUNS)) / 1000);
    inferUs.plain.push(await wholeUs(plain));
    inferUs.graph.push(await wholeUs(graph));
  }
  const [one, other] = [median(inferUs.graph), median(inferUs.plain)];
  bed.figures.ours = { launches: graph.callCount(1), networkUs, inferUs, memory: graph.memory() };
  bed.figures['graph faster than one by one, per inference (figure: 20 %)'] = 100 * (1 - one / other);
  bed.figures['graph faster than one by one, network alone'] =
    100 * (1 - median(networkUs.graph) / median(networkUs.plain));
  return median(networkUs.graph);
}

function besideTorch(bed: Bed, graphUs: number): void {
  const run = (precision: string) => {
    const { stdout, stderr } = bed.plain('python3', [
      bed.script('yolo_shaped.py'),
      String(SIDE_PX),
      precision,
      String(RUNS),
    ]);
    if (stdout === '') throw new Error(`yolo_shaped.py said nothing: ${stderr.slice(-500)}`);
    return JSON.parse(stdout) as TorchTimes;
  };
  const [half, single] = [run('fp16'), run('fp32')];
  bed.expect('PyTorch runs a network of the same places', half.placeCount, 8400);
  bed.expect('and of the same parameters', half.parameterCount, 3_151_904);
  bed.figures.torch = { half, single };
  bed.figures['our FP32 over PyTorch FP16 channels last with CUDA graphs (figure: 1.5)'] = graphUs / half.networkUs;
  bed.figures['our FP32 over PyTorch FP32 without TF32 with CUDA graphs'] = graphUs / single.networkUs;
}

/** Rows of a recording within the ranges of the batches, the first of which is 1: those before are of the warm-up. */
function hotPath(recording: Recording): { readonly startNs: number; readonly endNs: number } {
  const ranges = recording.rows('range').filter((row) => /^batch [1-9]\d*$/.test(recording.text(row.source, row.name)));
  const starts = ranges.map(({ startNs }) => startNs);
  return { startNs: Math.min(...starts), endNs: Math.max(...ranges.map((row) => row.startNs + row.durationNs)) };
}

async function recorded(bed: Bed, words: readonly string[], launchCount: number): Promise<void> {
  const runner = join(bed.kit.kit, 'out/node/runner.js');
  const addon = ['--addon', join(bed.kit.kit, 'out/native/Release/hookanalyzer.node'), '--device', 'cuda'];
  const way = words.length > 0 ? 'one by one' : 'graph';
  const args = [
    runner,
    'engine',
    '--model',
    join(bed.kit.work, 'detector.onnx'),
    '--count',
    String(BATCHES),
    ...words,
    ...addon,
  ];
  const { recording, exitCode } = await bed.record(process.execPath, args, {
    name: `detector-${way.replaceAll(' ', '-')}`,
  });
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
  if (way === 'one by one')
    bed.expect('a batch’s kernels are found by its range and thread', kernels.length, launchCount);
}

async function compared(bed: Bed, cuda: ComputeDevice, cpu: ComputeDevice, modelPath: string): Promise<number> {
  const load = (device: ComputeDevice, isGraph: boolean) =>
    loadKernelsEngine({ name: 'detector', modelPath, device, isGraph, layerRuns: 21 });
  const [graph, plain, reference] = [await load(cuda, true), await load(cuda, false), await load(cpu, false)];
  bed.expect('the device takes a graph', [graph.isGraph, graph.graphRefusal], [true, '']);
  await graph.warmUp([1]);
  bed.figures.layers = graph
    .layerTimes()
    .map(({ name, type, medianNs }) => ({ name, type, medianUs: medianNs / 1000 }));
  const [want, one, other] = [await infer(reference), await infer(graph), await infer(plain)];
  bed.expect('the graph gives what the launches one by one give', largestError(one, other), 0);
  const error = largestError(one, want);
  bed.figures.largestError = error;
  bed.expect(`the GPU’s numbers are the CPU’s within ${ERROR_MAX}`, error <= ERROR_MAX, true);
  besideTorch(bed, await graphAgainstPlain(bed, { graph, plain }));
  const launchCount = graph.callCount(1);
  await Promise.all([graph, plain, reference].map((engine) => engine.close()));
  return launchCount;
}

export const detector: GpuTest = async (bed) => {
  const addon = loadAddon(join(bed.kit.kit, 'out/native/Release/hookanalyzer.node'));
  const modelPath = join(bed.kit.work, 'detector.onnx');
  writeFileSync(modelPath, encodeOnnx(generateYoloShaped({ sidePx: SIDE_PX })));
  const [cuda, cpu] = [addon.createCudaDevice({ index: 0 }), addon.createCpuDevice({})];
  let launchCount = 0;
  try {
    launchCount = await compared(bed, cuda, cpu, modelPath);
  } finally {
    cuda.close();
    cpu.close();
  }
  await recorded(bed, [], launchCount);
  await recorded(bed, ['--one-by-one'], launchCount);
};
