import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ComputeDevice, loadAddon } from '../../../probe/runner/addon';
import { enums } from '../../../shared/model/enums';
import { ensureNativeBuilt } from '../../integration/native-built';
import { DecodedRows } from './packets';

const RELU = { kernel: 'elementwise', operation: 'relu', variant: 'scalar' };
const addon = loadAddon(ensureNativeBuilt().addonPath);
const ALL_KINDS = ['kernel', 'memcpy', 'memory', 'api', 'nvtx', 'sync'];
const SOURCE_ID = 42;

/** Runs on a device of its own that records `kinds`; gives back the rows. */
function record(body: (device: ComputeDevice) => void, kinds = ALL_KINDS): DecodedRows {
  const device = addon.createCpuDevice({ threads: 2, epochNs: process.hrtime.bigint(), sourceId: SOURCE_ID });
  try {
    device.setKinds(kinds);
    body(device);
    device.synchronize();
    return new DecodedRows(device.takePackets());
  } finally {
    device.close();
  }
}

function matrix(device: ComputeDevice, side: number, name = 'matrix'): number {
  const address = device.alloc(side * side * 4, name);
  device.upload({ target: address, source: new Float32Array(side * side).fill(1) });
  return address;
}

describe('rows of the CPU device', () => {
  test('says who it is: a CPU device named as in /proc/cpuinfo, its context, streams, process and thread', () => {
    const rows = record((device) => device.createStream());
    expect([...rows.sourceIds]).toEqual([SOURCE_ID]);
    const [cpu] = rows.of('device');
    const model = /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    const totalKib = Number(/^MemTotal:\s*(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
    expect(cpu).toMatchObject({ kind: enums.deviceKind.cpu, device: 0, smCount: 2, computeMajor: 0 });
    expect(cpu.memoryBytes).toBe(totalKib * 1024);
    expect(cpu.name).toBe(model ?? cpu.name);
    expect(cpu.name).not.toBe('');
    expect(rows.of('context')).toMatchObject([{ context: 1, device: 0 }]);
    expect(rows.of('stream').map(({ stream, isDefault }) => [stream, isDefault])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(rows.of('process')).toMatchObject([
      { event: enums.processEvent.started, pid: process.pid, parentPid: process.ppid },
    ]);
    expect(rows.of('thread')).toHaveLength(1);
  });

  test('one kernel row a launch, with the grid and block that CUDA would have', () => {
    const rows = record((device) => {
      const stream = device.createStream();
      const [a, b, c] = [matrix(device, 50), matrix(device, 50), matrix(device, 50)];
      for (const tile of [8, 16, 32])
        device.launch({ kernel: 'gemm', a, b, c, rows: 20, columns: 50, depth: 50, variant: `tile_${tile}`, stream });
      const weights = device.alloc(2 * 3 * 9 * 4);
      const shape = { images: 2, channelsIn: 3, channelsOut: 2, height: 17, width: 16 };
      device.launch({
        kernel: 'conv',
        variant: 'direct',
        input: a,
        weights,
        bias: weights,
        output: b,
        ...shape,
        stream,
      });
      device.launch({ kernel: 'softmax', input: a, output: b, rows: 50, columns: 50, stream });
      device.launch({ ...RELU, input: a, output: a, count: 2500 });
    });
    const shapes = rows.of('kernel').map((row) => {
      const grid = `${row.gridX}x${row.gridY}x${row.gridZ}`;
      const block = `${row.blockX}x${row.blockY}x${row.blockZ}`;
      return `${rows.text(row.name)} ${grid} ${block} ${row.staticSharedBytes} B, stream ${row.stream}`;
    });
    expect(shapes.sort()).toEqual([
      'conv3x3 1x2x4 16x16x1 1296 B, stream 1',
      'gemm_tile<16> 4x2x1 16x16x1 2048 B, stream 1',
      'gemm_tile<32> 2x1x1 32x32x1 8192 B, stream 1',
      'gemm_tile<8> 7x3x1 8x8x1 512 B, stream 1',
      'relu 10x1x1 256x1x1 0 B, stream 0',
      'softmax_rows 50x1x1 128x1x1 512 B, stream 1',
    ]);
  });

  test('a launch, a copy and an allocation share a correlation with their call', () => {
    const rows = record((device) => {
      const address = matrix(device, 16);
      device.launch({ ...RELU, input: address, output: address, count: 256 });
      device.free(address);
    });
    const callOf = (correlation: number) => {
      const calls = rows.of('api').filter((row) => row.correlation === correlation);
      return calls.map((row) => rows.text(row.name));
    };
    expect(rows.of('memory').map((row) => callOf(row.correlation))).toEqual([['cpuMalloc'], ['cpuFree']]);
    expect(rows.of('memcpy').map((row) => callOf(row.correlation))).toEqual([['cpuMemcpyIn']]);
    expect(rows.of('kernel').map((row) => callOf(row.correlation))).toEqual([['cpuLaunchKernel']]);
    const [launch] = rows.of('api').filter((row) => row.correlation === rows.of('kernel')[0].correlation);
    expect(rows.of('kernel')[0].startNs).toBeGreaterThanOrEqual(launch.startNs);
    expect(rows.of('sync')).toHaveLength(1);
  });

  test('allocations and frees come in pairs of the same address, size and name', () => {
    const rows = record((device) => {
      const addresses = [100, 5000, 1].map((bytes, index) => device.alloc(bytes, `buffer ${index}`));
      for (const address of addresses) device.free(address);
    });
    const story = rows.of('memory').map((row) => {
      const sign = row.operation === enums.memoryOperation.allocate ? '+' : '-';
      return `${sign}${row.bytes} ${rows.text(row.library)}`;
    });
    expect(story).toEqual([
      '+100 buffer 0',
      '+5000 buffer 1',
      '+1 buffer 2',
      '-100 buffer 0',
      '-5000 buffer 1',
      '-1 buffer 2',
    ]);
    const addresses = rows.of('memory').map((row) => row.address);
    expect(addresses.slice(0, 3)).toEqual(addresses.slice(3));
    expect(rows.of('memory').every((row) => row.kind === enums.memoryKind.pageable)).toBe(true);
  });

  test('calls tell the batch that they were made for', () => {
    const rows = record((device) => {
      const source = new Float32Array(4);
      const target = device.alloc(16);
      device.pushBatch(7);
      device.upload({ target, source });
      device.pushBatch(8);
      device.upload({ target, source });
      device.popBatch();
      device.upload({ target, source });
      device.popBatch();
      device.upload({ target, source });
      device.free(target);
    });
    const calls = new Map(rows.of('api').map((row) => [row.correlation, row]));
    const copies = rows.of('memcpy').map(({ correlation }) => correlation);
    const externals = rows.of('external');
    expect(externals.map(({ external }) => external)).toEqual([7, 8, 7]);
    expect(externals.map(({ correlation }) => correlation)).toEqual(copies.slice(0, 3));
    for (const { correlation, thread, timeNs } of externals) {
      expect(calls.get(correlation)).toMatchObject({ thread, startNs: timeNs });
    }
  });

  test('ranges nest', () => {
    const rows = record((device) => {
      device.pushRange('outer');
      for (const name of ['first', 'second']) {
        device.pushRange(name);
        device.popRange();
      }
      device.popRange();
    });
    const ranges = rows
      .of('range')
      .map((row) => ({ ...row, text: rows.text(row.name), endNs: row.startNs + row.durationNs }));
    expect(ranges.map(({ text, depth }) => `${text} ${depth}`)).toEqual(['first 1', 'second 1', 'outer 0']);
    const outer = ranges[2];
    for (const inner of ranges.slice(0, 2)) {
      expect(inner.startNs >= outer.startNs && inner.endNs <= outer.endNs).toBe(true);
    }
    expect(ranges[0].endNs).toBeLessThanOrEqual(ranges[1].startNs);
  });

  test('a name past the format’s limit is cut, and still one name', () => {
    const long = 'x'.repeat(9000);
    const rows = record((device) => {
      for (let time = 0; time < 2; time++) {
        device.pushRange(long);
        device.popRange();
      }
    });
    const texts = rows.of('range').map((row) => rows.text(row.name));
    expect(texts).toEqual([`${'x'.repeat(8189)}…`, `${'x'.repeat(8189)}…`]);
    expect(rows.of('string').filter((row) => row.text.startsWith('xxx'))).toHaveLength(1);
  });

  test('kernels of one stream do not overlap, those of two streams do', () => {
    const rows = record((device) => {
      const streams = [device.createStream(), device.createStream()];
      const side = 320;
      const a = matrix(device, side);
      const outputs = streams.map(() => matrix(device, side));
      for (let launch = 0; launch < 10; launch++) {
        streams.forEach((stream, index) => {
          device.launch({
            kernel: 'gemm',
            a,
            b: a,
            c: outputs[index],
            rows: side,
            columns: side,
            depth: side,
            variant: 'tile_8',
            stream,
          });
        });
      }
    });
    const spans = (stream: number) => rows.of('kernel').filter((row) => row.stream === stream);
    const endNs = (row: { startNs: number; durationNs: number }) => row.startNs + row.durationNs;
    for (const stream of [1, 2]) {
      const inOrder = spans(stream);
      expect(inOrder).toHaveLength(10);
      expect(inOrder.slice(1).every((row, index) => row.startNs >= endNs(inOrder[index]))).toBe(true);
    }
    const overlap = spans(1).some((one) =>
      spans(2).some((two) => one.startNs < endNs(two) && two.startNs < endNs(one)),
    );
    expect(overlap).toBe(true);
  });

  test('writes only the kinds that are on, and each name once', () => {
    const work = (device: ComputeDevice) => {
      const address = matrix(device, 16);
      device.pushRange('range');
      for (let launch = 0; launch < 3; launch++)
        device.launch({ ...RELU, input: address, output: address, count: 256 });
      device.popRange();
    };
    expect(record(work, []).tableNames).not.toContain('kernel');
    const rows = record(work, ['kernel', 'nvtx', 'overhead']);
    expect(rows.tableNames).toEqual(['string', 'process', 'thread', 'device', 'context', 'stream', 'kernel', 'range']);
    const names = rows.of('string').map((row) => row.text);
    expect(new Set(names).size).toBe(names.length);
  });

  test('rows that nobody takes are dropped past the limit and counted', () => {
    const launchCount = 200_000; // at 100 bytes a kernel row, more than the 16 MiB that wait at most
    const rows = record(
      (device) => {
        const address = matrix(device, 1);
        for (let launch = 0; launch < launchCount; launch++)
          device.launch({ ...RELU, input: address, output: address, count: 1 });
      },
      ['kernel'],
    );
    const lost = rows.of('loss').reduce((sum, row) => sum + row.count, 0);
    expect(lost).toBeGreaterThan(0);
    expect(rows.of('kernel').length + lost).toBe(launchCount);
    expect(rows.of('loss')[0].stage).toBe('collector');
  });
});

describe('wrong arguments become an Error with a sentence', () => {
  const device = addon.createCpuDevice({ threads: 1 });
  const small = device.alloc(16);
  const shape = { rows: 2, columns: 2, depth: 2 };
  const untyped = device as unknown as Record<string, (...words: unknown[]) => unknown>;

  test.each<[string, () => unknown, RegExp]>([
    ['no object', () => untyped.launch(), /^launch: the argument must be an object\.$/],
    [
      'a size of zero',
      () => device.launch({ kernel: 'gemm', a: small, b: small, c: small, ...shape, rows: 0 }),
      /^gemm: rows must be a whole number from 1 to/,
    ],
    [
      'a fraction',
      () => device.launch({ ...RELU, input: small, output: small, count: 1.5 }),
      /^elementwise: count must be a whole number/,
    ],
    [
      'no kernel of that name',
      () => device.launch({ kernel: 'gems' }),
      /^launch: there is no kernel family "gems"; there are /,
    ],
    [
      'pinned memory of a CPU',
      () => device.measureCopy({ memory: 'pinned', way: 'hostToDevice', bytes: 8 }),
      /pageable memory only/,
    ],
    ['NaN', () => device.alloc(Number.NaN), /^alloc: the size in bytes must be a whole number/],
    [
      'a foreign address',
      () => device.launch({ kernel: 'gemm', a: 4096, b: small, c: small, ...shape }),
      /^gemm: a is not the address of an allocation/,
    ],
    [
      'an address inside',
      () => device.launch({ ...RELU, input: small + 4, output: small, count: 1 }),
      /^elementwise: input must be a multiple of 16 bytes/,
    ],
    [
      'too small a buffer',
      () => device.launch({ ...RELU, input: small, output: small, count: 5 }),
      /^elementwise: input has 16 bytes; 20 are needed\.$/,
    ],
    [
      'sizes that overflow',
      () => device.launch({ kernel: 'softmax', input: small, output: small, rows: 2 ** 20, columns: 2 ** 20 }),
      /2\^38 elements/,
    ],
    [
      'an odd tile',
      () => device.launch({ kernel: 'gemm', a: small, b: small, c: small, ...shape, variant: 'tile_12' }),
      /^gemm: variant must be one of naive, tile_8, tile_16, tile_32, /,
    ],
    [
      'an unknown stream',
      () => device.launch({ ...RELU, input: small, output: small, count: 4, stream: 9 }),
      /^elementwise: stream must be/,
    ],
    ['an array', () => untyped.upload({ target: small, source: [1] }), /^upload: source must be a typed array\.$/],
    [
      'too long a copy',
      () => device.upload({ target: small, source: new Float32Array(5) }),
      /^upload: target has 16 bytes/,
    ],
    ['more than all memory', () => device.alloc(2 ** 40), /do not fit into the memory of this machine/],
    ['a strange free', () => device.free(12345), /^free: this is not the address/],
    ['a range too many', () => device.popRange(), /^popRange: no range is open\.$/],
    ['a batch too many', () => device.popBatch(), /^popBatch: no batch is open\.$/],
    ['a batch that is none', () => device.pushBatch(0), /^pushBatch: the batch must be a whole number from 1 to/],
    ['kinds as text', () => untyped.setKinds('kernel'), /^setKinds: the argument must be an array of strings\.$/],
    ['no threads', () => addon.createCpuDevice({ threads: 0 }), /^createCpuDevice: threads must be/],
    [
      'an epoch as number',
      () => addon.createCpuDevice({ epochNs: 1 as unknown as bigint }),
      /epochNs must be a bigint/,
    ],
    ['names as text', () => addon.demangle('x' as unknown as string[]), /^demangle: the argument must be an array/],
  ])('%s', (_, call, sentence) => expect(call).toThrow(sentence));

  test('the device works on, until it is closed', () => {
    device.launch({ ...RELU, input: small, output: small, count: 4 });
    device.synchronize();
    device.close();
    expect(() => device.synchronize()).toThrow('The device is closed.');
    expect(() => device.close()).not.toThrow();
  });
});

describe('measuring', () => {
  const device = addon.createCpuDevice({ threads: 2 });
  const side = 64;
  const [a, c] = [device.alloc(side * side * 4), device.alloc(side * side * 4)];
  const call = { kernel: 'gemm', a, b: a, c, rows: side, columns: side, depth: side };

  test('a sample is the time of one launch, also when several are timed together', () => {
    const one = device.measure({ ...call, sampleCount: 20 });
    const many = device.measure({ ...call, sampleCount: 20, launchesPerSample: 8 });
    const cold = device.measure({ ...call, sampleCount: 2, isCold: true });
    for (const samples of [one, many, cold]) expect(samples.every((ns) => ns > 0)).toBe(true);
    expect([one.length, many.length, cold.length]).toEqual([20, 20, 2]);
  });

  test('what a call launches and what it costs at least', () => {
    expect(device.describeLaunch(call)).toEqual({
      launches: [
        { name: 'gemm_tile<16>', grid: [4, 4, 1], block: [16, 16, 1], staticSharedBytes: 2048, dynamicSharedBytes: 0 },
      ],
      flops: 2 * 64 ** 3,
      bytes: 3 * 64 ** 2 * 4,
    });
  });

  test('copies, launches and allocations take time', () => {
    const copies = device.measureCopy({ memory: 'pageable', way: 'hostToDevice', bytes: 1 << 20, sampleCount: 3 });
    const launches = device.measureLaunch({ launchCount: 10, sampleCount: 3 });
    const allocations = device.measureAllocation({ allocator: 'device', bytes: 1 << 20, sampleCount: 3 });
    for (const samples of [copies, launches, allocations]) {
      expect(samples).toHaveLength(3);
      expect(samples.every((ns) => ns > 0)).toBe(true);
    }
  });
});
