// How numbers are shown to people: three to four significant digits, thousands separated, binary units for memory.

import { GIB, KIB, MIB, NS_PER_MS, NS_PER_SEC, NS_PER_US } from './units';

type Step = readonly [amount: number, unit: string];

const NS_STEPS: readonly Step[] = [
  [1, 'ns'],
  [NS_PER_US, 'µs'],
  [NS_PER_MS, 'ms'],
  [NS_PER_SEC, 's'],
];
const BYTE_STEPS: readonly Step[] = [
  [1, 'B'],
  [KIB, 'KiB'],
  [MIB, 'MiB'],
  [GIB, 'GiB'],
];

function digitsOf(value: number, amount: number): number {
  if (amount === 1) return Number.isInteger(value) ? 0 : 1;
  if (Math.abs(value) >= 100) return 1;
  return Math.abs(value) >= 10 ? 2 : 3;
}

// Rounding may carry a value to the next power of ten or the next unit, so both are chosen by what is shown: 999.96 µs is
// "1.000 ms", not "1000.0 µs".
function formatIn(steps: readonly Step[], value: number): string {
  if (!Number.isFinite(value)) return '-';
  for (const [index, [amount, unit]] of steps.entries()) {
    const scaled = value / amount;
    const shown = Number(scaled.toFixed(digitsOf(scaled, amount)));
    const isLast = index === steps.length - 1;
    if (isLast || Math.abs(shown) < steps[index + 1][0] / amount) {
      return `${shown.toFixed(digitsOf(shown, amount))} ${unit}`;
    }
  }
  return '-';
}

/** 1234.5 → "1.234 µs". Takes nanoseconds; "-" when there is no number. */
export function formatNs(ns: number): string {
  return formatIn(NS_STEPS, ns);
}

/** 1536 → "1.500 KiB". Takes bytes; "-" when there is no number. */
export function formatBytes(bytes: number): string {
  return formatIn(BYTE_STEPS, bytes);
}

/** 1234567 → "1,234,567"; "-" when there is no number. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '-';
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
