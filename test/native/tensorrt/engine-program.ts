// One command against probe/engines/tensorrt, for engine.test.ts: engine-program ADDON COMMAND ORDER, with the answer as JSON.

import { createRequire } from 'node:module';
import { buildPlan, type PlanOrder } from '../../../probe/engines/tensorrt/build-plan';
import { loadTensorrtEngine, type TensorrtOptions } from '../../../probe/engines/tensorrt/engine';
import type { BuildEvent, NativeTensorrt, TensorrtHost } from '../../../probe/engines/tensorrt/native';
import { FailureError } from '../../../shared/util/failure';

const [, , addonPath, command, text] = process.argv;
const addon = createRequire(addonPath)(addonPath) as { createTensorrt(options: unknown): NativeTensorrt };
const [computeMajor, computeMinor] = (process.env.FAKE_COMPUTE ?? '8.7').split('.').map(Number);
const host: TensorrtHost = {
  createTensorrt: (options) => addon.createTensorrt(options),
  cudaDevices: () => ({ devices: [{ index: 0, name: 'Orin', computeMajor, computeMinor }] }),
};

const problemOf = (error: unknown) => {
  if (!(error instanceof FailureError)) throw error;
  return [error.failure.code, error.failure.sentence];
};

async function build({ cancelAtEvent, exitsAtEvent, ...order }: PlanOrder & Record<string, unknown>) {
  const events: BuildEvent[] = [];
  const run = buildPlan(host, order, (event) => {
    events.push(event);
    if (events.length === cancelAtEvent) run.cancel();
    if (events.length === exitsAtEvent) process.exit(0);
  });
  return { facts: await run.promise, events };
}

interface LoadOrder extends TensorrtOptions {
  readonly batches?: readonly number[];
  readonly wrong?: boolean;
}

async function load({ batches = [], wrong, ...options }: LoadOrder) {
  const engine = await loadTensorrtEngine(host, options);
  await engine.warmUp(batches);
  const runs = batches.map((size, batch) => {
    const images = new Float32Array(size * 12).fill(size);
    const run = engine.infer({ batch, size, inputs: { images } });
    images.fill(99); // as it may be, once infer() has returned
    return run;
  });
  const results = await Promise.all(runs);
  const problems: unknown[] = [];
  const { facts } = engine;
  const answer = { layers: engine.layerTimes(), memory: engine.memory(), refusal: engine.graphRefusal() };
  if (wrong) {
    const images = new Float32Array(60);
    await engine.infer({ batch: 0, size: 1, inputs: {} }).catch((error) => problems.push(problemOf(error)));
    await engine.infer({ batch: 0, size: 5, inputs: { images } }).catch((error) => problems.push(problemOf(error)));
    const given = engine.infer({ batch: 0, size: 1, inputs: { images: new Float32Array(12) } });
    engine.abort('it hangs');
    await given.catch((error) => problems.push(problemOf(error)));
    await engine.warmUp([1]).catch((error) => problems.push(problemOf(error)));
  }
  await engine.close();
  await engine.close();
  const starts = results.map(({ startNs }) => startNs);
  const areTimesInOrder = starts.every((startNs, index) => index === 0 || startNs >= starts[index - 1]);
  const outputs = results.map((result) => Array.from(result.outputs.scores as Float32Array));
  return { ...answer, facts, outputs, areTimesInOrder, problems };
}

function wrongArguments() {
  const tensorrt = addon.createTensorrt({}) as unknown as Record<string, (...words: unknown[]) => unknown>;
  const ignore = () => {};
  const range = { input: 'a', min: [1], best: [1], max: 7 };
  const calls = [
    () => addon.createTensorrt(7),
    () => tensorrt.build({}),
    () => tensorrt.build({}, ignore),
    () => tensorrt.build({ onnxPath: 'x', precision: 'fp7' }, ignore),
    () => tensorrt.build({ onnxPath: 'x', profiles: [[range]] }, ignore),
    () => tensorrt.build({ onnxPath: 'x', optimizationLevel: 6 }, ignore),
    () => tensorrt.load({ plan: 'x' }),
    () => tensorrt.mergeTimingCaches(7),
  ];
  const messages = calls.map((call) => {
    try {
      return String(call());
    } catch (error) {
      return (error as Error).message;
    }
  });
  return { messages };
}

async function main(): Promise<unknown> {
  const order = JSON.parse(text);
  if (command === 'arguments') return wrongArguments();
  return command === 'build' ? build(order) : load(order);
}

main()
  .catch((error) => ({ problem: problemOf(error) }))
  .then((answer) => process.stdout.write(JSON.stringify(answer)));
