// How a pipeline's latency budget is split among its stages.

/**
 * The moment by which each stage should be done, as a share of the whole budget: ascending, the last is 1. Given shares are taken by
 * their proportion; without them a stage gets time in proportion to its work, in ns, as learned.
 */
export function splitBudget(shares: readonly (number | undefined)[], serviceNs: readonly number[]): number[] {
  const isGiven = shares.every((share) => share !== undefined);
  const amounts = isGiven ? shares.map((share) => share ?? 0) : serviceNs.map((ns) => (Number.isFinite(ns) ? ns : 0));
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  let done = 0;
  return amounts.map((amount, index) => {
    done += total > 0 ? amount / total : 1 / amounts.length;
    // Rounding must not leave the last stage a deadline that is not the pipeline's.
    return index === amounts.length - 1 ? 1 : Math.min(1, done);
  });
}
