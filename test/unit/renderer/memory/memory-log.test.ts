import { expect, test } from 'vitest';
import { gapsOf } from '../../../../app/renderer/model/memory/gaps';
import { MemoryLog } from '../../../../app/renderer/model/memory/memory-log';
import {
  blockOf,
  blocksAt,
  insideRanges,
  neverFreed,
  poolsAt,
  totalsAt,
} from '../../../../app/renderer/model/memory/moments';
import { liveBytesSeries } from '../../../../app/renderer/model/memory/series';
import { sortedByAddress } from '../../../../app/renderer/model/memory/sorted';
import { ALL } from '../../../../app/renderer/model/memory/totals';
import { enums } from '../../../../shared/model/enums';
import { SeededRandom } from '../../wire/seeded';
import { memoryPacket, type Operation, operationsFromDrawing } from './memory-rows';
import { slowMoment } from './slow-memory';

function logOf(operations: readonly Operation[]): MemoryLog {
  const log = new MemoryLog();
  appendTo(log, operations);
  return log;
}

function appendTo(log: MemoryLog, operations: readonly Operation[], source = 1): void {
  const { rowCount, columns } = memoryPacket(operations);
  log.append(source, rowCount, columns);
}

/** Addresses in units of 16 bytes, as in the drawing. */
const placesOf = (log: MemoryLog, blocks: Uint32Array) => Array.from(blocks, (each) => blockOf(log, each).address / 16);

const DRAWING = `
  0: AAAA......
  1: ..BBB.C...
  2: .....DDDDD`;

test('blocks of a moment are those whose line is drawn there, and the freed ones with the latest first', () => {
  const log = logOf(operationsFromDrawing(DRAWING));
  const drawn = Array.from({ length: 10 }, (_, timeNs) => {
    const { live, freed } = blocksAt(log, timeNs);
    return `${timeNs}: live ${placesOf(log, live).sort()} freed ${placesOf(log, freed)}`;
  });
  expect(drawn).toEqual([
    '0: live 0 freed ',
    '1: live 0 freed ',
    '2: live 0,1 freed ',
    '3: live 0,1 freed ',
    '4: live 1 freed 0',
    '5: live 2 freed 1,0',
    '6: live 1,2 freed 1,0',
    '7: live 2 freed 1,0',
    '8: live 2 freed 1,0',
    '9: live 2 freed 1,0',
  ]);
  expect(placesOf(log, neverFreed(log))).toEqual([2]);
});

test('totals hold live bytes, blocks and the first moment of the peak', () => {
  const log = logOf(operationsFromDrawing(DRAWING));
  const totals = totalsAt(log, 9);
  expect([totals.liveBytes[ALL], totals.liveCount[ALL], totals.peakBytes[ALL], totals.peakNs[ALL]]).toEqual([
    16, 1, 32, 2,
  ]);
  expect(totalsAt(log, 1).peakBytes[enums.memoryKind.device]).toBe(16);
});

test('a free without an allocation is counted, and an allocation over a live block closes it', () => {
  const log = logOf([
    { timeNs: 1, address: 16, operation: 'free' },
    { timeNs: 2, address: 16, bytes: 100, operation: 'allocate' },
    { timeNs: 3, address: 16, bytes: 60, operation: 'allocate' },
  ]);
  expect(log.mismatches).toEqual({ freeWithoutAllocation: 1, allocationOverLive: 1 });
  expect(totalsAt(log, 3).liveBytes[ALL]).toBe(60);
  expect(blockOf(log, 0)).toMatchObject({ allocatedNs: 2, freedNs: 3, bytes: 100 });
});

test('the same address in another process, on another device or of another kind is another block', () => {
  const log = new MemoryLog();
  const operation = 'allocate';
  appendTo(log, [{ timeNs: 1, address: 16, bytes: 1, operation }], 1);
  appendTo(log, [{ timeNs: 2, address: 16, bytes: 2, operation }], 2);
  appendTo(log, [{ timeNs: 3, address: 16, bytes: 4, operation, device: 1 }], 1);
  appendTo(log, [{ timeNs: 4, address: 16, bytes: 8, operation, kind: 'pinned' }], 1);
  appendTo(log, [{ timeNs: 5, address: 16, operation: 'free', device: 1 }], 1);
  expect(totalsAt(log, 5).liveBytes[ALL]).toBe(11);
  expect(log.mismatches).toEqual({ freeWithoutAllocation: 0, allocationOverLive: 0 });
});

test('a free that comes before its allocation finds it when the allocation comes late', () => {
  const log = logOf([{ timeNs: 5, address: 16, operation: 'free' }]);
  expect(log.mismatches.freeWithoutAllocation).toBe(1);
  appendTo(log, [{ timeNs: 3, address: 16, bytes: 7, operation: 'allocate' }]);
  expect(log.mismatches.freeWithoutAllocation).toBe(0);
  expect(totalsAt(log, 4).liveBytes[ALL]).toBe(7);
  expect(totalsAt(log, 5).liveBytes[ALL]).toBe(0);
});

test('allocations inside ranges are there once, and ends of ranges are open', () => {
  const log = logOf(operationsFromDrawing(DRAWING));
  const inside = (...ranges: [number, number][]) => {
    return placesOf(
      log,
      insideRanges(
        log,
        ranges.map(([fromNs, toNs]) => ({ fromNs, toNs })),
      ),
    );
  };
  expect(inside([0, 2])).toEqual([0]);
  expect(inside([2, 6])).toEqual([1, 2]);
  expect(inside([5, 7], [1, 6])).toEqual([1, 2, 1]);
  expect(inside([7, 10])).toEqual([]);
});

test('a chart shows a peak that is far shorter than a pixel', () => {
  const log = logOf([
    { timeNs: 10, address: 0, bytes: 5, operation: 'allocate' },
    { timeNs: 51, address: 64, bytes: 100, operation: 'allocate', kind: 'pinned' },
    { timeNs: 52, address: 64, operation: 'free', kind: 'pinned' },
    { timeNs: 91, address: 0, operation: 'free' },
  ]);
  const series = liveBytesSeries(log, { fromNs: 0, toNs: 100 }, 5);
  expect(series.kinds).toEqual([enums.memoryKind.pinned, enums.memoryKind.device]);
  expect(series.liveBytes.map((each) => [...each])).toEqual([
    [0, 0, 100, 0, 0],
    [5, 5, 5, 5, 5],
  ]);
  expect([...series.lowBytes]).toEqual([0, 5, 5, 5, 0]);
  expect(series.highBytes).toBe(105);
});

test('gaps lie between live blocks of a space; a hole beyond the break separates regions', () => {
  const at = (address: number, bytes: number): Operation => ({ timeNs: 1, address, bytes, operation: 'allocate' });
  const log = logOf([at(0, 10), at(40, 10), at(60, 40), at(10_100, 10)]);
  const [gaps] = gapsOf(log, sortedByAddress(log, blocksAt(log, 1).live), () => 1000);
  expect(gaps).toEqual({
    space: 0,
    fromAddress: 0,
    toAddress: 10_110,
    liveBytes: 70,
    liveCount: 4,
    gapBytes: 40,
    gapCount: 2,
    largestGapBytes: 30,
    largestGapAddress: 10,
    largestBlockBytes: 40,
    regionCount: 2,
    fragmentationRatio: 0.25,
  });
});

test('a pool shows what the driver counted last and the blocks that live in it', () => {
  const log = logOf([
    { timeNs: 1, address: 0x100, bytes: 10, operation: 'allocate', pool: 0x10, poolUsedBytes: 10 },
    { timeNs: 2, address: 0x200, bytes: 30, operation: 'allocate', pool: 0x10, poolUsedBytes: 40 },
    { timeNs: 3, address: 0x100, operation: 'free', pool: 0x10, poolUsedBytes: 30 },
  ]);
  expect(poolsAt(log, 2)).toEqual([{ pool: 1, usedBytes: 40, liveBytes: 40, liveCount: 2 }]);
  expect(poolsAt(log, 3)).toEqual([{ pool: 1, usedBytes: 30, liveBytes: 30, liveCount: 1 }]);
  expect(poolsAt(log, 0)).toEqual([]);
});

const SEED = 20_240_501;
const KINDS = ['device', 'pinned', 'managed'] as const;

function randomOperation(random: SeededRandom, nowNs: number): Operation {
  const isPool = random.below(4) === 0;
  return {
    timeNs: Math.max(0, nowNs - (random.below(8) === 0 ? random.below(60) : 0)),
    address: 0x1000 + random.below(40) * 0x100,
    bytes: 1 + random.below(0x100),
    operation: random.below(5) < 3 ? 'allocate' : 'free',
    source: 1 + random.below(2),
    device: random.below(2),
    kind: random.pick(KINDS),
    ...(isPool ? { pool: 0x10, poolUsedBytes: random.below(10_000) } : {}),
  };
}

test(`random operations out of order agree with the slow twin (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const log = new MemoryLog();
  const all: Operation[] = [];
  for (let batch = 0; batch < 60; batch++) {
    const operations = Array.from({ length: 200 }, (_, index) => {
      return randomOperation(random, Math.floor((batch * 200 + index) / 3));
    });
    // Now and then a row that is older than every checkpoint.
    if (batch % 25 === 24) operations.push(randomOperation(random, 7));
    for (const source of [1, 2]) {
      const ofSource = operations.filter((each) => each.source === source);
      appendTo(log, ofSource, source);
      all.push(...ofSource);
    }
    if (batch % 4 === 3) expectAgreement(log, all, random.below(batch * 70 + 100));
  }
  for (const timeNs of [0, 17, 1999, 3998, 4100]) expectAgreement(log, all, timeNs);
  expect(log.operationCount).toBe(all.length);
});

/** Pool addresses are made distinct for the twin by what tells the log's pools apart. */
function expectAgreement(log: MemoryLog, operations: readonly Operation[], timeNs: number): void {
  const slow = slowMoment(
    operations.map((each) => {
      const pool = each.pool === undefined ? undefined : poolNumber(log, each);
      return { ...each, pool };
    }),
    timeNs,
  );
  const key = (block: number) => {
    const { space, address, bytes, allocatedNs } = blockOf(log, block);
    const kind = KINDS.find((each) => enums.memoryKind[each] === space.kind);
    return `${space.source} ${space.device} ${kind} ${address} ${bytes} ${allocatedNs}`;
  };
  const slowKey = (block: (typeof slow.live)[number]) => `${block.key} ${block.bytes} ${block.allocatedNs}`;
  const { live, freed } = blocksAt(log, timeNs);
  expect([...live].map(key).sort()).toEqual(slow.live.map(slowKey).sort());
  expect([...freed].map(key)).toEqual(slow.freed.map(slowKey));
  const totals = totalsAt(log, timeNs);
  for (const kind of KINDS) {
    const value = enums.memoryKind[kind];
    expect(totals.liveBytes[value]).toBe(slow.liveBytes.get(value) ?? 0);
  }
  expect(totals.peakBytes[ALL]).toBe(slow.peakBytes);
  expect(totals.liveCount[ALL]).toBe(slow.live.length);
  const pools = new Map(poolsAt(log, timeNs).map(({ pool, usedBytes }) => [pool, usedBytes]));
  expect(pools).toEqual(slow.poolUsedBytes);
}

function poolNumber(log: MemoryLog, { source, device, kind, pool }: Operation): number {
  return log.pools.findIndex(({ space, address }, index) => {
    const found = log.spaces[space];
    const isSpace = found.source === source && found.device === device;
    return index > 0 && isSpace && found.kind === enums.memoryKind[kind ?? 'device'] && address === pool;
  });
}

test(`a chart of random operations agrees with totals at each moment (seed ${SEED})`, () => {
  const random = new SeededRandom(SEED);
  const operations = Array.from({ length: 6000 }, (_, index) => randomOperation(random, Math.floor(index / 3)));
  const log = logOf(operations);
  const widthPx = 100;
  const series = liveBytesSeries(log, { fromNs: 500, toNs: 1500 }, widthPx);
  for (let px = 0; px < widthPx; px++) {
    // Several operations share a moment here, so the chart may show one in between: never less than the moments' highest.
    const moments = Array.from({ length: 10 }, (_, at) => totalsAt(log, 500 + px * 10 + at).liveBytes[ALL]);
    const shown = series.liveBytes.reduce((sum, each) => sum + each[px], 0);
    expect(shown).toBeGreaterThanOrEqual(Math.max(...moments));
    expect(series.lowBytes[px]).toBeLessThanOrEqual(Math.min(...moments));
    expect(shown - Math.max(...moments)).toBeLessThan(0x100 * 20);
  }
});
