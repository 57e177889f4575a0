// Reports on experiments drawn by hand: a gemm on a GPU with a reference and counters, and one on the CPU that was cut short.

import { expect, test } from 'vitest';
import { loadExperiment } from '../../../app/host/analysis/experiment-result';
import { formatTable } from '../../../app/host/analysis/format-table';
import { runReport } from '../../../app/host/analysis/reports';
import { enums } from '../../../shared/model/enums';
import { withSession } from '../session/recording';

const { experimentEvent, deviceKind, pointRole, correctness } = enums;
const GPU = 2 ** 53 - 1; // the largest number an experiment can have
const CPU = 7;

const UNKNOWN = {
  coldNs: -1,
  flopsPerSec: -1,
  bytesPerSec: -1,
  referenceRatio: -1,
  ceilingRatio: -1,
  occupancyRatio: -1,
  coreClockKhz: -1,
  temperatureC: -1,
};
const point = (experiment: number, index: number, more: object) => ({
  ...UNKNOWN,
  experiment,
  index,
  role: pointRole.measured,
  x: 512,
  label: '512 × 512 × 512',
  startNs: 100 + index,
  medianNs: 1000,
  spreadRatio: 0.02,
  ...more,
});

const SESSION = {
  experiment: [
    {
      timeNs: 10,
      event: experimentEvent.started,
      deviceKind: deviceKind.cuda,
      experiment: GPU,
      pointCount: 3,
      spec: '{"kind":"gemm"}',
    },
    {
      timeNs: 20,
      event: experimentEvent.started,
      deviceKind: deviceKind.cpu,
      experiment: CPU,
      pointCount: 9,
      device: 'Xeon',
      spec: '{"kind":"copy"}',
    },
    {
      timeNs: 30,
      event: experimentEvent.progress,
      deviceKind: deviceKind.cuda,
      experiment: GPU,
      doneCount: 2,
      pointCount: 3,
      device: 'Orin',
      sentence: 'tile_8',
    },
    {
      timeNs: 40,
      event: experimentEvent.done,
      deviceKind: deviceKind.cuda,
      experiment: GPU,
      doneCount: 3,
      pointCount: 3,
    },
    {
      timeNs: 50,
      event: experimentEvent.progress,
      deviceKind: deviceKind.cpu,
      experiment: CPU,
      doneCount: 1,
      pointCount: 9,
    },
  ],
  point: [
    point(GPU, 0, { series: 'fma', role: pointRole.ceiling, label: '', x: 0, flopsPerSec: 1e12, failure: '' }),
    point(GPU, 2, { series: 'tile_8', failure: 'timed out' }), // replaced below, at the same moment
    point(GPU, 1, {
      series: 'cublas',
      role: pointRole.reference,
      medianNs: 500,
      flopsPerSec: 5e11,
      referenceRatio: 1,
      isNoisy: 1,
    }),
    point(GPU, 2, {
      series: 'tile_8',
      precision: 'fp32',
      flopsPerSec: 2.5e11,
      referenceRatio: 0.5,
      ceilingRatio: 0.25,
      occupancyRatio: 0.6667,
      limiter: 'warps',
      coreClockKhz: 1_300_500,
      temperatureC: 48.5,
      correctness: correctness.wrong,
      coldNs: 1500,
    }),
    point(CPU, 0, {
      series: 'managed hostToDevice',
      x: 4096,
      label: '4 KiB',
      medianNs: -1,
      spreadRatio: -1,
      failure: 'no managed memory',
    }),
  ],
  pointMetric: [
    { timeNs: 1, experiment: GPU, index: 2, metric: 'l2_hit_ratio', value: 0.9 },
    { timeNs: 2, experiment: GPU, index: 2, metric: 'l2_hit_ratio', value: 0.75 },
    { timeNs: 2, experiment: GPU, index: 2, metric: 'achieved_occupancy_ratio', value: 0.625 },
    { timeNs: 2, experiment: GPU, index: 2, metric: 'load_sectors_per_request', value: 4 },
    { timeNs: 2, experiment: GPU, index: 2, metric: 'dram_read_bytes', value: 3.5e6 },
    { timeNs: 2, experiment: GPU, index: 2, metric: 'dram_write_bytes', value: 0 },
    { timeNs: 2, experiment: CPU, index: 2, metric: 'l2_hit_ratio', value: 0.1 },
  ],
};

const objectsOf = (name: string) =>
  withSession(SESSION, async ({ store }) => {
    const { columns, rows } = await runReport(store, name);
    return rows.map((row) => Object.fromEntries(row.map((cell, column) => [columns[column].name, cell])));
  });

test('a row a point, the latest of each, ceilings first, and nothing where nothing is known', async () => {
  const [cpu, ceiling, reference, tile] = await objectsOf('experiment_points');
  expect(cpu).toMatchObject({
    Experiment: 7n,
    Device: 'Xeon [CPU]',
    'Median (ns)': null,
    'Spread (%)': null,
    'GB/s': null,
  });
  expect(cpu).toMatchObject({ Result: 'failed', Remarks: 'no managed memory', 'L2 Hit (%)': null });
  expect(ceiling).toMatchObject({
    Variant: 'fma',
    Remarks: 'ceiling',
    'GFLOP/s': 1000,
    Point: '0',
    'Clock (MHz)': null,
  });
  expect(reference).toMatchObject({
    Variant: 'cublas',
    Remarks: 'reference; noisy',
    'Of Reference (%)': 100,
    Result: '',
  });
  expect(tile).toEqual({
    Experiment: BigInt(GPU),
    Device: 'Orin',
    Point: '512 × 512 × 512',
    Variant: 'tile_8',
    Precision: 'fp32',
    'Median (ns)': 1000,
    'Spread (%)': 2,
    'Cold Median (ns)': 1500,
    'GFLOP/s': 250,
    'GB/s': null,
    'Of Reference (%)': 50,
    'Of Ceiling (%)': 25,
    'Occupancy (%)': expect.closeTo(66.67),
    Limiter: 'warps',
    'Achieved (%)': 62.5,
    'Sectors/Request': 4,
    'L2 Hit (%)': 75,
    'DRAM Read (MB)': 3.5,
    'DRAM Written (MB)': 0,
    'Clock (MHz)': 1300.5,
    'Temp (°C)': 48.5,
    Result: 'wrong',
    Remarks: '',
  });
});

test('the experiments of a session: what, where, how far, and how it ended', async () => {
  expect(await objectsOf('experiments')).toMatchObject([
    {
      Experiment: BigInt(GPU),
      Kind: 'gemm',
      Device: 'Orin',
      State: 'done',
      Points: 3n,
      Of: 3n,
      Failed: 0n,
      Wrong: 1n,
      Noisy: 1n,
    },
    {
      Experiment: 7n,
      Kind: 'copy',
      Device: 'Xeon [CPU]',
      State: 'unfinished',
      Points: 1n,
      Of: 9n,
      Failed: 1n,
      Wrong: 0n,
    },
  ]);
});

test('an experiment whose spec nobody understands is listed without its kind', async () => {
  const experiment = [{ experiment: 1, event: experimentEvent.failed, spec: '{', sentence: 'It crashed.' }];
  await withSession({ experiment }, async ({ store }) => {
    const [row] = (await runReport(store, 'experiments')).rows;
    expect([row[1], row[3], row.at(-1)]).toEqual(['', 'failed', 'It crashed.']);
  });
});

test('rates are shown to the hundredth, shares to the tenth', async () => {
  await withSession(SESSION, async ({ store }) => {
    const text = formatTable(await runReport(store, 'experiment_points'), 'table');
    expect(text).toMatch(
      /tile_8 .* 1,000\.0 +2\.0 +1,500\.0 +250\.00 .* 66\.7 +warps +62\.5 +4\.00 +75\.0 .* 48\.5 +wrong/,
    );
  });
});

test('for programs: one experiment with words for enums, null for what is not known, and its metrics by name', async () => {
  await withSession(SESSION, async ({ store }) => {
    const { result, end } = (await loadExperiment(store, GPU)) as NonNullable<
      Awaited<ReturnType<typeof loadExperiment>>
    >;
    expect(end).toEqual({ sentence: '', remedy: '' });
    expect(result).toMatchObject({
      experiment: GPU,
      state: 'done',
      spec: { kind: 'gemm' },
      device: { name: 'Orin', kind: 'cuda' },
      doneCount: 3,
      pointCount: 3,
    });
    expect(result.points.map(({ index, role }) => [index, role])).toEqual([
      [0, 'ceiling'],
      [1, 'reference'],
      [2, 'measured'],
    ]);
    expect(result.points[2]).toMatchObject({
      series: 'tile_8',
      correctness: 'wrong',
      isNoisy: false,
      spreadRatio: 0.02,
      occupancyRatio: 0.6667,
      bytesPerSec: null,
      threadsPerBlock: null,
      failure: null,
      metrics: {
        l2_hit_ratio: 0.75,
        achieved_occupancy_ratio: 0.625,
        dram_read_bytes: 3.5e6,
        sm_throughput_ratio: null,
      },
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect((await loadExperiment(store, CPU))?.result).toMatchObject({ state: 'unfinished', points: [{ index: 0 }] });
    expect(await loadExperiment(store, 1)).toBeUndefined();
  });
});
