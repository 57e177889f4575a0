// Changes while a workload runs, from lines of JSON.

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../probe/scheduler/clock';
import { Scheduler } from '../../../probe/scheduler/scheduler';
import { Random } from '../../../probe/scheduler/simulator/random';
import { SimulatedExecutor } from '../../../probe/scheduler/simulator/simulated-executor';
import { Changes, followLines } from '../../../probe/workloads/changes';

function bed() {
  const clock = new VirtualClock();
  const cost = { launchNs: 10, perItemNs: 10, noiseRatio: 0, interferenceRatio: 0, loadNs: 1 };
  const executor = new SimulatedExecutor(clock, new Random(1), () => cost);
  const batchSizes: number[] = [];
  const nothing = () => {};
  const listener = {
    ...{ onRequest: nothing, onQueue: nothing, onDecision: nothing, onDrop: nothing, onPipeline: nothing },
    onBatch: ({ requestCount }: { requestCount: number }) => batchSizes.push(requestCount),
  };
  const scheduler = new Scheduler({ clock, executor, listener, streams: [{ cudaPriority: 0 }] });
  const options = { name: 'm', maxBatchSize: 4, dynamicBatching: { preferredBatchSize: [4] } };
  scheduler.addModel(options);
  for (const version of ['1', '2']) scheduler.load('m', version);
  clock.runUntil(1000);
  const refused: string[] = [];
  const versions = ['1', '2', '3'].map((version) => ({ version, isFirst: version !== '3', engines: {} }));
  const changes = new Changes(scheduler, [{ options, versions }], (sentence) => refused.push(sentence));
  const ask = (count: number) => {
    const versions: string[] = [];
    const outcomes: (string | undefined)[] = [];
    for (let key = 0; key < count; key++) {
      const done = (request: { version: string; outcome: string | undefined }) => {
        versions.push(request.version);
        outcomes.push(request.outcome);
      };
      scheduler.submit({ model: 'm', key, done });
    }
    clock.runUntil(clock.nowNs() + 1e9);
    return { versions: new Set(versions), outcomes };
  };
  return { changes, ask, batchSizes, refused };
}

const line = (object: object) => JSON.stringify(object);

test('limits: smaller batches, and a queue that takes no more', () => {
  const { changes, ask, batchSizes, refused } = bed();
  ask(9);
  expect(Math.max(...batchSizes.splice(0))).toBe(4);
  changes.applyLine(line({ kind: 'limits', model: 'm', maxBatchSize: 2 }));
  ask(9);
  expect(Math.max(...batchSizes)).toBe(2);
  changes.applyLine(line({ kind: 'limits', model: 'm', maxQueueSize: 3 }));
  expect(ask(9).outcomes.filter((outcome) => outcome === 'rejected')).toHaveLength(5);
  expect(refused).toEqual([]);
});

test('traffic, swap and roll-back move the askers', () => {
  const { changes, ask, refused } = bed();
  expect(ask(20).versions).toEqual(new Set(['1']));
  changes.applyLine(line({ kind: 'traffic', model: 'm', weights: { '1': 1, '2': 1 } }));
  expect(ask(50).versions).toEqual(new Set(['1', '2']));
  changes.applyLine(line({ kind: 'traffic', model: 'm', weights: { '2': 1 } }));
  expect(ask(20).versions).toEqual(new Set(['2']));
  changes.applyLine(line({ kind: 'roll-back', model: 'm' }));
  expect(ask(20).versions).toEqual(new Set(['1']));
  changes.applyLine(line({ kind: 'swap', model: 'm', version: '2' }));
  changes.applyLine(line({ kind: 'policy', policy: 'edf' }));
  expect(ask(20).versions).toEqual(new Set(['2']));
  expect(refused).toEqual([]);
});

test.each([
  ['no JSON', '{', /is no JSON/],
  ['an unknown change', line({ kind: 'sleep' }), /wrong at kind/],
  ['an unknown key', line({ kind: 'policy', policy: 'edf', now: 1 }), /Unrecognized key/],
  ['a model that is not there', line({ kind: 'roll-back', model: 'x' }), /There is no model "x"/],
  ['a version that is not up', line({ kind: 'swap', model: 'm', version: '7' }), /Version "7" of "m" is not loaded/],
  ['a version without a file', line({ kind: 'load', model: 'm', version: '7' }), /has no version "7" of "m"/],
  ['a version of no model', line({ kind: 'load', model: 'x', version: '1' }), /There is no model "x"/],
  ['traffic for nobody', line({ kind: 'traffic', model: 'm', weights: { '1': 0 } }), /must give one version a share/],
  ['a batch that no engine takes', line({ kind: 'limits', model: 'm', maxBatchSize: 5 }), /for batches of 4 at most/],
  ['limits that cannot be', line({ kind: 'limits', model: 'm', maxBatchSize: 5000 }), /wrong at maxBatchSize/],
])('%s is told and nothing else happens', (_, text, sentence) => {
  const { changes, ask, refused } = bed();
  changes.applyLine(text);
  expect(refused).toEqual([expect.stringMatching(sentence)]);
  expect(ask(3).outcomes).toEqual(['completed', 'completed', 'completed']);
});

test('a file is followed: lines that are there, that are appended in pieces, and a file that comes later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hka-follow-'));
  const paths = ['there', 'later'].map((name) => join(folder, name));
  writeFileSync(paths[0], 'one\n\ntw');
  const lines: string[] = [];
  const ends = paths.map((path) => followLines(path, (text) => lines.push(text)));
  try {
    expect(lines).toEqual(['one']);
    appendFileSync(paths[0], 'o\nthree\n');
    await expect.poll(() => lines, { timeout: 10_000 }).toEqual(['one', 'two', 'three']);
    writeFileSync(paths[1], 'four\n');
    await expect.poll(() => lines.at(-1), { timeout: 10_000 }).toBe('four');
  } finally {
    for (const end of ends) end();
    rmSync(folder, { recursive: true });
  }
});
