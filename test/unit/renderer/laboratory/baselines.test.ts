// Experiments that were kept, tables and predictions.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  baselineName,
  baselineOf,
  changesAgainst,
  comparableBaselines,
  flopsBefore,
} from '../../../../app/renderer/model/laboratory/baselines';
import { pointKey } from '../../../../app/renderer/model/laboratory/experiments';
import { formatChange, pointFigures } from '../../../../app/renderer/model/laboratory/point-figures';
import { pointsCsv, pointTable } from '../../../../app/renderer/model/laboratory/point-table';
import {
  parseResourceText,
  predictionTable,
  predictPoints,
  statedCeilings,
} from '../../../../app/renderer/model/laboratory/prediction';
import { whatIfCurves, whatIfSubjects } from '../../../../app/renderer/model/laboratory/what-if';
import { findBoard } from '../../../../shared/occupancy/boards';
import { baseline as baselineSchema } from '../../../../shared/window/methods';
import { root } from '../../../root';
import { experimentOf, gemmPoint, pointOf } from './points';

const NOVEMBER = Date.UTC(2026, 10, 14);
const POINTS = [
  gemmPoint(0, 'tile_16', 32, 10),
  gemmPoint(1, 'tile_16', 64, 30),
  gemmPoint(2, 'tile_32', 64, 5, { failure: 'no' }),
];
const pinned = (points = POINTS) => {
  const kept = baselineOf(experimentOf(), points, { name: ' last week ', hostName: 'orin', measuredUnixMs: NOVEMBER });
  if (!kept) throw new Error('nothing was kept');
  return { ...kept, id: 'a' };
};

test('what is pinned is what the host takes, without points that failed', () => {
  const kept = pinned();
  expect(baselineSchema.safeParse(kept).success).toBe(true);
  expect([kept.name, kept.device, kept.points.length]).toEqual(['last week', 'Orin', 2]);
  expect(baselineOf(experimentOf(), [POINTS[2]], kept)).toBe(undefined);
  expect(baselineOf(experimentOf({ spec: undefined }), POINTS, kept)).toBe(undefined);
  expect(baselineName(experimentOf(), 'orin', NOVEMBER)).toBe('GEMM fp32 · 2 sizes · all variants, orin, 2026-11-14');
});

test('a change is how much faster it is than then', () => {
  //            then  now
  //   32        10    20   twice as fast: +100 %
  //   64        30    15   half as fast:   −50 %
  const now = [gemmPoint(0, 'tile_16', 32, 20), gemmPoint(1, 'tile_16', 64, 15), gemmPoint(2, 'tile_32', 64, 9)];
  const changes = changesAgainst(now, pinned());
  expect(now.map((point) => changes.get(pointKey(point)))).toEqual([1, -0.5, undefined]);
  expect([1, -0.5, 0, 0.0473].map(formatChange)).toEqual(['+100 %', '−50 %', '±0 %', '+4.73 %']);
  expect(flopsBefore([pinned()]).get(pointKey(now[0]))).toEqual([{ name: 'last week', flopsPerSec: 10e9 }]);
  expect(comparableBaselines([pinned()], experimentOf({ spec: undefined }))).toEqual([]);
});

test('the table has a column for each baseline and none that nobody knows', () => {
  const { columns, rows } = pointTable(POINTS, { device: 'EPYC', deviceKind: 'cpu' }, [pinned()]);
  const names = columns.map(({ name }) => name);
  expect(names).toContain('Δ last week (%)');
  expect(names).not.toContain('Registers');
  const cell = (row: number, name: string) => rows[row][names.indexOf(name)];
  expect([cell(1, 'GFLOP/s'), cell(1, 'Δ last week (%)'), cell(1, 'Device')]).toEqual([30, 0, 'EPYC [CPU]']);
  expect([cell(2, 'Note'), cell(2, 'Δ last week (%)')]).toEqual(['Failed: no', null]);
});

test('CSV: plain numbers, a line a point', () => {
  const lines = pointsCsv(POINTS.slice(0, 2), { device: 'H200, first', deviceKind: 'cuda' }, []).split('\r\n');
  expect(lines[0].startsWith('Point,At,Role,Precision,Median (ns)')).toBe(true);
  expect(lines[1]).toContain('"H200, first"');
  expect(lines.length).toBe(4); // the header, two points, and the end of the last line
});

test('the figures of a point leave out what is not known', () => {
  const names = pointFigures(gemmPoint(0, 'tile_16', 32, 10)).map(([name]) => name);
  expect(names).toContain('Speed');
  expect(names).not.toContain('Temperature');
  expect(pointFigures(pointOf({ failure: 'it hangs', medianNs: -1 }))[0]).toEqual(['Note', 'Failed: it hangs']);
});

const table = () => {
  const parsed = parseResourceText(readFileSync(join(root, 'kernels', 'resources', 'sm_87.json'), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

test('an Orin Nano: 100 % with 16 × 16 threads, 67 % with 32 × 32, always called a prediction', () => {
  const board = findBoard('orin-nano-8gb');
  if (!board) throw new Error('the board is gone');
  const points = [
    gemmPoint(0, 'tile_16', 512, 1, { kernel: 'gemm_tile<16> [CPU]', threadsPerBlock: 256, blockCount: 1024 }),
    gemmPoint(1, 'tile_32', 512, 1, { kernel: 'gemm_tile<32>', threadsPerBlock: 1024, blockCount: 256 }),
    gemmPoint(2, 'mine', 512, 1, { kernel: 'mine' }),
  ];
  const result = predictPoints(points, table(), board);
  if (!result.ok) throw new Error(result.error);
  expect(result.value.predicted.map(({ prediction }) => prediction.occupancy.occupancyRatio)).toEqual([1, 2 / 3]);
  expect(result.value.predicted[0].prediction.kind).toBe('prediction');
  expect(result.value.unknownKernels).toEqual(['mine']);
  const { columns, rows } = predictionTable(result.value);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
  // 8 SMs × 128 lanes × 2 × 625 MHz.
  expect(statedCeilings(board, false).flopsPerSec).toBe(1.28e12);
});

test('what if: of the device that measured, and of an Orin as a prediction', () => {
  const point = gemmPoint(0, 'tile_32', 512, 1, {
    kernel: 'gemm_tile<32>',
    threadsPerBlock: 1024,
    registers: 40,
    sharedBytes: 8192,
  });
  const subjects = whatIfSubjects([point, { ...point, index: 1 }], '9.0', table());
  expect(subjects.map(({ limits, isPrediction }) => [limits.computeCapability, isPrediction])).toEqual([
    ['9.0', false],
    ['8.7', true],
  ]);
  expect(whatIfSubjects([point], undefined, undefined)).toEqual([]);
  const [registers, threads] = whatIfCurves(subjects[1]);
  expect(registers.ratio).toBeCloseTo(2 / 3);
  expect(threads.points.length).toBe(32);
  expect(threads.sentence).toMatch(/^It would be .* threads/);
});

test('text that is no table of resources is refused in a sentence', () => {
  expect(parseResourceText('{')).toEqual({ ok: false, error: 'The resource table is no JSON.' });
  expect(parseResourceText('{}').ok).toBe(false);
});
