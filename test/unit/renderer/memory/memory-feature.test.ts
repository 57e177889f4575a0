import { expect, test } from 'vitest';
import { Transferred } from '../../../../app/renderer/worker/feature';
import { MemoryFeature } from '../../../../app/renderer/worker/memory-feature';
import { enums } from '../../../../shared/model/enums';
import { GIB, MIB } from '../../../../shared/units/units';
import {
  apiPacket,
  devicePacket,
  healthPacket,
  memoryPacket,
  processPacket,
  rangePacket,
  stringPacket,
} from './memory-rows';

const PAGE = { order: 'bytes', isDescending: true, firstRow: 0, rowCount: 10 } as const;

/** Two processes: weights and a leak in the first, one block in the second. */
function filled(): MemoryFeature {
  const feature = new MemoryFeature();
  const names = { 1: 'cudaMalloc', 2: 'infer', 3: 'libtorch.so', 4: 'load' };
  feature.append(stringPacket(names, 1));
  feature.append(stringPacket({ 9: 'cudaMallocManaged' }, 2));
  feature.append(processPacket(1, 'started', 0, 790));
  feature.append(devicePacket(8 * GIB, 'Orin'));
  feature.append(
    memoryPacket([
      { timeNs: 100, address: 0x1000, bytes: 4 * MIB, operation: 'allocate', correlation: 1, library: 3 },
      { timeNs: 200, address: 0x900000, bytes: 2 * MIB, operation: 'allocate', correlation: 2 },
      { timeNs: 300, address: 0x900000, operation: 'free', correlation: 3 },
      {
        timeNs: 400,
        address: 0xf00000,
        bytes: MIB,
        operation: 'allocate',
        correlation: 4,
        pool: 0x77,
        poolUsedBytes: MIB,
      },
    ]),
  );
  feature.append(
    apiPacket([
      { startNs: 95, name: 1, thread: 790, correlation: 1 },
      { startNs: 195, name: 1, thread: 790, correlation: 2 },
    ]),
  );
  feature.append(rangePacket([{ startNs: 90, durationNs: 50, name: 4, thread: 790 }]));
  feature.append(rangePacket([{ startNs: 190, durationNs: 300, name: 2, thread: 790 }]));
  feature.append(
    memoryPacket([{ timeNs: 250, address: 0x1000, bytes: 16, operation: 'allocate', kind: 'managed' }], 2),
  );
  return feature;
}

test('the extent counts operations and names spaces', () => {
  const { methods } = filled();
  expect(methods['memory/extent']({})).toEqual({
    fromNs: 100,
    toNs: 400,
    operationCount: 5,
    mismatches: { freeWithoutAllocation: 0, allocationOverLive: 0 },
    spaces: [
      { kind: enums.memoryKind.device, device: 0, deviceName: 'Orin', deviceKind: 1, source: 1, pid: 790 },
      {
        kind: enums.memoryKind.managed,
        device: 0,
        deviceName: undefined,
        deviceKind: undefined,
        source: 2,
        pid: undefined,
      },
    ],
    exitedNs: undefined,
  });
});

test('a moment has totals, gaps, pools and its live blocks with call, range and library', () => {
  const { methods } = filled();
  const at = methods['memory/at']({ timeNs: 250, page: PAGE });
  expect(at.total).toEqual({
    kind: undefined,
    liveBytes: 6 * MIB + 16,
    liveCount: 3,
    peakBytes: 6 * MIB + 16,
    peakNs: 250,
  });
  expect(at.kinds.map(({ kind, liveBytes }) => [kind, liveBytes])).toEqual([
    [enums.memoryKind.device, 6 * MIB],
    [enums.memoryKind.managed, 16],
  ]);
  expect(at.gaps.map(({ space, largestGapBytes }) => [space, largestGapBytes])).toEqual([
    [0, 0x900000 - 0x1000 - 4 * MIB],
    [1, 0],
  ]);
  expect(at.pools).toEqual([]);
  expect(at.live?.rows.map(({ bytes, call, range, library }) => [bytes, call, range, library])).toEqual([
    [4 * MIB, 'cudaMalloc', 'load', 'libtorch.so'],
    [2 * MIB, 'cudaMalloc', 'infer', undefined],
    [16, undefined, undefined, undefined],
  ]);
  const newest = methods['memory/at']({ space: 0 });
  expect(newest.pools).toEqual([{ space: 0, address: 0x77, usedBytes: MIB, liveBytes: MIB, liveCount: 1 }]);
  expect(newest.live).toBeUndefined();
});

test('a page is a piece of the sorted list, and the whole list is counted', () => {
  const { methods } = filled();
  const page = { order: 'address', isDescending: false, firstRow: 1, rowCount: 1 } as const;
  const { live } = methods['memory/at']({ timeNs: 200, space: 0, page });
  expect(live).toMatchObject({ count: 2, bytes: 6 * MIB, firstRow: 1, rows: [{ address: 0x900000 }] });
  const oldest = methods['memory/at']({ timeNs: 200, page: { ...page, order: 'allocatedNs', firstRow: 0 } });
  expect(oldest.live?.rows[0].allocatedNs).toBe(100);
});

test('lists are made anew when rows come', () => {
  const feature = filled();
  expect(feature.methods['memory/at']({ page: PAGE }).live?.count).toBe(3);
  feature.append(memoryPacket([{ timeNs: 390, address: 0x1000, operation: 'free' }]));
  expect(feature.methods['memory/at']({ page: PAGE }).live?.count).toBe(2);
});

test('the map hands over rectangles and the blocks they stand for', () => {
  const { methods } = filled();
  const answer = methods['memory/map']({ timeNs: 300, widthPx: 400, heightPx: 200, hasFreed: true });
  expect(answer).toBeInstanceOf(Transferred);
  const { address, freedNs, map } = answer.value;
  expect([...address]).toEqual([0x1000, 0x900000, 0x1000]);
  expect([...freedNs]).toEqual([Number.NaN, 300, Number.NaN]);
  expect(new Set(map.block)).toEqual(new Set([0, 1, 2]));
  const moved = structuredClone(answer.value, { transfer: [...answer.buffers] });
  expect(moved.map.xPx.length).toBeGreaterThan(0);
  expect(map.xPx.length).toBe(0);
  const live = methods['memory/map']({ timeNs: 300, space: 0, widthPx: 400, heightPx: 200, hasFreed: false });
  expect([...live.value.address]).toEqual([0x1000]);
});

test('a block is found by where and when it was allocated', () => {
  const { methods } = filled();
  const ref = { space: 0, address: 0x900000, allocatedNs: 200 };
  expect(methods['memory/block'](ref)).toMatchObject({ bytes: 2 * MIB, freedNs: 300, range: 'infer', thread: 790 });
  expect(methods['memory/block']({ ...ref, allocatedNs: 201 })).toBeUndefined();
  expect(methods['memory/block']({ ...ref, space: 1 })).toBeUndefined();
});

test('a series is handed over', () => {
  const answer = filled().methods['memory/series']({ fromNs: 0, toNs: 500, widthPx: 5 });
  expect(answer.value.liveBytes.map((each) => [...each].map((bytes) => bytes / MIB))).toEqual([
    [0, 4, 6, 6, 5],
    [0, 0, 16 / MIB, 16 / MIB, 16 / MIB],
  ]);
  expect(answer.buffers.length).toBe(3);
});

test('what was never freed, and when the last process ended', () => {
  const feature = filled();
  const never = feature.methods['memory/never-freed']({ page: PAGE });
  expect(never.rows.map(({ bytes }) => bytes)).toEqual([4 * MIB, MIB, 16]);
  feature.append(processPacket(1, 'exited', 900, 790));
  expect(feature.methods['memory/extent']({}).exitedNs).toBeUndefined();
  feature.append(processPacket(2, 'started', 240, 791));
  feature.append(processPacket(0, 'exited', 950, 791));
  expect(feature.methods['memory/extent']({}).exitedNs).toBe(950);
});

test('allocations inside ranges, given by time or by the name of an NVTX range of their process', () => {
  const { methods } = filled();
  const byTime = methods['memory/inside']({ ranges: [{ fromNs: 150, toNs: 260 }], page: PAGE });
  expect(byTime.rows.map(({ bytes }) => bytes)).toEqual([2 * MIB, 16]);
  const byName = methods['memory/inside']({ ranges: [], rangeName: 'infer', page: PAGE });
  expect(byName.rows.map(({ bytes }) => bytes)).toEqual([2 * MIB, MIB]);
  expect(methods['memory/range-names']({})).toEqual([
    { name: 'load', count: 1 },
    { name: 'infer', count: 1 },
  ]);
});

test('the ledger takes the last readings until the moment, and knows whether GPU and CPU share RAM', () => {
  const feature = filled();
  expect(feature.methods['memory/ledger']({})).toMatchObject({ isUnified: undefined, totalBytes: undefined });
  feature.append(stringPacket({ 1: 'memory_total_bytes', 2: 'memory_free_bytes', 3: 'memory_cached_bytes' }, 0));
  feature.append(
    healthPacket([
      { timeNs: 210, metric: 1, value: 8 * GIB },
      { timeNs: 210, metric: 2, value: GIB },
      { timeNs: 211, metric: 3, value: 2 * GIB },
      { timeNs: 350, metric: 2, value: 3 * GIB },
    ]),
  );
  const past = feature.methods['memory/ledger']({ timeNs: 220 });
  expect(past).toMatchObject({ isUnified: true, totalBytes: 8 * GIB, readNs: 210, unknownBytes: 0 });
  expect(past.parts).toEqual([
    { name: 'cuda', bytes: 6 * MIB },
    { name: 'other', bytes: 5 * GIB - 6 * MIB },
    { name: 'cached', bytes: 2 * GIB },
    { name: 'free', bytes: GIB },
  ]);
  expect(feature.methods['memory/ledger']({}).parts[3]).toEqual({ name: 'free', bytes: 3 * GIB });
  feature.append(devicePacket(24 * GIB, 'NVIDIA L4'));
  expect(feature.methods['memory/ledger']({}).isUnified).toBe(false);
});

test('without rows of memory the ledger does not say that CUDA uses nothing', () => {
  const feature = new MemoryFeature();
  feature.append(devicePacket(8 * GIB, 'Orin'));
  feature.append(stringPacket({ 1: 'memory_total_bytes' }, 0));
  feature.append(healthPacket([{ timeNs: 5, metric: 1, value: 8 * GIB }]));
  expect(feature.methods['memory/extent']({}).operationCount).toBe(0);
  expect(feature.methods['memory/ledger']({})).toMatchObject({
    unknownBytes: 8 * GIB,
    parts: [{ bytes: undefined }, { bytes: undefined }, { bytes: undefined }, { bytes: undefined }],
  });
});
