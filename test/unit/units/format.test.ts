import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBytes, formatCount, formatNs } from '../../../shared/units/format';

const NBSP_FREE = /^-?[\d.]+ \S+$/;

describe('formatNs', () => {
  test.each([
    [0, '0 ns'],
    [-1, '-1 ns'],
    [999, '999 ns'],
    [12.34, '12.3 ns'],
    [999.96, '1.000 µs'],
    [1_000, '1.000 µs'],
    [1_234.5, '1.234 µs'],
    [9_999.6, '10.00 µs'],
    [99_996, '100.0 µs'],
    [999_900, '999.9 µs'],
    [999_960, '1.000 ms'],
    [1_500_000, '1.500 ms'],
    [-2_500_000, '-2.500 ms'],
    [999_999_999, '1.000 s'],
    [1_000_000_000, '1.000 s'],
    [3_600_000_000_000, '3600.0 s'],
    [2 ** 53, '9007199.3 s'],
    [Number.NaN, '-'],
    [Number.POSITIVE_INFINITY, '-'],
  ])('%d → %s', (ns, shown) => expect(formatNs(ns)).toBe(shown));
});

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1_023, '1023 B'],
    [0.30000000000000004, '0.3 B'],
    [1_024, '1.000 KiB'],
    [1_536, '1.500 KiB'],
    [1_023.96 * 1_024, '1.000 MiB'],
    [8 * 1_024 ** 2, '8.000 MiB'],
    [-8 * 1_024 ** 2, '-8.000 MiB'],
    [61.4 * 1_024 ** 3, '61.40 GiB'],
    [4_096 * 1_024 ** 3, '4096.0 GiB'],
    [Number.NaN, '-'],
  ])('%d → %s', (bytes, shown) => expect(formatBytes(bytes)).toBe(shown));
});

test.each([
  [0, '0'],
  [999, '999'],
  [1_234_567, '1,234,567'],
  [-1_000, '-1,000'],
  [2 ** 53, '9,007,199,254,740,992'],
  [Number.NaN, '-'],
  [Number.NEGATIVE_INFINITY, '-'],
])('formatCount %d → %s', (count, shown) => expect(formatCount(count)).toBe(shown));

test('what is shown is within a thousandth of what is, and never has a fifth digit before the largest unit', () => {
  const unitNs: Record<string, number> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
  fc.assert(
    fc.property(fc.double({ min: 1, max: 999.9e9, noNaN: true }), (ns) => {
      const shown = formatNs(ns);
      expect(shown).toMatch(NBSP_FREE);
      const [digits, unit] = shown.split(' ');
      expect(Math.abs(Number(digits) * unitNs[unit] - ns)).toBeLessThanOrEqual(unit === 'ns' ? 0.05 + 1e-9 : ns / 1000);
      expect(digits.replace('.', '').length).toBeLessThanOrEqual(4);
    }),
    { numRuns: 2_000 },
  );
});
