// Figures as the panel writes them.

import { formatCount, formatNs } from '../../../../shared/units/format';
import { NS_PER_MS, NS_PER_SEC, NS_PER_US } from '../../../../shared/units/units';

/** "98.7 %"; a dash where there was nothing to count. */
export const percentWords = (ratio: number) => (Number.isFinite(ratio) ? `${(ratio * 100).toFixed(1)} %` : '–');

/** "98.7 %", of small ones two digits: "0.042 %". */
export const shareWords = (ratio: number) =>
  ratio > 0 && ratio < 0.01 ? `${Number((ratio * 100).toPrecision(2))} %` : percentWords(ratio);

/** "1 error", "2 errors". */
export const countWords = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

/** "12.3 ms"; a dash where there is no number. */
export const nsWords = (ns: number) => (Number.isFinite(ns) && ns >= 0 ? formatNs(ns) : '–');

/** Of an axis and of lengths that are about right: "12 ms". */
export function shortNs(ns: number): string {
  const about = (value: number) => Number(value.toPrecision(3));
  if (ns >= NS_PER_SEC) return `${about(ns / NS_PER_SEC)} s`;
  return ns >= NS_PER_MS ? `${about(ns / NS_PER_MS)} ms` : `${about(ns / NS_PER_US)} µs`;
}

/** Below it, deadlines are missed so often that it should be seen. */
export const IN_TIME_RATIO_LOW = 0.95;

/** "0.54 times"; a dash where there is nothing to divide. */
export const ratioWords = (ratio: number) => (Number.isFinite(ratio) ? `${Number(ratio.toPrecision(3))} times` : '–');

/** "1.5 s" of something that took from one moment to another; never below 0. */
export const spanWords = (fromNs: number, toNs: number) => shortNs(Math.max(0, toNs - fromNs));
