import { describe, expect, test } from 'vitest';
import { deriveTicks, formatMoment } from '../../../../app/renderer/model/ruler';
import {
  clampView,
  fitView,
  focusView,
  followView,
  nsFromPx,
  panBy,
  pxFromNs,
  revealView,
  zoomAt,
} from '../../../../app/renderer/model/viewport';

const axis = { extent: { fromNs: 0, toNs: 1e9 }, widthPx: 1000 };
const view = { fromNs: 2e8, toNs: 4e8 };
const lengthOf = ({ fromNs, toNs }: { fromNs: number; toNs: number }) => toNs - fromNs;

describe('viewport', () => {
  test('pixels and nanoseconds are each other turned round', () => {
    expect([pxFromNs(view, 1000, 3e8), nsFromPx(view, 1000, 500)]).toEqual([500, 3e8]);
  });

  test('zooming keeps the moment under the pointer', () => {
    for (const px of [0, 130, 500, 999]) {
      const atNs = nsFromPx(view, 1000, px);
      expect(pxFromNs(zoomAt(view, atNs, 0.3, axis), 1000, atNs)).toBeCloseTo(px, 6);
    }
  });

  test('zooming ends at ten pixels a nanosecond and at 1.2 of the extent', () => {
    expect(lengthOf(zoomAt(view, 3e8, 1e-12, axis))).toBeCloseTo(100, 3);
    expect(lengthOf(zoomAt(view, 3e8, 1e12, axis))).toBeCloseTo(1.2e9, 3);
  });

  test('panning stays over the extent', () => {
    expect(panBy(view, 1e8, axis)).toEqual({ fromNs: 3e8, toNs: 5e8 });
    expect(panBy(view, 1e12, axis)).toEqual({ fromNs: 9e8, toNs: 1.1e9 });
    expect(panBy(view, -1e12, axis)).toEqual({ fromNs: -1e8, toNs: 1e8 });
    expect(clampView(view, axis)).toBe(view);
  });

  test('fit, focus, reveal and follow', () => {
    expect(fitView(axis)).toEqual({ fromNs: -2e7, toNs: 1.02e9 });
    expect(focusView(view, { fromNs: 5e8, toNs: 5.8e8 }, axis)).toEqual({ fromNs: 4.9e8, toNs: 5.9e8 });
    expect(focusView(view, { fromNs: 5e8, toNs: 5e8 }, axis)).toEqual({ fromNs: 4e8, toNs: 6e8 });
    expect(revealView(view, { fromNs: 3e8, toNs: 3e8 }, axis)).toBe(view);
    expect(revealView(view, { fromNs: 8e8, toNs: 8e8 }, axis)).toEqual({ fromNs: 7e8, toNs: 9e8 });
    const followed = followView(view, 1e9, axis);
    expect([lengthOf(followed), pxFromNs(followed, 1000, 1e9)]).toEqual([2e8, 960]);
  });
});

describe('ruler', () => {
  const labels = (fromNs: number, toNs: number) =>
    deriveTicks({ fromNs, toNs }, 640)
      .map(({ label }) => label)
      .filter((label) => label !== '');

  test.each([
    [0, 10e9, ['0 s', '2 s', '4 s', '6 s', '8 s', '10 s']],
    [0, 1e9, ['0.0 s', '0.2 s', '0.4 s', '0.6 s', '0.8 s', '1.0 s']],
    [1e9, 1.004e9, ['1,000 ms', '1,001 ms', '1,002 ms', '1,003 ms', '1,004 ms']],
    [5e6, 5.0008e6, ['5,000.0 µs', '5,000.2 µs', '5,000.4 µs', '5,000.6 µs', '5,000.8 µs']],
    [
      1e12,
      1e12 + 40,
      [
        '1,000,000,000,000 ns',
        '1,000,000,000,010 ns',
        '1,000,000,000,020 ns',
        '1,000,000,000,030 ns',
        '1,000,000,000,040 ns',
      ],
    ],
  ])('from %d to %d', (fromNs, toNs, wanted) => {
    expect(labels(fromNs, toNs)).toEqual(wanted);
  });

  test('every fifth mark has a label', () => {
    const ticks = deriveTicks({ fromNs: 0, toNs: 10e9 }, 640);
    expect(ticks.map(({ label }) => label !== '').slice(0, 7)).toEqual([true, false, false, false, false, true, false]);
  });

  test('a moment has the digits of its step', () => {
    expect([formatMoment(1.5e9, 1e9), formatMoment(-0.01, 1), formatMoment(1234567, 1)]).toEqual([
      '2 s',
      '0 ns',
      '1,234,567 ns',
    ]);
  });
});
