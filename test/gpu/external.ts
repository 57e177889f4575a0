// Kernels by external correlation: those of a batch are exactly those that it launched, as a graph and one by one, also while two engines run on
// two streams at once; and what the marks cost a launch.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bed, GpuTest } from './bed';
import { countBy, median, type Recording, type Row } from './recording';

const BATCHES = 30;
const LAUNCHES = 100_000;
const ROUNDS = 5;

interface Work {
  readonly kernels: readonly Row<'kernel'>[];
  readonly copies: readonly Row<'memcpy'>[];
}

/** By batch, in the order of the batches. */
function workByBatch(recording: Recording): Map<number, Work> {
  const batchOf = new Map(
    recording.rows('external').map((row) => [`${row.source}.${row.correlation}`, row.external] as const),
  );
  const work = new Map<number, { kernels: Row<'kernel'>[]; copies: Row<'memcpy'>[] }>();
  const of = (row: { readonly source: number; readonly correlation: number }) => {
    const batch = batchOf.get(`${row.source}.${row.correlation}`);
    if (batch === undefined) return undefined;
    const found = work.get(batch) ?? { kernels: [], copies: [] };
    work.set(batch, found);
    return found;
  };
  for (const row of recording.rows('kernel')) of(row)?.kernels.push(row);
  for (const row of recording.rows('memcpy')) of(row)?.copies.push(row);
  return new Map([...work].sort(([left], [right]) => left - right));
}

/** By the ranges `batch N` on the launching thread and their time, which is how they were found without correlation. */
function kernelsByRange(recording: Recording, batch: number): Set<number> {
  const ranges = recording.rows('range').filter((row) => recording.text(row.source, row.name) === `batch ${batch}`);
  const calls = recording
    .rows('api')
    .filter(({ source, thread, startNs: at }) =>
      ranges.some(
        (range) =>
          range.source === source &&
          range.thread === thread &&
          at >= range.startNs &&
          at <= range.startNs + range.durationNs,
      ),
    );
  const own = new Set(calls.map(({ correlation }) => correlation));
  const kernels = recording.rows('kernel').filter(({ correlation }) => own.has(correlation));
  return new Set(kernels.map(({ correlation, graphNode }) => correlation * 2 ** 20 + (graphNode % 2 ** 20)));
}

const keysOf = ({ kernels }: Work) =>
  new Set(kernels.map(({ correlation, graphNode }) => correlation * 2 ** 20 + (graphNode % 2 ** 20)));

const namesOf = (recording: Recording, { kernels }: Work) =>
  JSON.stringify(Object.entries(countBy(kernels, (row) => recording.text(row.source, row.name))).sort());

async function oneEngine(bed: Bed, way: 'graph' | 'one by one'): Promise<void> {
  const words = ['engine', '--model', 'generated:yolov8n-shaped?sidePx=160', '--count', String(BATCHES)];
  const args = [...runnerOf(bed), ...words, ...(way === 'graph' ? [] : ['--one-by-one'])];
  const name = `external-${way.replaceAll(' ', '-')}`;
  const { recording, stdout, exitCode } = await bed.record(process.execPath, args, { name, env: cacheOf(bed) });
  bed.expect(`${way}: it ends well`, exitCode, 0);
  bed.expect(`${way}: nothing lost`, recording.rows('loss'), []);
  const work = workByBatch(recording);
  const all = Array.from({ length: BATCHES }, (_, index) => index + 1);
  bed.expect(`${way}: every batch has work`, [...work.keys()], all);
  const launchCount = Number(/, (\d+) launches/.exec(stdout)?.[1]);
  const counts = [...new Set([...work.values()].map(({ kernels }) => kernels.length))];
  bed.expect(`${way}: each batch has as many kernels as it launched`, counts, [launchCount]);
  const copies = [...new Set([...work.values()].map((each) => each.copies.length))];
  bed.expect(`${way}: one copy in and one out`, copies, [2]);
  const different = all.filter((batch) => {
    const [one, other] = [keysOf(work.get(batch)!), kernelsByRange(recording, batch)];
    return one.size !== launchCount || one.size !== other.size || [...one].some((key) => !other.has(key));
  });
  bed.expect(`${way}: the same kernels as by range, thread and time`, different, []);
  bed.figures[`rows of one batch, ${way}`] = { launchCount, externalRows: recording.rows('external').length / BATCHES };
}

/** Two models whose batches run at once, of different numbers of kernels, so that one taken for the other's would be seen. */
const WORKLOAD = `
name: two-at-once
seconds: 3
streams: [{ cudaPriority: 0 }, { cudaPriority: 0 }]
models:
  large:
    file: 'generated:yolov8n-shaped?sidePx=320'
    engine: kernels
  small:
    file: 'generated:yolov8n-shaped?sidePx=160&depthRatio=0.67'
    engine: kernels
sources:
  one: { target: large, arrival: { kind: closed, concurrency: 2 } }
  other: { target: small, arrival: { kind: closed, concurrency: 2 } }
`;

async function twoAtOnce(bed: Bed): Promise<void> {
  const path = join(bed.kit.work, 'two-at-once.yaml');
  writeFileSync(path, WORKLOAD);
  const args = [...runnerOf(bed), 'workload', '--file', path];
  const { recording, exitCode, stderr } = await bed.record(process.execPath, args, {
    name: 'external-two',
    env: cacheOf(bed),
  });
  bed.expect(`two at once: it ends well ${stderr.slice(0, 300)}`, exitCode, 0);
  bed.expect('two at once: nothing lost', recording.rows('loss'), []);
  const work = workByBatch(recording);
  const batches = recording.rows('batch').filter(({ isOk }) => isOk === 1);
  const bare = batches.filter(({ batch }) => (work.get(batch)?.kernels.length ?? 0) === 0);
  bed.expect('two at once: every batch has kernels', bare, []);
  for (const model of ['large', 'small']) {
    const own = batches.filter((row) => row.model === model).map(({ batch }) => work.get(batch)!);
    const kinds = new Set(own.map((each) => namesOf(recording, each)));
    bed.expect(`two at once: all batches of ${model} have the same kernels`, kinds.size, 1);
    const streams = new Set(own.flatMap(({ kernels }) => kernels.map(({ stream }) => stream)));
    bed.expect(`two at once: those of ${model} ran on one stream`, streams.size, 1);
    bed.figures[`batches of ${model}`] = { count: own.length, kernels: own[0]?.kernels.length };
  }
  const ends = batches.map((row) => ({ ...row, endNs: row.startNs + row.durationNs }));
  const beside = ends.filter((one) =>
    ends.some((other) => other.model !== one.model && other.startNs < one.endNs && other.endNs > one.startNs),
  );
  bed.expect('two at once: most batches ran beside another model’s', beside.length > batches.length / 2, true);
  const pids = (source: number) =>
    new Set(
      recording
        .rows('process')
        .filter((row) => row.source === source)
        .map(({ pid }) => pid),
    );
  const runner = pids(batches[0]?.source ?? 0);
  const collector = pids(recording.rows('external')[0]?.source ?? 0);
  bed.expect(
    'two at once: batches and calls are of one process',
    [...collector].filter((pid) => runner.has(pid)).length,
    1,
  );
}

/** Two threads with a stream and a kernel each. */
async function twoThreads(bed: Bed): Promise<void> {
  const [batches, launches] = [200, 10];
  const { recording, exitCode } = await bed.record(bed.program('two_batches'), [String(batches), String(launches)], {
    name: 'external-threads',
  });
  bed.expect('two threads: it ends well', exitCode, 0);
  bed.expect('two threads: kernels', recording.rows('kernel').length, 2 * batches * (launches + 1));
  const work = workByBatch(recording);
  bed.expect('two threads: batches', work.size, 2 * batches);
  const wrong = [...work].filter(([batch, each]) => {
    const kernel = batch <= 1000 ? 'firstKernel' : 'secondKernel';
    const names = countBy(each.kernels, (row) => recording.text(row.source, row.name).split('(')[0]);
    return names[kernel] !== launches || Object.keys(names).length !== 1;
  });
  bed.expect('two threads: each batch has its own thread’s kernels and no other', wrong, []);
}

async function cost(bed: Bed): Promise<void> {
  const args = [String(LAUNCHES), String(ROUNDS)];
  const read = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
  const column = (rounds: number[][], index: number) => median(rounds.map((round) => round[index]));
  const alone = read(bed.plain(bed.program('batch_cost'), args).stdout);
  const { recording, stdout } = await bed.record(bed.program('batch_cost'), args, { name: 'external-cost' });
  const rounds = read(stdout);
  bed.expect('cost: nothing lost', recording.rows('loss'), []);
  bed.expect('cost: a row for each marked launch', recording.rows('external').length, 2 * ROUNDS * LAUNCHES + 2000);
  const of = (each: number[][]) => ({ plain: column(each, 0), hundred: column(each, 1), each: column(each, 2) });
  const [recorded, unrecorded] = [of(rounds), of(alone)];
  bed.figures.launchUs = { recorded: rounds, unrecorded: alone };
  bed.figures['launch marked in batches of 100, over unmarked, recorded'] = recorded.hundred / recorded.plain;
  bed.figures['launch marked one by one, over unmarked, recorded'] = recorded.each / recorded.plain;
  bed.figures['recorded unmarked over unrecorded'] = recorded.plain / unrecorded.plain;
  const few = await bed.record(bed.program('batch_cost'), args, { name: 'external-off', kinds: ['kernel'] });
  const off = of(read(few.stdout));
  bed.expect('cost: no rows where calls are not traced', few.recording.rows('external').length, 0);
  bed.figures['launch marked one by one, over unmarked, calls not traced'] = off.each / off.plain;
}

const runnerOf = ({ kit: { kit } }: Bed) => [
  join(kit, 'out/node/runner.js'),
  '--addon',
  join(kit, 'out/native/Release/hookanalyzer.node'),
  '--device',
  'cuda',
];
const cacheOf = ({ kit: { work } }: Bed) => ({ XDG_CACHE_HOME: join(work, 'cache') });

export const external: GpuTest = async (bed) => {
  await oneEngine(bed, 'graph');
  await oneEngine(bed, 'one by one');
  await twoAtOnce(bed);
  await twoThreads(bed);
  await cost(bed);
};
