// Round numbers along an axis of durations.

const STEPS = [1, 2, 5, 10];

/** Multiples of a 1-2-5 step in [low, high], about `countWanted` of them. */
export function linearTicks(low: number, high: number, countWanted: number): number[] {
  const rawStep = (high - low) / Math.max(1, countWanted);
  if (!(rawStep > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rawStep));
  const step = (STEPS.find((each) => each * power >= rawStep) ?? 10) * power;
  const first = Math.ceil(low / step);
  const count = Math.max(0, Math.floor(high / step) - first + 1);
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}

/** 1, 2 and 5 of each power of ten in [low, high], or only the powers when those are many; linear ones when the axis is short. */
export function logTicks(low: number, high: number, countWanted: number): number[] {
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) powers.push(10 ** power);
  const within = (ticks: readonly number[]) => ticks.filter((tick) => tick >= low && tick <= high);
  const fine = within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
  if (fine.length < 3) return linearTicks(low, high, countWanted);
  return fine.length <= countWanted * 1.5 ? fine : within(powers);
}
