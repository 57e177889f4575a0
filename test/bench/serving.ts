// What serving in real time costs: a request through the scheduler and its rows with an engine that does nothing, at 2,000 a second; and
// the throughput of one model through the scheduler beside the bare loop over the same engine, in turns.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleBatch } from '../../probe/engines/batch';
import type { Engine } from '../../probe/engines/engine';
import { modelPlace } from '../../probe/engines/model-places';
import { loadOnnxruntimeEngine } from '../../probe/engines/onnxruntime/engine';
import type { BatchAnswer, BatchOrder, Executor } from '../../probe/scheduler/executor';
import { RealClock } from '../../probe/scheduler/real-clock';
import { Scheduler } from '../../probe/scheduler/scheduler';
import { Random } from '../../probe/scheduler/simulator/random';
import { EngineExecutor } from '../../probe/workloads/engine-executor';
import { makeItems } from '../../probe/workloads/inputs';
import { WorkloadRows } from '../../probe/workloads/rows';
import { encodeRows } from '../../shared/wire/encode';
import { tables } from '../../shared/wire/tables';
import type { BenchResult, BenchSize } from './bench-result';
import { inTurns, medianInterval, medianOf, percentileOf, percentText } from './paired';

const RATE_PER_SEC = 2000;
/** Batches under way at once, of the bare loop and of the scheduler's streams. */
const IN_FLIGHT = 2;

interface Sizes {
  readonly costSec: number;
  readonly turnInferences: number;
  readonly turnCount: number;
  readonly warmTurnCount: number;
}
const SIZES: Readonly<Record<BenchSize, Sizes>> = {
  smoke: { costSec: 0.3, turnInferences: 4, turnCount: 2, warmTurnCount: 1 },
  real: { costSec: 10, turnInferences: 40, turnCount: 81, warmTurnCount: 10 },
};

const nowNs = () => Number(process.hrtime.bigint());
const sinkRows = () => new WorkloadRows({ connection: undefined, print: undefined, nowNs });

/** Answers in the next turn of the event loop; how long the scheduler took over each answer goes to `answerUs`. */
class IdleExecutor implements Executor {
  readonly answerUs: number[] = [];
  load(_engine: unknown, settled: () => void): void {
    setImmediate(settled);
  }
  warmUp(_engine: unknown, _sizes: unknown, warmed: () => void): void {
    setImmediate(warmed);
  }
  execute({ requests }: BatchOrder, answered: (answer: BatchAnswer) => void): void {
    const startNs = nowNs();
    setImmediate(() => {
      const began = performance.now();
      answered({ startNs, durationNs: nowNs() - startNs });
      const eachUs = ((performance.now() - began) * 1e3) / requests.length;
      for (const { id } of requests) this.answerUs[id] = eachUs;
    });
  }
  end(): void {}
  unload(): void {}
}

function open(clock: RealClock, executor: Executor, rows: WorkloadRows): Promise<Scheduler> {
  const streams = Array.from({ length: IN_FLIGHT }, () => ({ cudaPriority: 0 }));
  const scheduler = new Scheduler({ clock, executor, streams, listener: rows });
  scheduler.addModel({ name: 'm', dynamicBatching: { priorityLevels: 4, defaultPriorityLevel: 4 } });
  return new Promise((resolve, reject) =>
    scheduler.load('m', '1', (error) => (error ? reject(new Error(error)) : resolve(scheduler))),
  );
}

/** Microseconds of this thread for each request, in real time: its submit, and the work of its answer, rows among both. */
async function costs(seconds: number): Promise<BenchResult[]> {
  const clock = new RealClock(nowNs);
  const executor = new IdleExecutor();
  const rows = sinkRows();
  const scheduler = await open(clock, executor, rows);
  const random = new Random(1);
  const submitUs: number[] = [];
  let answeredCount = 0;
  const done = () => {
    answeredCount++;
  };
  const endNs = nowNs() + seconds * 1e9;
  let dueNs = nowNs();
  const flushing = setInterval(() => rows.flush(), 20);
  await new Promise<void>((resolve) => {
    const timer = clock.timer(() => {
      const atNs = clock.nowNs();
      const spec = { model: 'm', priority: 1 + Math.floor(random.next() * 4), deadlineNs: atNs + 20e6, done };
      const began = performance.now();
      const { id } = scheduler.submit(spec);
      submitUs[id] = (performance.now() - began) * 1e3;
      dueNs += (random.exponential() * 1e9) / RATE_PER_SEC;
      if (dueNs < endNs) timer.armAt(dueNs);
      else resolve();
    });
    timer.armAt(dueNs);
  });
  while (scheduler.openCount > 0) await new Promise((resolve) => setImmediate(resolve));
  clearInterval(flushing);
  scheduler.close();
  clock.close();
  const askedCount = submitUs.length - 1; // ids count from 1
  if (answeredCount !== askedCount) throw new Error('requests were lost');
  // The first tenth warms the code up.
  const from = 1 + Math.floor(askedCount / 10);
  const total = Float64Array.from(submitUs.slice(from), (us, index) => us + executor.answerUs[from + index]).sort();
  const figure = (ratio: number, words: string, goal: string): BenchResult => ({
    ...{ name: `serving a request at ${RATE_PER_SEC} a second in real time, ${words}`, unit: 'µs', goal },
    ...{ value: percentileOf(total, ratio), checksum: String(answeredCount) },
    detail: `${total.length} requests, worst ${percentileOf(total, 1).toFixed(0)}`,
  });
  return [figure(0.5, 'p50', '≤ 30'), figure(0.99, 'p99', '≤ 150')];
}

/** What one turn took: of the clock, and of all threads of this process. */
interface Turn {
  readonly seconds: number;
  readonly processorSec: number;
}

async function timed(work: () => Promise<void>): Promise<Turn> {
  const before = process.cpuUsage();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1e3;
  const { user, system } = process.cpuUsage(before);
  return { seconds, processorSec: (user + system) / 1e6 };
}

/** So many batches of one, always so many under way. */
async function bareLoop(engine: Engine, count: number): Promise<void> {
  const items = makeItems(engine.facts, 1);
  let startedCount = 0;
  const lane = async () => {
    while (startedCount < count) {
      const item = items[startedCount++ % items.length];
      await engine.infer({ batch: 0, size: 1, inputs: assembleBatch(engine.facts, [item]) });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** The same through the scheduler, its rows among it. One more than runs is asked for, so that a stream that gets free finds one waiting. */
async function scheduledLoop(scheduler: Scheduler, rows: WorkloadRows, count: number): Promise<void> {
  let startedCount = 0;
  const flushing = setInterval(() => rows.flush(), 20);
  const lane = () =>
    new Promise<void>((resolve) => {
      const ask = () => {
        if (startedCount++ < count) scheduler.submit({ model: 'm', done: () => setImmediate(ask) });
        else resolve();
      };
      ask();
    });
  await Promise.all(Array.from({ length: IN_FLIGHT + 1 }, lane));
  clearInterval(flushing);
  rows.flush();
}

async function throughput({ turnInferences, turnCount, warmTurnCount }: Sizes): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hka-bench-'));
  try {
    const place = 'generated:yolov8n-shaped?sidePx=160';
    const modelPath = modelPlace(place, { cacheFolder: folder });
    const engine = await loadOnnxruntimeEngine({ name: 'm', modelPath, threads: 1, batchMax: 1 });
    const clock = new RealClock(nowNs);
    const rows = sinkRows();
    const executor = new EngineExecutor({ load: async () => engine, epochNs: 0, nowNs, seed: 1 });
    const scheduler = await open(clock, executor, rows);
    const bare = () => timed(() => bareLoop(engine, turnInferences));
    const scheduled = () => timed(() => scheduledLoop(scheduler, rows, turnInferences));
    // Until the scheduler's code is compiled, which at a hundred requests a second takes seconds.
    await inTurns(warmTurnCount, bare, scheduled);
    const turns = await inTurns(turnCount, bare, scheduled);
    scheduler.close();
    clock.close();
    await executor.close();
    const perSec = ({ seconds }: Turn) => turnInferences / seconds;
    const eachMs = ({ processorSec }: Turn) => (1e3 * processorSec) / turnInferences;
    const figure = (of: (turn: Turn) => number) => {
      const ratio = medianInterval(turns.map(({ first, second }) => of(second) / of(first)));
      const [value, baseline] = [
        medianOf(turns.map(({ second }) => of(second))),
        medianOf(turns.map(({ first }) => of(first))),
      ];
      const detail = `${place.slice('generated:'.length)}, one thread, ${turnCount} pairs of ${turnInferences}: ${percentText(ratio)}`;
      return { value, baseline, baselineName: 'bare engine loop', ratio, detail };
    };
    return [
      {
        name: 'throughput of one model through the scheduler',
        unit: 'inferences/s',
        goal: 'within 2 %',
        ...figure(perSec),
      },
      // Who shares the machine slows both, but takes no processor time of this process.
      { name: 'processor time of an inference through the scheduler', unit: 'ms', ...figure(eachMs) },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What 1,000 rows of requests take on their way out. */
function encodingCost(): BenchResult {
  const row = {
    ...{ arrivalNs: 1, dispatchNs: 2, completionNs: 3, deadlineNs: 4, batchWaitNs: 0, request: 1, parent: 0, batch: 1 },
    ...{ key: 0, priority: 1, stage: 0, tier: 0, outcome: 1, model: 'detect', version: '1', reason: '' },
  };
  const rows = Array.from({ length: 1000 }, (_, index) => ({ ...row, request: index }));
  const times = new Float64Array(200);
  let bytes = 0;
  for (let turn = 0; turn < times.length; turn++) {
    const began = performance.now();
    bytes = encodeRows(tables.request, rows).length;
    times[turn] = (performance.now() - began) * 1e3;
  }
  return {
    ...{ name: 'a request’s row made into bytes', unit: 'µs', value: percentileOf(times.sort(), 0.5) / 1000 },
    ...{ checksum: String(bytes), detail: `${Math.round(bytes / 1000)} bytes each` },
  };
}

export async function run(size: BenchSize): Promise<BenchResult[]> {
  const sizes = SIZES[size];
  return [...(await costs(sizes.costSec)), encodingCost(), ...(await throughput(sizes))];
}
