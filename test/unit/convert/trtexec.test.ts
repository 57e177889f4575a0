// trtexec's files: those of the fixtures, and every way in which one can be another or none.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinInspector, parseTrtexec, type TrtexecFile, trtexecVersion } from '../../../app/host/convert/trtexec';
import { FailureError } from '../../../shared/util/failure';
import { root } from '../../root';

const textOf = (name: string) => readFileSync(join(root, 'test', 'fixtures', 'trtexec', name), 'utf8');

function parsed<K extends TrtexecFile['kind']>(name: string, kind: K): Extract<TrtexecFile, { kind: K }> {
  const file = parseTrtexec(textOf(name), name);
  expect(file.kind).toBe(kind);
  return file as Extract<TrtexecFile, { kind: K }>;
}

test('a profile: the count stands alone in front, times are nanoseconds', () => {
  const { layers } = parsed('profile-qdq.json', 'profile');
  expect(layers).toHaveLength(2);
  expect(layers[0].name).toBe('QuantizeLinear_2');
  expect(layers[0].runCount).toBe(1);
  expect(layers[0].totalNs).toBeCloseTo(61_440, 3);
  expect(layers[0].medianNs).toBeCloseTo(61_440, 3);
  expect(layers[0].shareRatio).toBeCloseTo(0.0560748, 9);
});

test('names with quotes and backslashes stay what they are; nan is unknown', () => {
  const { layers } = parsed('profile-10.json', 'profile');
  expect(layers.map(({ name }) => name)).toEqual([
    'Reformatting CopyNode for Input Tensor 0 to /model.0/conv/Conv + PWN(PWN("/model.0/act/Sigmoid"), /model.0/act/Mul)',
    '/model.0/conv/Conv + PWN(PWN(/model.0/act/Sigmoid), /model.0/act/Mul)',
    '{ForeignNode[C:\\net\\head.Transpose + ONNXTRT_Broadcast, "x" : 1.../Concat_3]}',
  ]);
  expect(layers.map(({ medianNs }) => Math.round(medianNs))).toEqual([19_900, 755_712, -1]);
});

test('any name in a profile comes back', () => {
  const name = fc.string({ unit: fc.constantFrom('"', '\\', ',', ':', '{', '}', ' ', 'a', '1', '"name" : "', 'ü') });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      // What looks exactly like the end of an object cannot be told from one.
      fc.pre(names.every((each) => !/"(\s*,\s*"\w+"\s*:\s*[-+\w.]+)*\s*\}/.test(each)));
      const rows = names.map((each) => `, { "name" : "${each}", "timeMs" : 2, "averageMs" : 1, "percentage" : 5 }\n`);
      const file = parseTrtexec(`[\n  { "count" : 2 }\n${rows.join('')}]\n`, 'random');
      expect(file.kind === 'profile' && file.layers.map((layer) => layer.name)).toEqual(names);
    }),
  );
});

test('a profile that another program wrote again has its names escaped', () => {
  const { layers } = parsed('profile-10.json', 'profile');
  const again = parseTrtexec(JSON.stringify(layers.map(({ name }) => ({ name, timeMs: 1 }))), 'again');
  expect(again.kind === 'profile' && again.layers.map(({ name }) => name)).toEqual(layers.map(({ name }) => name));
});

test('an old profile without medians', () => {
  const { layers } = parsed('profile-8.0.json', 'profile');
  expect(layers.map(({ medianNs, averageNs, shareRatio }) => [medianNs, averageNs, shareRatio])).toEqual([
    [-1, 300_000, 0.75],
    [-1, 100_000, 0.25],
  ]);
});

test('a profile with keys missing gives what can be worked out', () => {
  const only = (rows: string) => {
    const file = parseTrtexec(`[${rows}]`, 'short');
    return file.kind === 'profile' ? file.layers : [];
  };
  expect(only('{"count": 4}, {"name": "a", "averageMs": 1}, {"name": "b", "timeMs": 12}')).toEqual([
    { name: 'a', runCount: 4, totalNs: 4e6, averageNs: 1e6, medianNs: -1, shareRatio: 0.25 },
    { name: 'b', runCount: 4, totalNs: 12e6, averageNs: 3e6, medianNs: -1, shareRatio: 0.75 },
  ]);
  expect(only('{"name": "a"}')).toEqual([
    { name: 'a', runCount: -1, totalNs: -1, averageNs: -1, medianNs: -1, shareRatio: -1 },
  ]);
});

test('times of each run, by their new names and their old ones', () => {
  const [first, second] = parsed('times-10.json', 'times').runs;
  expect(first.enqueueNs).toBeCloseTo(39_690, 3);
  expect(first).toMatchObject({ copyInNs: 0, computeNs: 909_312, copyOutNs: 0, latencyNs: 909_312 });
  expect(second.copyInStartNs).toBeCloseTo(4_930_000, 3);
  const [old] = parsed('times-8.0.json', 'times').runs;
  expect(old).toMatchObject({
    copyInStartNs: 0,
    copyInNs: 200_000,
    computeNs: 1e6,
    copyOutStartNs: 1.2e6,
    copyOutNs: 100_000,
  });
  const file = parseTrtexec('[{"startComputeMs": 1, "endComputeMs": 3}]', 'short');
  expect(file).toMatchObject({ kind: 'times', runs: [{ computeNs: 2e6, latencyNs: -1, enqueueStartNs: -1 }] });
});

test('the inspector: detailed layers, and their ONNX nodes around a raw separator', () => {
  const { layers, bindings } = parsed('layers-10.json', 'layerInfo');
  expect(bindings).toEqual(['input.1', '98']);
  expect(layers[0].inputs).toEqual([{ name: 'input.1', dims: [32, 3, 224, 224], format: 'Row major linear FP32' }]);
  expect(layers[1]).toMatchObject({
    type: 'CaskConvolution',
    tactic: 'sm80_xmma_fprop_implicit_gemm_interleaved_i8i8',
    weightCount: 9408,
    weightElement: 'Int8',
    stream: 1,
    onnxNodes: ['Conv_9', 'Relu_11'],
  });
  expect(layers[1].others).toMatchObject({ Kernel: [7, 7], HasReLU: 1, Groups: 1 });
  const joined = joinInspector(parsed('profile-qdq.json', 'profile').layers, layers);
  expect(joined.map(({ inspected }) => inspected?.type)).toEqual(['Reformat', 'CaskConvolution']);
});

test('the inspector of an engine that kept names only', () => {
  const { layers } = parsed('layers-names-only.json', 'layerInfo');
  expect(layers.map(({ name, type, stream }) => [name, type, stream])).toEqual([
    ['Reformatting CopyNode for Input Tensor 0 to Conv_0', '', -1],
    ['Conv_0', '', -1],
  ]);
});

test.each([
  ['trtexecForeign', '', 'f is not JSON.'],
  ['trtexecForeign', '&&&& RUNNING TensorRT.trtexec [TensorRT v100300]', 'f is not JSON.'],
  ['trtexecForeign', '{"traceEvents": []}', 'f is JSON without a list of layers.'],
  ['trtexecForeign', '[{"ph": "X"}]', 'f is a list of neither layers nor runs.'],
  ['trtexecForeign', '12', 'f is neither a list nor an engine.'],
  [
    'trtexecTruncated',
    '[\n  { "count" : 1 }\n, { "name" : "a", "tim',
    'f ends in the middle: trtexec was ended before it had written all.',
  ],
  [
    'trtexecTruncated',
    '[\n  { "count" : 1 }\n, { "name" : "a", "timeMs" : 1 }\n',
    'f ends in the middle: trtexec was ended before it had written all.',
  ],
  ['trtexecEmpty', '[ { "count" : 0 }\n]', 'f holds no layer and no run.'],
  ['trtexecEmpty', '[]', 'f holds no layer and no run.'],
  ['trtexecEmpty', '{"Layers": [], "Bindings": []}', 'f lists no layer.'],
])('%s: %j', (code, text, sentence) => {
  try {
    parseTrtexec(text, 'f');
    expect.unreachable();
  } catch (error) {
    expect((error as FailureError).failure).toMatchObject({ code, sentence });
  }
});

test('no text makes it throw anything but a failure', () => {
  const pieces = fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ',',
    '"name" : "',
    '"',
    '"count" : 3',
    '"Layers"',
    ':',
    ' nan',
    '\\',
    '\n',
    '1e999',
    'x',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      try {
        parseTrtexec(parts.join(''), 'random');
      } catch (error) {
        if (!(error instanceof FailureError)) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['[TensorRT v100300]', '10.3.0'],
  ['[TensorRT v101302]', '10.13.2'],
  ['[TensorRT v8502]', '8.5.2'],
  ['no version', undefined],
])('%s is %s', (line, version) => {
  expect(trtexecVersion(`&&&& RUNNING TensorRT.trtexec ${line} # trtexec --onnx=a.onnx`)).toBe(version);
});
