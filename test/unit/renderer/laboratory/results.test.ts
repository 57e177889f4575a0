// From points to what is drawn: each answer can be checked by eye.

import { describe, expect, test } from 'vitest';
import { scaleColor, textColorOn } from '../../../../app/renderer/model/laboratory/color-scale';
import { compileMessages, sourceLine } from '../../../../app/renderer/model/laboratory/compile-errors';
import { heatMapOf } from '../../../../app/renderer/model/laboratory/heat-map';
import { defaultMeasure, knownMeasures, MEASURES } from '../../../../app/renderer/model/laboratory/measures';
import { occupancyBars, occupancyLabels } from '../../../../app/renderer/model/laboratory/occupancy-bars';
import { phaseOf, phaseWords } from '../../../../app/renderer/model/laboratory/phase';
import { attainable, measuredCeilings, rooflineOf } from '../../../../app/renderer/model/laboratory/roofline';
import { linesOf } from '../../../../app/renderer/model/laboratory/series';
import { deviceWords, formatRate, formatRatio, shortLabel } from '../../../../app/renderer/model/laboratory/words';
import { experimentOf, gemmPoint, gemmSpec, pointOf } from './points';

//             32     64     128      GFLOP/s
//   tile_8    10     20✗
//   tile_16   failed 30~
//   cublas    40
const POINTS = [
  pointOf({ index: 0, role: 'ceiling', series: 'fma', label: 'fma', flopsPerSec: 100e9 }),
  pointOf({ index: 1, role: 'ceiling', series: 'copy', label: 'copy', bytesPerSec: 50e9 }),
  gemmPoint(2, 'cublas', 32, 40, { role: 'reference' }),
  gemmPoint(3, 'tile_8', 32, 10, { referenceRatio: 0.25 }),
  gemmPoint(4, 'tile_16', 32, 0, { failure: 'more shared memory than the device has', medianNs: -1 }),
  gemmPoint(5, 'tile_8', 64, 20, { correctness: 'wrong' }),
  gemmPoint(6, 'tile_16', 64, 30, { isNoisy: true, spreadRatio: 0.4 }),
];

describe('the heat map', () => {
  const map = heatMapOf(POINTS, gemmSpec([32, 64, 128]), MEASURES.flops, new Map());
  const draw = () =>
    map.rows.map((_, row) =>
      map.columns
        .map((__, column) => {
          const cell = map.cells.find((each) => each.row === row && each.column === column);
          if (!cell) return '.';
          return `${cell.value === undefined ? '-' : cell.value / 1e9}${cell.mark ? `:${cell.mark}` : ''}`;
        })
        .join(' '),
    );

  test('has a column for each size that was asked for, and the reference last', () => {
    expect(map.columns.map(({ title }) => title)).toEqual(['32', '64', '128']);
    expect(map.rows).toEqual(['tile_8', 'tile_16', 'cublas']);
    expect(draw()).toEqual(['10 20:wrong .', '-:failed 30:noisy .', '40 . .']);
  });

  test('scales from the least to the most, with better brighter', () => {
    const ratios = map.cells.filter(({ value }) => value !== undefined).map(({ scaleRatio }) => scaleRatio);
    expect([map.least, map.most, map.isLog]).toEqual([10e9, 40e9, false]);
    expect(ratios).toEqual([1, 0, 1 / 3, 2 / 3]);
    const times = heatMapOf(POINTS, gemmSpec([32]), MEASURES.time);
    const best = times.cells.find(({ scaleRatio }) => scaleRatio === 1);
    expect(best?.value).toBe(times.least);
  });

  test('turns logarithmic when values spread widely', () => {
    const wide = [gemmPoint(0, 'a', 32, 1), gemmPoint(1, 'a', 64, 10), gemmPoint(2, 'a', 128, 100)];
    const { isLog, cells } = heatMapOf(wide, undefined, MEASURES.flops);
    expect(isLog).toBe(true);
    expect(cells.map(({ scaleRatio }) => scaleRatio)).toEqual([0, expect.closeTo(0.5), 1]);
  });

  test('one value alone is the best there is', () => {
    expect(heatMapOf([gemmPoint(0, 'a', 32, 5)], undefined, MEASURES.flops).cells[0].scaleRatio).toBe(1);
  });
});

test('the scale of colours rises in lightness, and its texts stand out', () => {
  const lightness = (color: string) =>
    [1, 3, 5].reduce(
      (sum, at, part) => sum + Number.parseInt(color.slice(at, at + 2), 16) * [0.2126, 0.7152, 0.0722][part],
      0,
    );
  const steps = Array.from({ length: 50 }, (_, step) => lightness(scaleColor(step / 49)));
  for (const [step, value] of steps.entries()) if (step > 0) expect(value).toBeGreaterThan(steps[step - 1]);
  expect([scaleColor(0), scaleColor(1), scaleColor(-5), scaleColor(9)]).toEqual([
    '#00224e',
    '#fee838',
    '#00224e',
    '#fee838',
  ]);
  expect([textColorOn(0), textColorOn(1)]).toEqual(['#ffffff', '#000000']);
});

test('measures are those of which something is known', () => {
  expect(knownMeasures(POINTS).map(({ id }) => id)).toEqual(['flops', 'time', 'reference']);
  expect(defaultMeasure('gemm', knownMeasures(POINTS)).id).toBe('flops');
  const copies = [pointOf({ bytesPerSec: 1e9 })];
  expect(defaultMeasure('copy', knownMeasures(copies)).id).toBe('bytes');
  expect(defaultMeasure('gemm', []).id).toBe('time');
});

test('curves: one a series by x, without what failed; a baseline has the colour of its series', () => {
  const then = { name: 'last week', points: [gemmPoint(0, 'tile_8', 64, 5), gemmPoint(1, 'gone', 64, 5)] };
  const lines = linesOf(POINTS, MEASURES.flops, [then]);
  expect(
    lines.map(({ name, series, baseline, points }) => [
      name,
      series,
      baseline,
      points.map(({ x, value }) => [x, value / 1e9]),
    ]),
  ).toEqual([
    ['cublas', 0, undefined, [[32, 40]]],
    [
      'tile_8',
      1,
      undefined,
      [
        [32, 10],
        [64, 20],
      ],
    ],
    ['tile_16', 2, undefined, [[64, 30]]],
    ['tile_8', 1, 'last week', [[64, 5]]],
  ]);
});

describe('the roofline', () => {
  test('bends where operations and bytes take equally long', () => {
    const ceilings = measuredCeilings(POINTS);
    expect(ceilings).toEqual({ flopsPerSec: 100e9, bytesPerSec: 50e9, source: 'measured in this run' });
    // 50 GB/s × 1 FLOP/B, at the ridge of 2 FLOP/B, and behind it.
    expect(ceilings && [1, 2, 8].map((place) => attainable(ceilings, place))).toEqual([50e9, 100e9, 100e9]);
  });

  test('places a point by its operations a byte', () => {
    const { points, seriesNames, fromFlopsPerByte, toFlopsPerByte } = rooflineOf(POINTS, measuredCeilings(POINTS));
    expect(seriesNames).toEqual(['cublas', 'tile_8', 'tile_16']);
    // 2·32³ operations over 3·4·32² bytes are 32/6 a byte.
    expect(points[0]).toMatchObject({ flopsPerByte: 32 / 6, attainedRatio: 0.4 });
    expect([fromFlopsPerByte, toFlopsPerByte]).toEqual([1, 100]);
  });

  test('has no ceilings until both were measured', () => {
    expect(measuredCeilings(POINTS.slice(1))).toBe(undefined);
    expect(measuredCeilings(POINTS.map((point) => ({ ...point, failure: 'no' })))).toBe(undefined);
  });
});

test('occupancy: predicted beside achieved, at one size or of all blocks', () => {
  const points = [
    gemmPoint(0, 'tile_16', 32, 1, {
      occupancyRatio: 1,
      limiter: 'warps',
      metrics: new Map([['achieved_occupancy_ratio', 0.8]]),
    }),
    gemmPoint(1, 'tile_32', 32, 1, { occupancyRatio: 2 / 3, limiter: 'warps' }),
    gemmPoint(2, 'tile_16', 64, 1, { occupancyRatio: 1 }),
    gemmPoint(3, 'cublas', 64, 1),
  ];
  const words = (label: string | undefined) =>
    occupancyBars(points, label).map(({ title, predictedRatio, achievedRatio }) => [
      title,
      predictedRatio,
      achievedRatio,
    ]);
  expect(occupancyLabels(points)).toEqual(['32 × 32 × 32', '64 × 64 × 64']);
  expect(words('32 × 32 × 32')).toEqual([
    ['tile_16', 1, 0.8],
    ['tile_32', 2 / 3, undefined],
  ]);
  expect(words(undefined).map(([title]) => title)).toEqual(['tile_16 32', 'tile_32 32', 'tile_16 64']);
});

test('compilers point at lines, each in its own way', () => {
  const said = [
    'The kernel does not compile.',
    'scale.cu(3): error: identifier "cuont" is undefined',
    'kernel.cu:12: error: expected a ";"',
    'kernel.cu:12:7: warning: unused variable',
    'kernel.cu:12: error: expected a ";"',
    'ptxas error   : too much shared data',
    '2 errors detected in the compilation of "kernel.cu".',
  ].join('\n');
  expect(compileMessages(said).map(({ severity, line, text }) => `${severity} ${line}: ${text}`)).toEqual([
    'error 3: identifier "cuont" is undefined',
    'error 12: expected a ";"',
    'warning 12: unused variable',
    'error undefined: too much shared data',
  ]);
  const told = 'The kernel does not compile: my.cu:3: no such name | my.cu:5: expected a ";" | too much shared memory';
  expect(compileMessages(told).map(({ line, text }) => `${line}: ${text}`)).toEqual([
    '3: no such name',
    '5: expected a ";"',
    'undefined: too much shared memory',
  ]);
  expect(compileMessages('It did not end within 30 s, and its worker was ended.')).toEqual([]);
  expect(sourceLine('a\nb', 2)).toBe('b');
  expect(sourceLine('a\nb', 3)).toBe(undefined);
});

test('how far it is, in words', () => {
  const half = experimentOf({ state: 'progress', doneCount: 2, sentence: 'tile_16, 64 × 64 × 64' });
  expect(phaseWords(half, phaseOf(half, false))).toBe('2 of 4 points · tile_16, 64 × 64 × 64');
  expect(phaseWords(half, phaseOf(half, true))).toBe('It ended without a last word after 2 of 4 points (50 %).');
  expect(phaseOf({ state: 'done' }, true)).toBe('done');
});

test('figures and names as people read them', () => {
  expect([1.5e12, 2.345e9, 999, -1].map((rate) => formatRate(rate, 'FLOP/s'))).toEqual([
    '1.5 TFLOP/s',
    '2.35 GFLOP/s',
    '999 FLOP/s',
    '-',
  ]);
  expect([0.667, 1, 0, -1].map(formatRatio)).toEqual(['66.7 %', '100 %', '0 %', '-']);
  expect(['512 × 512 × 512', '512 × 256 × 512', '4 KiB'].map(shortLabel)).toEqual(['512', '512 × 256 × 512', '4 KiB']);
  expect(deviceWords('', 'cpu')).toBe('device not known');
  expect([deviceWords('AMD EPYC', 'cpu'), deviceWords('x [CPU]', 'cpu'), deviceWords('H200', 'cuda')]).toEqual([
    'AMD EPYC [CPU]',
    'x [CPU]',
    'H200',
  ]);
});
