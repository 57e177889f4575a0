// Queue depths, latencies, batch sizes and streams: drawn rows through the SQL of the panel to what is drawn.

import { describe, expect, test } from 'vitest';
import { windowTableOf } from '../../../../app/host/window/window-table';
import {
  batchesOf,
  batchesSql,
  batchSizesOf,
  batchSizesSql,
  occupancyOf,
  occupancySql,
} from '../../../../app/renderer/model/scheduler/batches';
import { decisionsOf, decisionsSql, decisionWords } from '../../../../app/renderer/model/scheduler/decisions';
import { boxAt, lanesOf } from '../../../../app/renderer/model/scheduler/lanes';
import {
  latencyFigures,
  latencyLines,
  latencySql,
  latencyWindowsSql,
  windowFigures,
} from '../../../../app/renderer/model/scheduler/latency';
import { LEVELS_SQL, levelsOf, MODELS_SQL, modelsOf } from '../../../../app/renderer/model/scheduler/levels';
import { depthSeries, depthSql } from '../../../../app/renderer/model/scheduler/queue-depth';
import { EXTENT_SQL, extentOf, rangeOf } from '../../../../app/renderer/model/scheduler/range';
import { enums } from '../../../../shared/model/enums';
import { withSession } from '../../session/recording';
import { batchRow, MS, queueRow, requestRow } from './rows';

const asker =
  ({ store }: { store: { query(sql: string): Promise<Parameters<typeof windowTableOf>[0]> } }) =>
  async (sql: string) =>
    windowTableOf(await store.query(sql));

describe('the part that is shown', () => {
  test('there is none without rows, and it ends with the last answer', async () => {
    await withSession({}, async (session) => {
      expect(extentOf(await asker(session)(EXTENT_SQL))).toBe(undefined);
    });
    const rows = { request: [requestRow(1, [10, 20, 40, -1])], batch: [batchRow(1, 'detect', 0, [20, 50])] };
    await withSession(rows, async (session) => {
      expect(extentOf(await asker(session)(EXTENT_SQL))).toEqual({
        ...{ fromNs: 10 * MS, toNs: 50 * MS + 1, runFromNs: 10 * MS },
      });
    });
  });

  test('the last seconds, the selection, or all', () => {
    const extent = { fromNs: 0, toNs: 100e9, runFromNs: 40e9 };
    const all = { fromNs: 0, toNs: 100e9 };
    expect(rangeOf('last10', extent, undefined)).toEqual({ fromNs: 90e9, toNs: 100e9 });
    expect(rangeOf('last120', extent, undefined)).toEqual(all);
    expect(rangeOf('run', extent, undefined)).toEqual({ fromNs: 40e9, toNs: 100e9 });
    expect(rangeOf('selection', extent, { fromNs: 5, toNs: 6 })).toEqual({ fromNs: 5, toNs: 6 });
    expect(rangeOf('selection', extent, undefined)).toEqual(all);
  });
});

// time, ms   5   10   20   30   40   50
// detect 1   1        3    0              bins of 10 ms from 10: [1 3→… the highest of each, and what was left before
// caption 2                2
test('a bin of queue depth holds the most that waited in it, or what was left before', async () => {
  const rows = {
    queue: [
      queueRow(5, 'detect', 1, 1),
      queueRow(22, 'detect', 1, 3),
      queueRow(31, 'detect', 1, 0),
      queueRow(35, 'caption', 2, 2),
      queueRow(60, 'caption', 2, 9),
    ],
  };
  await withSession(rows, async (session) => {
    const ask = asker(session);
    const levels = levelsOf(await ask(LEVELS_SQL));
    expect(levels).toEqual([
      { model: 'detect', priority: 1 },
      { model: 'caption', priority: 2 },
    ]);
    const range = { fromNs: 10 * MS, toNs: 50 * MS };
    const series = depthSeries(await ask(depthSql(range, 4)), levels, 4);
    expect(series.map(({ level, place, depths }) => [level.model, place, depths])).toEqual([
      ['detect', 0, [1, 3, 3, 0]],
      ['caption', 1, [0, 0, 2, 2]],
    ]);
  });
});

// Four answers of detect: after 10, 20, 30 and 40 ms, the deadline after 33 ms; one is rejected; caption has no deadline.
const REQUESTS = [
  requestRow(1, [0, 1, 10, 33]),
  requestRow(2, [0, 1, 20, 33]),
  requestRow(3, [0, 1, 30, 33]),
  requestRow(4, [0, 1, 40, 33]),
  requestRow(5, [0, -1, 5, 33], { outcome: enums.requestOutcome.rejected, reason: 'queue-full' }),
  requestRow(6, [0, 1, 50, -1], { model: 'caption', priority: 2 }),
];

test('percentiles are of those with a result; a rejected request missed its deadline', async () => {
  await withSession({ request: REQUESTS }, async (session) => {
    const ask = asker(session);
    const levels = levelsOf(await ask(LEVELS_SQL));
    const [detect, caption] = latencyFigures(await ask(latencySql({ fromNs: 0, toNs: 100 * MS })), levels);
    expect(detect).toMatchObject({ requestCount: 5, p50Ns: 25 * MS, p90Ns: 37 * MS, deadlineNs: 33 * MS });
    expect(detect).toMatchObject({ inTimeRatio: 3 / 5, rejectedCount: 1, failedCount: 0, place: 0 });
    expect(caption).toMatchObject({ requestCount: 1, p99Ns: 50 * MS, place: 1 });
    expect([caption.inTimeRatio, caption.deadlineNs]).toEqual([Number.NaN, Number.NaN]);
    expect(modelsOf(await ask(MODELS_SQL))).toEqual(['caption', 'detect']);
  });
});

test('windows slide over the range: a late answer is in those that reach back to it', async () => {
  await withSession({ request: REQUESTS }, async (session) => {
    const ask = asker(session);
    const levels = levelsOf(await ask(LEVELS_SQL));
    const windows = windowFigures(await ask(latencyWindowsSql({ fromNs: 0, toNs: 120 * MS }, 12)), levels); // 60 ms each
    const detect = windows
      .filter(({ place }) => place === 0)
      .map(({ endNs, requestCount }) => [endNs / MS, requestCount]);
    expect(detect).toEqual([
      ...[
        [10, 2],
        [20, 3],
        [30, 4],
        [40, 5],
        [50, 5],
        [60, 5],
      ],
      ...[
        [70, 3],
        [80, 2],
        [90, 1],
      ],
    ]);
    const lines = latencyLines(windows, 'p50');
    expect(lines.map(({ level, isDeadline }) => [level.model, isDeadline])).toEqual([
      ['detect', false],
      ['detect', true],
      ['caption', false],
    ]);
    expect(lines[1].points[0]).toEqual([10 * MS, 33]);
    const shares = latencyLines(windows, 'inTime');
    expect(shares.map(({ level, points }) => [level.model, points.at(-1)])).toEqual([['detect', [90 * MS, 0]]]);
  });
});

// stream 0   |aaaa|bb|        |aaaa……    the last one was ended before it was done
// stream 1     |aaaa|
const BATCHES = [
  batchRow(1, 'a', 0, [0, 40], { requestCount: 4 }),
  batchRow(2, 'b', 0, [40, 60], { requestCount: 1 }),
  batchRow(3, 'a', 1, [20, 60], { requestCount: 4 }),
  batchRow(4, 'a', 0, [80, 80], { durationNs: -1, isOk: 0 }),
];

test('sizes and streams of batches', async () => {
  await withSession({ batch: BATCHES }, async (session) => {
    const ask = asker(session);
    const range = { fromNs: 0, toNs: 100 * MS };
    expect(batchSizesOf(await ask(batchSizesSql(range)))).toEqual({
      sizes: [1, 4],
      models: [
        { model: 'a', counts: [1, 2] },
        { model: 'b', counts: [1, 0] },
      ],
    });
    const occupancy = occupancyOf(await ask(occupancySql(range)));
    expect(occupancy.map(({ stream, busyRatio, batchCount }) => [stream, busyRatio, batchCount])).toEqual([
      [0, 0.6, 3],
      [1, 0.4, 1],
    ]);
    const lanes = lanesOf(batchesOf(await ask(batchesSql(range))), range, 100);
    expect(lanes.map(({ boxes }) => boxes.map(({ model, fromPx, widthPx }) => [model, fromPx, widthPx]))).toEqual([
      [
        ['a', 0, 40],
        ['b', 40, 20],
        ['a', 80, 1],
      ],
      [['a', 20, 40]],
    ]);
    expect(lanes[0].boxes[2].first.isOk).toBe(false);
    expect(boxAt(lanes[0], 45)?.first.batch).toBe(2);
    expect(boxAt(lanes[0], 70)).toBe(undefined);
    expect(boxAt(lanes[0], 78)?.first.batch).toBe(4);
  });
});

test('a range cuts batches, and short neighbours of one model become one box', async () => {
  const many = Array.from({ length: 1000 }, (_, index) => batchRow(index + 1, 'a', 0, [index, index + 0.9]));
  await withSession({ batch: many }, async (session) => {
    const range = { fromNs: 100 * MS, toNs: 200 * MS };
    const cut = batchesOf(await asker(session)(batchesSql(range)));
    expect([cut[0].batch, cut.at(-1)?.batch]).toEqual([101, 200]);
    const [lane] = lanesOf(cut, range, 20);
    expect(lane.boxes.length).toBeLessThanOrEqual(20);
    expect(lane.boxes.reduce((sum, { batchCount }) => sum + batchCount, 0)).toBe(100);
  });
});

test('decisions are counted by what they were; lateness and versions have their own views', async () => {
  const decision = (timeMs: number, kind: string, because: string, given = {}) => {
    return { timeNs: timeMs * MS, kind, because, model: 'front', ...given };
  };
  const rows = [
    decision(10, 'dropped', 'oldest'),
    decision(20, 'dropped', 'oldest'),
    decision(30, 'tier', 'misses', { model: 'detect', from: 0, to: 1 }),
    decision(40, 'tier', 'misses', { model: 'detect', from: 1, to: 2 }),
    decision(40, 'late', 'batch-wait'),
    decision(40, 'version', 'serving'),
    decision(900, 'dropped', 'oldest'),
  ];
  await withSession({ decision: rows }, async (session) => {
    const decisions = decisionsOf(await asker(session)(decisionsSql({ fromNs: 0, toNs: 100 * MS })));
    expect(decisions.map((each) => [decisionWords(each), each.model, each.count, each.lastNs / MS])).toEqual([
      ['Image dropped: a newer image replaced it', 'front', 2, 20],
      ['Tier changed, the last time to 2: misses', 'detect', 2, 40],
    ]);
  });
});
