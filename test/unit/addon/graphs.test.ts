// Graphs of the CPU device, addresses within an allocation, and waiting without Node's thread.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type ComputeDevice, loadAddon } from '../../../probe/runner/addon';
import { ensureNativeBuilt } from '../../integration/native-built';
import { DecodedRows } from './packets';

const addon = loadAddon(ensureNativeBuilt().addonPath);

async function onDevice(body: (device: ComputeDevice, stream: number) => void | Promise<void>): Promise<void> {
  const device = addon.createCpuDevice({ threads: 2, epochNs: process.hrtime.bigint() });
  try {
    await body(device, device.createStream());
  } finally {
    device.close();
  }
}

function uploaded(device: ComputeDevice, ...values: number[]): number {
  const source = Float32Array.from(values);
  const target = device.alloc(source.byteLength);
  device.upload({ target, source });
  return target;
}

function read(device: ComputeDevice, source: number, count: number): number[] {
  const target = new Float32Array(count);
  device.download({ source, target });
  return [...target];
}

const plus = (input: number, second: number, output: number, count: number) => {
  const strides = { inputStrides: [1], secondStrides: [0], outputStrides: [1] };
  return { kernel: 'tensor', operation: 'add', dims: [count], ...strides, input, second, output };
};

test('a graph runs its launches in their order, as often as it is asked, under one call', () =>
  onDevice(async (device, stream) => {
    const [sum, one] = [uploaded(device, 1, 2, 3), uploaded(device, 1)];
    device.captureBegin(stream);
    device.launch({ ...plus(sum, one, sum, 3), stream });
    device.launch({ ...plus(sum, sum, sum, 1), stream });
    const graph = device.captureEnd(stream);
    await device.whenDone(stream);
    expect(read(device, sum, 3)).toEqual([1, 2, 3]);
    device.setKinds(['kernel', 'api']);
    device.takePackets();
    device.launchGraph({ graph, stream });
    device.launchGraph({ graph, stream });
    await device.whenDone(stream);
    const rows = new DecodedRows(device.takePackets());
    // (1 + 1) · 2 = 4, then (4 + 1) · 2; the others get one a run.
    expect(read(device, sum, 3)).toEqual([10, 4, 5]);
    const calls = rows.of('api').map(({ correlation }) => correlation);
    expect(calls).toHaveLength(2);
    expect(rows.of('kernel').map(({ correlation }) => correlation)).toEqual([calls[0], calls[0], calls[1], calls[1]]);
    device.freeGraph(graph);
    expect(() => device.launchGraph({ graph, stream })).toThrow(/^launchGraph: there is no graph 1\.$/);
  }));

test('a capture refuses what cannot be in it, and the default stream', () =>
  onDevice((device, stream) => {
    const address = uploaded(device, 1);
    expect(() => device.captureBegin(0)).toThrow(/^captureBegin: the stream must be a whole number from 1/);
    expect(() => device.captureEnd(stream)).toThrow(/^captureEnd: the stream is not being captured\.$/);
    device.captureBegin(stream);
    expect(() => device.captureBegin(stream)).toThrow(/is being captured already\.$/);
    expect(() => device.upload({ target: address, source: Float32Array.of(2), stream })).toThrow(
      /is being captured\.$/,
    );
    expect(() => device.measure({ ...plus(address, address, address, 1), stream })).toThrow(/is being captured\.$/);
    expect(device.captureEnd(stream)).toBe(1);
  }));

test('memory may be named by an address within an allocation, up to its end', () =>
  onDevice((device) => {
    const numbers = uploaded(device, 1, 2, 3, 4, 5);
    device.launch(plus(numbers + 4, numbers + 16, numbers + 8, 1));
    expect(read(device, numbers, 5)).toEqual([1, 2, 7, 4, 5]);
    expect(() => device.launch(plus(numbers + 12, numbers, numbers, 3))).toThrow(
      /^tensor: input has 8 bytes; 12 are needed\.$/,
    );
    expect(() => device.launch(plus(numbers + 20, numbers, numbers, 1))).toThrow(/nor within one\.$/);
    expect(() => device.launch(plus(numbers + 2, numbers, numbers, 1))).toThrow(/must be a multiple of 4 bytes\.$/);
    expect(() => device.free(numbers + 4)).toThrow(/^free: this is not the address of an allocation/);
  }));

test('many streams that are waited for hold up nothing else', async () => {
  const device = addon.createCpuDevice({ threads: 1 });
  const numbers = device.alloc(4 << 20);
  const ends: string[] = [];
  // More than libuv has threads, and so much work that a file is read long before the first of them is done: streams take turns.
  const streams = Array.from({ length: 8 }, () => device.createStream());
  for (let run = 0; run < 40; run += 1) {
    for (const stream of streams) device.launch({ ...plus(numbers, numbers, numbers, 1 << 20), stream });
  }
  const done = streams.map((stream) => device.whenDone(stream).then(() => ends.push('stream')));
  const file = readFile(__filename).then(() => ends.push('file'));
  await Promise.all([...done, file]);
  expect(ends).toEqual(['file', ...streams.map(() => 'stream')]);
  device.close();
});

test('a device that is closed meanwhile is kept until its stream is done', async () => {
  const device = addon.createCpuDevice({ threads: 1 });
  const numbers = device.alloc(4 << 20);
  for (let run = 0; run < 20; run += 1) device.launch(plus(numbers, numbers, numbers, 1 << 20));
  const done = device.whenDone(0);
  device.close();
  await expect(done).resolves.toBeUndefined();
  expect(() => device.whenDone(0)).toThrow('The device is closed.');
});

/** A program that ten times ends a thread of JavaScript which has done `work` with a device. */
async function endingThreads(work: string) {
  const body = `
    const { parentPort, workerData } = require('node:worker_threads');
    const device = require(workerData).createCpuDevice({ threads: 1, epochNs: process.hrtime.bigint() });
    const numbers = device.alloc(4 << 20);
    const strides = { inputStrides: [1], secondStrides: [0], outputStrides: [1] };
    const sum = { kernel: 'tensor', operation: 'add', dims: [1 << 16], ...strides, input: numbers, second: numbers, output: numbers };
    device.reserveHost({ bytes: 1000, count: 1 });
    ${work}`;
  const program = `
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    (async () => {
      for (let round = 0; round < 10; round += 1) {
        const worker = new Worker(process.argv[1], { eval: true, workerData: process.argv[2] });
        await once(worker, 'message');
        await worker.terminate();
      }
      console.log('goes on');
    })();`;
  return promisify(execFile)(process.execPath, ['-e', program, body, ensureNativeBuilt().addonPath]);
}

test('a thread of JavaScript that ends meanwhile waits for its streams, and the program goes on', async () => {
  const run = endingThreads(`
    for (let run = 0; run < 600; run += 1) device.launch(sum);
    device.fetch({ source: numbers, target: new Float32Array(device.hostArray(1000)) });
    globalThis.done = [device.whenDone(0), device.whenDone(0)];
    parentPort.postMessage('waits');`);
  expect(await run).toEqual({ stdout: 'goes on\n', stderr: '' });
});

test('a thread of JavaScript may end in the middle of a call', async () => {
  const run = endingThreads(`
    const runs = async () => {
      for (;;) {
        device.launch(sum);
        await device.whenDone(0);
      }
    };
    for (let at = 0; at < 6; at += 1) runs();
    setTimeout(() => parentPort.postMessage('runs'), 5);`);
  expect(await run).toEqual({ stdout: 'goes on\n', stderr: '' });
});

test('a closed device is a sentence', () => {
  const device = addon.createCpuDevice({ threads: 1, epochNs: process.hrtime.bigint() });
  const target = device.alloc(16);
  device.close();
  const numbers = new Float32Array(4);
  expect(() => device.upload({ target, source: numbers })).toThrow('The device is closed.');
  expect(() => device.download({ source: target, target: numbers })).toThrow('The device is closed.');
  expect(() => device.fetch({ source: target, target: numbers })).toThrow('The device is closed.');
});

test('sizes that do not fit are a sentence', () =>
  onDevice((device) => {
    const numbers = uploaded(device, 1, 2, 3, 4);
    const copy = { kernel: 'tensor', operation: 'copy', input: numbers, output: numbers };
    const pool = { kernel: 'tensor', operation: 'max_pool', input: numbers, output: numbers, planes: 1 };
    const wrong: readonly [object, RegExp][] = [
      [{ ...copy, dims: [], inputStrides: [], outputStrides: [] }, /^tensor: dims must be 1 to 5 whole numbers\.$/],
      [
        { ...copy, dims: [2, 2], inputStrides: [1], outputStrides: [2, 1] },
        /^tensor: inputStrides must have as many numbers as dims\.$/,
      ],
      [
        { ...copy, dims: [2 ** 20, 2 ** 20], inputStrides: [0, 0], outputStrides: [0, 0] },
        /^tensor: dims make more than 2\^32 - 1 elements\.$/,
      ],
      [
        { ...pool, height: 2, width: 2, window: 5, padding: 1 },
        /^tensor: the window is larger than the padded image\.$/,
      ],
      [{ ...pool, height: 2, width: 2, window: 2, padding: 2 }, /^tensor: padding must be a whole number from 0 to 1/],
      [{ ...pool, operation: 'average' }, /^tensor: operation must be one of copy, /],
    ];
    for (const [call, sentence] of wrong) expect(() => device.launch(call as never)).toThrow(sentence);
  }));
