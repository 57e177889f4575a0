// How real engines come to be and how their layers hang together, as rows of `runner workload`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RowOf } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import type { Tables } from '../../shared/wire/tables';
import { ensureBuilt } from './build';
import { ensureNativeBuilt } from './native-built';

const folder = mkdtempSync(join(tmpdir(), 'hka-workload-builds-'));
let runnerPath = '';
let addonPath = '';
beforeAll(async () => {
  ({ addonPath } = ensureNativeBuilt());
  runnerPath = join(await ensureBuilt(), 'runner.js');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(model: object) {
  const text = JSON.stringify({
    ...{ name: 'test', seconds: 0.2, models: { detect: { maxBatchSize: 2, ...model } } },
    sources: { steady: { target: 'detect', arrival: { kind: 'periodic', ratePerSec: 5 } } },
  });
  const words = [runnerPath, 'workload', '--text', text, '--device', 'cpu', '--addon', addonPath, '--print'];
  const env = { ...process.env, XDG_CACHE_HOME: folder, HOOKANALYZER_SOCKET: '' };
  const { stdout } = spawnSync(process.execPath, words, { env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return <N extends keyof Tables>(name: N) => rows.flatMap((row) => (row[name] ? [row[name] as RowOf<Tables[N]>] : []));
}

const DETECTOR = 'generated:yolov8n-shaped?sidePx=64&batch=free';

test.each([
  ['onnxruntime', ['reading', 'loading', 'warming up']],
  ['kernels', ['reading', 'building', 'loading', 'warming up']],
])('%s: phases in order, and every layer of the detector on a way from its input to its output', (engine, phases) => {
  const rows = run({ engine, file: DETECTOR });
  const build = rows('build');
  expect(build.map(({ kind, phase }) => `${kind} ${phase}`)).toEqual(
    phases.flatMap((phase) => [`began ${phase}`, `done ${phase}`]),
  );
  expect(build.every((row) => row.model === 'detect' && row.version === '1' && row.engine === engine)).toBe(true);
  const times = build.map(({ timeNs }) => timeNs);
  expect(times).toEqual([...times].sort((left, right) => left - right));
  // Reading parses 12 MB and warming runs the network: neither can take no time.
  for (const at of [0, build.length - 2]) expect(times[at + 1] - times[at]).toBeGreaterThan(1e6);
  const layers = new Set(rows('layer').map(({ index }) => index));
  expect(layers.size).toBeGreaterThan(80);
  const edges = rows('edge');
  expect(edges.every(({ bytes, shape }) => bytes > 0 && shape.startsWith('1 × '))).toBe(true);
  expect(edges.every(({ fromLayer, toLayer }) => toLayer === -1 || fromLayer < toLayer)).toBe(true);
  const follow = (from: 'fromLayer' | 'toLayer', to: 'fromLayer' | 'toLayer') => {
    const reached = new Set([-1]);
    const ordered = from === 'fromLayer' ? edges : [...edges].reverse();
    for (let before = 0; before < reached.size; ) {
      before = reached.size;
      for (const edge of ordered) if (reached.has(edge[from])) reached.add(edge[to]);
    }
    reached.delete(-1);
    return reached;
  };
  expect(follow('fromLayer', 'toLayer')).toEqual(layers);
  expect(follow('toLayer', 'fromLayer')).toEqual(layers);
  const input = edges.find(({ fromLayer }) => fromLayer === -1);
  expect(input).toMatchObject({ tensor: 'images', shape: '1 × 3 × 64 × 64', bytes: 3 * 64 * 64 * 4 });
});

test('the detector in FP16 beside FP32: one model, a version each, and the halves between its layers', () => {
  const versions = { single: {}, half: { precision: 'fp16' } };
  const rows = run({ engine: 'kernels', file: DETECTOR, maxBatchSize: 1, versions });
  const layers = rows('layer').map(({ model, engine, precision }) => `${model} ${engine} ${precision}`);
  expect(new Set(layers)).toEqual(new Set(['detect detect/single/full fp32', 'detect detect/half/full fp16']));
  const isHalf = ({ precision }: { precision: string }) => precision === 'fp16';
  expect(
    rows('build')
      .filter(isHalf)
      .every(({ version }) => version === 'half'),
  ).toBe(true);
  const bytesOf = (name: string) =>
    new Map(rows('edge').flatMap(({ engine, tensor, bytes }) => (engine === name ? [[tensor, bytes] as const] : [])));
  const [single, half] = [bytesOf('detect/single/full'), bytesOf('detect/half/full')];
  const ratios = [...half].flatMap(([tensor, bytes]) =>
    single.has(tensor) ? [bytes / (single.get(tensor) ?? 0)] : [],
  );
  expect([half.get('images'), half.get('output0')]).toEqual([single.get('images'), single.get('output0')]);
  expect(new Set(ratios)).toEqual(new Set([1, 0.5]));
  expect(ratios.filter((ratio) => ratio === 0.5).length).toBeGreaterThan(50);
});

test('a model that cannot be read fails in its first phase, with the sentence', () => {
  const rows = run({ engine: 'onnxruntime', file: runnerPath });
  const build = rows('build');
  expect(build.map(({ kind, phase }) => `${kind} ${phase}`)).toEqual(['began reading', 'failed reading']);
  expect(build[1]).toMatchObject({
    severity: enums.severity.error,
    text: expect.stringContaining('is not an ONNX model'),
  });
});
