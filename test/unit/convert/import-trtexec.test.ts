// trtexec's files as a session: what stands for what, engines side by side, and what is refused.

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runReport } from '../../../app/host/analysis/reports';
import { type ImportOptions, importTrtexec } from '../../../app/host/convert/import-trtexec';
import { loadSession } from '../../../app/host/session/load-session';
import type { Store } from '../../../app/host/session/store';
import { FailureError } from '../../../shared/util/failure';
import { root } from '../../root';

const folder = mkdtempSync(join(tmpdir(), 'hka-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string) => join(root, 'test', 'fixtures', 'trtexec', name);
const written = (name: string, value: unknown) => {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return join(folder, name);
};

let count = 0;
async function imported<T>(paths: readonly string[], options: ImportOptions, use: (store: Store) => Promise<T>) {
  count += 1;
  const output = join(folder, `${count}.hka`);
  const result = await importTrtexec(paths, output, options);
  const { store, summary } = await loadSession(output);
  try {
    return { result, summary, used: await use(store) };
  } finally {
    await store.close();
  }
}

const rowsOf = (sql: string) => async (store: Store) => (await store.query(sql)).rows;

/** A network of three layers: a fork behind the first, joined by the third; a constant that nobody times. */
const tensor = (Name: string, Dimensions: number[], precision: string) => {
  return { Name, Dimensions, 'Format/Datatype': `Row major linear ${precision}` };
};
const forked = (precision: string, element: string) => {
  const [input, middle, side] = [
    tensor('in', [4, 8], 'FP32'),
    tensor('a', [4, 8], precision),
    tensor('b', [4, 2], precision),
  ];
  const layer = (Name: string, Inputs: object[], Outputs: object[], more: object = {}) => {
    return { Name, LayerType: 'CaskConvolution', Inputs, Outputs, Metadata: '', ...more };
  };
  const Weights = { Type: element, Count: 100 };
  return {
    Layers: [
      layer('scale', [], [tensor('s', [1], 'FP32')], { LayerType: 'Constant' }),
      layer('first', [input, tensor('s', [1], 'FP32')], [middle], { Weights }),
      layer('second', [middle], [side], { Weights }),
      layer('third', [middle, side], [tensor('out', [4, 3], 'FP32')]),
    ],
    Bindings: ['in', 'out'],
  };
};
const profile = (...averageMs: number[]) => [
  { count: 10 },
  ...['first', 'second', 'third'].map((name, index) => {
    return {
      name,
      timeMs: averageMs[index] * 10,
      averageMs: averageMs[index],
      medianMs: averageMs[index],
      percentage: 1,
    };
  }),
];

test('layers, what flows between them, and runs as batches and requests', async () => {
  const paths = [
    written('engine-profile.json', profile(0.1, 0.2, 0.3)),
    written('engine-layers.json', forked('FP16', 'Half')),
    fixture('times-10.json'),
  ];
  const { result, summary, used } = await imported(paths, {}, async (store) => {
    const all = (sql: string) => rowsOf(sql)(store);
    return {
      layers: await all('SELECT "index", name, type, averageNs, runCount, batchSize, precision, engine FROM layer'),
      edges: await all('SELECT fromLayer, toLayer, tensor, shape, bytes FROM edge'),
      batches: await all('SELECT batch, startNs, durationNs, requestCount FROM batch'),
      requests: await all('SELECT request, batch, arrivalNs, dispatchNs, completionNs FROM request'),
    };
  });
  expect(result).toEqual({
    engines: ['trtexec/1/engine-profile'],
    layerCount: 3,
    edgeCount: 5,
    runCount: 2,
    warnings: [],
  });
  const common = [10, 4, 'fp16', 'trtexec/1/engine-profile'];
  expect(used.layers).toEqual([
    [0, 'first', 'CaskConvolution', 100_000, ...common],
    [1, 'second', 'CaskConvolution', 200_000, ...common],
    [2, 'third', 'CaskConvolution', 300_000, ...common],
  ]);
  expect(used.edges).toEqual([
    [-1, 0, 'in', '4 × 8', 128],
    [0, 1, 'a', '4 × 8', 64],
    [0, 2, 'a', '4 × 8', 64],
    [1, 2, 'b', '4 × 2', 16],
    [2, -1, 'out', '4 × 3', 48],
  ]);
  const ns = (rows: readonly (readonly unknown[])[]) =>
    rows.map((row) => row.map((value) => Math.round(Number(value))));
  expect(ns(used.batches)).toEqual([
    [1, 4_020_220, 909_312, 4],
    [2, 5_030_000, 900_000, 4],
  ]);
  expect(ns(used.requests)).toEqual([
    [1, 1, 4_020_220, 4_020_220, 4_929_540],
    [2, 2, 4_930_000, 5_030_000, 5_980_000],
  ]);
  expect(summary).toMatchObject({ isClosed: true, missingPackets: 0, truncatedBytes: 0 });
  expect(summary.session).toMatchObject({ hostName: 'trtexec' });
  expect(summary.processes).toMatchObject([
    { executable: 'trtexec', arguments: expect.stringContaining('--exportTimes=') },
  ]);
  expect(summary.diagnostics.map(({ sentence }) => sentence)).toEqual([
    expect.stringContaining('a batch is the compute time of one run'),
  ]);
});

test('engines side by side: a second file of a kind begins the next, and the report compares their precisions', async () => {
  const paths = [
    written('fp32-layers.json', forked('FP32', 'Float')),
    written('fp32.json', profile(4, 4, 2)),
    written('fp16.json', profile(2, 2, 1)),
    written('fp16-layers.json', forked('FP16', 'Half')),
    written('int8.json', profile(1, 0.5, 1)),
    written('int8-layers.json', forked('Int8', 'Int8')),
  ];
  const { used } = await imported(
    paths,
    { model: 'net' },
    async (store) => (await runReport(store, 'workload_precision')).rows,
  );
  expect(used).toEqual([
    ['net', 4, 'fp16', 'trtexec/2/fp16', 3n, 5e6, 50],
    ['net', 4, 'fp32', 'trtexec/1/fp32-layers', 3n, 1e7, 100],
    ['net', 4, 'int8', 'trtexec/3/int8', 3n, 2.5e6, 25],
  ]);
});

/** medianMs of the report workload_layers. */
const MEDIAN_COLUMN = 8;

test('old versions: no medians, other names of the copies, and no batch size, which is said', async () => {
  const paths = [fixture('profile-8.0.json'), fixture('times-8.0.json')];
  const { used, summary } = await imported(paths, {}, async (store) => {
    const medians = (await runReport(store, 'workload_layers')).rows.map((row) => row[MEDIAN_COLUMN]);
    const requests = await rowsOf('SELECT arrivalNs, dispatchNs, completionNs FROM request')(store);
    return { medians, requests };
  });
  expect(new Set(used.medians)).toEqual(new Set([null]));
  expect(used.requests).toEqual([[0, 200_000, 1_300_000]]);
  expect(summary.diagnostics.at(-1)?.sentence).toBe('The files do not say how many items a batch has; 1 is shown.');
  const told = await imported(
    paths,
    { batchSize: 8, precision: 'int8' },
    rowsOf('SELECT DISTINCT batchSize, precision FROM layer'),
  );
  expect(told.used).toEqual([[8, 'int8']]);
  expect(told.summary.diagnostics).toHaveLength(1);
});

test('files of two engines given as one are told', async () => {
  const paths = [fixture('profile-10.json'), written('other-layers.json', forked('FP16', 'Half'))];
  const { result, summary } = await imported(paths, {}, rowsOf('SELECT 1'));
  const sentence =
    '3 of the 3 timed layers of trtexec/1/profile-10 are not among the engine’s layers, so what flows between them is not known.';
  expect(result.warnings).toMatchObject([{ sentence }]);
  expect(summary.diagnostics.map((row) => row.sentence)).toContain(sentence);
});

test('layers of the engine alone are layers that never ran', async () => {
  const names = await imported(
    [fixture('layers-names-only.json')],
    {},
    rowsOf('SELECT name, runCount, averageNs, precision FROM layer'),
  );
  expect(names.used).toEqual([
    ['Reformatting CopyNode for Input Tensor 0 to Conv_0', 0, -1, 'unknown'],
    ['Conv_0', 0, -1, 'unknown'],
  ]);
  expect(names.result.edgeCount).toBe(0);
});

test.each([
  ['JSON of another program', { traceEvents: [] }, 'is JSON without a list of layers'],
  ['no JSON', 'hello', 'is not JSON'],
  ['a cut file', '[ { "count" : 1 }, { "na', 'ends in the middle'],
])('%s: one sentence, and no file', async (_, value, sentence) => {
  const path = written('foreign.json', value);
  const output = join(folder, 'foreign.hka');
  const error = await importTrtexec([fixture('profile-10.json'), path], output).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(FailureError);
  expect(error.message).toContain(`${path} ${sentence}`);
  expect([existsSync(output), existsSync(`${output}.part`)]).toEqual([false, false]);
});

test('a file that is there is replaced only when it may be', async () => {
  const output = join(folder, 'there.hka');
  copyFileSync(fixture('profile-10.json'), output);
  await expect(importTrtexec([fixture('profile-10.json')], output)).rejects.toThrow(`${output} exists already.`);
  expect(readFileSync(output, 'utf8')).toContain('count');
  await importTrtexec([fixture('profile-10.json')], output, { overwrite: true });
  expect(readFileSync(output, 'utf8')).not.toContain('"count"');
  await expect(importTrtexec([join(folder, 'nowhere.json')], output)).rejects.toThrow(
    /There is no file .*nowhere\.json/,
  );
});
