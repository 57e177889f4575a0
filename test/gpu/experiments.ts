// The tile-size laboratory on a GPU: what it measures beside cuBLAS in the same run, with hardware counters, and what becomes of kernels that do not
// compile, trap or hang.

import { join } from 'node:path';
import { enums, enumWord } from '../../shared/model/enums';
import type { ExperimentInput } from '../../shared/rpc/experiment';
import type { Bed, GpuTest } from './bed';
import type { Recording, Row } from './recording';

interface Answer {
  readonly recording: Recording;
  readonly points: readonly Row<'point'>[];
  readonly end: { readonly event: string; readonly sentence: string };
}

let runCount = 0;

async function measure(bed: Bed, spec: ExperimentInput, words: readonly string[] = []): Promise<Answer> {
  const runner = join(bed.kit.kit, 'out/node/runner.js');
  const addon = join(bed.kit.kit, 'out/native/Release/hookanalyzer.node');
  const args = [runner, 'experiment', '--device', 'cuda', '--addon', addon, '--spec', JSON.stringify(spec), ...words];
  const { recording } = await bed.record(process.execPath, args, { name: `experiment-${++runCount}` });
  const last = recording.rows('experiment').at(-1);
  const end = { event: enumWord('experimentEvent', last?.event ?? 0), sentence: last?.sentence ?? '' };
  return { recording, points: recording.rows('point'), end };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
const isMeasured = ({ failure }: Row<'point'>) => failure === '';

/** Points as the tables in kernels/README.md show them; cold is held against cuBLAS with cold caches. */
function shares(points: readonly Row<'point'>[]) {
  const references = new Map(
    points.filter(({ role }) => role === enums.pointRole.reference).map((each) => [each.x, each]),
  );
  return points
    .filter((point) => point.role === enums.pointRole.measured && isMeasured(point))
    .map(
      ({ series, x, kernel, medianNs, coldNs, spreadRatio, flopsPerSec, referenceRatio, occupancyRatio, limiter }) => ({
        size: x,
        variant: series,
        kernel,
        medianUs: round(medianNs / 1000, 2),
        spreadPercent: round(spreadRatio * 100, 1),
        tflops: round(flopsPerSec / 1e12, 2),
        percentOfCublas: round(referenceRatio * 100, 1),
        percentOfCublasCold: round(((references.get(x)?.coldNs ?? Number.NaN) / coldNs) * 100, 1),
        occupancyPercent: round(occupancyRatio * 100, 1),
        limiter,
      }),
    );
}

const best = (rows: ReturnType<typeof shares>, size: number) =>
  Math.max(...rows.filter((row) => row.size === size).map(({ percentOfCublas }) => percentOfCublas));

async function gemm(bed: Bed): Promise<void> {
  const variants = ['naive', 'tile_8', 'tile_16', 'tile_32', 'register_8x8', 'vector_8x8', 'double_8x8', 'auto'];
  const single = await measure(bed, { kind: 'gemm', sizes: [512, 1024, 2048, 4096], variants, sampleCount: 31 });
  const rows = shares(single.points);
  bed.figures.gemmFp32 = rows;
  bed.figures.ceilings = single.points
    .filter(({ role }) => role === enums.pointRole.ceiling)
    .map(({ series, flopsPerSec, bytesPerSec }) => ({ series, flopsPerSec, bytesPerSec }));
  const allRight = (points: readonly Row<'point'>[]) =>
    points
      .filter((each) => each.role !== enums.pointRole.ceiling && each.correctness !== enums.correctness.right)
      .map(({ series, label, failure }) => `${series} ${label} ${failure}`);
  bed.expect('FP32: every point is right', allRight(single.points), []);
  bed.expect('FP32: at least 95 % of cuBLAS at 4096', best(rows, 4096) >= 95, true);
  bed.expect('FP32: at least 95 % of cuBLAS at 2048', best(rows, 2048) >= 95, true);
  bed.expect('FP32: at least 90 % of cuBLAS at 1024', best(rows, 1024) >= 90, true);
  bed.expect('FP32: at least 85 % of cuBLAS at 512', best(rows, 512) >= 85, true);
  const half = await measure(bed, {
    kind: 'gemm',
    precision: 'fp16',
    sizes: [1024, 2048, 4096],
    variants: ['mma_128x128x32_64x64_4', 'wgmma_128x128_6_2', 'wgmma_128x256_4_2'],
    sampleCount: 31,
  });
  const halfRows = shares(half.points);
  bed.figures.gemmFp16 = halfRows;
  bed.expect('FP16: every point is right', allRight(half.points), []);
  bed.expect('FP16: at least 80 % of cuBLAS at 4096', best(halfRows, 4096) >= 80, true);
}

async function counted(bed: Bed): Promise<void> {
  const spec: ExperimentInput = {
    kind: 'gemm',
    sizes: [2048],
    variants: ['naive', 'tile_16', 'tile_32', 'auto'],
    sampleCount: 5,
    measureCold: false,
    readCounters: true,
  };
  const { points, recording, end } = await measure(bed, spec);
  bed.expect('with counters it ends well', end.event, 'done');
  const metrics = recording.rows('pointMetric');
  const figures = points
    .filter(({ role }) => role === enums.pointRole.measured)
    .map((point) => {
      const own = metrics
        .filter(({ index }) => index === point.index)
        .map(({ metric, value }) => [metric, round(value, 4)]);
      return { variant: point.series, theoretical: round(point.occupancyRatio, 4), ...Object.fromEntries(own) };
    });
  bed.figures.counters = figures;
  bed.expect(
    'each point has its achieved occupancy',
    figures.filter((each) => !('achieved_occupancy_ratio' in each)),
    [],
  );
  const over = figures.filter(
    (each) => each.achieved_occupancy_ratio > each.theoretical + 0.02 && each.theoretical >= 0,
  );
  bed.expect('none achieves more than theory allows', over, []);
}

async function services(bed: Bed): Promise<void> {
  const MIB = 2 ** 20;
  const specs: readonly ExperimentInput[] = [
    { kind: 'copy', bytes: [MIB, 64 * MIB], sampleCount: 15 },
    { kind: 'launch', launchCounts: [1, 10, 100], sampleCount: 31 },
    { kind: 'allocation', bytes: [MIB, 64 * MIB], sampleCount: 15 },
    { kind: 'streams', streamCounts: [1, 2, 4, 8], sampleCount: 31 },
    { kind: 'batch', batchSizes: [1, 8, 32], sampleCount: 31 },
    { kind: 'blockSize', blockSizes: [32, 64, 128, 256, 512, 1024], sampleCount: 31, measureCold: false },
  ];
  for (const spec of specs) {
    const { points, end } = await measure(bed, spec);
    bed.expect(`${spec.kind}: ends well`, end.event, 'done');
    bed.expect(
      `${spec.kind}: every point has a time`,
      points.filter((point) => !isMeasured(point)).map(({ failure }) => failure),
      [],
    );
    bed.figures[spec.kind] = points
      .filter(({ role }) => role === enums.pointRole.measured)
      .map(({ series, x, medianNs, spreadRatio, bytesPerSec }) => ({
        series,
        x,
        medianUs: round(medianNs / 1000, 3),
        spreadPercent: round(spreadRatio * 100, 1),
        ...(bytesPerSec > 0 ? { gigabytesPerSec: round(bytesPerSec / 1e9, 1) } : {}),
      }));
  }
}

const OWN = {
  kind: 'kernel',
  source: `__global__ void axpy(const float* x, float* y, unsigned count, float factor) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) y[i] = factor * x[i] + y[i];
}
`,
  arguments: [
    { kind: 'buffer', element: 'f32', count: 1 << 22 },
    { kind: 'buffer', element: 'f32', count: 1 << 22 },
    { kind: 'u32', value: 1 << 22 },
    { kind: 'f32', value: 2 },
  ],
  blockSizes: [64, 256, 1024],
  threadCount: 1 << 22,
  bytes: 3 * 4 * (1 << 22),
  sampleCount: 21,
  measureCold: false,
  readCounters: true,
} satisfies ExperimentInput;

async function ownKernels(bed: Bed): Promise<void> {
  const good = await measure(bed, OWN);
  const own = good.points.filter(({ role }) => role === enums.pointRole.measured);
  bed.expect('own kernel: every block size has a time', own.map(isMeasured), [true, true, true]);
  bed.expect(
    'own kernel: registers are known',
    own.every(({ registers }) => registers > 0),
    true,
  );
  bed.figures.ownKernel = own.map(({ x, medianNs, bytesPerSec }) => ({ blockSize: x, medianNs, bytesPerSec }));
  const broken = await measure(bed, { ...OWN, source: OWN.source.replace('factor * x[i]', 'facter * x[i]') });
  bed.expect('a kernel that does not compile ends the experiment', broken.end.event, 'failed');
  bed.expect('its error has file and line', /kernel\.cu:3: .*facter/.test(broken.end.sentence), true);
  bed.figures.compileError = broken.end.sentence;
  const trap = await measure(bed, {
    ...OWN,
    source: OWN.source.replace('if (i <', 'asm("trap;"); if (i <'),
    readCounters: false,
  });
  const trapped = trap.points.filter(({ role }) => role === enums.pointRole.measured);
  bed.expect(
    'a kernel that traps costs its points',
    trapped.map(({ failure }) => failure !== ''),
    [true, true, true],
  );
  bed.figures.trap = trapped.map(({ failure }) => failure);
  const hang = {
    ...OWN,
    source: OWN.source.replace('if (i <', 'while (clock64() != 0); if (i <'),
    blockSizes: [64],
    readCounters: false,
  };
  const hung = await measure(bed, hang, ['--point-seconds', '8']);
  bed.expect(
    'a kernel that hangs is given up',
    hung.points.at(-1)?.failure,
    'It did not end within 8 s, and its worker was ended.',
  );
  bed.expect('and the experiment ends', hung.end.event, 'done');
}

export const experiments: GpuTest = async (bed: Bed) => {
  await gemm(bed);
  await counted(bed);
  await services(bed);
  await ownKernels(bed);
};
