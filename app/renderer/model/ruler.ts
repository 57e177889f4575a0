// The marks of the time axis: round steps, named in the unit of the step, counted from the session's start.

import { NS_PER_MS, NS_PER_SEC, NS_PER_US } from '../../../shared/units/units';
import type { View } from './timeline/pixel-query';

export interface RulerTick {
  readonly ns: number;
  /** '' for the small marks between. */
  readonly label: string;
}

const LABEL_PX_MIN = 128;
const SMALL_TICKS = 5;

/** The smallest of 1, 2 or 5 times a power of ten that is at least `ns`. */
function roundStep(ns: number): number {
  const power = 10 ** Math.floor(Math.log10(ns));
  const factor = [1, 2, 5, 10].find((each) => each * power >= ns * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** A moment as text with as many digits as steps of `stepNs` need. */
export function formatMoment(ns: number, stepNs: number): string {
  const [unitNs, unit] =
    stepNs >= NS_PER_SEC / 10
      ? [NS_PER_SEC, 's']
      : stepNs >= NS_PER_MS / 10
        ? [NS_PER_MS, 'ms']
        : stepNs >= NS_PER_US / 10
          ? [NS_PER_US, 'µs']
          : [1, 'ns'];
  const digits = Math.max(0, Math.ceil(-Math.log10(stepNs / unitNs) - 1e-9));
  const value = ns / unitNs;
  // Minus nothing reads oddly.
  const shown = Math.abs(value) < 10 ** -digits / 2 ? 0 : value;
  return `${shown.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

/** Ticks of a view in ascending order. */
export function deriveTicks({ fromNs, toNs }: View, widthPx: number): RulerTick[] {
  const stepNs = roundStep(((toNs - fromNs) / Math.max(1, widthPx)) * LABEL_PX_MIN);
  const smallNs = stepNs / SMALL_TICKS;
  const first = Math.ceil(fromNs / smallNs);
  const last = Math.floor(toNs / smallNs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const ns = (first + index) * smallNs;
    return { ns, label: (first + index) % SMALL_TICKS === 0 ? formatMoment(ns, stepNs) : '' };
  });
}
