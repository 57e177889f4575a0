import { expect, test } from 'vitest';
import { CounterPass } from '../../../probe/experiments/counters';
import type { PointTools } from '../../../probe/experiments/measure-point';
import type { PointPlan, WorkerMessage } from '../../../probe/experiments/point';
import { Streams } from '../../../probe/experiments/streams';

const plan = (series: string): PointPlan => ({
  role: 'measured',
  series,
  x: 64,
  label: '64 × 64 × 64',
  precision: 'fp32',
  work: { kind: 'call', kernel: 'gemm', variant: series, options: {}, buffers: [], check: undefined },
});

/** A device that has these counters, or why it has none, and refuses to read them for the variants named. */
function pass(refusals: Readonly<Record<string, string>>, problem?: { sentence: string; remedy: string }) {
  const device = {
    openCounters: () => ({ problem, absent: [{ sentence: 'No L2.', remedy: '' }] }),
    measureCounters: ({ variant }: { variant: string }) => {
      if (refusals[variant]) throw new Error(refusals[variant]);
      return Float64Array.of(50, 4, Number.NaN, 25, 100, 200, 80);
    },
  };
  const told: WorkerMessage[] = [];
  const counters = CounterPass.open({ device } as unknown as PointTools, (message) => told.push(message));
  return { counters, told: () => told.map((message) => (message.kind === 'notice' ? message.sentence : '?')) };
}

test('counters by our names; what the device lacks is said and left out', async () => {
  const { counters, told } = pass({});
  expect(await counters?.measure(plan('tile_8'))).toEqual({
    achieved_occupancy_ratio: 0.5,
    load_sectors_per_request: 4,
    l2_hit_ratio: 0.25,
    dram_read_bytes: 100,
    dram_write_bytes: 200,
    sm_throughput_ratio: 0.8,
  });
  expect(told()).toEqual(['No L2.']);
});

test('a refusal while counters are read is told, once for each reason, and the others go on', async () => {
  const { counters, told } = pass({ tile_8: 'No permission.', tile_16: 'No permission.', cublas: 'No cuBLAS.' });
  const values = [];
  for (const series of ['tile_8', 'tile_16', 'cublas', 'naive']) values.push(await counters?.measure(plan(series)));
  expect(values.map((each) => each?.achieved_occupancy_ratio)).toEqual([undefined, undefined, undefined, 0.5]);
  expect(told().slice(1)).toEqual([
    'The hardware counters of tile_8, 64 × 64 × 64, were not read: No permission.',
    'The hardware counters of cublas, 64 × 64 × 64, were not read: No cuBLAS.',
  ]);
});

test('without counters there is no pass, and the reason is told', () => {
  const { counters, told } = pass({}, { sentence: 'No permission.', remedy: '' });
  expect([counters, told()]).toEqual([undefined, ['No permission.']]);
});

test('streams are made once and taken again', () => {
  let count = 0;
  const streams = new Streams({ createStream: () => ++count });
  expect([streams.take(2), streams.take(1), streams.take(3)]).toEqual([[1, 2], [1], [1, 2, 3]]);
  expect(count).toBe(3);
});
