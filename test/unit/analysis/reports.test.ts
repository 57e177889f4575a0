// Reports on rows that can be reckoned by hand.

import { expect, test } from 'vitest';
import { formatTable } from '../../../app/host/analysis/format-table';
import { reportNames, runReport } from '../../../app/host/analysis/reports';
import { baseName, prepareNames } from '../../../app/host/session/load-session';
import { withSession } from '../session/recording';

const NAMES = {
  string: [
    { id: 1, text: 'alpha' },
    { id: 2, text: 'beta' },
    { id: 3, text: 'cudaLaunchKernel' },
    { id: 4, text: 'lib.so' },
  ],
};
const kernel = (name: number, startNs: number, durationNs: number, more: object = {}) => ({
  name,
  startNs,
  durationNs,
  stream: 7,
  correlation: startNs,
  ...more,
});

//   alpha: 10, 20, 90 ns      beta: 40 ns, and one that could not be timed
const KERNELS = [kernel(1, 100, 10), kernel(1, 200, 20), kernel(1, 300, 90), kernel(2, 400, 40), kernel(2, 500, -1)];

const rowsOf = async (rows: object, report: string, range = {}) =>
  withSession(rows, async ({ store }) => (await runReport(store, report, range)).rows);

test('top kernels: nsys’s columns, the exact median, the sample deviation', async () => {
  await withSession({ ...NAMES, kernel: KERNELS }, async ({ store }) => {
    const table = await runReport(store, 'cuda_gpu_kern_sum');
    expect(table.columns.map(({ name }) => name)).toEqual([
      'Time (%)',
      'Total Time (ns)',
      'Instances',
      'Avg (ns)',
      'Med (ns)',
      'Min (ns)',
      'Max (ns)',
      'StdDev (ns)',
      'Name',
    ]);
    const [alpha, beta] = table.rows;
    expect(alpha.slice(1, 7)).toEqual([120, 3n, 40, 20, 10, 90]);
    expect(alpha[0]).toBeCloseTo(75);
    expect(alpha[7]).toBeCloseTo(Math.sqrt((30 ** 2 + 20 ** 2 + 50 ** 2) / 2));
    expect(alpha[8]).toBe('alpha');
    expect(beta.slice(1)).toEqual([40, 1n, 40, 40, 40, 40, 0, 'beta']);
  });
});

test('the median of an even count lies between the two in the middle', async () => {
  const [row] = await rowsOf(
    { ...NAMES, kernel: [5, 1, 3, 100].map((ns, i) => kernel(1, i, ns)) },
    'cuda_gpu_kern_sum',
  );
  expect(row[4]).toBe(4);
});

test('a range takes the kernels that begin in it', async () => {
  const [row] = await rowsOf({ ...NAMES, kernel: KERNELS }, 'cuda_gpu_kern_sum', { fromNs: 200, toNs: 400 });
  expect(row.slice(1, 3)).toEqual([110, 2n]);
});

test('a kernel of the CPU device is labelled', async () => {
  const [row] = await rowsOf(
    { ...NAMES, device: [{ device: 0, kind: 2, name: 'CPU' }], kernel: [kernel(1, 1, 1)] },
    'cuda_gpu_kern_sum',
  );
  expect(row.at(-1)).toBe('alpha [CPU]');
});

test('grid and block tell variants apart', async () => {
  const rows = await rowsOf(
    {
      ...NAMES,
      kernel: [kernel(1, 1, 5, { gridX: 2, gridY: 1, gridZ: 1, blockX: 32 }), kernel(1, 2, 7, { gridX: 4 })],
    },
    'cuda_gpu_kern_gb_sum',
  );
  expect(
    rows.map((row) => [row[1], String(row[8]).trim().split(/\s+/)[0], String(row[9]).trim().split(/\s+/)[0]]),
  ).toEqual([
    [7, '4', '0'],
    [5, '2', '32'],
  ]);
});

test('memory operations by time and by size', async () => {
  const rows = {
    memcpy: [
      { startNs: 1, durationNs: 10, bytes: 1e6, direction: 1 },
      { startNs: 2, durationNs: 30, bytes: 3e6, direction: 1 },
      { startNs: 3, durationNs: 5, bytes: 8e6, direction: 2 },
    ],
    memset: [{ startNs: 4, durationNs: 5, bytes: 500_000 }],
  };
  const byTime = await rowsOf(rows, 'cuda_gpu_mem_time_sum');
  expect(byTime.map((row) => [row[0], row[1], row[2], row[8]])).toEqual([
    [80, 40, 2n, '[CUDA memcpy Host-to-Device]'],
    [10, 5, 1n, '[CUDA memcpy Device-to-Host]'],
    [10, 5, 1n, '[CUDA memset]'],
  ]);
  const bySize = await rowsOf(rows, 'cuda_gpu_mem_size_sum');
  expect(bySize.map((row) => [row[0], row[7]])).toEqual([
    [8, '[CUDA memcpy Device-to-Host]'],
    [4, '[CUDA memcpy Host-to-Device]'],
    [0.5, '[CUDA memset]'],
  ]);
});

test('a launch is split into call, wait and kernel', async () => {
  //  call 0..10, kernel 25..45: waits 15      call 100..120, kernel 110..150: waits not at all
  const [row] = await rowsOf(
    {
      ...NAMES,
      api: [
        { startNs: 0, durationNs: 10, name: 3, thread: 9, correlation: 25 },
        { startNs: 100, durationNs: 20, name: 3, thread: 9, correlation: 110 },
      ],
      kernel: [kernel(1, 25, 20), kernel(1, 110, 40)],
    },
    'cuda_kern_exec_sum',
  );
  const named = Object.fromEntries(
    ['TID', 'DevId', 'Count', 'QCount', 'TAvg'].map((name, index) => [name, row[index + 1]]),
  );
  expect(named).toEqual({ TID: 9, DevId: 0, Count: 2n, QCount: 1n, TAvg: 47.5 });
  expect(row[15]).toBe(15); // QAvg
  expect(row.slice(-2)).toEqual(['cudaLaunchKernel', 'alpha']);
});

test('ranges by domain and name; marks are not listed', async () => {
  const rows = await rowsOf(
    {
      ...NAMES,
      range: [
        { startNs: 1, durationNs: 10, name: 1, kind: 1 },
        { startNs: 2, durationNs: 30, name: 1, domain: 4, kind: 2 },
        { startNs: 3, durationNs: 0, name: 2, kind: 3 },
      ],
    },
    'nvtx_sum',
  );
  expect(rows.map((row) => [row[1], row[8], row[9]])).toEqual([
    [30, 'StartEnd', 'lib.so:alpha'],
    [10, 'PushPop', ':alpha'],
  ]);
});

test('memory that was never freed, and memory whose address was given out again', async () => {
  const rows = await rowsOf(
    {
      ...NAMES,
      memory: [
        { timeNs: 10, address: 4096, bytes: 100, operation: 1, kind: 3, library: 4 },
        { timeNs: 20, address: 8192, bytes: 200, operation: 1, kind: 3 },
        { timeNs: 30, address: 8192, bytes: 200, operation: 2, kind: 3 },
        { timeNs: 40, address: 8192, bytes: 300, operation: 1, kind: 3 },
      ],
    },
    'memory_live',
  );
  expect(rows.map((row) => [row[0], row[1], row[3], row[4], row[7]])).toEqual([
    [300, 0, '0x2000', 'Device', ''],
    [100, 30, '0x1000', 'Device', 'lib.so'],
  ]);
});

test('losses, gaps and diagnostics in order of time', async () => {
  const rows = await rowsOf(
    {
      diagnostic: [{ timeNs: 30, severity: 3, code: 'cuptiNotFound', sentence: 'No.', remedy: 'Do.' }],
      loss: [{ startNs: 10, stage: 'cupti', reason: 'no room', count: 5, bytes: 0 }],
      gap: [
        { timeNs: 20, firstSequence: 3, lastSequence: 9, packetCount: 2, rowCount: 40, table: 10, lane: 2, isExact: 1 },
      ],
    },
    'losses',
  );
  expect(rows).toEqual([
    [10, 'loss', 'cupti', 5n, 0n, 'no room'],
    [20, 'gap', 'bulk', 40n, 0n, 'table 10, packets 3 to 9'],
    [30, 'error', 'cuptiNotFound', 0n, 0n, 'No. Do.'],
  ]);
});

test('every report runs on an empty session and gives its columns', async () => {
  await withSession({ session: [{}] }, async ({ store }) => {
    for (const name of reportNames) {
      const table = await runReport(store, name);
      expect(table.rows).toEqual([]);
      expect(table.columns.length).toBeGreaterThan(4);
    }
  });
});

test('an unknown report names those that are there; bad SQL says what DuckDB says', async () => {
  await withSession({ session: [{}] }, async ({ store }) => {
    expect(() => runReport(store, 'nope')).toThrow(/There is no report "nope".*cuda_gpu_kern_sum/);
    expect(() => runReport(store, 'toString')).toThrow(/There is no report/);
    await expect(store.query('selekt')).rejects.toMatchObject({ failure: { code: 'badSql' } });
  });
});

test('names are demangled once and shortened as nsys does', async () => {
  expect(baseName('void at::native::reduce<512, 1, Op<float>>(at::native::Op<float>)')).toBe('reduce');
  expect(baseName('plain_c_name')).toBe('plain_c_name');
  await withSession({ string: [{ id: 1, text: '_Z5firstv' }], kernel: [kernel(1, 1, 1)] }, async ({ store }) => {
    await prepareNames(store, (name) => (name === '_Z5firstv' ? "ns::first('x')" : name));
    expect((await store.query('SELECT raw, text, base FROM name')).rows).toEqual([
      ['_Z5firstv', "ns::first('x')", 'first'],
    ]);
  });
});

test('tables for people, spreadsheets and programs', () => {
  const table = {
    columns: [
      { name: 'Avg (ns)', isText: false },
      { name: 'Name', isText: true },
    ],
    rows: [
      [1234.56, 'a,"b"'],
      [7n, 'c'],
    ],
  };
  expect(formatTable(table, 'table')).toBe(' Avg (ns)  Name\n --------  -----\n  1,234.6  a,"b"\n        7  c\n');
  expect(formatTable(table, 'csv')).toBe('Avg (ns),Name\n1234.56,"a,""b"""\n7,c\n');
  expect(JSON.parse(formatTable(table, 'json'))).toEqual([
    { 'Avg (ns)': 1234.56, Name: 'a,"b"' },
    { 'Avg (ns)': 7, Name: 'c' },
  ]);
});
