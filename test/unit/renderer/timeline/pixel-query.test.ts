import { expect, test } from 'vitest';
import { CounterTrack } from '../../../../app/renderer/model/timeline/counter-track';
import type { Lane } from '../../../../app/renderer/model/timeline/lane';
import {
  BLOCK_PX_MAX,
  type Precision,
  queryCounter,
  queryLane,
  type View,
  WIDE_PX,
} from '../../../../app/renderer/model/timeline/pixel-query';
import { SliceTrack } from '../../../../app/renderer/model/timeline/slice-track';
import { batchOf, seededIntegers, slicesFromDrawing } from './random';

interface Asked {
  readonly slices: (readonly [row: number, beginPx: number, endPx: number])[];
  readonly columns: (readonly [columnPx: number, share: number, first: number, end: number])[];
}

function ask(lane: Lane, view: View, widthPx: number, precision?: Precision): Asked {
  const asked: Asked = { slices: [], columns: [] };
  const sink = {
    slice: (...slice: [number, number, number]) => asked.slices.push(slice),
    column: (columnPx: number, share: number, first: number, end: number) =>
      asked.columns.push([columnPx, share, first, end]),
  };
  queryLane(lane, view, widthPx, sink, precision);
  return asked;
}

function laneOf(drawing: string): Lane {
  const track = new SliceTrack();
  track.append(batchOf(slicesFromDrawing(drawing)));
  return track.lanes[0];
}

/** How much of each pixel column is painted. */
function paintedShares({ slices, columns }: Asked, widthPx: number): number[] {
  const shares = Array.from({ length: widthPx }, () => 0);
  for (const [, beginPx, endPx] of slices) {
    for (let column = 0; column < widthPx; column++) {
      shares[column] += Math.max(0, Math.min(endPx, column + 1) - Math.max(beginPx, column));
    }
  }
  for (const [column, share] of columns) shares[column] += share;
  return shares;
}

/** The same, row by row. */
function busyShares(lane: Lane, { fromNs, toNs }: View, widthPx: number): number[] {
  const nsPerPx = (toNs - fromNs) / widthPx;
  return Array.from({ length: widthPx }, (_, column) => {
    let busyNs = 0;
    const [beginNs, endNs] = [fromNs + column * nsPerPx, fromNs + (column + 1) * nsPerPx];
    for (let row = 0; row < lane.count; row++) {
      busyNs += Math.max(0, Math.min(lane.endNs[row], endNs) - Math.max(lane.startNs[row], beginNs));
    }
    return busyNs / nsPerPx;
  });
}

test('wide slices are drawn by themselves, narrow ones as shares of columns', () => {
  // Two nanoseconds a pixel.
  const lane = laneOf('AAAAAA..B.C.DD..');
  const { slices, columns } = ask(lane, { fromNs: 0, toNs: 16 }, 8);
  expect(slices).toEqual([[0, 0, 3]]);
  expect(columns).toEqual([
    [4, 0.5, 1, 2],
    [5, 0.5, 2, 3],
    [6, 1, 3, 4],
  ]);
});

test('a narrow slice across a border counts in both columns', () => {
  const { columns } = ask(laneOf('...AA...'), { fromNs: 0, toNs: 8 }, 2);
  expect(columns.map(([column, share]) => [column, share])).toEqual([
    [0, 0.25],
    [1, 0.25],
  ]);
});

test('an empty row is seen, with no share', () => {
  const track = new SliceTrack();
  track.append(batchOf([{ startNs: 5, endNs: 5, name: 1 }]));
  expect(ask(track.lanes[0], { fromNs: 0, toNs: 10 }, 5)).toEqual({ slices: [], columns: [[2, 0, 0, 1]] });
});

test('a nanosecond is exact an hour into the session', () => {
  const hourNs = 3600e9;
  const track = new SliceTrack();
  track.append(batchOf([{ startNs: hourNs + 3, endNs: hourNs + 4, name: 1 }]));
  expect(ask(track.lanes[0], { fromNs: hourNs, toNs: hourNs + 10 }, 100).slices).toEqual([[0, 30, 40]]);
});

function randomLane(seed: number, rowCount: number): Lane {
  const below = seededIntegers(seed);
  const track = new SliceTrack();
  let endNs = 0;
  const rows = Array.from({ length: rowCount }, (_, name) => {
    const gapNs = below(30) === 0 ? below(4000) : below(20);
    const lengthNs = below(40) === 0 ? below(3000) : below(25);
    const startNs = endNs + gapNs;
    endNs = startNs + lengthNs;
    return { startNs, endNs, name };
  });
  track.append(batchOf(rows));
  return track.lanes[0];
}

test.each([1, 2, 3])('the busy share of every column is exact at any zoom (lane %i)', (seed) => {
  const lane = randomLane(seed, 900);
  const below = seededIntegers(seed + 100);
  const lengthNs = lane.lastEndNs;
  for (let turn = 0; turn < 150; turn++) {
    const viewNs = Math.max(5, lengthNs * 2 ** -below(14) * 1.3);
    const fromNs = below(lengthNs * 1.2) - lengthNs * 0.1 + below(1000) / 1000;
    const view = { fromNs, toNs: fromNs + viewNs };
    const widthPx = 1 + below(90);
    const asked = ask(lane, view, widthPx);
    const painted = paintedShares(asked, widthPx);
    for (const [column, share] of busyShares(lane, view, widthPx).entries())
      expect(painted[column]).toBeCloseTo(share, 6);
    const nsPerPx = viewNs / widthPx;
    for (const [row] of asked.slices)
      expect(lane.endNs[row] - lane.startNs[row]).toBeGreaterThanOrEqual(WIDE_PX * nsPerPx);
    const places = asked.columns.map(([column]) => column);
    expect(places).toEqual([...new Set(places)].sort((left, right) => left - right));
  }
});

test.each([5, 6])('the index is off by no more than it says, and its sum is right (lane %i)', (seed) => {
  const lane = randomLane(seed, 30_000);
  const below = seededIntegers(seed);
  for (let turn = 0; turn < 25; turn++) {
    const fromNs = below(lane.lastEndNs * 0.4);
    const view = { fromNs, toNs: fromNs + lane.lastEndNs * (0.2 + below(40) / 100) };
    const widthPx = 20 + below(80);
    const [painted, exact] = [
      paintedShares(ask(lane, view, widthPx, 'index'), widthPx),
      busyShares(lane, view, widthPx),
    ];
    for (let column = 0; column < widthPx; column++) {
      expect(Math.abs(painted[column] - exact[column])).toBeLessThanOrEqual((2 * BLOCK_PX_MAX) / 4 + 1e-9);
    }
    const sum = (shares: readonly number[]) => shares.reduce((total, share) => total + share, 0);
    expect(sum(painted)).toBeCloseTo(sum(exact), 4);
  }
});

test('counters: smallest, largest and last value of each column, as a scan finds them', () => {
  const below = seededIntegers(9);
  const track = new CounterTrack('level');
  const rows = Array.from({ length: 3000 }, (_, index) => ({ timeNs: index * 10 + below(10), amount: below(1000) }));
  for (let at = 0; at < rows.length; at += 40) track.append(rows.slice(at, at + 40).reverse());
  for (let turn = 0; turn < 60; turn++) {
    const fromNs = below(25_000) - 1000;
    const view = { fromNs, toNs: fromNs + 20 + below(30_000) };
    const widthPx = 1 + below(120);
    const asked: number[][] = [];
    queryCounter(track, view, widthPx, (...column) => asked.push(column));
    const nsPerPx = (view.toNs - view.fromNs) / widthPx;
    const wanted = Array.from({ length: widthPx }, (_, column) => {
      const endNs = column === widthPx - 1 ? view.toNs : fromNs + (column + 1) * nsPerPx;
      const beginNs = fromNs + column * nsPerPx;
      const before = rows.filter(({ timeNs }) => timeNs < beginNs).pop();
      const values = rows.filter(({ timeNs }) => timeNs >= beginNs && timeNs < endNs).map(({ amount }) => amount);
      const known = before ? [before.amount, ...values] : values;
      return known.length === 0 ? [] : [column, Math.min(...known), Math.max(...known), known[known.length - 1]];
    }).filter((column) => column.length > 0);
    expect(asked).toEqual(wanted);
  }
});

test('a sum counter follows changes that come late, and never falls below nothing', () => {
  const track = new CounterTrack('sum');
  track.append([
    { timeNs: 10, amount: -5 },
    { timeNs: 30, amount: 7 },
  ]);
  expect([5, 10, 20, 30, 99].map((ns) => track.valueAt(ns))).toEqual([undefined, 0, 0, 7, 7]);
  track.append([{ timeNs: 5, amount: 20 }]);
  expect([5, 10, 20, 30, 99].map((ns) => track.valueAt(ns))).toEqual([20, 15, 15, 22, 22]);
  expect(track.bounds()).toEqual({ min: 15, max: 22 });
});
