// A workload file: what it becomes, and one sentence for each way in which it can be wrong.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { POLICY_NAMES } from '../../../probe/scheduler/policies/policies';
import { parseWorkload } from '../../../probe/workloads/parse-workload';
import { presetText } from '../../../probe/workloads/presets';
import { POLICY_CHOICES, WORKLOAD_PRESETS } from '../../../shared/rpc/workload-control';
import { FailureError } from '../../../shared/util/failure';

const folder = mkdtempSync(join(tmpdir(), 'hka-workload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (text: string) => parseWorkload(text, { label: 'my.yaml', folder });

function messageOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof FailureError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
}

const SMALL = {
  name: 'small',
  models: { detect: { file: 'detect.onnx', maxBatchSize: 4 } },
  sources: { camera: { target: 'detect', arrival: { kind: 'periodic', ratePerSec: 30 } } },
};
/** The small workload with something changed; JSON is YAML. */
const withParts = (parts: object) => JSON.stringify({ ...SMALL, ...parts });
const withModel = (parts: object) => withParts({ models: { detect: { ...SMALL.models.detect, ...parts } } });
const withSource = (parts: object) => withParts({ sources: { camera: { ...SMALL.sources.camera, ...parts } } });
const withArrival = (arrival: object) => withSource({ arrival });

test('defaults', () => {
  const workload = parse(withParts({}));
  expect(workload).toMatchObject({ name: 'small', durationNs: 10e9, seed: 1, policy: 'latency-aware', events: [] });
  const [{ options, versions, traffic }] = workload.models;
  expect(options).toMatchObject({ name: 'detect', maxBatchSize: 4, degradation: { tiers: ['full'] } });
  expect(traffic).toBeUndefined();
  const full = {
    kind: 'onnxruntime',
    files: [{ place: 'detect.onnx' }],
    threads: 1,
    provider: undefined,
    batchMax: 4,
    tensorrt: {},
  };
  expect(versions).toEqual([{ version: '1', isFirst: true, engines: { full } }]);
});

test('a model on TensorRT: its options, a precision a version', () => {
  const range = { min: [1, 3, 64, 64], best: [4, 3, 64, 64], max: [8, 3, 64, 64] };
  const keys = { profiles: [{ images: range }], workspaceMiB: 256, dlaCore: 0, sparsity: true, timingCache: 'times' };
  const versions = { full: { precision: 'fp32' }, half: {}, small: { precision: 'int8' } };
  const entry = { engine: 'tensorrt', precision: 'fp16', optimizationLevel: 5, calibrationCache: 'scales', ...keys };
  const [{ options, versions: plans }] = parse(withModel({ ...entry, versions })).models;
  expect(options.loadNsMax).toBe(7200e9);
  expect(plans.map(({ engines }) => engines.full?.precision)).toEqual(['fp32', 'fp16', 'int8']);
  const given = { ...keys, optimizationLevel: 5, calibrationCache: 'scales' };
  expect(plans.map(({ engines }) => engines.full?.tensorrt)).toEqual([given, given, given]);
});

test.each([
  [{ dlaCore: 1 }, /only the engine tensorrt has "dlaCore", and this is onnxruntime/],
  [
    { engine: 'kernels', profiles: [{ x: { min: [1], best: [1], max: [1] } }] },
    /at models\.detect\.profiles: only the engine/,
  ],
  [{ precision: 'fp16' }, /the engine onnxruntime computes in the precision of its file/],
  [{ engine: 'kernels', versions: { a: { precision: 'int8' } } }, /the engine kernels has fp32 and fp16/],
  [{ engine: 'tensorrt', precision: 'fp8' }, /at models\.detect\.precision/],
  [{ engine: 'tensorrt', optimizationLevel: 6 }, /at models\.detect\.optimizationLevel/],
  [{ engine: 'tensorrt', profiles: [{ x: { min: [1], max: [1] } }] }, /the key "best" is missing/],
])('a key that its engine cannot heed: %o', (parts, sentence) => {
  expect(messageOf(withModel(parts))).toMatch(sentence);
});

test('YAML with Triton’s words, units made nanoseconds, versions and tiers with files of their own', () => {
  const workload = parse(`
name: words
seconds: 2.5
agingMs: 200
models:
  detect:
    file: [first.onnx, { place: 'generated:yolov8n-shaped', shapes: { images: [-1, 3, 64, 64] } }]
    maxBatchSize: 4
    dynamicBatching:
      preferredBatchSize: [2, 4]
      maxQueueDelayMicroseconds: 500
      priorityLevels: 2
      defaultPriorityLevel: 2
      priorityQueuePolicy: { 1: { timeoutAction: DELAY, defaultTimeoutMicroseconds: 9 } }
    tiers: { lighter-model: { file: light.onnx }, reuse-last: {} }
    degradation: { windowMs: 100 }
    latencyTargetMs: 20
    versions: { '1': {}, '2': { file: second.onnx } }
    traffic: { '1': 9 }
sources:
  burst: { target: detect, arrival: { kind: burst, count: 3, periodMs: 40 }, deadlineMs: 33, timeoutMs: 5 }
events:
  - { atSec: 1, change: { kind: load, model: detect, version: '2' } }
`);
  expect(workload).toMatchObject({ durationNs: 2.5e9, agingNs: 2e8 });
  const [{ options, versions }] = workload.models;
  expect(options).toMatchObject({
    latencyTargetNs: 2e7,
    degradation: { tiers: ['full', 'lighter-model', 'reuse-last'], windowNs: 1e8 },
    dynamicBatching: {
      preferredBatchSize: [2, 4],
      defaultQueuePolicy: { timeoutAction: 'REJECT', maxQueueSize: 0 },
      priorityQueuePolicy: { 1: { timeoutAction: 'DELAY', defaultTimeoutMicroseconds: 9, maxQueueSize: 0 } },
    },
  });
  expect(versions.map(({ version, isFirst }) => [version, isFirst])).toEqual([
    ['1', true],
    ['2', false],
  ]);
  expect(versions[0].engines.full?.files).toEqual([
    { place: 'first.onnx' },
    { place: 'generated:yolov8n-shaped', shapes: { images: [-1, 3, 64, 64] } },
  ]);
  expect(versions[1].engines.full?.files).toEqual([{ place: 'second.onnx' }]);
  expect(versions[1].engines['lighter-model']?.files).toEqual([{ place: 'light.onnx' }]);
  expect(workload.sources[0]).toMatchObject({
    arrival: { kind: 'burst', count: 3, periodNs: 4e7 },
    deadlineNs: 3.3e7,
    timeoutMicroseconds: 5000,
  });
});

test('a recorded trace, in the file and beside it', () => {
  writeFileSync(join(folder, 'times.txt'), '# ms\n0\n1.5\n\n20 # late\n');
  const arrivalOf = (arrival: object) => parse(withArrival(arrival)).sources[0].arrival;
  expect(arrivalOf({ kind: 'trace', timesFile: 'times.txt' })).toEqual({ kind: 'trace', timesNs: [0, 1.5e6, 2e7] });
  expect(arrivalOf({ kind: 'trace', timesMs: [0, 3] })).toEqual({ kind: 'trace', timesNs: [0, 3e6] });
});

test.each([...WORKLOAD_PRESETS])('the preset %s', (name) => {
  expect(parse(presetText(name)).name).toBe(name);
});

test('every policy can be named', () => {
  expect([...POLICY_CHOICES].sort()).toEqual([...POLICY_NAMES].sort());
});

test.each([
  ['no YAML', 'a: [', /^The workload my\.yaml is no YAML: .*line 1/],
  ['nothing', '', /wrong at its top: /],
  [
    'an unknown key',
    withModel({ prority: 1 }),
    /^The workload my\.yaml is wrong at models\.detect: there is no key "prority"\. The keys there are: engine, file, .*, traffic\.$/,
  ],
  [
    'an unknown key at the top',
    withParts({ model: 1 }),
    /at its top: there is no key "model"\. The keys there are: name, seconds, seed,/,
  ],
  [
    'an unknown key of an arrival',
    withArrival({ kind: 'poisson', ratePerSec: 1, jitterRatio: 0.1 }),
    /at sources\.camera\.arrival: there is no key "jitterRatio"\. The keys there are: kind, ratePerSec\.$/,
  ],
  [
    'an unknown key of an event',
    withParts({ events: [{ atSec: 1, change: { kind: 'policy', policy: 'edf', at: 1 } }] }),
    /at events\.0\.change: there is no key "at"\. The keys there are: kind, policy\./,
  ],
  ['an unknown key of a file', withModel({ file: [{ place: 'a', shape: {} }] }), /at models\.detect\.file\.0/],
  ['a missing key', withParts({ models: { detect: {} } }), /at models\.detect: the key "file" is missing\. Add it\.$/],
  [
    'no rate',
    withArrival({ kind: 'poisson', ratePerSec: 0 }),
    /at sources\.camera\.arrival\.ratePerSec: expected number to be >0/,
  ],
  [
    'an impossible rate',
    withArrival({ kind: 'periodic', ratePerSec: 1e9 }),
    /at sources\.camera\.arrival\.ratePerSec: expected number to be <=100000/,
  ],
  [
    'a rate that is no number',
    withArrival({ kind: 'periodic', ratePerSec: 'often' }),
    /arrival\.ratePerSec: expected number, received string/,
  ],
  ['an unknown arrival', withArrival({ kind: 'sometimes' }), /at sources\.camera\.arrival\.kind: /],
  [
    'a trace that says its times twice',
    withArrival({ kind: 'trace', timesMs: [1], timesFile: 'a' }),
    /either timesMs or timesFile/,
  ],
  ['a trace that goes back', withArrival({ kind: 'trace', timesMs: [2, 1] }), /not ascending\. Sort them\./],
  [
    'a trace that is not there',
    withArrival({ kind: 'trace', timesFile: 'none.txt' }),
    /arrival\.timesFile: there is no file .*none\.txt/,
  ],
  [
    'an unknown target',
    withSource({ target: 'detekt' }),
    /at sources\.camera\.target: there is no model or pipeline "detekt"\. There are: detect\./,
  ],
  ['an unknown policy', withParts({ policy: 'fair' }), /at policy: /],
  [
    'batches that cannot be',
    withModel({ dynamicBatching: { preferredBatchSize: [8] } }),
    /at models\.detect: it prefers batches of 8, not ascending from 1 to maxBatchSize\./,
  ],
  [
    'no levels for the default',
    withModel({ dynamicBatching: { priorityLevels: 2, defaultPriorityLevel: 3 } }),
    /default priority level 3/,
  ],
  [
    'an unknown model of a stage',
    withParts({ pipelines: { street: { stages: [{ model: 'x' }] } } }),
    /at pipelines\.street\.stages\.0\.model: there is no model "x"/,
  ],
  [
    'a pipeline with a model’s name',
    withParts({ pipelines: { detect: { stages: [{ model: 'detect' }] } } }),
    /a model has the same name/,
  ],
  [
    'half of the shares',
    withParts({ pipelines: { street: { stages: [{ model: 'detect', share: 0.5 }, { model: 'detect' }] } } }),
    /Give all or none\./,
  ],
  [
    'traffic to a version that is not there',
    withModel({ traffic: { '2': 1 } }),
    /at models\.detect\.traffic\.2: the model "detect" has no version "2"\. Its versions are: 1\./,
  ],
  [
    'a model whose versions all come later',
    withParts({ events: [{ atSec: 1, change: { kind: 'load', model: 'detect', version: '1' } }] }),
    /at models\.detect: each of its versions is loaded by an event, and none at the start/,
  ],
  [
    'traffic for nobody',
    withModel({ traffic: { '1': 0 } }),
    /at models\.detect\.traffic: must give one version a share above 0/,
  ],
  [
    'an event of a version that is not there',
    withParts({ events: [{ atSec: 1, change: { kind: 'swap', model: 'detect', version: '9' } }] }),
    /at events\.0\.change: the model "detect" has no version "9"/,
  ],
  [
    'a feed that is none',
    withParts({ pipelines: { p: { stages: [{ model: 'detect', feeds: 'boxes' }] } } }),
    /at pipelines\.p\.stages\.0\.feeds: /,
  ],
  ['pixels of no kind', withModel({ pixels: 'bgr' }), /at models\.detect\.pixels: /],
  [
    'order and levels',
    withModel({ dynamicBatching: { preserveOrdering: true, priorityLevels: 2 } }),
    /at models\.detect: it preserves ordering and has 2 priority levels; one is the most then\./,
  ],
  ['no models', withParts({ models: {} }), /at models: must name at least one model/],
  ['a name with a space', withParts({ name: 'a b' }), /at name: must be a word/],
  [
    'two hundred times the same',
    `name: &a [${'x,'.repeat(9)}]\nb: [${'*a,'.repeat(200)}]`,
    /my\.yaml is (no YAML|wrong)/,
  ],
])('%s is one sentence', (_, text, sentence) => {
  expect(messageOf(text)).toMatch(sentence);
});
