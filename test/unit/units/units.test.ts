import { describe, expect, test } from 'vitest';
import { copyWords, enumWord, TRACE_KINDS, TRACE_KINDS_DEFAULT } from '../../../shared/model/enums';
import { sessionFromMonotonic } from '../../../shared/units/units';

describe('sessionFromMonotonic', () => {
  test('takes the difference before it leaves integers, so a board that is up for a year loses no nanosecond', () => {
    const yearNs = 365n * 86_400n * 1_000_000_000n; // past 2^53
    expect(sessionFromMonotonic(yearNs + 1n, yearNs)).toBe(1);
    expect(Number(yearNs + 1n) - Number(yearNs)).not.toBe(1);
  });

  test('is negative before the epoch', () => expect(sessionFromMonotonic(5n, 8n)).toBe(-3));
});

describe('words for numbers', () => {
  test('a known value has its word, an unknown one its digits', () => {
    expect(enumWord('deviceKind', 2)).toBe('cpu');
    expect(enumWord('memoryKind', 0)).toBe('unknown');
    expect(enumWord('memoryKind', 99)).toBe('99');
  });

  test('copies are called what nsys calls them', () => {
    expect([1, 2, 8, 10, 0, 99].map(copyWords)).toEqual([
      'Host-to-Device',
      'Device-to-Host',
      'Device-to-Device',
      'Peer-to-Peer',
      'Unknown',
      'Unknown',
    ]);
  });

  test('what is traced by default can be traced', () => {
    expect(TRACE_KINDS_DEFAULT.filter((kind) => !TRACE_KINDS.includes(kind))).toEqual([]);
  });
});
