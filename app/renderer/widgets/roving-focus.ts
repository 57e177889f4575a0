// Arrow keys among the buttons of one row or list: one of them is in the tab order, the arrows go to the others.

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The place that a key goes to from `place` among `count`, around the ends; undefined when the key is not for it. */
export function rovingPlace(key: string, place: number, count: number): number | undefined {
  if (count === 0) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return Object.hasOwn(STEPS, key) ? (place + STEPS[key] + count) % count : undefined;
}
