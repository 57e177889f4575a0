// The question for durations, asked of a real store, and the names that the timeline knows.

import { expect, test } from 'vitest';
import { type KernelChoice, kernelDurationsSql } from '../../../../app/renderer/panels/tables/kernel-durations';
import { type ReportTabId, sliceName } from '../../../../app/renderer/panels/tables/report-tabs';
import { rangeWords } from '../../../../app/renderer/panels/tables/report-view';
import { withSession } from '../../session/recording';

const kernel = (name: number, startNs: number, durationNs: number, more: object = {}) => ({
  name,
  startNs,
  durationNs,
  ...more,
});
const ROWS = {
  string: [
    { id: 1, text: 'alpha' },
    { id: 2, text: "it's beta" },
  ],
  device: [{ device: 1, kind: 2, name: 'CPU' }],
  kernel: [
    kernel(1, 100, 10, { gridX: 4, gridY: 1, gridZ: 1, blockX: 128, blockY: 1, blockZ: 1 }),
    kernel(1, 200, 30, { gridX: 8, gridY: 1, gridZ: 1, blockX: 128, blockY: 1, blockZ: 1 }),
    kernel(1, 300, 10, { gridX: 4, gridY: 1, gridZ: 1, blockX: 64, blockY: 1, blockZ: 1 }),
    kernel(1, 400, -1),
    kernel(1, 500, 7, { device: 1 }),
    kernel(2, 600, 5),
    kernel(9, 700, 3),
  ],
};

const durationsOfRows = (choice: KernelChoice, range?: { fromNs: number; toNs: number }) =>
  withSession(ROWS, async ({ store }) => {
    const { rows } = await store.query(kernelDurationsSql(choice, range));
    return rows.map(([durationNs, count]) => `${durationNs} x ${count}`);
  });

test('each duration once with its count, without those that could not be timed', async () => {
  expect(await durationsOfRows({ name: 'alpha' })).toEqual(['10 x 2', '30 x 1']);
});

test('a range takes the launches that begin in it', async () => {
  expect(await durationsOfRows({ name: 'alpha' }, { fromNs: 200, toNs: 300 })).toEqual(['30 x 1']);
  expect(await durationsOfRows({ name: 'alpha' }, { fromNs: 201, toNs: 300 })).toEqual([]);
});

test('a launch takes those of one grid and block, as the report writes them', async () => {
  const launch = { grid: '   4    1    1', block: ' 128    1    1' };
  expect(await durationsOfRows({ name: 'alpha', launch })).toEqual(['10 x 1']);
});

test('kernels of the CPU device, quoted names and names without a text are found as the report calls them', async () => {
  expect(await durationsOfRows({ name: 'alpha [CPU]' })).toEqual(['7 x 1']);
  expect(await durationsOfRows({ name: "it's beta" })).toEqual(['5 x 1']);
  expect(await durationsOfRows({ name: 'name 9' })).toEqual(['3 x 1']);
  expect(await durationsOfRows({ name: "' OR 1=1 --" })).toEqual([]);
});

test.each<[ReportTabId, string, string]>([
  ['kernels', 'gemm [CPU]', 'gemm'],
  ['launches', 'gemm', 'gemm'],
  ['copiesByTime', '[CUDA memcpy Host-to-Device]', 'Memcpy Host-to-Device'],
  ['copiesBySize', '[CUDA memset]', 'Memset'],
  ['api', 'cudaLaunchKernel', 'cudaLaunchKernel'],
  ['ranges', ':loop', 'loop'],
  ['ranges', 'torch:step: 4', 'step: 4'],
])('a row of %s named %s is %s on the timeline', (tab, text, name) => {
  expect(sliceName(tab, text)).toBe(name);
});

test('the range in words', () => {
  expect(rangeWords(undefined)).toBe('whole session');
  expect(rangeWords({ fromNs: 1e6, toNs: 13.3e6 })).toBe('of the selected range (12.30 ms)');
});
