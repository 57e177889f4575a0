// How numbers are shown to people: three to four significant digits, thousands separated, binary units for memory.

import { GIB, KIB, MIB, NS_PER_MS, NS_PER_SEC, NS_PER_US } from './units';

function significant(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3;
  return `${value.toFixed(digits)} ${unit}`;
}

/** 1234.5 → "1.234 µs". Takes nanoseconds. */
export function formatNs(ns: number): string {
  if (!Number.isFinite(ns)) return '-';
  const size = Math.abs(ns);
  if (size < NS_PER_US) return `${Number.isInteger(ns) ? ns : ns.toFixed(1)} ns`;
  if (size < NS_PER_MS) return significant(ns / NS_PER_US, 'µs');
  if (size < NS_PER_SEC) return significant(ns / NS_PER_MS, 'ms');
  return significant(ns / NS_PER_SEC, 's');
}

/** 1536 → "1.500 KiB". Takes bytes. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '-';
  const size = Math.abs(bytes);
  if (size < KIB) return `${bytes} B`;
  if (size < MIB) return significant(bytes / KIB, 'KiB');
  if (size < GIB) return significant(bytes / MIB, 'MiB');
  return significant(bytes / GIB, 'GiB');
}

/** 1234567 → "1,234,567". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}
