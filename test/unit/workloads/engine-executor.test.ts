// The executor on engines that a test holds in its hand.

import { expect, test } from 'vitest';
import type { Engine, EngineBatch, EngineResult } from '../../../probe/engines/engine';
import type { EngineRef } from '../../../probe/scheduler/executor';
import { Request } from '../../../probe/scheduler/request';
import { BuildReport } from '../../../probe/workloads/build-report';
import { EngineExecutor, type EngineLayers } from '../../../probe/workloads/engine-executor';
import type { EngineAnswer } from '../../../probe/workloads/feeds/feed';

const REF: EngineRef = { id: 'm/1/full', index: 0, model: 'm', version: '1', tier: 0, kind: 'full' };
const EPOCH_NS = 1_000_000;

class HeldEngine implements Engine {
  readonly batches: EngineBatch[] = [];
  readonly said: string[] = [];
  answer: (batch: EngineBatch) => Promise<EngineResult> = async ({ inputs }) => {
    return { outputs: { y: inputs.x }, startNs: EPOCH_NS + 70, durationNs: 30 };
  };
  readonly facts: Engine['facts'] = {
    ...{ name: 'm', kind: 'onnxruntime', device: 'cpu', precision: 'fp32', batchMax: 8 },
    inputs: [{ name: 'x', element: 'float32', shape: [-1, 2] }],
    outputs: [{ name: 'y', element: 'float32', shape: [-1, 2] }],
  };

  async warmUp(sizes: readonly number[]): Promise<void> {
    this.said.push(`warm ${sizes}`);
  }

  infer(batch: EngineBatch): Promise<EngineResult> {
    this.batches.push(batch);
    return this.answer(batch);
  }

  layerTimes() {
    return [{ name: 'l', type: 'Conv', batchSize: 1, runCount: 5, offsetNs: 0, averageNs: 1, medianNs: 1, totalNs: 5 }];
  }

  memory() {
    return { weightsBytes: -1, activationsBytes: -1, workspaceBytes: -1, processGrowthBytes: -1 };
  }

  abort(reason: string): void {
    this.said.push(`abort: ${reason}`);
  }

  async close(): Promise<void> {
    this.said.push('close');
  }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const requestsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => new Request(index + 1, { model: 'm' }, 0, 1));

async function loaded() {
  const engine = new HeldEngine();
  const layers: EngineLayers[] = [];
  const rows: string[] = [];
  const subject = { model: 'm', version: '1', engine: 'onnxruntime', precision: '' };
  const executor = new EngineExecutor({
    load: async () => engine,
    onLayers: (all) => layers.push(all),
    reportOf: () =>
      new BuildReport(
        subject,
        () => 7,
        ({ kind, phase }) => rows.push(`${kind} ${phase}`),
      ),
    ...{ epochNs: EPOCH_NS, nowNs: () => 500, seed: 1 },
  });
  const said: unknown[] = [];
  executor.load(REF, (error) => said.push(['loaded', error]));
  await nextTurn();
  const execute = (count: number) =>
    new Promise((resolve) =>
      executor.execute({ id: 42, engine: REF, stream: 0, cudaPriority: 0, requests: requestsOf(count) }, resolve),
    );
  return { engine, executor, said, execute, layers, rows };
}

test('warming runs each size once more with real inputs, for the cost model, and keeps the layers', async () => {
  const { engine, executor, said, layers, rows } = await loaded();
  executor.warmUp(REF, [1, 4], (error, durationsNs) => said.push([error, durationsNs]));
  await nextTurn();
  expect(said).toEqual([
    ['loaded', undefined],
    [undefined, [30, 30]],
  ]);
  expect(engine.said).toEqual(['warm 1,4']);
  expect(engine.batches.map(({ size, inputs }) => [size, inputs.x.length])).toEqual([
    [1, 2],
    [4, 8],
  ]);
  expect(layers).toMatchObject([{ ref: REF, precision: 'fp32', layers: [{ name: 'l' }], edges: [] }]);
  expect(rows).toEqual(['began warming up', 'done warming up']);
});

test('a batch: its id, its items, times on the scheduler’s clock, a result for each request', async () => {
  const { engine, execute } = await loaded();
  const answer = await execute(3);
  expect(engine.batches).toMatchObject([{ batch: 42, size: 3 }]);
  expect(answer).toMatchObject({ startNs: 70, durationNs: 30 });
  const { results } = answer as { results: EngineAnswer[] };
  expect(results.map(({ outputs }) => outputs.y.length)).toEqual([2, 2, 2]);
  expect(results[0].outputs.y).not.toEqual(results[1].outputs.y);
  expect(results[0].facts).toBe(engine.facts);
});

test('a request that carries numbers is asked with them', async () => {
  const { engine, executor } = await loaded();
  const payload = { item: { x: Float32Array.of(7, 8) } };
  const requests = [new Request(1, { model: 'm', payload }, 0, 1), new Request(2, { model: 'm' }, 0, 1)];
  await new Promise((resolve) =>
    executor.execute({ id: 1, engine: REF, stream: 0, cudaPriority: 0, requests }, resolve),
  );
  const { x } = engine.batches[0].inputs;
  expect([x[0], x[1]]).toEqual([7, 8]);
  expect(x[2]).not.toBe(7);
});

test('a batch that fails is answered with the sentence', async () => {
  const { engine, execute } = await loaded();
  engine.answer = () => Promise.reject(new Error('It broke.'));
  expect(await execute(1)).toEqual({ startNs: 500, durationNs: 0, error: 'It broke.' });
});

test('a model that cannot be loaded is answered with the sentence', async () => {
  const load = () => Promise.reject(new Error('There is none.'));
  const executor = new EngineExecutor({ load, epochNs: 0, nowNs: () => 0, seed: 1 });
  const said: unknown[] = [];
  executor.load(REF, (error) => said.push(error));
  await nextTurn();
  expect(said).toEqual(['There is none.']);
});

test('ending by force aborts, letting go closes, and closing waits for both', async () => {
  const ended = await loaded();
  ended.executor.end(REF);
  ended.executor.unload(REF);
  await ended.executor.close();
  expect(ended.engine.said).toEqual(['abort: it gave no answer in time and was ended']);
  const unloaded = await loaded();
  await unloaded.executor.close();
  expect(unloaded.engine.said).toEqual(['close']);
});

test('an engine that comes up after it was let go of is closed', async () => {
  const engine = new HeldEngine();
  let isUp: (engine: Engine) => void = () => {};
  const load = () => new Promise<Engine>((resolve) => (isUp = resolve));
  const executor = new EngineExecutor({ load, epochNs: 0, nowNs: () => 0, seed: 1 });
  const said: unknown[] = [];
  executor.load(REF, () => said.push('loaded'));
  executor.end(REF);
  isUp(engine);
  await nextTurn();
  await executor.close();
  expect([said, engine.said]).toEqual([[], ['close']]);
});

test('what an item brings along is not given back to the engine: an answer of it, others may still read', async () => {
  const { engine, executor } = await loaded();
  const given: unknown[] = [];
  const lent = new ArrayBuffer(16);
  const withMemory = Object.assign(engine, {
    inputArray: (bytes: number) => (bytes === lent.byteLength ? lent : undefined),
    giveBack: (inputs: EngineBatch['inputs']) => given.push(Object.values(inputs).map(({ buffer }) => buffer)),
  });
  const item = { x: Float32Array.of(1, 2) };
  const execute = (count: number) => {
    const requests = Array.from({ length: count }, (_, index) => {
      return new Request(index + 1, { model: 'm', payload: { item } }, 0, 1);
    });
    return new Promise((resolve) =>
      executor.execute({ id: 1, engine: REF, stream: 0, cudaPriority: 0, requests }, resolve),
    );
  };
  for (const count of [1, 2]) await execute(count);
  expect(withMemory.batches[0].inputs.x).toBe(item.x);
  expect(given).toEqual([[], [lent]]);
});
