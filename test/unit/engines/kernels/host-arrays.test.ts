// Memory that goes to the device and comes back without a copy between: whose it is, how long, and what happens when there is none.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, test } from 'vitest';
import { assembleBatch } from '../../../../probe/engines/batch';
import { linearModel } from '../../../integration/engines-kit';
import { KernelsBed } from './bed';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const bed = new KernelsBed();
afterAll(() => bed.close());

// By hand: [1 - 3 + 10, 2 + 6 - 10], each not below 0.
const x = Float32Array.of(1, 2, 3);
const y = [8, 0];
const other = Float32Array.of(-20, 30, 0);

describe('an engine', () => {
  test('outputs stay the caller’s own while others are made, and are empty once they were released', async () => {
    const engine = await bed.load(linearModel(1));
    const first = await engine.infer({ batch: 1, size: 1, inputs: { x } });
    // More answers than there are blocks: the last ones are in ordinary memory.
    const more = [];
    for (let batch = 2; batch < 40; batch += 1) more.push(await engine.infer({ batch, size: 1, inputs: { x: other } }));
    expect([...first.outputs.y]).toEqual(y);
    for (const { outputs } of more) expect([...outputs.y]).toEqual([0, 20]);
    for (const { release } of [first, ...more]) release?.();
    expect(first.outputs.y.length).toBe(0);
    const again = await engine.infer({ batch: 41, size: 1, inputs: { x } });
    expect([...again.outputs.y]).toEqual(y);
    await engine.close();
    expect([...again.outputs.y]).toEqual(y);
  });

  test('an answer that nobody keeps is not kept by the engine either', async () => {
    const engine = await bed.load(linearModel(1));
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, batch) => {
        return new WeakRef((await engine.infer({ batch, size: 1, inputs: { x } })).outputs.y);
      }),
    );
    await expect
      .poll(
        () => {
          collectGarbage();
          return answers.filter((answer) => answer.deref() !== undefined).length;
        },
        { timeout: 30_000 },
      )
      .toBe(0);
  });

  test('inputs are put together in the engine’s memory, which may be given back at once', async () => {
    const engine = await bed.load(linearModel('rows'), { batchMax: 2 });
    const asked = [0, 1, 2, 3, 4].map((batch) => {
      const inputs = assembleBatch(engine.facts, [{ x }, { x: other }], engine);
      const answer = engine.infer({ batch, size: 2, inputs });
      engine.giveBack?.(inputs);
      // Two are the engine's, the others ordinary memory until a block comes back.
      expect(inputs.x.length).toBe(batch < 2 ? 0 : 6);
      return answer;
    });
    for (const { outputs } of await Promise.all(asked)) expect([...outputs.y]).toEqual([...y, 0, 20]);
  });

  test('where the system locks no memory, copies go the ordinary way', async () => {
    const device = {
      ...bed.device,
      reserveHost: () => {
        throw new Error('reserveHost: there is no memory to lock.');
      },
    };
    const engine = await bed.load(linearModel(1), { device });
    expect(engine.inputArray?.(12)).toBeUndefined();
    const { outputs, release } = await engine.infer({ batch: 1, size: 1, inputs: { x } });
    release?.();
    expect([...outputs.y]).toEqual(y);
  });
});

describe('the device', () => {
  const { device } = bed;

  test('a block is free again when it is given back, and goes when nobody wants it any more', async () => {
    expect(device.hostArray(1000)).toBeUndefined();
    device.reserveHost({ bytes: 1000, count: 1 });
    const array = device.hostArray(900, 1000);
    expect(array?.byteLength).toBe(900);
    expect(device.hostArray(1000)).toBeUndefined();
    if (array) device.giveBack(array);
    expect(array?.byteLength).toBe(0);
    await expect.poll(() => device.hostArray(1000)?.byteLength, { timeout: 30_000 }).toBe(1000);
    device.unreserveHost({ bytes: 1000, count: 1 });
    expect(device.hostArray(10, 1000)).toBeUndefined();
  });

  test('numbers go there and come back behind what the stream has', async () => {
    const stream = device.createStream();
    device.reserveHost({ bytes: 12, count: 2 });
    const [from, to] = [device.hostArray(12), device.hostArray(12)].map(
      (array) => new Float32Array(array ?? new ArrayBuffer(0)),
    );
    from.set([1, -2, 3]);
    const memory = device.alloc(12);
    device.upload({ target: memory, source: from, stream });
    device.launch({ kernel: 'elementwise', operation: 'relu', count: 3, input: memory, output: memory, stream });
    device.fetch({ source: memory, target: to, stream });
    await device.whenDone(stream);
    expect([...to]).toEqual([1, 0, 3]);
    device.free(memory);
    device.unreserveHost({ bytes: 12, count: 2 });
  });

  test('what is no host memory is a sentence', () => {
    const memory = device.alloc(12);
    expect(() => device.fetch({ source: memory, target: new Float32Array(3) })).toThrow(
      'fetch: target must lie in an array of hostArray().',
    );
    expect(() => device.giveBack(new ArrayBuffer(8))).toThrow('giveBack: this is no array of hostArray().');
    expect(() => device.reserveHost({ bytes: 0, count: 1 })).toThrow(/^reserveHost: bytes must be/);
    device.free(memory);
  });
});
